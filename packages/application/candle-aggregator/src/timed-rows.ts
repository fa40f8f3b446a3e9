import type { Interval } from '@prate/domain';
import { type CandleColumns, ColumnsWriter, type Scales, type SumArray, scalesOf } from '@prate/domain/candles';
import type { TimedColumns } from './timed-columns.ts';

/** Of a row: eight columns of 8 bytes, coverage and source. */
const ROW_BYTES = 8 * 8 + 4 + 1;

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

/** Candles in the making with the times of their open and close, ascending; the arrays are there to be worked on. */
export class TimedRows {
  rows: ColumnsWriter = new ColumnsWriter(plainScales(0, 0, 0), 1);
  first: Float64Array = new Float64Array(1);
  last: Float64Array = new Float64Array(1);
  #takenFirst: Float64Array = new Float64Array(1);
  #takenLast: Float64Array = new Float64Array(1);

  get length(): number {
    return this.rows.length;
  }

  /** No rows, on other scales. */
  clear(scales: Scales): void {
    this.rows = new ColumnsWriter(scales, this.first.length);
  }

  replace({ columns, first, last }: TimedColumns): void {
    const rows = new ColumnsWriter(scalesOf(columns), Math.max(columns.length, 1));
    rows.append(columns);
    this.rows = rows;
    this.first = first.slice(0, rows.openTime.length);
    this.last = last.slice(0, rows.openTime.length);
    this.reserve(1);
  }

  /** Makes room for `count` more rows; arrays that were looked up before may be out of date. */
  reserve(count: number): void {
    this.rows.reserve(count);
    const capacity = this.rows.openTime.length;
    if (this.first.length >= capacity) return;
    const grown = (values: Float64Array): Float64Array => {
      const larger = new Float64Array(capacity);
      larger.set(values);
      return larger;
    };
    this.first = grown(this.first);
    this.last = grown(this.last);
  }

  /** Moves the rows from index `from` on to index `to`, with which the length changes. */
  move(to: number, from: number): void {
    const { openTime, open, high, low, close, volume, turnover, trades, source, length } = this.rows;
    for (const values of [openTime, open, high, low, close, volume, turnover, trades, source, this.first, this.last])
      values.copyWithin(to, from, length);
    this.rows.length += to - from;
  }

  /** All rows as views. */
  view(interval: Interval): TimedColumns {
    const { length } = this.rows;
    return {
      columns: this.rows.finish(interval),
      first: this.first.subarray(0, length),
      last: this.last.subarray(0, length),
    };
  }

  /** Takes the first rows out. Their columns are copies, their coverage is 0; the times are good until the next call. */
  take(count: number, interval: Interval): TimedColumns {
    if (this.#takenFirst.length < count) {
      this.#takenFirst = new Float64Array(this.first.length);
      this.#takenLast = new Float64Array(this.first.length);
    }
    for (let row = 0; row < count; row += 1) {
      this.#takenFirst[row] = this.first[row] as number;
      this.#takenLast[row] = this.last[row] as number;
    }
    const taken = { columns: copyOf(this.rows, count, interval), first: this.#takenFirst, last: this.#takenLast };
    if (count < this.rows.length) this.move(0, count);
    else this.rows.length = 0;
    return taken;
  }
}

/** The first rows in memory of their own, of one piece: many small pieces cost more than what is in them. */
function copyOf(rows: ColumnsWriter, count: number, interval: Interval): CandleColumns {
  const buffer = new ArrayBuffer(count * ROW_BYTES);
  const source = new Uint8Array(buffer, count * 68, count);
  for (let row = 0; row < count; row += 1) source[row] = rows.source[row] as number;
  return {
    interval,
    length: count,
    openTime: doubles(buffer, 0, rows.openTime, count),
    priceDecimals: rows.scales.priceDecimals,
    open: doubles(buffer, 1, rows.open, count),
    high: doubles(buffer, 2, rows.high, count),
    low: doubles(buffer, 3, rows.low, count),
    close: doubles(buffer, 4, rows.close, count),
    volumeDecimals: rows.scales.volumeDecimals,
    volume: sums(buffer, 5, rows.volume, count),
    turnoverDecimals: rows.scales.turnoverDecimals,
    turnover: sums(buffer, 6, rows.turnover, count),
    trades: doubles(buffer, 7, rows.trades, count),
    source,
    coverage: new Uint32Array(buffer, count * 64, count),
  };
}

function doubles(buffer: ArrayBuffer, column: number, from: Float64Array, count: number): Float64Array {
  const copy = new Float64Array(buffer, column * count * 8, count);
  for (let row = 0; row < count; row += 1) copy[row] = from[row] as number;
  return copy;
}

const sums = (buffer: ArrayBuffer, column: number, from: SumArray, count: number): SumArray =>
  from instanceof Float64Array ? doubles(buffer, column, from, count) : from.slice(0, count);
