import { CandleSource } from '../enums.ts';
import { InvalidInputError, InvalidRowError } from '../errors.ts';
import { bucketSeconds, type Interval, type IntervalInput, toInterval } from '../interval.ts';
import { CandleBuffers } from './candle-buffers.ts';
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
export const columnsFromDoubles = (candles: CandleDoubles): CandleColumns =>
  toColumns(candles, Number.NEGATIVE_INFINITY, null);

/** A day of seconds. */
const BATCH_ROWS = 86_400;

/**
 * The same a stretch of rows at a time, for a store's `write`: a long series then takes the memory of one stretch, and less
 * time. Each stretch lies in the arrays of the one before, and on the grid that its own numbers need.
 * @throws as columnsFromDoubles, rows counted from the first of all
 */
export function* batchesFromDoubles(candles: CandleDoubles): Generator<{ readonly columns: CandleColumns }> {
  ensureLengths(candles);
  const buffers = new CandleBuffers(Math.min(BATCH_ROWS, candles.openTime.length));
  const { openTime } = candles;
  for (let from = 0; from < openTime.length; from += BATCH_ROWS) {
    const last = from === 0 ? Number.NEGATIVE_INFINITY : (openTime[from - 1] as number);
    const part = slice(candles, from, Math.min(from + BATCH_ROWS, openTime.length));
    yield { columns: rowsCountedFrom(from, () => toColumns(part, last, buffers)) };
  }
}

function slice(candles: CandleDoubles, from: number, to: number): CandleDoubles {
  const part = ARRAYS.filter((name) => ArrayBuffer.isView(candles[name])).map((name) => [
    name,
    (candles[name] as Float64Array).subarray(from, to),
  ]);
  return { ...candles, openTime: candles.openTime.subarray(from, to), ...Object.fromEntries(part) };
}

function rowsCountedFrom<T>(first: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidRowError) throw new InvalidRowError(first + error.index, error.problem);
    throw error;
  }
}

function ensureLengths(candles: CandleDoubles): void {
  const { length } = candles.openTime;
  for (const name of ARRAYS) {
    const array = candles[name];
    if (ArrayBuffer.isView(array) && array.length !== length)
      throw new InvalidInputError(`${name} has ${array.length} entries for ${length} open times`);
  }
}

/**
 * @param before the open time before the first
 * @param buffers where to put what is made; null: into fresh memory
 */
function toColumns(candles: CandleDoubles, before: number, buffers: CandleBuffers | null): CandleColumns {
  const interval = toInterval(candles.interval);
  const { openTime } = candles;
  const length = openTime.length;
  ensureLengths(candles);
  ensureTimes(openTime, interval, before);
  const into = <N extends Exclude<keyof CandleBuffers, 'makeRoom'>>(name: N): CandleBuffers[N] | null =>
    (buffers?.[name].subarray(0, length) as CandleBuffers[N] | undefined) ?? null;
  const grid = (kind: 'price' | 'sum', names: readonly Name[], unknown = false): NumberColumn[] =>
    gridOfDoubles(
      kind,
      names.map((name) => ({ name, values: candles[name] as Float64Array, unknown, into: into(name) })),
    );
  const unknown = (name: 'turnover' | 'trades'): Float64Array => (into(name) ?? new Float64Array(length)).fill(UNKNOWN);
  const [open, high, low, close] = grid('price', ['open', 'high', 'low', 'close']) as [Prices, Prices, Prices, Prices];
  const [volume] = grid('sum', ['volume']) as [NumberColumn];
  const [turnover] = (
    candles.turnover === undefined ? [{ decimals: 0, values: unknown('turnover') }] : grid('sum', ['turnover'], true)
  ) as [NumberColumn];
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
    trades: candles.trades === undefined ? unknown('trades') : checkedCounts(candles.trades),
    source: sourcesOf(candles.source ?? CandleSource.EXCHANGE, into('source') ?? new Uint8Array(length)),
    coverage: candles.coverage ?? wholeSpans(interval, openTime, into('coverage') ?? new Uint32Array(length)),
  };
}

const ARRAYS = ['open', 'high', 'low', 'close', 'volume', 'turnover', 'trades', 'source', 'coverage'] as const;
type Name = 'open' | 'high' | 'low' | 'close' | 'volume' | 'turnover';
type Prices = NumberColumn & { readonly values: Float64Array };

function ensureTimes(openTime: Float64Array, interval: Interval, before: number): void {
  const bad =
    openTime.length > 0 && !((openTime[0] as number) > before) ? 0 : firstBadTime(openTime, openTime.length, interval);
  if (bad === openTime.length) return;
  const last = bad === 0 ? before : (openTime[bad - 1] as number);
  throw new InvalidRowError(bad, timeProblem(interval, openTime[bad] as number, last) as string);
}

function checkedCounts(trades: Float64Array): Float64Array {
  const bad = firstBadCount(trades, trades.length);
  if (bad < trades.length)
    throw new InvalidRowError(bad, `trades must be a whole number at or above 0, or unknown, not ${trades[bad]}`);
  return trades;
}

function sourcesOf(source: CandleSource | Uint8Array, into: Uint8Array): Uint8Array {
  if (source instanceof Uint8Array) return source;
  const code = SOURCES.indexOf(source);
  if (code < 0) throw new InvalidInputError(`source must be TRADES, EXCHANGE or INTERPOLATED, not ${String(source)}`);
  return into.fill(code);
}

function wholeSpans(interval: Interval, openTime: Float64Array, into: Uint32Array): Uint32Array {
  if (interval.seconds !== null) return into.fill(interval.seconds);
  for (let i = 0; i < into.length; i += 1) into[i] = bucketSeconds(interval, openTime[i] as number);
  return into;
}
