import { Decimal, type FundingRate, type OrderBook, type Ticker } from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';
import { Channel, hash, keyOf, lotsOf, ValueNoise } from './noise.ts';
import { SyntheticBook } from './synthetic-book.ts';
import { type SyntheticSymbol, ticksToPrice } from './synthetic-symbols.ts';

/** The price is a sum of waves: how long each is, and how far it carries the price, as a share of it. */
const WAVES: readonly (readonly [periodMs: number, share: number])[] = [
  [30 * 86_400_000, 0.12],
  [5 * 86_400_000, 0.05],
  [86_400_000, 0.025],
  [4 * 3_600_000, 0.01],
  [1_800_000, 0.004],
  [240_000, 0.0012],
  [30_000, 0.0004],
  [5_000, 0.00012],
];

const HOUR_MS = 3_600_000;
export const FUNDING_MS: number = 8 * HOUR_MS;
/** The index does not follow the shortest waves. */
const INDEX_WAVES = WAVES.length - 2;
/** Trades a second of a symbol whose activity is 1: 1, 10 quarters for its moods, 12 in one second of 30; 39 minutes of 40. */
const USUAL_RATE = (3.9 * 39) / 40;
/** The last price is looked for so far back; quiet stretches are far shorter. */
const LOOK_BACK_S = 3600;

interface Wave {
  readonly noise: ValueNoise;
  readonly share: number;
}

/** The trades of one second; entry i of each array is trade i. */
interface SecondOfTrades {
  readonly time: readonly number[];
  readonly ticks: readonly number[];
  readonly lots: readonly number[];
  readonly side: readonly number[];
}

/**
 * Everything that happens to one made-up symbol, as a function of seed, symbol and time alone: any two tapes agree about
 * any second, wherever they began. It remembers only what speeds up the next question. No transcendental functions, so it
 * is the same on every machine.
 */
export class SyntheticTape {
  readonly spec: SyntheticSymbol;
  readonly #tradesPerSecond: number | null;
  readonly #key: number;
  readonly #waves: readonly Wave[];
  readonly #minutes: ValueNoise;
  readonly #moods: ValueNoise;
  readonly #book: SyntheticBook;

  /** @param tradesPerSecond on average; null for what its activity comes to */
  constructor(seed: number, spec: SyntheticSymbol, tradesPerSecond: number | null) {
    this.spec = spec;
    this.#tradesPerSecond = tradesPerSecond;
    this.#key = keyOf(seed, spec.symbol);
    this.#waves = WAVES.map(([period, share], i) => ({ noise: new ValueNoise(this.#key, i, period), share }));
    this.#minutes = new ValueNoise(this.#key, 90, 300_000);
    this.#moods = new ValueNoise(this.#key, 91, 20_000);
    this.#book = new SyntheticBook(this.#key, spec);
  }

  /** The middle between bid and ask, in ticks. */
  midTicks(timeMs: number): number {
    return this.#ticksOf(timeMs, this.#waves.length);
  }

  #ticksOf(timeMs: number, waves: number): number {
    let level = 1;
    for (let i = 0; i < waves; i += 1) {
      const { noise, share } = this.#waves[i] as Wave;
      level += share * noise.at(timeMs);
    }
    return Math.round(this.spec.baseTicks * level);
  }

  /** The trades of `[from, to)`, epoch ms. */
  trades(from: number, to: number, withIds: boolean): TradeColumns {
    const time: number[] = [];
    const price: number[] = [];
    const quantity: number[] = [];
    const side: number[] = [];
    const ids: string[] = [];
    for (let second = Math.floor(from / 1000); second * 1000 < to; second += 1) {
      const all = this.second(second);
      for (let i = 0; i < all.time.length; i += 1) {
        const at = all.time[i] as number;
        if (at < from || at >= to) continue;
        time.push(at);
        price.push(all.ticks[i] as number);
        quantity.push((all.lots[i] as number) * this.spec.lotUnits);
        side.push(all.side[i] as number);
        if (withIds) ids.push(`${second}-${i}`);
      }
    }
    return {
      length: time.length,
      time: Float64Array.from(time),
      priceDecimals: this.spec.priceDecimals,
      price: Float64Array.from(price),
      quantityDecimals: this.spec.quantityDecimals,
      quantity: Float64Array.from(quantity),
      side: Uint8Array.from(side),
      ids: withIds && ids.length > 0 ? ids : null,
    };
  }

  second(second: number): SecondOfTrades {
    const key = this.#key;
    const count = this.#countOf(second);
    const time = Array.from(
      { length: count },
      (_, i) => second * 1000 + (hash(key + Channel.OFFSET, second, i) % 1000),
    );
    time.sort((a, b) => a - b);
    const ticks: number[] = [];
    const lots: number[] = [];
    const side: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const chance = hash(key + Channel.TRADE, second, i);
      const sells = chance & 1;
      // most trades take the best price, some go a tick or two deeper
      const depth = 1 + ((chance >>> 1) % 8 < 6 ? 0 : 1 + ((chance >>> 4) & 1));
      const mid = this.midTicks(time[i] as number);
      ticks.push(sells === 1 ? mid - depth : mid + depth);
      lots.push(lotsOf(hash(key + Channel.SIZE, second, i), this.spec.mostLots));
      side.push(sells);
    }
    return { time, ticks, lots, side };
  }

  /** Several a second, in moods of seconds to minutes; one minute in forty is quiet, one second in thirty a burst. */
  #countOf(second: number): number {
    const key = this.#key;
    if (hash(key, Math.floor(second / 60), Channel.QUIET) % 40 === 0) return 0;
    const timeMs = second * 1000;
    const mood = ((this.#minutes.at(timeMs) + 1) / 2) * ((this.#moods.at(timeMs) + 1) / 2);
    const burst = hash(key, second, Channel.BURST) % 30 === 0 ? 12 : 0;
    const rate = 1 + 10 * mood + burst;
    const share = hash(key, second, Channel.COUNT) / 2 ** 32;
    if (this.#tradesPerSecond === null) return Math.floor(this.spec.activity * rate * 2 * share);
    // what is less than a trade is one now and then, so that slow symbols keep their rate too
    const rest = hash(key, second, Channel.REST) / 2 ** 32;
    return Math.floor((this.#tradesPerSecond / USUAL_RATE) * rate * 2 * share + rest);
  }

  /** The book as it is at `timeMs`. */
  book(timeMs: number, depth: number): OrderBook {
    let mid: number | null = null;
    return this.#book.at(timeMs, depth, () => {
      mid ??= this.midTicks(timeMs);
      return mid;
    });
  }

  ticker(timeMs: number): Ticker {
    const mid = this.midTicks(timeMs);
    const price = (ticks: number): Decimal => ticksToPrice(this.spec, ticks);
    return {
      symbol: this.spec.symbol,
      time: timeMs,
      lastPrice: price(this.#lastTicks(timeMs) ?? mid),
      bid: price(mid - 1),
      ask: price(mid + 1),
      markPrice: price(mid),
      indexPrice: price(this.#ticksOf(timeMs, INDEX_WAVES)),
      volume24h: null,
    };
  }

  #lastTicks(timeMs: number): number | null {
    const now = Math.floor(timeMs / 1000);
    for (let second = now; second > now - LOOK_BACK_S; second -= 1) {
      const { time, ticks } = this.second(second);
      for (let i = time.length - 1; i >= 0; i -= 1) if ((time[i] as number) <= timeMs) return ticks[i] as number;
    }
    return null;
  }

  /** The rate of the settlement after `timeMs`: −0.0002 to 0.0004. */
  fundingAfter(timeMs: number): FundingRate {
    return this.fundingOf((Math.floor(timeMs / FUNDING_MS) + 1) * FUNDING_MS);
  }

  fundingOf(settleTime: number): FundingRate {
    const millionths = (hash(this.#key, settleTime / FUNDING_MS, Channel.FUNDING) % 601) - 200;
    return { symbol: this.spec.symbol, rate: new Decimal(millionths).div(1_000_000), settleTime };
  }
}
