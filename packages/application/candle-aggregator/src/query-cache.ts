import type { CandleColumns } from '@prate/domain';
import { LRUCache } from 'lru-cache';

interface Entry {
  readonly series: string;
  readonly columns: CandleColumns;
}

/** Answers by series and query, the least used forgotten first; a write to a series forgets all of its answers. */
export class QueryCache {
  readonly #entries: LRUCache<string, Entry> | null;
  /** The keys of a series' answers. */
  readonly #keys = new Map<string, Set<string>>();
  /** How many writes there were. */
  readonly #versions = new Map<string, number>();

  /** @param maxCandles in all answers together; 0 for no cache */
  constructor(maxCandles: number) {
    this.#entries =
      maxCandles > 0
        ? new LRUCache({
            maxSize: maxCandles,
            sizeCalculation: ({ columns }: Entry) => columns.length + 1, // an empty answer takes room too
            dispose: ({ series }, key) => this.#keys.get(series)?.delete(key),
          })
        : null;
  }

  /** How many candles are held, each answer counting for one more. */
  get size(): number {
    return this.#entries?.calculatedSize ?? 0;
  }

  /** The answer, asked for when it is not known. A failure is not kept. */
  async get(series: string, query: string, ask: () => Promise<CandleColumns>): Promise<CandleColumns> {
    if (this.#entries === null) return ask();
    const key = `${series} ${query}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known.columns;
    const version = this.#version(series);
    const columns = await ask();
    // where a write came while the store was asked, it may have been too late for this answer
    if (this.#version(series) === version) {
      this.#entries.set(key, { series, columns });
      this.#keysOf(series).add(key);
    }
    return columns;
  }

  /** At once, not when their turn comes: a live series is written every second, and asked for as often. */
  forget(series: string): void {
    if (this.#entries === null) return;
    this.#versions.set(series, this.#version(series) + 1);
    for (const key of this.#keysOf(series)) this.#entries.delete(key);
    this.#keys.delete(series);
  }

  #version(series: string): number {
    return this.#versions.get(series) ?? 0;
  }

  #keysOf(series: string): Set<string> {
    let keys = this.#keys.get(series);
    if (keys === undefined) {
      keys = new Set();
      this.#keys.set(series, keys);
    }
    return keys;
  }
}
