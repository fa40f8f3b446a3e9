import { type BookLevel, type OrderBook, Side } from '@prate/domain';
import type { Grid } from './grid.ts';

/** One side of a book in ticks and lots, best level first; levels of less than a lot are left out. */
export interface BookSide {
  readonly ticks: readonly number[];
  readonly lots: readonly number[];
}

const EMPTY: BookSide = { ticks: [], lots: [] };

/** The book as it was last told. Sides are read when first asked for, because most books are never traded against. */
export class MarketBook {
  /** Grows with every change. */
  version = 0;
  #book: OrderBook | null = null;
  #bids: BookSide | null = EMPTY;
  #asks: BookSide | null = EMPTY;

  set(book: OrderBook): void {
    this.version += 1;
    this.#book = book;
    this.#bids = null;
    this.#asks = null;
  }

  /** What the market did meanwhile is not known. */
  forget(): void {
    if (this.#book === null && this.#bids === EMPTY && this.#asks === EMPTY) return;
    this.restore(EMPTY, EMPTY);
  }

  restore(bids: BookSide, asks: BookSide): void {
    this.version += 1;
    this.#book = null;
    this.#bids = bids;
    this.#asks = asks;
  }

  bids(grid: Grid): BookSide {
    this.#bids ??= read(this.#book?.bids ?? [], grid);
    return this.#bids;
  }

  asks(grid: Grid): BookSide {
    this.#asks ??= read(this.#book?.asks ?? [], grid);
    return this.#asks;
  }

  /** What stands at a price on the side where an order of this side rests; null beyond the levels that are told. */
  standing(side: Side, ticks: number, grid: Grid): number | null {
    const levels = side === Side.BUY ? this.bids(grid) : this.asks(grid);
    const sign = side === Side.BUY ? -1 : 1;
    let low = 0;
    let high = levels.ticks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (((levels.ticks[middle] as number) - ticks) * sign < 0) low = middle + 1;
      else high = middle;
    }
    if (low === levels.ticks.length) return null;
    return levels.ticks[low] === ticks ? (levels.lots[low] as number) : 0;
  }
}

function read(levels: readonly BookLevel[], grid: Grid): BookSide {
  const ticks: number[] = [];
  const lots: number[] = [];
  for (const { price, quantity } of levels) {
    const whole = grid.lots(quantity);
    if (whole === 0) continue;
    ticks.push(grid.ticks(price));
    lots.push(whole);
  }
  return { ticks, lots };
}
