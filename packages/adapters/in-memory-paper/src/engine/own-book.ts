import { Side } from '@prate/domain';
import type { SymbolMarket } from './market.ts';
import type { BookSide } from './market-book.ts';

/** The book of a market as one account sees it: what it took is gone until the next book. */
export class OwnBook {
  readonly #market: SymbolMarket;
  #version = -1;
  #bidsLeft: number[] | null = null;
  #asksLeft: number[] | null = null;

  constructor(market: SymbolMarket) {
    this.#market = market;
  }

  /** The levels that a taker of this side meets, best first: prices of the book, and what this account has left of them. */
  offers(side: Side): BookSide {
    const { book, grid } = this.#market;
    const shown = side === Side.BUY ? book.asks(grid) : book.bids(grid);
    if (this.#version !== book.version) return shown;
    const left = side === Side.BUY ? this.#asksLeft : this.#bidsLeft;
    return left === null ? shown : { ticks: shown.ticks, lots: left };
  }

  /** Takes lots of a level, which are not there a second time for this account until the next book. */
  take(side: Side, level: number, lots: number): void {
    const { book, grid } = this.#market;
    if (this.#version !== book.version) {
      this.#version = book.version;
      this.#bidsLeft = null;
      this.#asksLeft = null;
    }
    if (side === Side.BUY) {
      this.#asksLeft ??= [...book.asks(grid).lots];
      this.#asksLeft[level] = (this.#asksLeft[level] as number) - lots;
    } else {
      this.#bidsLeft ??= [...book.bids(grid).lots];
      this.#bidsLeft[level] = (this.#bidsLeft[level] as number) - lots;
    }
  }

  /** The best price that a taker of this side meets; 0 where there is none. */
  best(side: Side): number {
    const { ticks, lots } = this.offers(side);
    for (let i = 0; i < ticks.length; i += 1) if ((lots[i] as number) > 0) return ticks[i] as number;
    return 0;
  }

  /** What is left of the book as it is now, for a saved state. */
  left(): { readonly bids: readonly number[] | null; readonly asks: readonly number[] | null } {
    const isNow = this.#version === this.#market.book.version;
    return isNow
      ? { bids: this.#bidsLeft?.slice() ?? null, asks: this.#asksLeft?.slice() ?? null }
      : { bids: null, asks: null };
  }

  restore(bids: readonly number[] | null, asks: readonly number[] | null): void {
    this.#version = this.#market.book.version;
    this.#bidsLeft = bids === null ? null : [...bids];
    this.#asksLeft = asks === null ? null : [...asks];
  }
}
