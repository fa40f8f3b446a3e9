import type { BookChange, BookLevel } from '../backend/market-values.ts';

/** Changes of a book that go out as one frame: the last volume of each level, and the first and last version. */
export class MergedChanges {
  #begin = 0;
  #last: BookChange | null = null;
  readonly #bids = new Map<string, BookLevel>();
  readonly #asks = new Map<string, BookLevel>();

  add(change: BookChange): void {
    if (this.#last === null) this.#begin = change.version;
    this.#last = change;
    for (const level of change.bids) this.#bids.set(level.price.toString(), level);
    for (const level of change.asks) this.#asks.set(level.price.toString(), level);
  }

  /** What came since the last call; null where nothing did. */
  take(): { readonly begin: number; readonly change: BookChange } | null {
    if (this.#last === null) return null;
    const change = {
      ...this.#last,
      bids: [...this.#bids.values()].toSorted((a, b) => b.price.cmp(a.price)),
      asks: [...this.#asks.values()].toSorted((a, b) => a.price.cmp(b.price)),
    };
    this.#last = null;
    this.#bids.clear();
    this.#asks.clear();
    return { begin: this.#begin, change };
  }
}
