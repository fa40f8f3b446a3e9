import { CandleSource } from '../enums.ts';
import { InvalidInputError, InvalidRowError } from '../errors.ts';
import { bucketOpen, bucketSeconds, type Interval } from '../interval.ts';
import type { CandleInput } from './candle.ts';
import { type CandleColumns, SOURCES, UNKNOWN } from './candle-columns.ts';
import { DecimalColumnBuilder } from './decimal-column.ts';
import { candleProblem } from './row-rules.ts';

/** Collects candles row by row and finds the decimal grids that hold them. */
export class CandleColumnsBuilder {
  readonly #interval: Interval;
  readonly #openTime: number[] = [];
  readonly #prices = [0, 1, 2, 3].map(() => new DecimalColumnBuilder('price'));
  readonly #volume = new DecimalColumnBuilder('sum');
  readonly #turnover = new DecimalColumnBuilder('sum');
  readonly #trades: number[] = [];
  readonly #source: number[] = [];
  readonly #coverage: number[] = [];

  constructor(interval: Interval) {
    this.#interval = interval;
  }

  get length(): number {
    return this.#openTime.length;
  }

  /**
   * Takes a candle, or leaves everything as it was and throws.
   * @throws InvalidInputError when the candle breaks a rule of its own, or opens off the interval's grid or not after
   *   the candle before it
   */
  push(candle: CandleInput): void {
    const problem = this.#problem(candle);
    if (problem !== null) throw new InvalidInputError(problem);
    const turnover = candle.turnover ?? null;
    if (turnover !== null) this.#turnover.push(turnover);
    else this.#turnover.pushUnknown();
    this.#volume.push(candle.volume);
    for (const [i, price] of [candle.open, candle.high, candle.low, candle.close].entries())
      this.#prices[i]?.push(price);
    this.#openTime.push(candle.openTime);
    this.#trades.push(candle.trades ?? UNKNOWN);
    this.#source.push(SOURCES.indexOf(candle.source ?? CandleSource.EXCHANGE));
    const width = bucketSeconds(this.#interval, candle.openTime);
    this.#coverage.push(Math.round((candle.coverage ?? 1) * width));
  }

  #problem(candle: CandleInput): string | null {
    const { openTime, turnover, source, coverage } = candle;
    if (!Number.isSafeInteger(openTime)) return `open time must be whole epoch milliseconds, not ${openTime}`;
    const open = bucketOpen(this.#interval, openTime);
    if (open !== openTime) {
      return `open time ${openTime} is off the grid of ${this.#interval.text} candles: ${open} is on it`;
    }
    const last = this.#openTime.at(-1);
    if (last !== undefined && openTime <= last) {
      return openTime === last
        ? `open time ${openTime} comes twice`
        : `open time ${openTime} comes after ${last}: rows must ascend`;
    }
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
      const wrong = numberProblem(name, candle[name]);
      if (wrong !== null) return wrong;
    }
    if (turnover !== null && turnover !== undefined) {
      const wrong = numberProblem('turnover', turnover);
      if (wrong !== null) return wrong;
    }
    if (source !== undefined && !SOURCES.includes(source))
      return `source must be TRADES, EXCHANGE or INTERPOLATED, not ${String(source)}`;
    if (coverage !== undefined && !(coverage >= 0 && coverage <= 1)) return `coverage must be 0 to 1, not ${coverage}`;
    return candleProblem({
      open: Number(candle.open),
      high: Number(candle.high),
      low: Number(candle.low),
      close: Number(candle.close),
      volume: Number(candle.volume),
      trades: candle.trades ?? null,
    });
  }

  finish(): CandleColumns {
    const [open, high, low, close] = DecimalColumnBuilder.finishTogether('price', this.#prices);
    if (open === undefined || high === undefined || low === undefined || close === undefined)
      throw new TypeError('four prices');
    const volume = this.#volume.finish();
    const turnover = this.#turnover.finish();
    return {
      interval: this.#interval,
      length: this.#openTime.length,
      openTime: Float64Array.from(this.#openTime),
      priceDecimals: open.decimals,
      open: open.values as Float64Array,
      high: high.values as Float64Array,
      low: low.values as Float64Array,
      close: close.values as Float64Array,
      volumeDecimals: volume.decimals,
      volume: volume.values,
      turnoverDecimals: turnover.decimals,
      turnover: turnover.values,
      trades: Float64Array.from(this.#trades),
      source: Uint8Array.from(this.#source),
      coverage: Uint32Array.from(this.#coverage),
    };
  }
}

const NUMBER_TEXT = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/;

/** NaN, infinities, empty text and words are refused, and text of a number beyond doubles. */
function numberProblem(name: string, value: number | string): string | null {
  const ok = typeof value === 'number' || NUMBER_TEXT.test(value);
  if (!ok || !Number.isFinite(Number(value))) return `${name} must be a number, not '${value}'`;
  return Number(value) < 0 || Object.is(Number(value), -0) ? `${name} must be at or above 0, not ${value}` : null;
}

/** Rows as columns. @throws InvalidRowError that names the row, counted from 0 */
export function columnsFromCandles(candles: Iterable<CandleInput>, interval: Interval): CandleColumns {
  const builder = new CandleColumnsBuilder(interval);
  for (const candle of candles) {
    try {
      builder.push(candle);
    } catch (error) {
      if (error instanceof InvalidInputError)
        throw new InvalidRowError(builder.length, error.message, { cause: error });
      throw error;
    }
  }
  return builder.finish();
}
