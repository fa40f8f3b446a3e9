import type { BookLevel, Decimal, OrderBook } from '@prate/domain';
import { Channel, hash, lotsOf } from './noise.ts';
import { lotsToQuantity, type SyntheticSymbol, ticksToPrice } from './synthetic-symbols.ts';

export const BOOK_LEVELS: number = 50;
/** How often the book is looked at anew. */
export const BOOK_STEP_MS: number = 200;
/** How many steps a level keeps its size. */
const RHYTHMS: readonly number[] = [5, 15, 45, 135];
/** A power of two well above the ticks that one side spans: prices that share a place cost time and nothing else. */
const PLACES = 512;
const MOST_KNOWN = 5000;

/**
 * The book of one made-up symbol, a function of its middle, seed and time alone. Its levels stand at prices of their own, every
 * second tick or so: when the middle moves, those that it has not reached stay. Each changes its size in a rhythm of its own,
 * from every second to every half minute.
 */
export class SyntheticBook {
  readonly #symbol: string;
  readonly #bids: BookSide;
  readonly #asks: BookSide;

  constructor(key: number, spec: SyntheticSymbol) {
    const prices = new Known((ticks) => ticksToPrice(spec, ticks));
    const quantities = new Known((lots) => lotsToQuantity(spec, lots));
    this.#symbol = spec.symbol;
    this.#bids = new BookSide(key, -1, spec.mostLots, prices, quantities);
    this.#asks = new BookSide(key, 1, spec.mostLots, prices, quantities);
  }

  /** A side is made when somebody asks for it: most books of a market that is played ahead are looked at by nobody. */
  at(time: number, depth: number, midTicks: () => number): OrderBook {
    const [below, above] = [this.#bids, this.#asks];
    let bids: OrderBook['bids'] | null = null;
    let asks: OrderBook['asks'] | null = null;
    return {
      symbol: this.#symbol,
      time,
      get bids() {
        bids ??= below.levels(time, depth, midTicks());
        return bids;
      },
      get asks() {
        asks ??= above.levels(time, depth, midTicks());
        return asks;
      },
      version: time,
    };
  }
}

/** What is known of the levels that were asked for last, by their prices: most of them are there again in the next book. */
class BookSide {
  readonly #key: number;
  readonly #direction: -1 | 1;
  readonly #mostLots: number;
  readonly #prices: Known;
  readonly #quantities: Known;
  /** The price whose level this is; 0 is none. */
  readonly #ticks = new Int32Array(PLACES);
  /** What is drawn for the price, once and for all. */
  readonly #nature = new Uint32Array(PLACES);
  /** When the size was drawn, in rhythms, and what was drawn. */
  readonly #epoch = new Float64Array(PLACES);
  readonly #drawn = new Int32Array(PLACES);
  /** The level itself, and how much stands there. */
  readonly #lots = new Int32Array(PLACES);
  readonly #levels: (BookLevel | null)[] = new Array<BookLevel | null>(PLACES).fill(null);

  constructor(key: number, direction: -1 | 1, mostLots: number, prices: Known, quantities: Known) {
    this.#key = key;
    this.#direction = direction;
    this.#mostLots = mostLots;
    this.#prices = prices;
    this.#quantities = quantities;
  }

  /** Best first; levels that did not change are the same objects. */
  levels(time: number, depth: number, mid: number): readonly BookLevel[] {
    const step = Math.floor(time / BOOK_STEP_MS);
    const levels: BookLevel[] = [];
    const count = Math.min(depth, BOOK_LEVELS);
    for (let distance = 1; levels.length < count && distance < mid; distance += 1) {
      const ticks = mid + this.#direction * distance;
      const place = this.#placeOf(ticks);
      // the best level stands one tick off the middle
      if (distance > 1 && ((this.#nature[place] as number) & 1) === 0) continue;
      levels.push(this.#level(place, ticks, step, distance));
    }
    return levels;
  }

  #placeOf(ticks: number): number {
    const place = ticks & (PLACES - 1);
    if (this.#ticks[place] !== ticks) {
      this.#ticks[place] = ticks;
      this.#nature[place] = hash(this.#key + Channel.STEP, ticks, this.#direction);
      this.#epoch[place] = Number.NaN;
      this.#levels[place] = null;
    }
    return place;
  }

  #level(place: number, ticks: number, step: number, distance: number): BookLevel {
    const nature = this.#nature[place] as number;
    const rhythm = RHYTHMS[(nature >>> 1) & 3] as number;
    const epoch = Math.floor((step + ((nature >>> 3) % rhythm)) / rhythm);
    if (this.#epoch[place] !== epoch) {
      this.#epoch[place] = epoch;
      this.#drawn[place] = lotsOf(hash(this.#key + Channel.BOOK, ticks, epoch), this.#mostLots);
    }
    const lots = 1 + Math.min(distance, BOOK_LEVELS) + (this.#drawn[place] as number);
    const known = this.#levels[place] as BookLevel | null;
    if (known !== null && this.#lots[place] === lots) return known;
    const level = { price: known?.price ?? this.#prices.of(ticks), quantity: this.#quantities.of(lots) };
    this.#lots[place] = lots;
    this.#levels[place] = level;
    return level;
  }
}

/** Decimals that were made before, so that what comes again is the same object. */
class Known {
  readonly #values = new Map<number, Decimal>();
  readonly #make: (key: number) => Decimal;

  constructor(make: (key: number) => Decimal) {
    this.#make = make;
  }

  of(key: number): Decimal {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    if (this.#values.size > MOST_KNOWN) this.#values.clear();
    const value = this.#make(key);
    this.#values.set(key, value);
    return value;
  }
}
