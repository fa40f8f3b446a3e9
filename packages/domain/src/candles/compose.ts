import { bucketEnd, bucketOpen, type Interval } from '../interval.ts';
import { type Atoms, chooseAtoms } from './atoms.ts';
import type { CandleBase } from './candle-base.ts';
import { type CandleColumns, INTERPOLATED_CODE, lowerBound } from './candle-columns.ts';
import { ColumnsWriter, scalesOf } from './columns-writer.ts';
import { observedSeconds, secondsWithin } from './coverage.ts';
import { type InterpolationInput, toInterpolation } from './interpolation.ts';
import { foldRows } from './resample.ts';
import { commonScales, rescale } from './rescale.ts';

/** A price that was known to stand at the end of a window: what a quiet start of the next window is filled with. */
export interface Carry {
  readonly end: number;
  /** One row whose close and source are meant. */
  readonly row: CandleColumns;
}

export interface ComposeQuery {
  readonly interval: Interval;
  /** Both are opens of buckets. */
  readonly from: number;
  readonly to: number;
  readonly fillFlat: boolean;
  readonly observedOnly: boolean;
  readonly carry: Carry | null;
  /** How seconds are made from coarser candles. Default `linear`. */
  readonly interpolation?: InterpolationInput | undefined;
}

export interface Composed {
  readonly columns: CandleColumns;
  readonly carry: Carry | null;
}

/**
 * Answers one window of a query from what is stored: chooses the rows (see chooseAtoms), aggregates them, counts what was
 * watched, and fills quiet buckets flat when asked. A quiet bucket is filled only where watched time links it to the last
 * price without a break: after an interruption the price is not known until the next trade.
 *
 * Where rows of a base are the answer as they are, its columns are views on the base's memory.
 *
 * @param bases finest first; their rows and watched time reach at least to the edges of every slot that overlaps the window
 */
export function composeCandles(bases: readonly CandleBase[], query: ComposeQuery): Composed {
  const { interval, from, to, carry } = query;
  const sets = bases.map((base) => base.rows);
  if (carry !== null) sets.push(carry.row);
  const scales = commonScales(sets.filter((set) => set.length > 0));
  const scaled = bases.map((base) => ({ ...base, rows: rescale(base.rows, scales) }));
  const carried = carry === null ? null : rescale(carry.row, scales);
  const anchor =
    carry === null || carried === null
      ? null
      : { end: carry.end, price: carried.close[0] as number, source: carried.source[0] as number };
  const atoms = chooseAtoms(scaled, scales, interval, from, to, anchor, toInterpolation(query.interpolation));
  const folded = atoms.areBuckets ? { ...atoms.rows, interval } : foldRows(atoms.rows, interval);
  let columns = withQuietCoverage(folded, atoms);
  if (query.fillFlat) columns = withFlatRows(columns, atoms, interval);
  if (query.observedOnly) columns = withoutInterpolated(columns);
  const last = atoms.anchor;
  return {
    columns,
    carry: last === null ? null : { end: last.end, row: flatRow(new ColumnsWriter(scales, 1), interval, to, last, 0) },
  };
}

/** The rows that a window's buckets are made of, without a price carried in. */
export function composeAtoms(bases: readonly CandleBase[], interval: Interval, from: number, to: number): Atoms {
  const scales = commonScales(bases.map((base) => base.rows).filter((rows) => rows.length > 0));
  const scaled = bases.map((base) => ({ ...base, rows: rescale(base.rows, scales) }));
  return chooseAtoms(scaled, scales, interval, from, to, null, toInterpolation());
}

/** Rows whose coverage counts the quiet time of their buckets too. */
export function withQuietCoverage(columns: CandleColumns, { quiet }: Atoms): CandleColumns {
  if (quiet.length === 0) return columns;
  const extra = observedSeconds(quiet, columns.openTime, (open) => bucketEnd(columns.interval, open));
  return { ...columns, coverage: columns.coverage.map((seconds, i) => seconds + (extra[i] as number)) };
}

function flatRow(
  out: ColumnsWriter,
  interval: Interval,
  openTime: number,
  { price, source }: { price: number; source: number },
  coverage: number,
): CandleColumns {
  out.reserve(1);
  const at = out.length;
  out.length += 1;
  out.openTime[at] = openTime;
  for (const prices of [out.open, out.high, out.low, out.close]) prices[at] = price;
  // volume, turnover and trades are 0, as fresh memory is
  out.source[at] = source;
  out.coverage[at] = coverage;
  return out.finish(interval);
}

/** The buckets that were quiet, at the price that stood, among the others. */
function withFlatRows(columns: CandleColumns, { quiet }: Atoms, interval: Interval): CandleColumns {
  const out = new ColumnsWriter(scalesOf(columns), columns.length + 64);
  let copied = 0;
  for (const [i, stretch] of quiet.entries()) {
    if (stretch.price === null) continue;
    // no bucket comes twice: a price comes from a row or from quiet that goes on, so a second one in a bucket has a row there
    for (let open = bucketOpen(interval, stretch.from); open < stretch.to; open = bucketEnd(interval, open)) {
      const next = lowerBound(columns.openTime, open, columns.length);
      if (next < columns.length && columns.openTime[next] === open) continue;
      out.append(columns, copied, next);
      copied = next;
      const coverage = secondsWithin(quiet, i, open, bucketEnd(interval, open));
      flatRow(out, interval, open, { price: stretch.price, source: stretch.source }, coverage);
    }
  }
  out.append(columns, copied, columns.length);
  return out.finish(interval);
}

function withoutInterpolated(columns: CandleColumns): CandleColumns {
  if (!columns.source.includes(INTERPOLATED_CODE)) return columns;
  const out = new ColumnsWriter(scalesOf(columns), columns.length);
  for (let row = 0; row < columns.length; ) {
    let end = row;
    while (end < columns.length && columns.source[end] !== INTERPOLATED_CODE) end += 1;
    out.append(columns, row, end);
    row = end + 1;
  }
  return out.finish(columns.interval);
}
