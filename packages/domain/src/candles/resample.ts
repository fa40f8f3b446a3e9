import { InvalidInputError } from '../errors.ts';
import { bucketEnd, bucketOpen, divides, type Interval } from '../interval.ts';
import type { CandleColumns } from './candle-columns.ts';
import { groupSums } from './group-sums.ts';

/**
 * Aggregates candles to a coarser interval: first open, highest high, lowest low, last close, exact sums; turnover and
 * trades are known where all parts' are; the source is the weakest of the parts'; coverage adds up.
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

/** resample for rows that are known to lie within one bucket each, whatever their own widths. */
export function foldRows(columns: CandleColumns, interval: Interval): CandleColumns {
  const { opens, starts } = rowBuckets(columns, interval);
  const count = opens.length;
  const open = new Float64Array(count);
  const high = new Float64Array(count);
  const low = new Float64Array(count);
  const close = new Float64Array(count);
  const source = new Uint8Array(count);
  const coverage = new Uint32Array(count);
  for (let g = 0; g < count; g += 1) {
    const start = starts[g] as number;
    const end = starts[g + 1] as number;
    let highest = columns.high[start] as number;
    let lowest = columns.low[start] as number;
    let weakest = columns.source[start] as number;
    let covered = columns.coverage[start] as number;
    for (let i = start + 1; i < end; i += 1) {
      if ((columns.high[i] as number) > highest) highest = columns.high[i] as number;
      if ((columns.low[i] as number) < lowest) lowest = columns.low[i] as number;
      if ((columns.source[i] as number) < weakest) weakest = columns.source[i] as number;
      covered += columns.coverage[i] as number;
    }
    open[g] = columns.open[start] as number;
    high[g] = highest;
    low[g] = lowest;
    close[g] = columns.close[end - 1] as number;
    source[g] = weakest;
    coverage[g] = covered;
  }
  const volume = groupSums(columns.volume, columns.volumeDecimals, starts);
  const turnover = groupSums(columns.turnover, columns.turnoverDecimals, starts);
  const trades = groupSums(columns.trades, 0, starts);
  return {
    interval,
    length: count,
    openTime: opens,
    priceDecimals: columns.priceDecimals,
    open,
    high,
    low,
    close,
    volumeDecimals: volume.decimals,
    volume: volume.values,
    turnoverDecimals: turnover.decimals,
    turnover: turnover.values,
    trades: trades.values as Float64Array,
    source,
    coverage,
  };
}

function rowBuckets(columns: CandleColumns, interval: Interval): { opens: Float64Array; starts: Uint32Array } {
  const opens = new Float64Array(columns.length);
  const starts = new Uint32Array(columns.length + 1);
  let count = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < columns.length; i += 1) {
    const time = columns.openTime[i] as number;
    if (time < end) continue;
    const open = bucketOpen(interval, time);
    opens[count] = open;
    starts[count] = i;
    count += 1;
    end = bucketEnd(interval, open);
  }
  starts[count] = columns.length;
  return { opens: opens.slice(0, count), starts: starts.slice(0, count + 1) };
}
