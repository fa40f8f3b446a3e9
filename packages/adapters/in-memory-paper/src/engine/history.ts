/** What accounts remember of what is over. */
import type { EngineAccount, EngineOrder } from './model.ts';

/** So many more than are to be remembered are let stand, as a share, so that forgetting costs little for each order. */
const SLACK = 4;

/**
 * Once more orders have ended than `most` and a quarter more, forgets all but the `most` that ended last, with their fills, and all
 * but as many positions that were closed last, with their funding. What is forgotten when depends on nothing but what there
 * is, so that an account that was saved and restored forgets the same.
 */
export function forgetOldest(account: EngineAccount, most: number): void {
  const { orders, fills, fundings, closed } = account;
  if (orders.size <= most + most / SLACK) return;
  const ended = orders.all().filter((order) => !order.isOpen);
  if (ended.length <= most + most / SLACK) return;
  // of those that ended at one time the later created stay
  ended.sort((a, b) => a.updatedAt - b.updatedAt || a.id - b.id);
  const gone = new Set<EngineOrder>(ended.slice(0, ended.length - most));
  orders.drop(gone);
  keep(fills, ({ order }) => !gone.has(order));
  const gonePositions = new Set(closed.splice(0, Math.max(closed.length - most, 0)));
  keep(fundings, ({ position }) => !gonePositions.has(position));
}

function keep<Row>(rows: Row[], isKept: (row: Row) => boolean): void {
  let kept = 0;
  for (const row of rows) {
    if (!isKept(row)) continue;
    rows[kept] = row;
    kept += 1;
  }
  rows.length = kept;
}
