import { bucketOpen, type Interval, toInterval } from '@prate/domain';
import type { KlineInterval } from '@prate/mexc-sandbox';

/** A bar in whole ticks and contracts. */
export interface IntegerBar {
  readonly openTime: number;
  /** Where the bar before closed; its own open for the first. */
  readonly chartOpen: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Ticks × contracts, summed. */
  readonly worth: bigint;
  /** Whether nothing happened in it: all its prices are that before it. */
  readonly isFlat: boolean;
}

/** What happened in a minute, or in part of it. */
type Happened = Omit<IntegerBar, 'openTime' | 'chartOpen' | 'isFlat'>;

/** What a stretch of minutes came to. */
interface DayValues {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly worth: bigint;
}

const INTERVALS: Readonly<Record<KlineInterval, Interval>> = {
  Min1: toInterval('1m'),
  Min5: toInterval('5m'),
  Min15: toInterval('15m'),
  Min30: toInterval('30m'),
  Min60: toInterval('1h'),
  Hour4: toInterval('4h'),
  Hour8: toInterval('8h'),
  Day1: toInterval('1d'),
  Week1: toInterval('1w'),
  Month1: toInterval('1M'),
};

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** Two weeks; older ones are forgotten. */
const MOST_MINUTES = 14 * DAY_MINUTES;

/** One price by the minute, the forming one included. A minute that has passed without a price has a flat bar, as MEXC tells it. */
export class MinuteBars {
  #minutes: IntegerBar[] = [];
  /** Of the day before the forming minute. */
  #day: { readonly openTime: number; readonly values: DayValues | null } | null = null;

  /** @param time not before that of the last call */
  add(time: number, ticks: number, volume = 0): void {
    this.addBar(time, { open: ticks, high: ticks, low: ticks, close: ticks, volume, worth: BigInt(ticks * volume) });
  }

  /** What happened in one minute, or in part of it. */
  addBar(time: number, bar: Happened): void {
    const openTime = minuteOf(time);
    const last = this.#minutes.at(-1);
    if (last?.openTime === openTime) {
      this.#minutes[this.#minutes.length - 1] = joined(last, bar);
      return;
    }
    this.passTime(time);
    this.#push({ ...bar, openTime, chartOpen: last?.close ?? bar.open, isFlat: false });
  }

  /** Everything before this minute is over, and was told. */
  passTime(now: number): void {
    const last = this.#minutes.at(-1);
    if (last === undefined) return;
    const minute = minuteOf(now);
    const from = Math.max(last.openTime + MINUTE_MS, minute - MOST_MINUTES * MINUTE_MS);
    for (let openTime = from; openTime < minute; openTime += MINUTE_MS) {
      this.#push({ ...flat(last.close), close: last.close, chartOpen: last.close, openTime, isFlat: true });
    }
  }

  #push(bar: IntegerBar): void {
    this.#minutes.push(bar);
    if (this.#minutes.length > MOST_MINUTES + DAY_MINUTES) this.#minutes = this.#minutes.slice(-MOST_MINUTES);
  }

  get last(): IntegerBar | null {
    return this.#minutes.at(-1) ?? null;
  }

  /** Those that open in `[from, to]`. */
  read(interval: KlineInterval, from: number, to: number): readonly IntegerBar[] {
    const bars: IntegerBar[] = [];
    for (let i = this.#indexOf(from); i < this.#minutes.length; i += 1) {
      const minute = this.#minutes[i] as IntegerBar;
      const openTime = interval === 'Min1' ? minute.openTime : bucketOpen(INTERVALS[interval], minute.openTime);
      if (openTime < from) continue;
      if (openTime > to) break;
      const last = bars.at(-1);
      if (last?.openTime !== openTime) bars.push({ ...minute, openTime });
      else if (!minute.isFlat) bars[bars.length - 1] = joined(last, minute);
    }
    return bars;
  }

  /** The last 24 hours by the minute; null before the first price. */
  day(now: number): DayValues | null {
    const forming = this.#minutes.at(-1);
    if (forming === undefined) return null;
    const openTime = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    if (this.#day?.openTime !== openTime) {
      const from = openTime - (DAY_MINUTES - 1) * MINUTE_MS;
      let values: DayValues | null = null;
      for (let i = this.#indexOf(from); i < this.#minutes.length; i += 1) {
        const minute = this.#minutes[i] as IntegerBar;
        if (minute.openTime >= openTime || minute.isFlat) continue;
        values = values === null ? minute : summed(values, minute);
      }
      this.#day = { openTime, values };
    }
    const { values } = this.#day;
    if (forming.openTime < openTime || forming.isFlat) return values ?? flat(forming.close);
    return values === null ? forming : summed(values, forming);
  }

  /** Of the first minute at or after a time. */
  #indexOf(time: number): number {
    let [low, high] = [0, this.#minutes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#minutes[middle] as IntegerBar).openTime < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const flat = (ticks: number): DayValues => ({ open: ticks, high: ticks, low: ticks, volume: 0, worth: 0n });

const summed = (first: DayValues, second: DayValues): DayValues => ({
  open: first.open,
  high: Math.max(first.high, second.high),
  low: Math.min(first.low, second.low),
  volume: first.volume + second.volume,
  worth: first.worth + second.worth,
});

/** A flat bar has had no price of its own: what comes then is its first. */
const joined = (first: IntegerBar, second: Happened): IntegerBar => ({
  ...(first.isFlat ? second : summed(first, second)),
  openTime: first.openTime,
  chartOpen: first.chartOpen,
  close: second.close,
  isFlat: false,
});

const minuteOf = (time: number): number => Math.floor(time / MINUTE_MS) * MINUTE_MS;
