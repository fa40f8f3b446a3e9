import { bucketOpen, Decimal as D, type Decimal, type Interval, toInterval } from '@prate/domain';
import type { Kline, KlineInterval, Prices } from '../backend/market-values.ts';

const ZERO = new D(0);

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

const flat = (price: Decimal): Prices => ({ open: price, high: price, low: price, close: price });
const with_ = (prices: Prices, price: Decimal): Prices => merged(prices, flat(price));
const merged = (first: Prices, second: Prices): Prices => ({
  open: first.open,
  high: D.max(first.high, second.high),
  low: D.min(first.low, second.low),
  close: second.close,
});

/** Minutes of one price as they form; a minute without a price has no bar. */
export class Bars {
  readonly #minutes: Kline[] = [];

  add(time: number, price: Decimal, volume: Decimal = ZERO, turnover: Decimal = ZERO): void {
    const openTime = bucketOpen(INTERVALS.Min1, time);
    const last = this.#minutes.at(-1);
    if (last?.openTime === openTime) {
      this.#minutes[this.#minutes.length - 1] = {
        openTime,
        chart: with_(last.chart, price),
        real: with_(last.real, price),
        volume: last.volume.plus(volume),
        turnover: last.turnover.plus(turnover),
      };
      return;
    }
    const chart = with_(flat(last?.chart.close ?? price), price);
    this.#minutes.push({ openTime, chart, real: flat(price), volume, turnover });
  }

  /** Those that open in `[from, to]`. */
  read(interval: KlineInterval, from: number, to: number): readonly Kline[] {
    const bars: Kline[] = [];
    for (const minute of this.#minutes) {
      const openTime = bucketOpen(INTERVALS[interval], minute.openTime);
      if (openTime < from || openTime > to) continue;
      const last = bars.at(-1);
      if (last?.openTime !== openTime) bars.push({ ...minute, openTime });
      else {
        bars[bars.length - 1] = {
          openTime,
          chart: merged(last.chart, minute.chart),
          real: merged(last.real, minute.real),
          volume: last.volume.plus(minute.volume),
          turnover: last.turnover.plus(minute.turnover),
        };
      }
    }
    return bars;
  }
}
