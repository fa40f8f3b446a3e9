import { InvalidInputError } from '../errors.ts';
import { bucketEnd, bucketOpen, divides, type Interval } from '../interval.ts';
import { CandleBuffers } from './candle-buffers.ts';
import type { CandleColumns } from './candle-columns.ts';
import { groupCounts, groupSums } from './group-sums.ts';

/**
 * Aggregates candles to a coarser interval: first open, highest high, lowest low, last close, exact sums; turnover and
 * trades are known where all parts' are (and trades below 2^53); the source is the weakest of the parts'; coverage adds up.
 * Buckets without a row have none in the result either.
 *
 * @throws InvalidInputError when the interval of the columns does not divide the new one
 */
export function resample(columns: CandleColumns, interval: Interval): CandleColumns {
  if (!divides(columns.interval, interval)) {
    throw new InvalidInputError(`${columns.interval.text} candles do not add up to ${interval.text} candles`);
  }
  return foldRows(columns, interval);
}

/**
 * resample for rows that are known to lie within one bucket each, whatever their own widths.
 * @param out where the result is put, as far as it fits doubles; it shares no memory with the columns
 */
export function foldRows(
  columns: CandleColumns,
  interval: Interval,
  out: CandleBuffers = new CandleBuffers(),
): CandleColumns {
  out.makeRoom(bucketsAtMost(columns.openTime, columns.length, interval));
  const starts = rowBuckets(columns, interval, out.openTime);
  const length = starts.length - 1;
  const rows = <A extends Float64Array | Uint8Array | Uint32Array>(array: A): A => array.subarray(0, length) as A;
  const volume = groupSums(columns.volume, columns.volumeDecimals, starts, rows(out.volume));
  const turnover = groupSums(columns.turnover, columns.turnoverDecimals, starts, rows(out.turnover));
  return {
    interval,
    length,
    openTime: rows(out.openTime),
    priceDecimals: columns.priceDecimals,
    open: firstOf(columns.open, starts, rows(out.open)),
    high: highestOf(columns.high, starts, rows(out.high)),
    low: lowestOf(columns.low, starts, rows(out.low)),
    close: lastOf(columns.close, starts, rows(out.close)),
    volumeDecimals: volume.decimals,
    volume: volume.values,
    turnoverDecimals: turnover.decimals,
    turnover: turnover.values,
    trades: groupCounts(columns.trades, starts, rows(out.trades)),
    source: weakestOf(columns.source, starts, rows(out.source)),
    coverage: secondsOf(columns.coverage, starts, rows(out.coverage)),
  };
}

/**
 * Writes the opens of the buckets that have rows.
 * @returns where the rows of each start; after the last one, where they end
 */
function rowBuckets({ openTime, length }: CandleColumns, interval: Interval, opens: Float64Array): Uint32Array {
  const most = bucketsAtMost(openTime, length, interval);
  const starts = new Uint32Array(most + 1);
  let count = 0;
  let rows = 1; // most buckets have as many as the one before
  for (let row = 0; row < length; row += rows) {
    const open = bucketOpen(interval, openTime[row] as number);
    const end = bucketEnd(interval, open);
    opens[count] = open;
    starts[count] = row;
    count += 1;
    if (!endsAfter(openTime, length, row + rows, end)) rows = rowsBefore(openTime, length, row, end);
  }
  starts[count] = length;
  return count === most ? starts : starts.slice(0, count + 1);
}

function bucketsAtMost(openTime: Float64Array, length: number, interval: Interval): number {
  if (length === 0 || interval.seconds === null) return length;
  const first = bucketOpen(interval, openTime[0] as number);
  const last = bucketOpen(interval, openTime[length - 1] as number);
  return Math.min(length, (last - first) / (interval.seconds * 1000) + 1);
}

/** Whether the rows before `row` are all that open before `end`, the one before it among them. */
const endsAfter = (openTime: Float64Array, length: number, row: number, end: number): boolean =>
  row <= length && (openTime[row - 1] as number) < end && (row === length || (openTime[row] as number) >= end);

function rowsBefore(openTime: Float64Array, length: number, from: number, end: number): number {
  let row = from + 1;
  while (row < length && (openTime[row] as number) < end) row += 1;
  return row - from;
}

// one column at a time: small loops over one or two arrays are what an engine makes fast code of

function firstOf(values: Float64Array, starts: Uint32Array, result: Float64Array): Float64Array {
  for (let g = 0; g < result.length; g += 1) result[g] = values[starts[g] as number] as number;
  return result;
}

function lastOf(values: Float64Array, starts: Uint32Array, result: Float64Array): Float64Array {
  for (let g = 0; g < result.length; g += 1) result[g] = values[(starts[g + 1] as number) - 1] as number;
  return result;
}

function highestOf(values: Float64Array, starts: Uint32Array, result: Float64Array): Float64Array {
  for (let g = 0; g < result.length; g += 1) {
    const end = starts[g + 1] as number;
    let highest = values[starts[g] as number] as number;
    for (let i = (starts[g] as number) + 1; i < end; i += 1) {
      const value = values[i] as number;
      if (value > highest) highest = value;
    }
    result[g] = highest;
  }
  return result;
}

function lowestOf(values: Float64Array, starts: Uint32Array, result: Float64Array): Float64Array {
  for (let g = 0; g < result.length; g += 1) {
    const end = starts[g + 1] as number;
    let lowest = values[starts[g] as number] as number;
    for (let i = (starts[g] as number) + 1; i < end; i += 1) {
      const value = values[i] as number;
      if (value < lowest) lowest = value;
    }
    result[g] = lowest;
  }
  return result;
}

function weakestOf(codes: Uint8Array, starts: Uint32Array, result: Uint8Array): Uint8Array {
  for (let g = 0; g < result.length; g += 1) {
    const end = starts[g + 1] as number;
    let weakest = codes[starts[g] as number] as number;
    for (let i = (starts[g] as number) + 1; i < end; i += 1) {
      const code = codes[i] as number;
      if (code < weakest) weakest = code;
    }
    result[g] = weakest;
  }
  return result;
}

function secondsOf(coverage: Uint32Array, starts: Uint32Array, result: Uint32Array): Uint32Array {
  for (let g = 0; g < result.length; g += 1) {
    const end = starts[g + 1] as number;
    let seconds = 0;
    for (let i = starts[g] as number; i < end; i += 1) seconds += coverage[i] as number;
    result[g] = seconds;
  }
  return result;
}
