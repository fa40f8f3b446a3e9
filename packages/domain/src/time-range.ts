/** A half-open stretch of time `[from, to)` in epoch milliseconds UTC. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether a number that is given as epoch milliseconds must be one in seconds: as milliseconds it lies between 1970 and 1973,
 * where no market was, and as seconds between 2001 and 5138.
 */
export const areSeconds = (time: number): boolean => time >= 1e9 && time < 1e11;

/** Sorted, without overlaps, touching ranges joined, empty ones dropped. */
export function normalizeRanges(ranges: readonly TimeRange[]): TimeRange[] {
  if (isNormal(ranges)) return ranges as TimeRange[];
  const sorted = ranges.filter((range) => range.to > range.from).sort((a, b) => a.from - b.from);
  const result: { from: number; to: number }[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last !== undefined && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else result.push({ from: range.from, to: range.to });
  }
  return result;
}

function isNormal(ranges: readonly TimeRange[]): boolean {
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to } of ranges) {
    if (from <= end || to <= from) return false;
    end = to;
  }
  return true;
}

/** Adds a range at the end, joined with the last where they touch. It must not begin before the last ends; empty ones are dropped. */
export function appendRange(ranges: TimeRange[], from: number, to: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.to === from) ranges[ranges.length - 1] = { from: last.from, to };
  else if (to > from) ranges.push({ from, to });
}

export const unionRanges = (a: readonly TimeRange[], b: readonly TimeRange[]): TimeRange[] =>
  normalizeRanges([...a, ...b]);

/** What lies in both. Inputs and result are normal (see normalizeRanges). */
export function intersectRanges(a: readonly TimeRange[], b: readonly TimeRange[]): TimeRange[] {
  const result: TimeRange[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a[i] as TimeRange;
    const y = b[j] as TimeRange;
    const from = Math.max(x.from, y.from);
    const to = Math.min(x.to, y.to);
    if (from < to) result.push({ from, to });
    if (x.to < y.to) i += 1;
    else j += 1;
  }
  return result;
}

/** What lies in `a` and not in `b`. Inputs and result are normal. */
export function subtractRanges(a: readonly TimeRange[], b: readonly TimeRange[]): TimeRange[] {
  const result: TimeRange[] = [];
  let j = 0;
  for (const range of a) {
    let from = range.from;
    while (j < b.length && (b[j] as TimeRange).to <= from) j += 1;
    for (let k = j; k < b.length && (b[k] as TimeRange).from < range.to; k += 1) {
      const hole = b[k] as TimeRange;
      if (hole.from > from) result.push({ from, to: hole.from });
      from = Math.max(from, hole.to);
    }
    if (from < range.to) result.push({ from, to: range.to });
  }
  return result;
}

export const clipRanges = (ranges: readonly TimeRange[], from: number, to: number): TimeRange[] =>
  intersectRanges(ranges, from < to ? [{ from, to }] : []);

export const totalMs = (ranges: readonly TimeRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from, 0);

export const sameRanges = (a: readonly TimeRange[], b: readonly TimeRange[]): boolean =>
  a.length === b.length && a.every((range, i) => range.from === b[i]?.from && range.to === b[i]?.to);
