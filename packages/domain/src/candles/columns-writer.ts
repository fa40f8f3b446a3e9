import type { Interval } from '../interval.ts';
import type { CandleBuffers } from './candle-buffers.ts';
import type { CandleColumns, SumArray } from './candle-columns.ts';

/** The scales of a set of columns: what must agree before rows of two sets may stand side by side. */
export interface Scales {
  readonly priceDecimals: number | null;
  readonly volumeDecimals: number | null;
  readonly turnoverDecimals: number | null;
  readonly bigVolume: boolean;
  readonly bigTurnover: boolean;
}

export const scalesOf = (columns: CandleColumns): Scales => ({
  priceDecimals: columns.priceDecimals,
  volumeDecimals: columns.volumeDecimals,
  turnoverDecimals: columns.turnoverDecimals,
  bigVolume: columns.volume instanceof BigInt64Array,
  bigTurnover: columns.turnover instanceof BigInt64Array,
});

/** Whether every number on these scales is whole: then sums of parts have closed forms. */
export const isExact = ({ priceDecimals, volumeDecimals, turnoverDecimals }: Scales): boolean =>
  priceDecimals !== null && volumeDecimals !== null && turnoverDecimals !== null;

/** Whether they are below 2^53 too, in Float64Arrays. */
export const isPlain = (scales: Scales): boolean => isExact(scales) && !scales.bigVolume && !scales.bigTurnover;

const grown = <A extends Float64Array | BigInt64Array | Uint8Array | Uint32Array>(array: A, capacity: number): A => {
  const larger = new (array.constructor as new (n: number) => A)(capacity);
  larger.set(array as never);
  return larger;
};

/** Entries `[from, to)`: a view is made only where they are not all. */
const part = <A extends Float64Array | Uint8Array | Uint32Array>(array: A, from: number, to: number): A =>
  from === 0 && to === array.length ? array : (array.subarray(from, to) as A);

/** Puts a whole number, or a double where the column is of doubles, into whichever array holds the sums. */
export function putSum(column: SumArray, at: number, value: number | bigint): void {
  if (column instanceof BigInt64Array) column[at] = BigInt(value);
  else column[at] = Number(value);
}

/** Columns under construction on fixed scales; the arrays grow as rows come. */
export class ColumnsWriter {
  readonly scales: Scales;
  #buffers: CandleBuffers | null = null;
  length = 0;
  openTime: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: SumArray;
  turnover: SumArray;
  trades: Float64Array;
  source: Uint8Array;
  coverage: Uint32Array;

  constructor(scales: Scales, capacity = 256) {
    this.scales = scales;
    this.openTime = new Float64Array(capacity);
    this.open = new Float64Array(capacity);
    this.high = new Float64Array(capacity);
    this.low = new Float64Array(capacity);
    this.close = new Float64Array(capacity);
    this.volume = scales.bigVolume ? new BigInt64Array(capacity) : new Float64Array(capacity);
    this.turnover = scales.bigTurnover ? new BigInt64Array(capacity) : new Float64Array(capacity);
    this.trades = new Float64Array(capacity);
    this.source = new Uint8Array(capacity);
    this.coverage = new Uint32Array(capacity);
  }

  /**
   * Writes into the arrays of `buffers`, and leaves there what they grow to; without buffers into arrays of its own.
   * @param room how many rows will come; larger arrays keep nothing of what is in the buffers
   */
  static into(buffers: CandleBuffers | null, scales: Scales, room?: number): ColumnsWriter {
    if (buffers === null) return new ColumnsWriter(scales, room);
    if (room !== undefined) buffers.makeRoom(room);
    const writer = new ColumnsWriter(scales, 0);
    writer.#buffers = buffers;
    const capacity = buffers.openTime.length;
    writer.openTime = buffers.openTime;
    writer.open = buffers.open;
    writer.high = buffers.high;
    writer.low = buffers.low;
    writer.close = buffers.close;
    writer.volume = scales.bigVolume ? new BigInt64Array(capacity) : buffers.volume;
    writer.turnover = scales.bigTurnover ? new BigInt64Array(capacity) : buffers.turnover;
    writer.trades = buffers.trades;
    writer.source = buffers.source;
    writer.coverage = buffers.coverage;
    return writer;
  }

  #leaveInBuffers(buffers: CandleBuffers): void {
    buffers.openTime = this.openTime;
    buffers.open = this.open;
    buffers.high = this.high;
    buffers.low = this.low;
    buffers.close = this.close;
    const capacity = this.openTime.length;
    buffers.volume = this.volume instanceof Float64Array ? this.volume : new Float64Array(capacity);
    buffers.turnover = this.turnover instanceof Float64Array ? this.turnover : new Float64Array(capacity);
    buffers.trades = this.trades;
    buffers.source = this.source;
    buffers.coverage = this.coverage;
  }

  /** Makes room for `count` more rows. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.openTime.length) return;
    const capacity = Math.max(needed, this.openTime.length * 2);
    this.openTime = grown(this.openTime, capacity);
    this.open = grown(this.open, capacity);
    this.high = grown(this.high, capacity);
    this.low = grown(this.low, capacity);
    this.close = grown(this.close, capacity);
    this.volume = grown(this.volume, capacity);
    this.turnover = grown(this.turnover, capacity);
    this.trades = grown(this.trades, capacity);
    this.source = grown(this.source, capacity);
    this.coverage = grown(this.coverage, capacity);
    if (this.#buffers !== null) this.#leaveInBuffers(this.#buffers);
  }

  /** Copies rows `[from, to)` of columns that are on the same scales. */
  append(columns: CandleColumns, from = 0, to: number = columns.length): void {
    if (from >= to) return;
    this.reserve(to - from);
    const at = this.length;
    this.openTime.set(part(columns.openTime, from, to), at);
    this.open.set(part(columns.open, from, to), at);
    this.high.set(part(columns.high, from, to), at);
    this.low.set(part(columns.low, from, to), at);
    this.close.set(part(columns.close, from, to), at);
    this.volume.set(part(columns.volume as Float64Array, from, to) as never, at);
    this.turnover.set(part(columns.turnover as Float64Array, from, to) as never, at);
    this.trades.set(part(columns.trades, from, to), at);
    this.source.set(part(columns.source, from, to), at);
    this.coverage.set(part(columns.coverage, from, to), at);
    this.length += to - from;
  }

  /** The rows so far, as views on this writer's memory. */
  finish(interval: Interval): CandleColumns {
    const n = this.length;
    return {
      interval,
      length: n,
      openTime: this.openTime.subarray(0, n),
      priceDecimals: this.scales.priceDecimals,
      open: this.open.subarray(0, n),
      high: this.high.subarray(0, n),
      low: this.low.subarray(0, n),
      close: this.close.subarray(0, n),
      volumeDecimals: this.scales.volumeDecimals,
      volume: this.volume.subarray(0, n),
      turnoverDecimals: this.scales.turnoverDecimals,
      turnover: this.turnover.subarray(0, n),
      trades: this.trades.subarray(0, n),
      source: this.source.subarray(0, n),
      coverage: this.coverage.subarray(0, n),
    };
  }
}
