import { type BookLevel as BaseLevel, Decimal as D, type Decimal } from '@prate/domain';
import type { Book, BookChange, BookLevel } from '@prate/mexc-sandbox';

/** A level as the wire has it, and its price as a number to sort by. */
interface HeldLevel extends BookLevel {
  readonly at: number;
}

/** The book of one contract, and what each version of it changed. Versions have no holes. */
export class LiveBook {
  readonly #symbol: string;
  readonly #contractSize: Decimal;
  readonly #changes: BookChange[] = [];
  readonly #mostChanges: number;
  /** A source that tells the same level again gets the same one. */
  readonly #known = new WeakMap<BaseLevel, HeldLevel>();
  readonly #sizes = new WeakMap<Decimal, Pick<BookLevel, 'volume' | 'orders'>>();
  readonly #numbers = new WeakMap<Decimal, number>();
  #bids: readonly HeldLevel[] = [];
  #asks: readonly HeldLevel[] = [];
  #version = 1;
  #time: number;

  /** @param mostChanges so many are told by `changes` */
  constructor(symbol: string, contractSize: Decimal, time: number, mostChanges: number) {
    this.#symbol = symbol;
    this.#contractSize = contractSize;
    this.#time = time;
    this.#mostChanges = mostChanges;
  }

  get now(): Book {
    return { symbol: this.#symbol, time: this.#time, version: this.#version, bids: this.#bids, asks: this.#asks };
  }

  changes(limit: number): readonly BookChange[] {
    return this.#changes.slice(-limit);
  }

  /** Takes a whole book; null where nothing is other than it was. */
  take(time: number, bids: readonly BaseLevel[], asks: readonly BaseLevel[]): BookChange | null {
    const next = { bids: bids.map((level) => this.#held(level)), asks: asks.map((level) => this.#held(level)) };
    const change: BookChange = {
      symbol: this.#symbol,
      time,
      version: this.#version + 1,
      bids: changed(this.#bids, next.bids, -1),
      asks: changed(this.#asks, next.asks, 1),
    };
    if (change.bids.length + change.asks.length === 0) return null;
    this.#bids = next.bids;
    this.#asks = next.asks;
    this.#version = change.version;
    this.#time = time;
    this.#changes.push(change);
    if (this.#changes.length > this.#mostChanges) this.#changes.shift();
    return change;
  }

  #held(level: BaseLevel): HeldLevel {
    const known = this.#known.get(level);
    if (known !== undefined) return known;
    const { price, quantity } = level;
    let size = this.#sizes.get(quantity);
    if (size === undefined) {
      const volume = quantity.div(this.#contractSize);
      // how many orders stand there is told by nobody: one for every few contracts
      size = { volume, orders: Math.min(1 + Math.floor(volume.toNumber() / 50), 40) };
      this.#sizes.set(quantity, size);
    }
    let at = this.#numbers.get(price);
    if (at === undefined) {
      at = price.toNumber();
      this.#numbers.set(price, at);
    }
    const held = { price, volume: size.volume, orders: size.orders, at };
    this.#known.set(level, held);
    return held;
  }
}

const ZERO = new D(0);

/** Levels that are new or have another volume, and those that are gone, with volume 0; best first. */
function changed(before: readonly HeldLevel[], after: readonly HeldLevel[], direction: 1 | -1): readonly BookLevel[] {
  const levels: BookLevel[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const old = before[i];
    const level = after[j];
    const order = old === undefined ? 1 : level === undefined ? -1 : (old.at - level.at) * direction;
    if (order <= 0) i += 1;
    if (order >= 0) j += 1;
    if (order < 0) levels.push({ ...(old as HeldLevel), volume: ZERO, orders: 0 });
    else if (order > 0 || (old !== level && !old?.volume.eq((level as HeldLevel).volume)))
      levels.push(level as HeldLevel);
  }
  return levels;
}
