import type { WireDepth } from '../wire/depth.ts';
import { BookSide } from './book-side.ts';

/** What became of a change: `old` was known already, `gap` misses a version before it, `crossed` leaves bids above asks. */
export type Applied = 'applied' | 'old' | 'gap' | 'crossed';

/**
 * A book by MEXC's version rules (section 16 of the reference): a snapshot, then changes without a hole. After `gap` it is
 * as it was; after `crossed` it is of no use before the next `reset`.
 */
export class LocalBook {
  readonly bids: BookSide;
  readonly asks: BookSide;
  #version: number = -1;
  #isFresh: boolean = false;

  /** @param maxLevels how many levels of a side are kept */
  constructor(maxLevels: number) {
    this.bids = new BookSide('bids', maxLevels);
    this.asks = new BookSide('asks', maxLevels);
  }

  get version(): number {
    return this.#version;
  }

  get strayRemovals(): number {
    return this.bids.strayRemovals + this.asks.strayRemovals;
  }

  /** @param limit how many levels were asked for: a side that has as many may have more */
  reset(snapshot: WireDepth, limit: number): 'applied' | 'crossed' {
    this.bids.clear();
    this.asks.clear();
    this.#set(snapshot);
    if (snapshot.bids.length >= limit) this.bids.cutHere();
    if (snapshot.asks.length >= limit) this.asks.cutHere();
    this.#version = snapshot.version;
    this.#isFresh = true;
    return this.#isCrossed() ? 'crossed' : 'applied';
  }

  apply(change: WireDepth): Applied {
    const next = this.#version + 1;
    if (change.version < next) return 'old';
    // a merged change may begin before the snapshot that it is applied to; volumes are absolute, so that is no harm
    if (this.#isFresh ? change.begin > next : change.begin !== next) return 'gap';
    this.#set(change);
    this.#version = change.version;
    this.#isFresh = false;
    return this.#isCrossed() ? 'crossed' : 'applied';
  }

  /** Whether one side is known to so few levels, and has more, that it should be asked for again. */
  isThin(levels: number): boolean {
    return (this.bids.isCut && this.bids.size < levels) || (this.asks.isCut && this.asks.size < levels);
  }

  #set(change: WireDepth): void {
    for (const [price, volume] of change.bids) this.bids.set(price, volume);
    for (const [price, volume] of change.asks) this.asks.set(price, volume);
  }

  #isCrossed(): boolean {
    return this.bids.priceAt(0) >= this.asks.priceAt(0); // false where a side is empty
  }
}
