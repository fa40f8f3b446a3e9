import { CandleSource } from '../enums.ts';
import { InvalidInputError, InvalidRowError } from '../errors.ts';
import { bucketSeconds, type Interval, type IntervalInput, toInterval } from '../interval.ts';
import { type CandleColumns, SOURCES, UNKNOWN } from './candle-columns.ts';
import { firstBadCount, firstBadTime, timeProblem } from './column-checks.ts';
import type { NumberColumn } from './decimal-column.ts';
import { gridOfDoubles } from './double-grid.ts';

/** Candles as arrays of doubles of one length, the way most data comes; entry i of every array is candle i. */
export interface CandleDoubles {
  readonly interval: IntervalInput;
  /** Epoch ms UTC, ascending, each the open of a bucket of the interval. */
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Base asset. */
  readonly volume: Float64Array;
  /** Quote asset; UNKNOWN (−1) in a row, or no array at all, where it is not known. */
  readonly turnover?: Float64Array | undefined;
  /** How many trades; UNKNOWN (−1) in a row, or no array at all, where it is not known. */
  readonly trades?: Float64Array | undefined;
  /** Of all rows, or by their codes in SOURCES. Default EXCHANGE. */
  readonly source?: CandleSource | Uint8Array | undefined;
  /** Observed seconds of each row; default: all of its span. */
  readonly coverage?: Uint32Array | undefined;
}

/**
 * Doubles as columns on the smallest decimal grid that holds them, found and checked number by number: a double means its
 * shortest decimal text, and `integer ÷ 10^decimals` is that double again. The four prices share a grid; what fits none
 * stays doubles. Arrays that need no change (open times, trades, volumes that are whole) are taken over, not copied.
 *
 * Whether prices lie between low and high, and the other rules of a candle, is left to validateColumns, which a store calls.
 *
 * @throws InvalidRowError for a number that is negative or none, or an open time off the grid or not ascending;
 *   InvalidInputError for arrays of different lengths or a source that is none
 */
export function columnsFromDoubles(candles: CandleDoubles): CandleColumns {
  const interval = toInterval(candles.interval);
  const { openTime } = candles;
  const length = openTime.length;
  for (const name of ARRAYS) {
    const array = candles[name];
    if (ArrayBuffer.isView(array) && array.length !== length)
      throw new InvalidInputError(`${name} has ${array.length} entries for ${length} open times`);
  }
  const bad = firstBadTime(openTime, length, interval);
  if (bad < length) {
    const last = bad === 0 ? Number.NEGATIVE_INFINITY : (openTime[bad - 1] as number);
    throw new InvalidRowError(bad, timeProblem(interval, openTime[bad] as number, last) as string);
  }
  const grid = (kind: 'price' | 'sum', names: readonly Name[], unknown = false): NumberColumn[] =>
    gridOfDoubles(
      kind,
      names.map((name) => ({ name, values: candles[name] as Float64Array, unknown })),
    );
  const [open, high, low, close] = grid('price', ['open', 'high', 'low', 'close']) as [Prices, Prices, Prices, Prices];
  const [volume] = grid('sum', ['volume']) as [NumberColumn];
  const [turnover] = (candles.turnover === undefined ? [unknownSums(length)] : grid('sum', ['turnover'], true)) as [
    NumberColumn,
  ];
  return {
    interval,
    length,
    openTime,
    priceDecimals: open.decimals,
    open: open.values,
    high: high.values,
    low: low.values,
    close: close.values,
    volumeDecimals: volume.decimals,
    volume: volume.values,
    turnoverDecimals: turnover.decimals,
    turnover: turnover.values,
    trades: candles.trades === undefined ? new Float64Array(length).fill(UNKNOWN) : checkedCounts(candles.trades),
    source: sourcesOf(candles.source ?? CandleSource.EXCHANGE, length),
    coverage: candles.coverage ?? wholeSpans(interval, openTime),
  };
}

const ARRAYS = ['open', 'high', 'low', 'close', 'volume', 'turnover', 'trades', 'source', 'coverage'] as const;
type Name = 'open' | 'high' | 'low' | 'close' | 'volume' | 'turnover';
type Prices = NumberColumn & { readonly values: Float64Array };

const unknownSums = (length: number): NumberColumn => ({
  decimals: 0,
  values: new Float64Array(length).fill(UNKNOWN),
});

function checkedCounts(trades: Float64Array): Float64Array {
  const bad = firstBadCount(trades, trades.length);
  if (bad < trades.length)
    throw new InvalidRowError(bad, `trades must be a whole number at or above 0, or unknown, not ${trades[bad]}`);
  return trades;
}

function sourcesOf(source: CandleSource | Uint8Array, length: number): Uint8Array {
  if (source instanceof Uint8Array) return source;
  const code = SOURCES.indexOf(source);
  if (code < 0) throw new InvalidInputError(`source must be TRADES, EXCHANGE or INTERPOLATED, not ${String(source)}`);
  return new Uint8Array(length).fill(code);
}

function wholeSpans(interval: Interval, openTime: Float64Array): Uint32Array {
  if (interval.seconds !== null) return new Uint32Array(openTime.length).fill(interval.seconds);
  return Uint32Array.from(openTime, (open) => bucketSeconds(interval, open));
}
