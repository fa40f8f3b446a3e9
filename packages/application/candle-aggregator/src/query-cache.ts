import type { CandleColumns } from '@prate/domain';
import { LRUCache } from 'lru-cache';

interface Entry {
  /** Which write the answer has seen. */
  readonly version: number;
  readonly columns: CandleColumns;
}

/** Answers by series and query, the least used forgotten first; a write to a series forgets all of its answers. */
export class QueryCache {
  readonly #entries: LRUCache<string, Entry> | null;
  readonly #versions = new Map<string, number>();

  /** @param maxCandles in all answers together; 0 for no cache */
  constructor(maxCandles: number) {
    this.#entries =
      maxCandles > 0
        ? // an empty answer takes room too
          new LRUCache({ maxSize: maxCandles, sizeCalculation: ({ columns }: Entry) => columns.length + 1 })
        : null;
  }

  /** The answer, asked for when it is not known. A failure is not kept. */
  async get(series: string, query: string, ask: () => Promise<CandleColumns>): Promise<CandleColumns> {
    if (this.#entries === null) return ask();
    const key = `${series} ${query}`;
    const version = this.#version(series);
    const known = this.#entries.get(key);
    if (known?.version === version) return known.columns;
    const columns = await ask();
    // where a write came while the store was asked, that version is over and this answer will not be given again
    this.#entries.set(key, { version, columns });
    return columns;
  }

  forget(series: string): void {
    if (this.#entries !== null) this.#versions.set(series, this.#version(series) + 1);
  }

  #version(series: string): number {
    return this.#versions.get(series) ?? 0;
  }
}
