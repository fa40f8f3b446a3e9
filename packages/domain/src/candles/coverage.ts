import type { TimeRange } from '../time-range.ts';

/** For ascending spans `[open, endOf(open))`: how many seconds of each lie in `ranges` (ascending, without overlaps). */
export function observedSeconds(
  ranges: readonly TimeRange[],
  opens: Float64Array,
  endOf: (open: number) => number,
): Uint32Array {
  const seconds = new Uint32Array(opens.length);
  let first = 0;
  for (let i = 0; i < opens.length; i += 1) {
    const open = opens[i] as number;
    const end = endOf(open);
    while (first < ranges.length && (ranges[first] as TimeRange).to <= open) first += 1;
    seconds[i] = secondsWithin(ranges, first, open, end);
  }
  return seconds;
}

/** How many seconds of `[from, to)` lie in the ranges from index `first` on, none of which ends at or before `from`. */
export function secondsWithin(ranges: readonly TimeRange[], first: number, from: number, to: number): number {
  let ms = 0;
  for (let r = first; r < ranges.length; r += 1) {
    const range = ranges[r] as TimeRange;
    if (range.from >= to) break;
    ms += Math.min(range.to, to) - Math.max(range.from, from);
  }
  return ms / 1000;
}
