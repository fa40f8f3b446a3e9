import { bucketOpen, type Interval } from '../interval.ts';
import type { TimeRange } from '../time-range.ts';
import { type CandleColumns, lowerBound } from './candle-columns.ts';

/**
 * What is stored of a series at one step, around some window of time: rows of a fixed interval with their own `coverage`,
 * and the time that was watched. Watched time without a row was quiet; time that was not watched is unknown.
 */
export interface CandleBase {
  readonly rows: CandleColumns;
  /** Ascending, without overlaps; whole seconds. */
  readonly observed: readonly TimeRange[];
}

export const stepOf = (base: CandleBase): Interval => base.rows.interval;
export const stepMs = (base: CandleBase): number => (base.rows.interval.seconds as number) * 1000;

/** The slot that holds `timeMs`. */
export const slotOpen = (base: CandleBase, timeMs: number): number => bucketOpen(base.rows.interval, timeMs);

/** The first slot open at or after `timeMs`. */
export function slotCeil(base: CandleBase, timeMs: number): number {
  const open = slotOpen(base, timeMs);
  return open === timeMs ? open : open + stepMs(base);
}

/** The index of the row that opens at `open`, or -1. */
export function rowAt({ rows }: CandleBase, open: number): number {
  const i = lowerBound(rows.openTime, open, rows.length);
  return i < rows.length && rows.openTime[i] === open ? i : -1;
}

/** The index of the first range that ends after `timeMs`. */
export function firstRangeAfter(ranges: readonly TimeRange[], timeMs: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as TimeRange).to <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether one of the ranges holds all of `[from, to)`. */
export function rangesHold(ranges: readonly TimeRange[], from: number, to: number): boolean {
  const range = ranges[firstRangeAfter(ranges, from)];
  return range !== undefined && range.from <= from && range.to >= to;
}

/** Whether anything is known of `[from, to)`: a row whose slot reaches into it, or watched time. */
export function touches(base: CandleBase, from: number, to: number): boolean {
  const range = base.observed[firstRangeAfter(base.observed, from)];
  return (range !== undefined && range.from < to) || hasRowIn(base, from, to);
}

/** Whether a row's slot reaches into `[from, to)`. */
export function hasRowIn(base: CandleBase, from: number, to: number): boolean {
  const row = lowerBound(base.rows.openTime, slotOpen(base, from), base.rows.length);
  return row < base.rows.length && (base.rows.openTime[row] as number) < to;
}

/**
 * Whether whole, fully watched slots inside `[from, to)` cover all of it without overlaps: those of the finer bases alone,
 * or those of the coarsest with the finer ones' in between. A quiet slot in which a finer base has a row is none: what is
 * known of it is what the finer bases know. Bases come finest first.
 */
export function coverWhole(bases: readonly CandleBase[], from: number, to: number): boolean {
  if (from >= to) return true;
  const base = bases[bases.length - 1];
  if (base === undefined) return false;
  const finer = bases.slice(0, -1);
  if (coverWhole(finer, from, to)) return true;
  let covered = from;
  for (let r = firstRangeAfter(base.observed, from); r < base.observed.length; r += 1) {
    const range = base.observed[r] as TimeRange;
    if (range.from >= to) break;
    const first = slotCeil(base, Math.max(range.from, from));
    const end = slotOpen(base, Math.min(range.to, to));
    for (let at = first; at < end; ) {
      const belied = firstBelied(base, finer, at, end);
      if (belied > at) {
        if (!coverWhole(finer, covered, at)) return false;
        covered = belied;
      }
      at = belied + stepMs(base);
    }
  }
  return covered > from && coverWhole(finer, covered, to);
}

/** The first slot of a base in `[from, to)`, both opens of slots, that has no row where a finer base has one; `to` if none. */
function firstBelied(base: CandleBase, finer: readonly CandleBase[], from: number, to: number): number {
  let first = to;
  for (const { rows } of finer) {
    let row = lowerBound(rows.openTime, from, rows.length);
    while (row < rows.length && (rows.openTime[row] as number) < first) {
      const slot = slotOpen(base, rows.openTime[row] as number);
      if (rowAt(base, slot) < 0) first = slot;
      row = lowerBound(rows.openTime, slot + stepMs(base), rows.length);
    }
  }
  return first;
}
