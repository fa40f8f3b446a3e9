import type { Interval } from '@prate/domain';
import { type CandleColumns, type Scales, type SumArray, scalesOf, TRADES_CODE } from '@prate/domain/candles';
import { SMALL_PRICE } from './small-prices.ts';
import type { TimedColumns } from './timed-columns.ts';

/** A row has eight columns of 8 bytes, coverage and source. */
const ROW_BYTES = 8 * 8 + 4 + 1;
/** A piece of memory has room for so many takes like the largest one of late, and for so many rows at most. */
const TAKES_PER_PIECE = 16;
/** Of a live market, which gives row by row: whoever keeps one row keeps its piece. */
const SINGLE_TAKES_PER_PIECE = 4;
const MAX_ROWS_PER_PIECE = 512;

/** Scales on which sums are whole numbers in doubles. */
export interface PlainScales extends Scales {
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
  readonly turnoverDecimals: number;
  readonly bigVolume: false;
  readonly bigTurnover: false;
}

export const plainScales = (price: number, volume: number, turnover: number): PlainScales => ({
  priceDecimals: price,
  volumeDecimals: volume,
  turnoverDecimals: turnover,
  bigVolume: false,
  bigTurnover: false,
});

export const isPlain = (scales: Scales): scales is PlainScales =>
  scales.priceDecimals !== null &&
  scales.volumeDecimals !== null &&
  scales.turnoverDecimals !== null &&
  !scales.bigVolume &&
  !scales.bigTurnover;

type RowColumns = Pick<
  CandleColumns,
  'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'turnover' | 'trades' | 'source'
>;

/** Whether rows `[from, to)` are simple: on plain scales, made of trades alone, every number known, below SMALL_PRICE. */
function areSimple(scales: Scales, columns: RowColumns, from: number, to: number): boolean {
  if (!isPlain(scales)) return false;
  const { high, turnover, trades, source } = columns;
  for (let row = from; row < to; row += 1) {
    const isSimple =
      source[row] === TRADES_CODE &&
      (high[row] as number) < SMALL_PRICE &&
      (turnover[row] as number) >= 0 &&
      (trades[row] as number) >= 0;
    if (!isSimple) return false;
  }
  return true;
}

/** The columns of so many rows in one piece of memory: many small pieces cost more than what is in them. */
class Piece {
  readonly #memory: ArrayBuffer;
  readonly scales: Scales;
  readonly capacity: number;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: SumArray;
  readonly turnover: SumArray;
  readonly trades: Float64Array;
  readonly coverage: Uint32Array;
  readonly source: Uint8Array;

  constructor(scales: Scales, capacity: number) {
    this.#memory = new ArrayBuffer(capacity * ROW_BYTES);
    this.scales = scales;
    this.capacity = capacity;
    this.openTime = this.#doubles(0, 0, capacity);
    this.open = this.#doubles(1, 0, capacity);
    this.high = this.#doubles(2, 0, capacity);
    this.low = this.#doubles(3, 0, capacity);
    this.close = this.#doubles(4, 0, capacity);
    this.volume = this.#sums(5, scales.bigVolume, 0, capacity);
    this.turnover = this.#sums(6, scales.bigTurnover, 0, capacity);
    this.trades = this.#doubles(7, 0, capacity);
    this.coverage = new Uint32Array(this.#memory, 64 * capacity, capacity);
    this.source = new Uint8Array(this.#memory, 68 * capacity, capacity);
  }

  /** Copies rows `[from, to)` of others on the same scales to the front; they are few. */
  copy(columns: RowColumns, from: number, to: number): void {
    for (let row = from; row < to; row += 1) {
      const at = row - from;
      this.openTime[at] = columns.openTime[row] as number;
      this.open[at] = columns.open[row] as number;
      this.high[at] = columns.high[row] as number;
      this.low[at] = columns.low[row] as number;
      this.close[at] = columns.close[row] as number;
      this.volume[at] = columns.volume[row] as never;
      this.turnover[at] = columns.turnover[row] as never;
      this.trades[at] = columns.trades[row] as number;
      this.source[at] = columns.source[row] as number;
    }
  }

  /** Moves rows `[from, end)` to index `to`. */
  move(to: number, from: number, end: number): void {
    this.openTime.copyWithin(to, from, end);
    this.open.copyWithin(to, from, end);
    this.high.copyWithin(to, from, end);
    this.low.copyWithin(to, from, end);
    this.close.copyWithin(to, from, end);
    this.volume.copyWithin(to, from, end);
    this.turnover.copyWithin(to, from, end);
    this.trades.copyWithin(to, from, end);
    this.source.copyWithin(to, from, end);
  }

  /** Rows `[from, to)` as views. Made by their constructors, which take half the time of `subarray`. */
  slice(from: number, to: number, interval: Interval): CandleColumns {
    const { scales } = this;
    const length = to - from;
    return {
      interval,
      length,
      openTime: this.#doubles(0, from, length),
      priceDecimals: scales.priceDecimals,
      open: this.#doubles(1, from, length),
      high: this.#doubles(2, from, length),
      low: this.#doubles(3, from, length),
      close: this.#doubles(4, from, length),
      volumeDecimals: scales.volumeDecimals,
      volume: this.#sums(5, scales.bigVolume, from, length),
      turnoverDecimals: scales.turnoverDecimals,
      turnover: this.#sums(6, scales.bigTurnover, from, length),
      trades: this.#doubles(7, from, length),
      source: new Uint8Array(this.#memory, 68 * this.capacity + from, length),
      coverage: new Uint32Array(this.#memory, 64 * this.capacity + 4 * from, length),
    };
  }

  #doubles(column: number, from: number, length: number): Float64Array {
    return new Float64Array(this.#memory, 8 * (column * this.capacity + from), length);
  }

  #sums(column: number, isBig: boolean, from: number, length: number): SumArray {
    if (!isBig) return this.#doubles(column, from, length);
    return new BigInt64Array(this.#memory, 8 * (column * this.capacity + from), length);
  }
}

/**
 * Candles in the making with the times of their open and close, ascending; the arrays are there to be worked on. Rows are
 * made where they stay: those that are taken out are views of the piece of memory that they were made in, which is never
 * written there again. Their times are not kept: they are good until room is made for the next rows.
 */
export class TimedRows {
  /** Its rows `[start, end)` are these; those before have been taken. */
  piece: Piece = new Piece(plainScales(0, 0, 0), 1);
  /** Epoch ms, of the same rows. */
  first: Float64Array = new Float64Array(1);
  last: Float64Array = new Float64Array(1);
  start = 0;
  end = 0;
  /** Whether all rows are known to be simple; whoever writes into the arrays keeps it true. */
  areSimple = true;
  #largestTake = 0;

  get length(): number {
    return this.end - this.start;
  }

  get scales(): Scales {
    return this.piece.scales;
  }

  /** No rows, on other scales. */
  clear(scales: Scales): void {
    this.piece = new Piece(scales, 1);
    this.start = 0;
    this.end = 0;
    this.areSimple = true;
  }

  replace({ columns, first, last, timesAt }: TimedColumns): void {
    const { length } = columns;
    this.piece = new Piece(scalesOf(columns), Math.max(length, 1));
    this.piece.copy(columns, 0, length);
    this.#moveTimes(first, last, timesAt, timesAt + length);
    this.start = 0;
    this.end = length;
    this.areSimple = areSimple(this.scales, columns, 0, length);
  }

  /** Makes room for `count` more rows; what was looked up before may be out of date. */
  reserve(count: number): void {
    if (this.end + count <= this.piece.capacity) return;
    const { length } = this;
    const takes = this.#largestTake > 1 ? TAKES_PER_PIECE : SINGLE_TAKES_PER_PIECE;
    const capacity = length + Math.max(count, Math.min(takes * this.#largestTake, MAX_ROWS_PER_PIECE));
    const next = new Piece(this.piece.scales, capacity);
    if (length > 0) next.copy(this.piece, this.start, this.end);
    this.piece = next;
    this.#moveTimes(this.first, this.last, this.start, this.end);
    this.start = 0;
    this.end = length;
    this.#largestTake = 0;
  }

  /** Times `[from, to)` of these or others, to the front of arrays that hold as many as the piece. */
  #moveTimes(first: Float64Array, last: Float64Array, from: number, to: number): void {
    const { capacity } = this.piece;
    if (this.first.length < capacity) {
      this.first = new Float64Array(capacity);
      this.last = new Float64Array(capacity);
    }
    for (let row = from; row < to; row += 1) {
      this.first[row - from] = first[row] as number;
      this.last[row - from] = last[row] as number;
    }
  }

  /** Makes room for a row at index `row`; the rows from there on move up. */
  insert(row: number): void {
    if (row < this.end) {
      this.piece.move(row + 1, row, this.end);
      this.first.copyWithin(row + 1, row, this.end);
      this.last.copyWithin(row + 1, row, this.end);
    }
    this.end += 1;
  }

  /** All rows as views. */
  view(interval: Interval): TimedColumns {
    return this.#slice(this.start, this.end, interval);
  }

  /** Takes the first rows out; their coverage is 0, and theirs to be written. */
  take(count: number, interval: Interval): TimedColumns {
    if (count > this.#largestTake) this.#largestTake = count;
    const taken = this.#slice(this.start, this.start + count, interval);
    this.start += count;
    if (!this.areSimple) this.areSimple = areSimple(this.scales, this.piece, this.start, this.end);
    return taken;
  }

  #slice(from: number, to: number, interval: Interval): TimedColumns {
    return {
      columns: this.piece.slice(from, to, interval),
      first: this.first,
      last: this.last,
      timesAt: from,
      areSimple: this.areSimple,
    };
  }
}
