import { type Random, seededRandom } from '@prate/runtime';
import type { Cells, Place } from '../harness/work.ts';

/** Candles as columns of doubles, as a trader has them: prices and volumes, not ticks. */
export interface Doubles extends Cells {
  /** Epoch ms. */
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly trades: Float64Array;
}

export const SYMBOL = 'BTC_USDT';
export const DAY_MS = 86_400_000;
export const START_MS = Date.UTC(2024, 0, 1);
const SEED = 20_240_101;
const TICKS_PER_UNIT = 10;

/** The stretch that readers read: `days` days, epoch ms. */
export const monthOf = ({ days }: Place): { readonly from: number; readonly to: number } => ({
  from: START_MS,
  to: START_MS + days * DAY_MS,
});

/** 365 days where a month has 30. */
export const yearDays = ({ days }: Place): number => Math.round((days * 365) / 30);

/**
 * A seeded walk of candles of one second, each opening where the last closed: tick 0.1, whole volumes; 17 % of the seconds
 * have no trade and are flat rows of volume 0. The same on every machine.
 */
export class CandleWalk {
  readonly #random: Random;
  #second = START_MS / 1000;
  #close = 420_000;

  constructor(seed: number = SEED) {
    this.#random = seededRandom(seed);
  }

  next(count: number): Doubles {
    const columns = emptyDoubles(count);
    for (let i = 0; i < count; i += 1) this.#write(columns, i);
    return columns;
  }

  #write(columns: Doubles, i: number): void {
    const random = this.#random;
    const open = this.#close;
    let [close, high, low, volume, trades] = [open, open, open, 0, 0];
    if (random.next() >= 0.17) {
      // a bell of standard deviation 29 ticks
      const step = Math.round((random.next() + random.next() + random.next() - 1.5) * 58);
      close = open + step < 100_000 ? open - step : open + step;
      high = Math.max(open, close) + Math.floor(6 * random.next() ** 2);
      low = Math.min(open, close) - Math.floor(6 * random.next() ** 2);
      volume = 1 + Math.floor(4500 * random.next() ** 3);
      trades = 1 + Math.floor(7 * random.next());
    }
    columns.openTime[i] = this.#second * 1000;
    columns.open[i] = open / TICKS_PER_UNIT;
    columns.high[i] = high / TICKS_PER_UNIT;
    columns.low[i] = low / TICKS_PER_UNIT;
    columns.close[i] = close / TICKS_PER_UNIT;
    columns.volume[i] = volume;
    columns.trades[i] = trades;
    this.#second += 1;
    this.#close = close;
  }
}

export const emptyDoubles = (length: number): Doubles => ({
  openTime: new Float64Array(length),
  open: new Float64Array(length),
  high: new Float64Array(length),
  low: new Float64Array(length),
  close: new Float64Array(length),
  volume: new Float64Array(length),
  trades: new Float64Array(length),
});

export const monthOfSeconds = ({ days }: Place): Doubles => new CandleWalk().next((days * DAY_MS) / 1000);

/** The year, a day at a time: as a whole it would take 2 GB. */
export function* yearOfSeconds(place: Place): Generator<Doubles> {
  const walk = new CandleWalk();
  for (let day = 0; day < yearDays(place); day += 1) yield walk.next(DAY_MS / 1000);
}
