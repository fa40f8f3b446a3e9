import type { Interval } from '@prate/domain';
import { type CandleColumns, type Scales, type SumArray, scalesOf } from '@prate/domain/candles';
import type { TimedColumns } from './timed-columns.ts';

/** A row has ten columns of 8 bytes, coverage and source. */
const ROW_BYTES = 10 * 8 + 4 + 1;
/** A piece of memory has room for so many takes like the largest one of late, and for so many rows at most. */
const TAKES_PER_PIECE = 4;
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

/** The columns of so many rows in one piece of memory: many small pieces cost more than what is in them. */
class Piece {
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
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly coverage: Uint32Array;
  readonly source: Uint8Array;

  constructor(scales: Scales, capacity: number) {
    const memory = new ArrayBuffer(capacity * ROW_BYTES);
    const doubles = (column: number): Float64Array => new Float64Array(memory, column * 8 * capacity, capacity);
    const sums = (column: number, isBig: boolean): SumArray =>
      isBig ? new BigInt64Array(memory, column * 8 * capacity, capacity) : doubles(column);
    this.scales = scales;
    this.capacity = capacity;
    this.openTime = doubles(0);
    this.open = doubles(1);
    this.high = doubles(2);
    this.low = doubles(3);
    this.close = doubles(4);
    this.volume = sums(5, scales.bigVolume);
    this.turnover = sums(6, scales.bigTurnover);
    this.trades = doubles(7);
    this.first = doubles(8);
    this.last = doubles(9);
    this.coverage = new Uint32Array(memory, 80 * capacity, capacity);
    this.source = new Uint8Array(memory, 84 * capacity, capacity);
  }

  /** Copies rows `[from, to)` of others on the same scales to the front. */
  copy(columns: RowColumns, { first, last }: Pick<TimedColumns, 'first' | 'last'>, from: number, to: number): void {
    this.openTime.set(columns.openTime.subarray(from, to));
    this.open.set(columns.open.subarray(from, to));
    this.high.set(columns.high.subarray(from, to));
    this.low.set(columns.low.subarray(from, to));
    this.close.set(columns.close.subarray(from, to));
    this.volume.set(columns.volume.subarray(from, to) as never);
    this.turnover.set(columns.turnover.subarray(from, to) as never);
    this.trades.set(columns.trades.subarray(from, to));
    this.source.set(columns.source.subarray(from, to));
    this.first.set(first.subarray(from, to));
    this.last.set(last.subarray(from, to));
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
    this.first.copyWithin(to, from, end);
    this.last.copyWithin(to, from, end);
  }

  /** Rows `[from, to)` as views. */
  slice(from: number, to: number, interval: Interval): TimedColumns {
    const columns: CandleColumns = {
      interval,
      length: to - from,
      openTime: this.openTime.subarray(from, to),
      priceDecimals: this.scales.priceDecimals,
      open: this.open.subarray(from, to),
      high: this.high.subarray(from, to),
      low: this.low.subarray(from, to),
      close: this.close.subarray(from, to),
      volumeDecimals: this.scales.volumeDecimals,
      volume: this.volume.subarray(from, to),
      turnoverDecimals: this.scales.turnoverDecimals,
      turnover: this.turnover.subarray(from, to),
      trades: this.trades.subarray(from, to),
      source: this.source.subarray(from, to),
      coverage: this.coverage.subarray(from, to),
    };
    return { columns, first: this.first.subarray(from, to), last: this.last.subarray(from, to) };
  }
}

/**
 * Candles in the making with the times of their open and close, ascending; the arrays are there to be worked on. Rows are
 * made where they stay: those that are taken out are views of the piece of memory that they were made in, which is never
 * written there again.
 */
export class TimedRows {
  /** Its rows `[start, end)` are these; those before have been taken. */
  piece: Piece = new Piece(plainScales(0, 0, 0), 1);
  start = 0;
  end = 0;
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
  }

  replace(rows: TimedColumns): void {
    const { length } = rows.columns;
    this.piece = new Piece(scalesOf(rows.columns), Math.max(length, 1));
    this.piece.copy(rows.columns, rows, 0, length);
    this.start = 0;
    this.end = length;
  }

  /** Makes room for `count` more rows; the piece that was looked up before may be out of date. */
  reserve(count: number): void {
    if (this.end + count <= this.piece.capacity) return;
    const { length } = this;
    const capacity = length + Math.max(count, Math.min(TAKES_PER_PIECE * this.#largestTake, MAX_ROWS_PER_PIECE));
    const next = new Piece(this.piece.scales, capacity);
    if (length > 0) next.copy(this.piece, this.piece, this.start, this.end);
    this.piece = next;
    this.start = 0;
    this.end = length;
    this.#largestTake = 0;
  }

  /** Makes room for a row at index `row`; the rows from there on move up. */
  insert(row: number): void {
    if (row < this.end) this.piece.move(row + 1, row, this.end);
    this.end += 1;
  }

  /** All rows as views. */
  view(interval: Interval): TimedColumns {
    return this.piece.slice(this.start, this.end, interval);
  }

  /** Takes the first rows out; their coverage is 0, and theirs to be written. */
  take(count: number, interval: Interval): TimedColumns {
    if (count > this.#largestTake) this.#largestTake = count;
    const taken = this.piece.slice(this.start, this.start + count, interval);
    this.start += count;
    return taken;
  }
}
