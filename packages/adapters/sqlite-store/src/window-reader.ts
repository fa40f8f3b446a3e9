import type { CandleQuery } from '@prate/candle-store-port';
import {
  bucketCeil,
  bucketEnd,
  bucketOpen,
  divides,
  type Interval,
  InvalidInputError,
  type TimeRange,
  toInterval,
} from '@prate/domain';
import {
  type CandleBase,
  type CandleBuffers,
  type CandleColumns,
  type Carry,
  type Composed,
  composeCandles,
  concatColumns,
  type Interpolation,
  rangesHold,
  toInterpolation,
  touches,
} from '@prate/domain/candles';
import { blockEnd, blockNumber, blockStart } from './block/grid.ts';
import type { Blocks, Stream } from './blocks.ts';
import { decodeStored } from './decode-stored.ts';
import { type FoldedStretch, foldStream } from './fold-stream.ts';
import { readBase } from './read-base.ts';

/** How many rows a window reads at most, and a batch gives: a day of seconds. One bucket may need more. */
const WINDOW_ROWS = 86_400;
/** Wider buckets, in slots, are left to the plain way: the kernel counts slots in 32 bits. */
const MAX_FOLDED_SLOTS = 2 ** 26;

interface Decoded {
  readonly body: Uint8Array;
  readonly base: CandleBase;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Answers one query window by window, so that memory does not grow with its range. */
export class WindowReader {
  readonly #database: Blocks;
  readonly #interval: Interval;
  readonly #query: CandleQuery;
  readonly #interpolation: Interpolation;
  readonly #choose: () => readonly Stream[];
  /** Finest first. */
  #streams: readonly Stream[];
  /** As much as a batch gives. */
  readonly #batchMs: number;
  /** The blocks of the last window: long ones serve several, as long as nobody writes them anew. */
  readonly #decoded = new Map<string, Decoded>();

  /**
   * @param choose the streams that answer the query, as the file is now; asked for each batch
   * @throws InvalidInputError when the range is not one, or the interpolation
   */
  constructor(database: Blocks, choose: () => readonly Stream[], query: CandleQuery) {
    for (const name of ['from', 'to'] as const) {
      if (!Number.isSafeInteger(query[name]))
        throw new InvalidInputError(`${name} must be whole epoch milliseconds, not ${query[name]}`);
    }
    if (query.fill !== undefined && !['none', 'flat'].includes(query.fill))
      throw new InvalidInputError(`fill must be none or flat, not ${String(query.fill)}`);
    this.#database = database;
    this.#interval = toInterval(query.interval);
    this.#query = query;
    this.#interpolation = toInterpolation(query.interpolation);
    this.#choose = choose;
    this.#streams = choose();
    this.#batchMs = WINDOW_ROWS * 1000 * (this.#interval.seconds ?? 86_400);
  }

  /** As much as a window reads, where rows lie close. */
  get #readMs(): number {
    return WINDOW_ROWS * 1000 * (this.#streams[0]?.step.seconds ?? 1);
  }

  /** The answer in batches. */
  *windows(): Generator<CandleColumns> {
    for (const batch of this.#parts(this.#batchMs, null)) {
      yield batch;
      this.#streams = this.#choose(); // a level may have gone, or come, since
    }
  }

  /** The answer as a whole. @param buffers where it may be put */
  columns(buffers: CandleBuffers | null): CandleColumns {
    const parts: CandleColumns[] = [];
    for (const part of this.#parts(Number.POSITIVE_INFINITY, buffers)) parts.push(part);
    return concatColumns(parts, this.#interval);
  }

  /** @param mostMs how long a part may be */
  *#parts(mostMs: number, buffers: CandleBuffers | null): Generator<CandleColumns> {
    const stored = this.#storedRange();
    if (stored === null) return;
    const interval = this.#interval;
    // the query may reach beyond the calendar, what is stored does not
    let from = bucketOpen(interval, stored.from);
    if (this.#query.from > from) from = bucketCeil(interval, this.#query.from);
    const to = bucketCeil(interval, Math.min(this.#query.to, stored.to));
    let free = buffers; // by a part that must not be overwritten they are taken
    let carry = this.#query.fill === 'flat' && from < to ? this.#carryBefore(from, stored.from) : null;
    while (from < to) {
      const next = this.#nextStored(from);
      if (next === null) return;
      from = Math.max(from, bucketOpen(interval, next));
      if (from >= to) return;
      const folded = this.#fold(from, Math.min(this.#windowEnd(from, mostMs), to), free);
      if (folded !== null) {
        if (folded.columns.length > 0) {
          yield folded.columns;
          free = null;
        }
        from = folded.to;
        continue;
      }
      const end = Math.min(this.#windowEnd(from, Math.min(mostMs, this.#readMs)), to);
      const composed = this.#compose(from, end, carry, free);
      if (composed.columns.length > 0) {
        yield composed.columns;
        free = null;
      }
      carry = composed.carry;
      from = end;
    }
  }

  /** What one stream alone answers from `from` on: its rows need not be laid out one by one. */
  #fold(from: number, to: number, buffers: CandleBuffers | null): FoldedStretch | null {
    const interval = this.#interval;
    if (this.#query.fill === 'flat' || interval.seconds === null) return null;
    const firstEnd = bucketEnd(interval, from);
    let only: Stream | null = null;
    let end = to;
    for (const stream of this.#streams) {
      const block = this.#database.nextBlock(stream, blockNumber(stream.step, from));
      if (block === null) continue;
      const start = blockStart(stream.step, block);
      if (start >= firstEnd) end = Math.min(end, bucketOpen(interval, start));
      else if (only === null) only = stream;
      else return null;
    }
    if (only === null || !divides(only.step, interval)) return null;
    if (interval.seconds / (only.step.seconds as number) > MAX_FOLDED_SLOTS) return null;
    return foldStream(this.#database, only, interval, from, end, buffers);
  }

  #windowEnd(from: number, ms: number): number {
    const interval = this.#interval;
    if (ms === Number.POSITIVE_INFINITY) return ms;
    return Math.max(bucketOpen(interval, from + ms), bucketEnd(interval, from));
  }

  #compose(from: number, to: number, carry: Carry | null, into: CandleBuffers | null): Composed {
    return composeCandles(this.#basesAround(from, to), {
      interval: this.#interval,
      from,
      to,
      fillFlat: this.#query.fill === 'flat',
      observedOnly: this.#query.observedOnly ?? false,
      interpolation: this.#interpolation,
      ...{ carry, into },
    });
  }

  /** Coarsest first, because a coarse candle that reaches beyond the window asks what finer data knows of all its time. */
  #basesAround(from: number, to: number): CandleBase[] {
    let [widestFrom, widestTo] = [from, to];
    const bases: CandleBase[] = [];
    const used = new Map<string, Decoded>();
    for (const stream of [...this.#streams].reverse()) {
      const base = this.#base(stream, widestFrom, widestTo, used);
      bases.unshift(base);
      if (!touches(base, from, to)) continue;
      widestFrom = Math.min(widestFrom, bucketOpen(stream.step, from));
      widestTo = Math.max(widestTo, bucketCeil(stream.step, to));
    }
    this.#decoded.clear();
    for (const [key, decoded] of used) this.#decoded.set(key, decoded);
    return bases;
  }

  #base(stream: Stream, from: number, to: number, used: Map<string, Decoded>): CandleBase {
    return readBase(this.#database, stream, from, to, (_, row) => {
      const key = `${stream.id}/${row.block}`;
      const known = this.#decoded.get(key);
      const base = known !== undefined && sameBytes(known.body, row.body) ? known.base : decodeStored(stream, row);
      used.set(key, { body: row.body, base });
      return base;
    });
  }

  #storedRange(): TimeRange | null {
    let range: TimeRange | null = null;
    for (const stream of this.#streams) {
      const bounds = this.#database.blockBounds(stream);
      if (bounds === null) continue;
      const [from, to] = [blockStart(stream.step, bounds.first), blockEnd(stream.step, bounds.last)];
      range = range === null ? { from, to } : { from: Math.min(range.from, from), to: Math.max(range.to, to) };
    }
    return range;
  }

  /** The start of the first block that ends after `timeMs`, or `timeMs` itself inside one; null where nothing follows. */
  #nextStored(timeMs: number): number | null {
    let next: number | null = null;
    for (const stream of this.#streams) {
      const block = this.#database.nextBlock(stream, blockNumber(stream.step, timeMs));
      if (block === null) continue;
      const start = Math.max(timeMs, blockStart(stream.step, block));
      next = next === null ? start : Math.min(next, start);
    }
    return next;
  }

  /** The price that stood at `from`, looked for backwards as long as the time before was watched and quiet. */
  #carryBefore(from: number, storedFrom: number): Carry | null {
    const interval = this.#interval;
    let end = from;
    while (end > storedFrom) {
      const start = Math.min(bucketOpen(interval, end - this.#readMs), bucketOpen(interval, end - 1));
      const bases = this.#basesAround(start, end);
      const query = { interval, from: start, to: end, fillFlat: false, observedOnly: false, carry: null };
      const { carry, columns } = composeCandles(bases, query);
      if (carry !== null) return { end: from, row: carry.row };
      if (columns.length > 0 || !bases.some((base) => rangesHold(base.observed, start, end))) return null;
      end = start;
    }
    return null;
  }
}
