import { appendRange, bucketOpen, clipRanges, type Interval, type TimeRange } from '@prate/domain';
import {
  type CandleBase,
  type CandleBuffers,
  type CandleColumns,
  ColumnsWriter,
  emptyColumns,
  lowerBound,
  type Scales,
  scalesOf,
  UNKNOWN,
} from '@prate/domain/candles';
import { blockNumber, blockStart } from './block/grid.ts';
import type { Blocks, Stream } from './blocks.ts';
import { foldStored } from './decode-stored.ts';

/** Aggregated rows of a stretch of one stream. */
export interface FoldedStretch {
  readonly columns: CandleColumns;
  /** The watched time of the stretch. */
  readonly observed: readonly TimeRange[];
  /** Where it ends: before the `to` that was asked for where the rows that follow do not go with these. */
  readonly to: number;
}

/**
 * Aggregates the rows of one stream block by block, as they are unpacked: nothing is made but the result.
 *
 * @param interval a multiple of the stream's step
 * @param from, to opens of buckets
 * @param buffers where to put the result; null: fresh memory
 * @param known blocks of the stream that are folded to the interval already, by number
 * @returns null where the first bucket does not go that way: rows on different scales, or sums beyond 53 bits
 */
export function foldStream(
  database: Blocks,
  stream: Stream,
  interval: Interval,
  from: number,
  to: number,
  buffers: CandleBuffers | null,
  known: ReadonlyMap<number, CandleBase> = NOTHING,
): FoldedStretch | null {
  const [first, last] = [blockNumber(stream.step, from), blockNumber(stream.step, to - 1)];
  const buckets = (to - from) / ((interval.seconds as number) * 1000);
  const observed: TimeRange[] = [];
  let out: ColumnsWriter | null = null;
  for (const { block, base } of foldedBlocks(database, stream, interval, first, last, known)) {
    const { rows, observed: watched } = base;
    const start = lowerBound(rows.openTime, from, rows.length);
    const end = lowerBound(rows.openTime, to, rows.length);
    if (start < end) {
      const capacity = (): number => Math.min(buckets, database.rowCount(stream, first, last));
      out ??=
        buffers === null ? new ColumnsWriter(scalesOf(rows), capacity()) : ColumnsWriter.into(buffers, scalesOf(rows));
      if (!append(out, rows, start, end)) return cutAt(out, interval, observed, from, blockStart(stream.step, block));
    }
    for (const range of clipRanges(watched, from, to)) appendRange(observed, range.from, range.to);
  }
  return { columns: out?.finish(interval) ?? emptyColumns(interval), observed, to };
}

const NOTHING: ReadonlyMap<number, CandleBase> = new Map();

function* foldedBlocks(
  database: Blocks,
  stream: Stream,
  interval: Interval,
  first: number,
  last: number,
  known: ReadonlyMap<number, CandleBase>,
): Generator<{ readonly block: number; readonly base: CandleBase }> {
  let end = first; // up to here all are known, so that none need be read
  while (end <= last && known.has(end)) end += 1;
  for (let block = first; block < end; block += 1) yield { block, base: known.get(block) as CandleBase };
  if (end > last) return;
  for (const row of database.blocks(stream, end, last)) {
    yield { block: row.block, base: known.get(row.block) ?? foldStored(stream, row, interval) };
  }
}

/** What there is before the bucket in which a block begins. */
function cutAt(
  out: ColumnsWriter,
  interval: Interval,
  observed: readonly TimeRange[],
  from: number,
  block: number,
): FoldedStretch | null {
  const to = bucketOpen(interval, block);
  if (to <= from) return null;
  out.length = lowerBound(out.openTime, to, out.length);
  return { columns: out.finish(interval), observed: clipRanges(observed, from, to), to };
}

/** Appends rows `[start, end)`; the first may go on with the last one there. @returns whether they go together */
function append(out: ColumnsWriter, rows: CandleColumns, start: number, end: number): boolean {
  if (!sameScales(out.scales, rows)) return false;
  const goesOn = out.length > 0 && out.openTime[out.length - 1] === rows.openTime[start];
  if (goesOn && !join(out, out.length - 1, rows, start)) return false;
  out.append(rows, goesOn ? start + 1 : start, end);
  return true;
}

function sameScales(scales: Scales, rows: CandleColumns): boolean {
  return (
    scales.priceDecimals === rows.priceDecimals &&
    scales.volumeDecimals === rows.volumeDecimals &&
    scales.turnoverDecimals === rows.turnoverDecimals &&
    scales.bigVolume === rows.volume instanceof BigInt64Array &&
    scales.bigTurnover === rows.turnover instanceof BigInt64Array
  );
}

/** Adds row `i` to the last bucket, which goes on in it. @returns false for sums that are not exact that way */
function join(out: ColumnsWriter, at: number, rows: CandleColumns, i: number): boolean {
  const { volume, turnover } = rows;
  if (!(volume instanceof Float64Array && turnover instanceof Float64Array)) return false;
  if (rows.volumeDecimals === null || rows.turnoverDecimals === null) return false;
  const sums = [
    sumOf(out.volume[at] as number, volume[i] as number),
    sumOf(out.turnover[at] as number, turnover[i] as number),
    sumOf(out.trades[at] as number, rows.trades[i] as number),
  ] as const;
  if (sums.some((sum) => sum > Number.MAX_SAFE_INTEGER)) return false;
  [out.volume[at], out.turnover[at], out.trades[at]] = sums;
  out.high[at] = Math.max(out.high[at] as number, rows.high[i] as number);
  out.low[at] = Math.min(out.low[at] as number, rows.low[i] as number);
  out.close[at] = rows.close[i] as number;
  out.source[at] = Math.min(out.source[at] as number, rows.source[i] as number);
  out.coverage[at] = (out.coverage[at] as number) + (rows.coverage[i] as number);
  return true;
}

const sumOf = (a: number, b: number): number => (a === UNKNOWN || b === UNKNOWN ? UNKNOWN : a + b);
