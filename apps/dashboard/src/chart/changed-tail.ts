import type { Bar } from '../state/bars.ts';

/** More changed bars than these are drawn as a new whole. */
const MOST_UPDATES = 50;

/** From which index on `after` differs, where it is `before` with a changed or longer end; null where it is not that. */
export function changedTail(before: readonly Bar[], after: readonly Bar[]): number | null {
  let from = before.length;
  while (from > 0 && before[from - 1] !== after[from - 1]) {
    from -= 1;
    if (after.length - from > MOST_UPDATES || before[from]?.openTime !== after[from]?.openTime) return null;
  }
  return from === 0 || after.length - from > MOST_UPDATES ? null : from;
}
