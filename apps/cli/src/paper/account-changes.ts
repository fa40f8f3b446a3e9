import { type Order, type Position, PositionMode } from '@prate/domain';
import type { ExecutionEvent, ExecutionPort } from '@prate/execution-port';
import type { PaperSession } from './paper-session.ts';

const ALL = Number.MAX_SAFE_INTEGER;

/** What another command did to the account, as events: the account as it was told last, and as it is. */
export async function changesBetween(before: PaperSession, after: PaperSession): Promise<ExecutionEvent[]> {
  const since = before.time;
  const [fills, orders, positions, balances] = await Promise.all([
    newFills(before.execution, after.execution, since),
    changedOrders(before.execution, after.execution, since),
    changedPositions(before.execution, after.execution),
    changedBalances(before.execution, after.execution),
  ]);
  return [...fills, ...orders, ...positions, ...balances];
}

async function newFills(before: ExecutionPort, after: ExecutionPort, from: number): Promise<ExecutionEvent[]> {
  const query = { from, limit: ALL };
  const known = new Set((await before.history?.getTrades(query))?.map(({ id }) => id));
  const fills = (await after.history?.getTrades(query)) ?? [];
  return fills
    .filter(({ id }) => !known.has(id))
    .reverse()
    .map((trade) => ({ kind: 'fill', trade }));
}

async function changedOrders(before: ExecutionPort, after: ExecutionPort, from: number): Promise<ExecutionEvent[]> {
  const open = await before.getOpenOrders();
  const known = new Map(open.map((order) => [order.id, JSON.stringify(order)]));
  for (const { id } of (await before.history?.getOrders({ from, limit: ALL })) ?? []) known.set(id, '');
  const stillKnown = await Promise.all(open.map(({ symbol, id }) => after.getOrder({ symbol, orderId: id })));
  const others = [...(await after.getOpenOrders()), ...((await after.history?.getOrders({ from, limit: ALL })) ?? [])];
  const changed = [
    ...stillKnown.filter((order): order is Order => order !== null && JSON.stringify(order) !== known.get(order.id)),
    ...others.filter(({ id }) => !known.has(id)),
  ];
  return changed.sort((a, b) => a.updatedAt - b.updatedAt).map((order) => ({ kind: 'order', order }));
}

/** Its profit changes with every price, and is no event. */
const heldOf = ({ quantity, entryPrice, leverage, marginMode, margin }: Position): string =>
  JSON.stringify([quantity, entryPrice, leverage, marginMode, margin]);

async function changedPositions(before: ExecutionPort, after: ExecutionPort): Promise<ExecutionEvent[]> {
  const isHedge = (await after.settings?.getPositionMode()) === PositionMode.HEDGE;
  const keyOf = ({ symbol, positionSide }: Position): string => (isHedge ? `${symbol} ${positionSide}` : symbol);
  const was = new Map((await before.getPositions()).map((position) => [keyOf(position), position]));
  const is = new Map((await after.getPositions()).map((position) => [keyOf(position), position]));
  const events: ExecutionEvent[] = [];
  for (const [key, known] of was) {
    const positionSide = isHedge ? known.positionSide : null;
    if (!is.has(key)) events.push({ kind: 'position', symbol: known.symbol, positionSide, position: null });
  }
  for (const [key, position] of is) {
    const known = was.get(key);
    if (known !== undefined && heldOf(known) === heldOf(position)) continue;
    const positionSide = isHedge ? position.positionSide : null;
    events.push({ kind: 'position', symbol: position.symbol, positionSide, position });
  }
  return events;
}

async function changedBalances(before: ExecutionPort, after: ExecutionPort): Promise<ExecutionEvent[]> {
  const events: ExecutionEvent[] = [];
  for (const balance of await after.getBalances()) {
    const { asset, available, frozen, positionMargin } = balance;
    const known = await before.getBalance(asset);
    const isSame = known.available.eq(available) && known.frozen.eq(frozen) && known.positionMargin.eq(positionMargin);
    if (!isSame) events.push({ kind: 'balance', balance });
  }
  return events;
}
