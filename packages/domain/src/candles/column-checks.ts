import { bucketOpen, type Interval } from '../interval.ts';
import { type CandleColumns, EXCHANGE_CODE, type SumArray, TRADES_CODE, UNKNOWN } from './candle-columns.ts';

/** What is wrong with an open time that comes after `last`, or null. */
export function timeProblem(interval: Interval, openTime: number, last: number): string | null {
  if (!Number.isSafeInteger(openTime)) return `open time must be whole epoch milliseconds, not ${openTime}`;
  const open = bucketOpen(interval, openTime);
  if (openTime !== open) return `open time ${openTime} is off the grid of ${interval.text} candles: ${open} is on it`;
  return openTime > last ? null : `open time ${openTime} does not come after ${last}: rows must ascend`;
}

/** The first row whose open time has a problem, or `length`. */
export function firstBadTime(openTime: Float64Array, length: number, interval: Interval): number {
  const step = (interval.seconds ?? Number.NaN) * 1000;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i += 1) {
    const open = openTime[i] as number;
    if (timeProblem(interval, open, last) !== null) return i;
    // the slots after one that is on the grid are on it too
    i = endOfRun(openTime, i, length, step);
    last = openTime[i] as number;
  }
  return length;
}

/** The last of the rows from `row` on that follow each other without a gap, up to the whole numbers that doubles hold. */
export function endOfRun(openTime: Float64Array, row: number, length: number, step: number): number {
  let last = openTime[row] as number;
  let i = row + 1;
  for (; i < length; i += 1) {
    const open = openTime[i] as number;
    if (open - last !== step) break;
    last = open;
  }
  // beyond them sums of steps are rounded: what follows there is told row by row
  return last <= Number.MAX_SAFE_INTEGER ? i - 1 : row;
}

/** Whether open times, sources and coverage keep the rules of validateColumns, which are told one by one there. For a fixed interval. */
export const frameIsLegal = (columns: CandleColumns): boolean =>
  firstBadTime(columns.openTime, columns.length, columns.interval) === columns.length && provenanceIsLegal(columns);

/** The same of prices, volume, turnover and trades. */
export const numbersAreLegal = (columns: CandleColumns): boolean =>
  pricesAreLegal(columns) &&
  volumeAndTradesAreLegal(columns) &&
  sumsAreLegal(columns.turnover, columns.turnoverDecimals, columns.length, UNKNOWN);

function pricesAreLegal({ length, priceDecimals, open, high, low, close }: CandleColumns): boolean {
  const whole = priceDecimals !== null;
  for (let i = 0; i < length; i += 1) {
    const o = open[i] as number;
    const h = high[i] as number;
    const l = low[i] as number;
    const c = close[i] as number;
    // NaN fails each of them
    if (!(l > 0 && l <= o && l <= c && h >= o && h >= c && h < Number.POSITIVE_INFINITY)) return false;
    if (whole && !(Math.floor(o) === o && Math.floor(h) === h && Math.floor(l) === l && Math.floor(c) === c))
      return false;
  }
  return true;
}

/** @param least 0, or UNKNOWN: then it is legal, and nothing else below 0 */
function sumsAreLegal(values: SumArray, decimals: number | null, length: number, least: number): boolean {
  if (values instanceof BigInt64Array) {
    const smallest = BigInt(least);
    for (let i = 0; i < length; i += 1) if ((values[i] as bigint) < smallest) return false;
    return true;
  }
  const whole = decimals !== null;
  for (let i = 0; i < length; i += 1) {
    const value = values[i] as number;
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY) && value !== least) return false;
    if (whole && Math.floor(value) !== value) return false;
  }
  return true;
}

/** Counts or UNKNOWN, and none without volume or the other way round. */
function volumeAndTradesAreLegal({ length, trades, volume, volumeDecimals }: CandleColumns): boolean {
  if (volume instanceof Float64Array) return doublesAreLegal(volume, volumeDecimals !== null, trades, length);
  if (!sumsAreLegal(volume, volumeDecimals, length, 0) || firstBadCount(trades, length) < length) return false;
  for (let i = 0; i < length; i += 1) {
    const count = trades[i] as number;
    if (count !== UNKNOWN && count > 0 !== (volume[i] as bigint) > 0n) return false;
  }
  return true;
}

/** In one pass: what is read costs more than what is asked of it. */
function doublesAreLegal(volume: Float64Array, whole: boolean, trades: Float64Array, length: number): boolean {
  for (let i = 0; i < length; i += 1) {
    const count = trades[i] as number;
    const amount = volume[i] as number;
    if (!(amount >= 0 && amount < Number.POSITIVE_INFINITY) || (whole && Math.floor(amount) !== amount)) return false;
    if (!(count >= UNKNOWN && count <= Number.MAX_SAFE_INTEGER && Math.floor(count) === count)) return false;
    if (amount === 0 ? count > 0 : count === 0) return false;
  }
  return true;
}

/** The first entry that is neither a whole number at or above 0 nor UNKNOWN, or `length`. */
export function firstBadCount(trades: Float64Array, length: number): number {
  for (let i = 0; i < length; i += 1) {
    const count = trades[i] as number;
    if (!(count >= UNKNOWN && count <= Number.MAX_SAFE_INTEGER && Math.floor(count) === count)) return i;
  }
  return length;
}

function provenanceIsLegal({ interval, length, source, coverage }: CandleColumns): boolean {
  const width = interval.seconds as number;
  for (let i = 0; i < length; i += 1) {
    const code = source[i] as number;
    if (code < EXCHANGE_CODE || code > TRADES_CODE || (coverage[i] as number) > width) return false;
  }
  return true;
}
