import { CandleSource } from '../enums.ts';
import type { Interval } from '../interval.ts';

/** Sums: whole numbers below 2^53 in a Float64Array, larger ones in a BigInt64Array. */
export type SumArray = Float64Array | BigInt64Array;

/** Stands for "unknown" in `turnover` and `trades`, which are never negative. */
export const UNKNOWN = -1;

/**
 * Candles of one interval as typed arrays, ascending by open time; row i is entry i of every array.
 *
 * A number is `integer ÷ 10^decimals`, exactly: `open[i] / 10 ** priceDecimals` is the nearest double. Where the data fits
 * no such grid (a price needs more than 53 bits, a sum more than 63), `decimals` is null and the array holds doubles:
 * there sums are exact only to rounding.
 */
export interface CandleColumns {
  readonly interval: Interval;
  readonly length: number;
  /** Epoch ms UTC. */
  readonly openTime: Float64Array;
  readonly priceDecimals: number | null;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volumeDecimals: number | null;
  /** Base asset. */
  readonly volume: SumArray;
  readonly turnoverDecimals: number | null;
  /** Quote asset, or UNKNOWN. */
  readonly turnover: SumArray;
  /** How many trades, or UNKNOWN. */
  readonly trades: Float64Array;
  /** Codes of SOURCES, weakest first. */
  readonly source: Uint8Array;
  /** Observed seconds within the row's span. */
  readonly coverage: Uint32Array;
}

/** The sources by their code, weakest first, so that the weakest of several is the smallest code. */
export const SOURCES: readonly CandleSource[] = [CandleSource.INTERPOLATED, CandleSource.EXCHANGE, CandleSource.TRADES];
export const INTERPOLATED_CODE = 0;
export const EXCHANGE_CODE = 1;
export const TRADES_CODE = 2;

export function emptyColumns(interval: Interval): CandleColumns {
  const none = new Float64Array(0);
  return {
    interval,
    length: 0,
    openTime: none,
    priceDecimals: 0,
    open: none,
    high: none,
    low: none,
    close: none,
    volumeDecimals: 0,
    volume: none,
    turnoverDecimals: 0,
    turnover: none,
    trades: none,
    source: new Uint8Array(0),
    coverage: new Uint32Array(0),
  };
}

/** Rows `[from, to)` as views on the same memory. */
export function sliceColumns(columns: CandleColumns, from: number, to: number): CandleColumns {
  return {
    ...columns,
    length: Math.max(0, to - from),
    openTime: columns.openTime.subarray(from, to),
    open: columns.open.subarray(from, to),
    high: columns.high.subarray(from, to),
    low: columns.low.subarray(from, to),
    close: columns.close.subarray(from, to),
    volume: columns.volume.subarray(from, to),
    turnover: columns.turnover.subarray(from, to),
    trades: columns.trades.subarray(from, to),
    source: columns.source.subarray(from, to),
    coverage: columns.coverage.subarray(from, to),
  };
}

/** The same rows on memory of their own, which nobody else writes and which holds nothing else. */
export function copyColumns(columns: CandleColumns): CandleColumns {
  return {
    ...columns,
    openTime: columns.openTime.slice(),
    open: columns.open.slice(),
    high: columns.high.slice(),
    low: columns.low.slice(),
    close: columns.close.slice(),
    volume: columns.volume.slice(),
    turnover: columns.turnover.slice(),
    trades: columns.trades.slice(),
    source: columns.source.slice(),
    coverage: columns.coverage.slice(),
  };
}

/** The first row whose open is at or after `timeMs`. */
export function lowerBound(openTime: Float64Array, timeMs: number, length: number = openTime.length): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((openTime[middle] as number) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
