import type { Bar } from '../state/bars.ts';

/** More changed bars than these are drawn as a new whole. */
const MOST_UPDATES = 50;

/** From which index on `after` differs, where it is `before` with a changed or longer end; null where it is not that. */
export function changedTail(before: readonly Bar[], after: readonly Bar[]): number | null {
  const first = before.findIndex((bar, i) => bar !== after[i]);
  const from = first === -1 ? before.length : first;
  if (from === 0 || after.length < before.length || after.length - from > MOST_UPDATES) return null;
  return before.slice(from).every(({ openTime }, i) => openTime === after[from + i]?.openTime) ? from : null;
}
