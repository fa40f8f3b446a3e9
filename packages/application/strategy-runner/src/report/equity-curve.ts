import { type Balance, type Decimal, decimal, type Interval, toInterval } from '@prate/domain';
import { depthOf, drawdownAt, type Fall, type Falls, fallsAfter } from './falls.ts';
import type { NewestOf } from './newest.ts';
import { type PeriodReturn, PeriodReturns } from './period-returns.ts';
import { type RiskFigures, riskOf } from './risk-figures.ts';
import { type CurvePoint, ThinnedSeries } from './thinned-series.ts';

/** How an account that holds one symbol alone is worth more or less with its closes: by `net` for each 1 of the price. */
export interface Slope {
  readonly net: Decimal;
  /** At which the account was read. */
  readonly price: Decimal;
}

export interface EquityFigures {
  /** The deepest fall as a share of its peak. */
  readonly maxDrawdown: number;
  readonly deepestFall: Fall | null;
  readonly risk: RiskFigures;
}

export interface EquityHistory {
  readonly equity: readonly CurvePoint<Decimal>[];
  /** How far below its peak, as a share of it. */
  readonly drawdown: readonly CurvePoint<number>[];
  readonly days: NewestOf<PeriodReturn>;
  readonly months: NewestOf<PeriodReturn>;
}

const MOST_DAYS = 366;
const MOST_MONTHS = 600;

/** The parts that begin with the first moment. */
interface Begun {
  readonly hours: PeriodReturns;
  readonly days: PeriodReturns;
  readonly months: PeriodReturns;
}

/**
 * The equity of a run: its curve, thinned, and its falls and returns, exact. Of several samples of one moment the last counts.
 *
 * Between two readings of the account, a `mark` tells the close alone: the equity follows the slope. Of a stretch of marks
 * only those are worked out that could be a peak, the deepest fall since, or the last of a bucket or an hour.
 */
export class EquityCurve {
  readonly #equity: ThinnedSeries<Decimal>;
  readonly #drawdown: ThinnedSeries<number>;
  #falls: Falls;
  #begun: Begun | null = null;
  /** The account as it was read last. */
  #balance: Balance;
  #slope: Slope | null = null;
  #sign = 1;
  /** The latest sample, which joins the curve when a later one comes; the close of a mark, NaN of a reading. */
  #time = Number.NEGATIVE_INFINITY;
  #close = Number.NaN;
  /** Closes, times the sign, of the peak of the stretch and the lowest since, and where the stretch ends. */
  #highest = Number.NEGATIVE_INFINITY;
  #lowest = Number.POSITIVE_INFINITY;
  #stretchEnd = Number.NEGATIVE_INFINITY;

  constructor(interval: Interval, balance: Balance) {
    const widthMs = (interval.seconds ?? 86_400) * 1000;
    this.#equity = new ThinnedSeries(widthMs, (a, b) => a.lt(b));
    this.#drawdown = new ThinnedSeries(widthMs, (a, b) => a < b);
    this.#balance = balance;
    this.#falls = { peak: { time: Number.NEGATIVE_INFINITY, value: balance.equity }, deepest: null };
  }

  /** Epoch ms from which on the run counts. Once, before any sample; else the first sample begins it. */
  begin(time: number): void {
    const { equity } = this.#balance;
    this.#begun = {
      hours: new PeriodReturns(HOUR, 0, time, equity),
      days: new PeriodReturns(DAY, MOST_DAYS, time, equity),
      months: new PeriodReturns(MONTH, MOST_MONTHS, time, equity),
    };
    this.#falls = { peak: { time, value: equity }, deepest: null };
    this.#time = time;
  }

  /** @param slope null where closes do not tell the equity */
  read(time: number, balance: Balance, slope: Slope | null): void {
    if (this.#begun === null) this.begin(time);
    this.#pass(time);
    this.#time = Math.max(time, this.#time);
    this.#close = Number.NaN;
    this.#balance = balance;
    this.#slope = slope;
    this.#sign = slope?.net.isNegative() ? -1 : 1;
    this.#stretchEnd = Number.NEGATIVE_INFINITY;
  }

  /** The close of the symbol that is held, at `time`. Only after a reading with a slope. */
  mark(time: number, close: number): void {
    this.#pass(time);
    this.#time = time;
    this.#close = close;
  }

  /** As of the latest sample. */
  get equity(): Decimal {
    return this.#worth(this.#balance.equity);
  }

  /** Of the latest sample, epoch ms; -Infinity before the first. */
  get time(): number {
    return this.#time;
  }

  get unrealizedPnl(): Decimal {
    return this.#worth(this.#balance.unrealizedPnl);
  }

  figures(time: number): EquityFigures {
    const { equity } = this;
    const { deepest } = fallsAfter(this.#falls, { time: this.#time, value: equity });
    const [hours, days] = [this.#begun?.hours.figures(time, equity), this.#begun?.days.figures(time, equity)];
    return { maxDrawdown: depthOf(deepest), deepestFall: deepest, risk: riskOf(hours, days) };
  }

  /** @param time epoch ms, of the end so far */
  history(time: number): EquityHistory {
    const { equity } = this;
    const [last, none] = [
      { time: this.#time, value: equity },
      { count: 0, rows: [] },
    ];
    const fall = { time: this.#time, value: drawdownAt(fallsAfter(this.#falls, last), equity) };
    const isTold = this.#begun !== null;
    return {
      equity: isTold ? this.#equity.points(last) : [],
      drawdown: isTold ? this.#drawdown.points(fall) : [],
      days: this.#begun?.days.rows(time, equity) ?? none,
      months: this.#begun?.months.rows(time, equity) ?? none,
    };
  }

  #worth(atReading: Decimal): Decimal {
    const slope = this.#slope;
    if (slope === null || Number.isNaN(this.#close)) return atReading;
    return atReading.plus(decimal(this.#close).minus(slope.price).mul(slope.net));
  }

  /** Time goes on to `time`: the sample before, if it is of an earlier one, stays. */
  #pass(time: number): void {
    if (this.#begun === null || time <= this.#time) return;
    if (Number.isNaN(this.#close)) {
      this.#join();
      return;
    }
    const value = this.#close * this.#sign;
    if (this.#time > this.#stretchEnd) {
      this.#highest = Number.NEGATIVE_INFINITY;
      this.#stretchEnd = Math.min(this.#equity.endAt(this.#time), HOUR_MS * Math.ceil(this.#time / HOUR_MS));
    }
    const isNothing =
      value < this.#highest ? value >= this.#lowest : value === this.#highest && this.#lowest === this.#highest;
    if (isNothing && time <= this.#stretchEnd) return;
    this.#join();
    if (value >= this.#highest) this.#highest = this.#lowest = value;
    else if (value < this.#lowest) this.#lowest = value;
  }

  /** The latest sample joins the curve. */
  #join(): void {
    const [time, { equity }, begun] = [this.#time, this, this.#begun as Begun];
    this.#falls = fallsAfter(this.#falls, { time, value: equity });
    this.#equity.add(time, equity);
    this.#drawdown.add(time, drawdownAt(this.#falls, equity));
    for (const periods of [begun.hours, begun.days, begun.months]) periods.add(time, equity);
  }
}

const HOUR_MS = 3_600_000;
const HOUR = toInterval('1h');
const DAY = toInterval('1d');
const MONTH = toInterval('1M');
