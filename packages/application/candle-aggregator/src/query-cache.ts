import { type CandleColumns, copyColumns } from '@prate/domain/candles';
import { LRUCache } from 'lru-cache';

/** What an answer takes beside its rows, some 2.5 KB for its arrays and its key, as a number of rows. */
const ROWS_PER_ANSWER = 32;

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
            sizeCalculation: ({ columns }: Entry) => columns.length + ROWS_PER_ANSWER,
            dispose: ({ series }, key) => this.#keys.get(series)?.delete(key),
          })
        : null;
  }

  /** How many candles are held, each answer counting for 32 more. */
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
      const kept = isSmallPart(columns) ? copyColumns(columns) : columns;
      this.#entries.set(key, { series, columns: kept });
      // one that is larger than all there may be is not kept
      if (this.#entries.has(key)) this.#keysOf(series).add(key);
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

/** Whether most of the memory that its columns are views on holds something else, such as the block it was read from. */
function isSmallPart({ openTime, open, high, low, close, volume, turnover, trades, ...rest }: CandleColumns): boolean {
  const columns = [openTime, open, high, low, close, volume, turnover, trades, rest.source, rest.coverage];
  const own = columns.reduce((bytes, { byteLength }) => bytes + byteLength, 0);
  const buffers = new Set<ArrayBufferLike>(columns.map(({ buffer }) => buffer));
  return [...buffers].reduce((bytes, { byteLength }) => bytes + byteLength, 0) > 2 * own;
}
