import { bucketEnd, bucketOpen, divides, type Interval, sameInterval } from '../interval.ts';
import type { TimeRange } from '../time-range.ts';
import {
  type CandleBase,
  coverWhole,
  firstRangeAfter,
  hasRowIn,
  rangesHold,
  rowAt,
  slotCeil,
  slotOpen,
  stepMs,
  stepOf,
  touches,
} from './candle-base.ts';
import type { CandleBuffers } from './candle-buffers.ts';
import { type CandleColumns, lowerBound, sliceColumns } from './candle-columns.ts';
import { endOfRun } from './column-checks.ts';
import { ColumnsWriter, isPlain, type Scales } from './columns-writer.ts';
import { SecondsMaker } from './interpolate.ts';
import type { Interpolation } from './interpolation.ts';
import { type Anchor, QuietLog, type QuietStretch } from './quiet.ts';

/**
 * The rows that make up the buckets of a window, of whatever widths, each inside one bucket; and the watched time that has
 * no row.
 */
export interface Atoms {
  readonly rows: CandleColumns;
  /** Whether each row is all there is of its bucket, and opens with it: then there is nothing to add up. */
  readonly areBuckets: boolean;
  readonly quiet: readonly QuietStretch[];
  /** The last known price, where watched time reaches the end of the window. */
  readonly anchor: Anchor | null;
}

export interface AtomsQuery {
  readonly interval: Interval;
  /** Both are opens of buckets. */
  readonly from: number;
  readonly to: number;
  readonly anchor: Anchor | null;
  readonly interpolation: Interpolation;
  /** Where rows are put that are buckets; others, which will be added up, are not. */
  readonly into: CandleBuffers | null;
}

/**
 * Chooses, for the buckets of a query, the rows to aggregate:
 * the finest data that covers a bucket whole; a coarser candle where finer data does not; seconds made from a coarser
 * candle that crosses a bucket's edge, unless finer data knows part of that candle's time: then only that exists.
 *
 * @param bases finest first, on the same scales
 */
export function chooseAtoms(
  bases: readonly CandleBase[],
  scales: Scales,
  { interval, from, to, anchor, interpolation, into }: AtomsQuery,
): Atoms {
  const active = activeBases(bases, from, to);
  const quiet = new QuietLog(anchor);
  const [only] = active;
  if (only !== undefined && active.length === 1 && divides(stepOf(only), interval)) {
    // nothing to choose: the stored rows themselves, copied only where they shall lie elsewhere
    const first = lowerBound(only.rows.openTime, from, only.rows.length);
    const last = lowerBound(only.rows.openTime, to, only.rows.length);
    logRows(quiet, only, first, last, from, to);
    // sums in 64 bits are added up, one row or not, for an answer has them in the narrowest array
    const areBuckets = sameInterval(stepOf(only), interval) && (interval.seconds === 1 || isPlain(scales));
    const rows = sliceColumns(only.rows, first, last);
    return {
      rows: areBuckets && into !== null ? copied(rows, scales, into) : rows,
      areBuckets,
      ...{ quiet: quiet.stretches, anchor: quiet.anchorAt(to) },
    };
  }
  const seconds = new SecondsMaker(interpolation);
  const addsUp = seconds.addsUp(scales);
  const single = only !== undefined && active.length === 1;
  const areBuckets = interval.seconds === 1 || (single && addsUp && isPlain(scales) && divides(interval, stepOf(only)));
  const room = single && addsUp ? piecesAtMost(only, interval, from, to) : undefined;
  const chooser: Chooser = { out: ColumnsWriter.into(areBuckets ? into : null, scales, room), seconds, quiet };
  if (single) chooseFromOne(chooser, only, interval, from, to);
  else if (active.length > 1) {
    for (let open = from; open < to; open = bucketEnd(interval, open)) {
      chooseFrom(chooser, active, interval, open, bucketEnd(interval, open));
    }
  }
  return {
    rows: chooser.out.finish(interval),
    areBuckets,
    ...{ quiet: quiet.stretches, anchor: quiet.anchorAt(to) },
  };
}

function copied(rows: CandleColumns, scales: Scales, into: CandleBuffers): CandleColumns {
  const out = ColumnsWriter.into(into, scales, rows.length);
  out.append(rows);
  return out.finish(rows.interval);
}

/** How many rows, each within one bucket, the slots of one base make in a window: just so many where buckets divide slots. */
function piecesAtMost(base: CandleBase, interval: Interval, from: number, to: number): number {
  const { openTime, length } = base.rows;
  const first = lowerBound(openTime, slotOpen(base, from), length);
  const last = lowerBound(openTime, to, length);
  if (first === last) return 0;
  const slots = last - first;
  if (interval.seconds === null) return 2 * slots;
  const width = interval.seconds * 1000;
  const step = stepMs(base);
  if (!divides(interval, stepOf(base)))
    return Math.min(slots * (2 + Math.floor(step / width)), slots + (to - from) / width);
  const before = Math.max(0, from - (openTime[first] as number));
  const after = Math.max(0, (openTime[last - 1] as number) + step - to);
  return (slots * step - before - after) / width;
}

/** The bases that know anything of the window or of a slot that reaches into it. */
function activeBases(bases: readonly CandleBase[], from: number, to: number): CandleBase[] {
  let widestFrom = from;
  let widestTo = to;
  for (const base of bases) {
    if (!touches(base, from, to)) continue;
    widestFrom = Math.min(widestFrom, slotOpen(base, from));
    widestTo = Math.max(widestTo, slotCeil(base, to));
  }
  return bases.filter((base) => touches(base, widestFrom, widestTo));
}

interface Chooser {
  readonly out: ColumnsWriter;
  readonly seconds: SecondsMaker;
  readonly quiet: QuietLog;
}

/** Rows `[first, last)` of a base are used as they are for `[from, to)`: what was watched between them was quiet. */
function logRows(quiet: QuietLog, base: CandleBase, first: number, last: number, from: number, to: number): void {
  const { rows, observed } = base;
  const step = stepMs(base);
  let at = from;
  let range = firstRangeAfter(observed, from);
  const quietUntil = (end: number): void => {
    for (; range < observed.length; range += 1) {
      const watched = observed[range] as TimeRange;
      if (watched.from >= end) break;
      quiet.watched(Math.max(watched.from, at), Math.min(watched.to, end));
      if (watched.to > end) break;
    }
  };
  for (let row = first; row < last; row += 1) {
    const open = rows.openTime[row] as number;
    if (open > at) quietUntil(open);
    // between rows without a gap there is no quiet
    row = endOfRun(rows.openTime, row, last, step);
    at = (rows.openTime[row] as number) + step;
    quiet.row(at, rows.close[row] as number, rows.source[row] as number);
    while (range < observed.length && (observed[range] as TimeRange).to <= at) range += 1;
  }
  quietUntil(to);
}

/** One base whose slots do not all fit into buckets: whole slots as they are, crossing ones by their seconds. */
function chooseFromOne(chooser: Chooser, base: CandleBase, interval: Interval, from: number, to: number): void {
  const { rows } = base;
  const step = stepMs(base);
  const first = lowerBound(rows.openTime, slotOpen(base, from), rows.length);
  const last = lowerBound(rows.openTime, to, rows.length);
  const { seconds: width } = interval;
  const isSplit = width !== null && width * 1000 < step && divides(interval, stepOf(base));
  let whole = first; // rows [whole, row) fit into buckets and were not copied yet
  for (let row = first; row < last; row += 1) {
    const open = rows.openTime[row] as number;
    if (isSplit && open >= from && open + step <= to) {
      // and all that follow, but for one that may reach beyond the end
      const end = lowerBound(rows.openTime, to - step + 1, last);
      chooser.seconds.appendRows(chooser.out, rows, row, end, width);
      whole = end;
      row = end - 1;
      continue;
    }
    const inside = open >= from && bucketEnd(interval, bucketOpen(interval, open)) >= open + step;
    if (inside) continue;
    chooser.out.append(rows, whole, row);
    whole = row + 1;
    appendParts(chooser, base, row, interval, Math.max(open, from), Math.min(open + step, to));
  }
  chooser.out.append(rows, whole, last);
  logRows(chooser.quiet, base, first, last, from, to);
}

/** What a row tells of `[from, to)`, as rows within one bucket each. */
function appendParts(
  { out, seconds }: Chooser,
  base: CandleBase,
  row: number,
  interval: Interval,
  from: number,
  to: number,
): void {
  const open = base.rows.openTime[row] as number;
  if (stepMs(base) === 1000) {
    out.append(base.rows, row, row + 1);
    return;
  }
  const edge = bucketEnd(interval, bucketOpen(interval, from));
  if (interval.seconds !== null) {
    const span = [(from - open) / 1000, (to - open) / 1000] as const;
    seconds.appendBuckets(out, base.rows, row, span, (edge - open) / 1000, interval.seconds);
    return;
  }
  for (let at = from, end = edge; at < to; at = end, end = bucketEnd(interval, at)) {
    const span = [(at - open) / 1000, (Math.min(end, to) - open) / 1000] as const;
    seconds.appendBuckets(out, base.rows, row, span, span[1], 1); // one bucket, so no other has a width
  }
}

/** The rows for the region `[from, to)`, which lies within one bucket, from several bases. */
function chooseFrom(
  chooser: Chooser,
  bases: readonly CandleBase[],
  interval: Interval,
  from: number,
  to: number,
): void {
  const base = bases[bases.length - 1];
  if (base === undefined || from >= to) return;
  const finer = bases.slice(0, -1);
  if (finer.length > 0 && (!touches(base, from, to) || coverWhole(finer, from, to))) {
    chooseFrom(chooser, finer, interval, from, to);
    return;
  }
  const step = stepMs(base);
  let pending = from; // finer data alone has `[pending, slot)`
  for (let slot = slotOpen(base, from); slot < to; slot += step) {
    const innerFrom = Math.max(slot, from);
    const innerTo = Math.min(slot + step, to);
    const row = rowAt(base, slot);
    const known = row >= 0 || touches(base, innerFrom, innerTo);
    if (!known || !prefersCoarser(base, finer, row, slot, from, to)) continue;
    chooseFrom(chooser, finer, interval, pending, innerFrom);
    pending = innerTo;
    if (row < 0) logRows(chooser.quiet, base, 0, 0, innerFrom, innerTo);
    else {
      if (slot >= from && slot + step <= to) chooser.out.append(base.rows, row, row + 1);
      else appendParts(chooser, base, row, interval, innerFrom, innerTo);
      chooser.quiet.row(slot + step, base.rows.close[row] as number, base.rows.source[row] as number);
    }
  }
  chooseFrom(chooser, finer, interval, pending, to);
}

/** Whether the slot of the coarser base is used rather than what finer bases know of it. */
function prefersCoarser(
  base: CandleBase,
  finer: readonly CandleBase[],
  row: number,
  slot: number,
  from: number,
  to: number,
): boolean {
  const step = stepMs(base);
  if (!finer.some((other) => touches(other, slot, slot + step))) return true;
  // finer data knows part of the slot, or all of it: the coarser counts only whole, inside the region, and as fully watched
  if (slot < from || slot + step > to || !rangesHold(base.observed, slot, slot + step)) return false;
  // a quiet slot never hides a finer row
  if (row < 0 && finer.some((other) => hasRowIn(other, slot, slot + step))) return false;
  return !coverWhole(finer, slot, slot + step);
}
