import { bucketEnd, bucketOpen, type Interval } from '../interval.ts';
import { type Atoms, chooseAtoms } from './atoms.ts';
import type { CandleBase } from './candle-base.ts';
import type { CandleBuffers } from './candle-buffers.ts';
import { type CandleColumns, INTERPOLATED_CODE, lowerBound, sliceColumns } from './candle-columns.ts';
import { ColumnsWriter, putSum, scalesOf } from './columns-writer.ts';
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
  /** Where the answer is put, so that it needs no memory of its own; nothing of the bases or the carry may lie there. */
  readonly into?: CandleBuffers | null | undefined;
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
 * Where rows of a base are the answer as they are, its columns are views on the base's memory; with `into` the answer is
 * views on those arrays, except for sums in 64 bits, and never on a base's.
 *
 * @param bases finest first; their rows and watched time reach at least to the edges of every slot that overlaps the window
 */
export function composeCandles(bases: readonly CandleBase[], query: ComposeQuery): Composed {
  const { interval, from, to, carry, into = null } = query;
  const sets = bases.map((base) => base.rows);
  if (carry !== null) sets.push(carry.row);
  const scales = commonScales(sets.filter((set) => set.length > 0));
  const scaled = bases.map((base) => ({ ...base, rows: rescale(base.rows, scales) }));
  const carried = carry === null ? null : rescale(carry.row, scales);
  const anchor =
    carry === null || carried === null
      ? null
      : { end: carry.end, price: carried.close[0] as number, source: carried.source[0] as number };
  // flat rows are put between the others, which therefore cannot lie there yet
  const direct = query.fillFlat ? null : into;
  const interpolation = toInterpolation(query.interpolation);
  const atoms = chooseAtoms(scaled, scales, { interval, from, to, anchor, interpolation, into: direct });
  const folded = atoms.areBuckets
    ? { ...sliceColumns(atoms.rows, 0, atoms.rows.length), interval }
    : foldRows(atoms.rows, interval, direct ?? undefined);
  let columns = direct === null ? withQuietCoverage(folded, atoms) : addQuietCoverage(folded, atoms);
  if (query.fillFlat) columns = withFlatRows(columns, atoms, interval, into);
  if (query.observedOnly) columns = withoutInterpolated(columns, into);
  if (atoms.anchor === null) return { columns, carry: null };
  const standing = new ColumnsWriter(scales, 1);
  appendFlat(standing, to, atoms.anchor, 0);
  return { columns, carry: { end: atoms.anchor.end, row: standing.finish(interval) } };
}

/** The rows that a window's buckets are made of, without a price carried in. */
export function composeAtoms(bases: readonly CandleBase[], interval: Interval, from: number, to: number): Atoms {
  const scales = commonScales(bases.map((base) => base.rows).filter((rows) => rows.length > 0));
  const scaled = bases.map((base) => ({ ...base, rows: rescale(base.rows, scales) }));
  const interpolation = toInterpolation();
  return chooseAtoms(scaled, scales, { interval, from, to, anchor: null, interpolation, into: null });
}

/** Rows whose coverage counts the quiet time of their buckets too. */
export function withQuietCoverage(columns: CandleColumns, { quiet }: Atoms): CandleColumns {
  if (quiet.length === 0) return columns;
  const extra = quietSeconds(columns, quiet);
  return { ...columns, coverage: columns.coverage.map((seconds, i) => seconds + (extra[i] as number)) };
}

/** The same in the rows' own memory. */
function addQuietCoverage(columns: CandleColumns, { quiet }: Atoms): CandleColumns {
  if (quiet.length === 0) return columns;
  const { coverage } = columns;
  const extra = quietSeconds(columns, quiet);
  for (let i = 0; i < extra.length; i += 1) coverage[i] = (coverage[i] as number) + (extra[i] as number);
  return columns;
}

const quietSeconds = ({ interval, openTime }: CandleColumns, quiet: Atoms['quiet']): Uint32Array =>
  observedSeconds(quiet, openTime, (open) => bucketEnd(interval, open));

function appendFlat(
  out: ColumnsWriter,
  openTime: number,
  { price, source }: { price: number; source: number },
  coverage: number,
): void {
  out.reserve(1);
  const at = out.length;
  out.length += 1;
  out.openTime[at] = openTime;
  for (const prices of [out.open, out.high, out.low, out.close]) prices[at] = price;
  putSum(out.volume, at, 0);
  putSum(out.turnover, at, 0);
  out.trades[at] = 0;
  out.source[at] = source;
  out.coverage[at] = coverage;
}

/** The buckets that were quiet, at the price that stood, among the others. */
function withFlatRows(
  columns: CandleColumns,
  { quiet }: Atoms,
  interval: Interval,
  into: CandleBuffers | null,
): CandleColumns {
  const out = ColumnsWriter.into(into, scalesOf(columns), columns.length + 64);
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
      appendFlat(out, open, { price: stretch.price, source: stretch.source }, coverage);
    }
  }
  out.append(columns, copied, columns.length);
  return out.finish(interval);
}

/** @param into where the columns lie already, if not null: rows move towards the front alone */
function withoutInterpolated(columns: CandleColumns, into: CandleBuffers | null): CandleColumns {
  if (!columns.source.includes(INTERPOLATED_CODE)) return columns;
  const out = ColumnsWriter.into(into, scalesOf(columns), into === null ? columns.length : undefined);
  for (let row = 0; row < columns.length; ) {
    let end = row;
    while (end < columns.length && columns.source[end] !== INTERPOLATED_CODE) end += 1;
    out.append(columns, row, end);
    row = end + 1;
  }
  return out.finish(columns.interval);
}
