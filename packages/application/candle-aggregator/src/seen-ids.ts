import { pickTrades, type TradeColumns, tradeIdAt, wholeId } from '@prate/domain/candles';

/** How many stretches of whole numbers, or other ids, are remembered at least; at most twice as many are. */
const REMEMBERED = 1024;
/** Enough where a venue counts each symbol's trades; where not, room for all at once, so that memory does not creep up. */
const FIRST_CAPACITY = 16;
const CAPACITY = 2 * REMEMBERED;
/** A number that comes again so much later than those around it names another trade: the venue counts anew. */
const REUSED_AFTER_MS = 60_000;

/**
 * Knows the trades of one symbol that were told already, by their ids, in bounded memory.
 *
 * Ids that are whole numbers up to 2^53 - 1 are kept as stretches without holes: where a venue counts each symbol's trades
 * one by one, that is everything since the run began. At least the 1,024 highest stretches are remembered, so where
 * numbers have holes, the 1,024 highest ids. Of other ids the latest 1,024 are. Numbers that come again more than a minute
 * of market time later are new trades: then all numbers before are forgotten. A trade without an id is always new.
 */
export class SeenIds {
  /** Stretches `[from, to]`, ascending, and the latest time of a trade in each. */
  #from: Float64Array = new Float64Array(FIRST_CAPACITY);
  #to: Float64Array = new Float64Array(FIRST_CAPACITY);
  #until: Float64Array = new Float64Array(FIRST_CAPACITY);
  #count = 0;
  /** Ids of other forms: when `#recent` is full it becomes `#older`, which is forgotten. */
  #recent = new Set<string>();
  #older = new Set<string>();

  /** Takes trades, and returns those that were not told before; the same object where that is all of them. */
  fresh(trades: TradeColumns): TradeColumns {
    const { ids, time, length } = trades;
    if (ids === null || length === 0) return trades;
    if (ids instanceof Float64Array && this.#extend(ids, time, length)) return trades;
    const rows: number[] = [];
    for (let i = 0; i < length; i += 1) if (this.#isNew(tradeIdAt(trades, i), time[i] as number)) rows.push(i);
    return rows.length === length ? trades : pickTrades(trades, rows);
  }

  /** Takes numbers that ascend from above the highest known one: what a feed tells as long as nothing goes wrong. */
  #extend(ids: Float64Array, time: Float64Array, length: number): boolean {
    const count = this.#count;
    let last = count === 0 ? -1 : (this.#to[count - 1] as number);
    const lowest = ids[0] as number;
    if (lowest > last && areNeighbours(ids, length)) {
      this.#append(lowest, lowest + length - 1, latestOf(time, length));
      return true;
    }
    for (let i = 0; i < length; i += 1) {
      const id = ids[i] as number;
      if (!(id > last)) return false;
      last = id;
    }
    const until = latestOf(time, length);
    for (let i = 0; i < length; i += 1) this.#append(ids[i] as number, ids[i] as number, until);
    return true;
  }

  /** Adds `[from, to]`, which lies above everything known. */
  #append(from: number, to: number, until: number): void {
    const last = this.#count - 1;
    if (last >= 0 && (this.#to[last] as number) + 1 === from) {
      this.#to[last] = to;
      this.#until[last] = Math.max(this.#until[last] as number, until);
    } else this.#insert(last + 1, from, to, until);
  }

  #isNew(text: string, time: number): boolean {
    if (text === '') return true;
    const id = wholeId(text);
    if (id < 0) return this.#isNewText(text);
    const at = this.#stretchFrom(id);
    if (at >= 0 && id <= (this.#to[at] as number)) {
      if (time <= (this.#until[at] as number) + REUSED_AFTER_MS) return false;
      this.#count = 0;
      this.#append(id, id, time);
    } else this.#put(at, id, time);
    return true;
  }

  #isNewText(id: string): boolean {
    if (this.#recent.has(id) || this.#older.has(id)) return false;
    if (this.#recent.size === REMEMBERED) {
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    this.#recent.add(id);
    return true;
  }

  /** The last stretch that begins at or below `id`; -1 where all begin above it. */
  #stretchFrom(id: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#from[middle] as number) <= id) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Adds an id that lies between the stretches `at` and `at + 1`. */
  #put(at: number, id: number, time: number): void {
    const next = at + 1;
    const below = at >= 0 && (this.#to[at] as number) + 1 === id;
    const above = next < this.#count && (this.#from[next] as number) - 1 === id;
    if (below) {
      this.#to[at] = above ? (this.#to[next] as number) : id;
      this.#until[at] = Math.max(this.#until[at] as number, time, above ? (this.#until[next] as number) : time);
      if (above) this.#move(next, next + 1);
    } else if (above) {
      this.#from[next] = id;
      this.#until[next] = Math.max(this.#until[next] as number, time);
    } else this.#insert(next, id, id, time);
  }

  #insert(at: number, from: number, to: number, until: number): void {
    let place = at;
    if (this.#count === this.#from.length) {
      if (this.#count < CAPACITY) this.#grow();
      else {
        this.#move(0, REMEMBERED); // the lowest are forgotten
        place = Math.max(0, at - REMEMBERED);
      }
    }
    this.#move(place + 1, place);
    this.#from[place] = from;
    this.#to[place] = to;
    this.#until[place] = until;
  }

  /** Moves the stretches from index `from` on to index `to`. */
  #move(to: number, from: number): void {
    for (const values of [this.#from, this.#to, this.#until]) values.copyWithin(to, from, this.#count);
    this.#count += to - from;
  }

  #grow(): void {
    const grown = (values: Float64Array): Float64Array => {
      const larger = new Float64Array(CAPACITY);
      larger.set(values);
      return larger;
    };
    this.#from = grown(this.#from);
    this.#to = grown(this.#to);
    this.#until = grown(this.#until);
  }
}

/** Whether each number is the one before and 1. */
function areNeighbours(ids: Float64Array, length: number): boolean {
  const first = ids[0] as number;
  let i = 1;
  for (; i + 4 <= length; i += 4) {
    const id = first + i;
    if (ids[i] !== id || ids[i + 1] !== id + 1 || ids[i + 2] !== id + 2 || ids[i + 3] !== id + 3) return false;
  }
  for (; i < length; i += 1) if (ids[i] !== first + i) return false;
  return true;
}

/** Of trades that ascend, or descend. */
const latestOf = (time: Float64Array, length: number): number =>
  Math.max(time[0] as number, time[length - 1] as number);
