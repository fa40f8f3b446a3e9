import { InvalidInputError } from '../errors.ts';
import { bucketEnd, bucketOpen, type Interval, type IntervalInput, sameInterval, toInterval } from '../interval.ts';
import { type CandleColumns, lowerBound, sliceColumns } from './candle-columns.ts';
import { interpolateSeconds } from './interpolate.ts';
import { type Interpolation, type InterpolationInput, toInterpolation } from './interpolation.ts';
import { foldRows } from './resample.ts';

/** How the seconds that a model makes compare with those that were recorded. */
export interface ModelFidelity extends Interpolation {
  /** The mean distance of the second's close from the recorded one, over all seconds; null where there are none. */
  readonly meanCloseErrorTicks: number | null;
  /** √(Σ changes² made ÷ Σ changes² recorded) of the closes from second to second; null where nothing moved. */
  readonly volatilityRatio: number | null;
  /** Of the ordered candles, the share in which the model's high and low come in the recorded order; null where there are none. */
  readonly orderShare: number | null;
}

export interface FidelityReport {
  readonly interval: Interval;
  /** Candles compared: those with a trade. */
  readonly candles: number;
  /** Those whose high and low were first reached in different seconds, so that it is known which came first. */
  readonly orderedCandles: number;
  /** The largest step of which all recorded prices are multiples, as a price; null where nothing was recorded. */
  readonly tick: number | null;
  readonly models: readonly ModelFidelity[];
}

interface Tally {
  readonly interpolation: Interpolation;
  error: number;
  squares: number;
  rightOrders: number;
}

/** What one candle shows of its seconds: the close of each, and where high and low were first reached. */
interface Shape {
  readonly closes: Float64Array;
  readonly highAt: number;
  readonly lowAt: number;
}

/**
 * Compares models with recorded seconds: builds the candles, makes seconds of each by every model, and measures how far
 * these are from the recorded ones. A recorded second without a trade stands at the last close, before the first trade of
 * the candle at its open.
 */
export class FidelityMeter {
  readonly #interval: Interval;
  readonly #width: number;
  readonly #tallies: readonly Tally[];
  #decimals = 0;
  /** The greatest common divisor of the recorded prices, and all other sums over prices, are on this scale. */
  #divisor = 0;
  #candles = 0;
  #ordered = 0;
  #squares = 0;

  /** @throws InvalidInputError for an interval without a fixed width of at least two seconds, or a model that is none */
  constructor(intervalInput: IntervalInput, models: readonly InterpolationInput[]) {
    const interval = toInterval(intervalInput);
    if (interval.seconds === null || interval.seconds < 2) {
      throw new InvalidInputError(
        `seconds are made from candles of 2s to 366d, not of ${interval.text}; 1m would be right`,
      );
    }
    this.#interval = interval;
    this.#width = interval.seconds;
    this.#tallies = models.map((model) => ({
      interpolation: toInterpolation(model),
      error: 0,
      squares: 0,
      rightOrders: 0,
    }));
  }

  /**
   * @param seconds recorded candles of one second that tell whole buckets of the interval: what has no row was quiet
   * @throws InvalidInputError for other intervals, or prices that fit no decimal grid and so have no tick
   */
  add(seconds: CandleColumns): void {
    if (!sameInterval(seconds.interval, toInterval('1s')))
      throw new InvalidInputError(`recorded candles must be of 1s, not of ${seconds.interval.text}`);
    if (seconds.length === 0) return;
    if (seconds.priceDecimals === null)
      throw new InvalidInputError('the recorded prices fit no decimal grid: there are no ticks to measure in');
    const factor = this.#onScale(seconds.priceDecimals);
    for (const prices of [seconds.open, seconds.high, seconds.low, seconds.close])
      for (let i = 0; i < seconds.length; i += 1)
        this.#divisor = commonDivisor(this.#divisor, (prices[i] as number) * factor);

    const candles = foldRows(seconds, this.#interval);
    for (let row = 0; row < candles.length; row += 1) {
      const open = candles.openTime[row] as number;
      const first = lowerBound(seconds.openTime, open, seconds.length);
      const end = lowerBound(seconds.openTime, bucketEnd(this.#interval, open), seconds.length);
      this.#compare(sliceColumns(candles, row, row + 1), sliceColumns(seconds, first, end), factor);
    }
  }

  /** What one unit of columns with so many decimals is on the scale of the sums, which is made finer where it must be. */
  #onScale(decimals: number): number {
    if (decimals > this.#decimals) {
      const raise = 10 ** (decimals - this.#decimals);
      this.#decimals = decimals;
      this.#divisor *= raise;
      this.#squares *= raise * raise;
      for (const tally of this.#tallies) {
        tally.error *= raise;
        tally.squares *= raise * raise;
      }
    }
    return 10 ** (this.#decimals - decimals);
  }

  #compare(candle: CandleColumns, recorded: CandleColumns, factor: number): void {
    const real = this.#shapeOf(recorded, candle);
    const open = candle.open[0] as number;
    const ordered = real.highAt !== real.lowAt;
    this.#candles += 1;
    if (ordered) this.#ordered += 1;
    this.#squares += squaredChanges(real.closes, open) * factor * factor;
    for (const tally of this.#tallies) {
      const made = this.#shapeOf(interpolateSeconds(candle, tally.interpolation), candle);
      for (let i = 0; i < this.#width; i += 1)
        tally.error += Math.abs((made.closes[i] as number) - (real.closes[i] as number)) * factor;
      tally.squares += squaredChanges(made.closes, open) * factor * factor;
      if (ordered && Math.sign(made.highAt - made.lowAt) === Math.sign(real.highAt - real.lowAt))
        tally.rightOrders += 1;
    }
  }

  #shapeOf(seconds: CandleColumns, candle: CandleColumns): Shape {
    const start = bucketOpen(this.#interval, candle.openTime[0] as number);
    const closes = new Float64Array(this.#width);
    let [highAt, lowAt] = [-1, -1];
    let price = candle.open[0] as number;
    let row = 0;
    for (let i = 0; i < this.#width; i += 1) {
      if (row < seconds.length && seconds.openTime[row] === start + i * 1000) {
        price = seconds.close[row] as number;
        if (highAt < 0 && seconds.high[row] === candle.high[0]) highAt = i;
        if (lowAt < 0 && seconds.low[row] === candle.low[0]) lowAt = i;
        row += 1;
      }
      closes[i] = price;
    }
    return { closes, highAt, lowAt };
  }

  report(): FidelityReport {
    const seconds = this.#candles * this.#width;
    return {
      interval: this.#interval,
      candles: this.#candles,
      orderedCandles: this.#ordered,
      tick: this.#candles === 0 ? null : this.#divisor / 10 ** this.#decimals,
      models: this.#tallies.map(({ interpolation, error, squares, rightOrders }) => ({
        ...interpolation,
        meanCloseErrorTicks: seconds === 0 ? null : error / this.#divisor / seconds,
        volatilityRatio: this.#squares === 0 ? null : Math.sqrt(squares / this.#squares),
        orderShare: this.#ordered === 0 ? null : rightOrders / this.#ordered,
      })),
    };
  }
}

function squaredChanges(closes: Float64Array, open: number): number {
  let sum = 0;
  let last = open;
  for (const close of closes) {
    sum += (close - last) ** 2;
    last = close;
  }
  return sum;
}

function commonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
