import type { Interval } from '../interval.ts';
import type { CandleColumns, SumArray } from './candle-columns.ts';

/** Rows `[from, to)` of columns. */
export interface RowPlace {
  readonly columns: CandleColumns;
  readonly from: number;
  readonly to: number;
}

/** Where the rows of columns lie: all of them, or of a CandleRow the one in the columns behind it. For loops that must be quick. */
export const placeOf = (columns: CandleColumns): RowPlace =>
  columns instanceof CandleRow ? columns.place : { columns, from: 0, to: columns.length };

/**
 * One row of columns as columns. Its arrays are made anew each time they are asked for, so that a replay that tells a
 * million candles a second pays for those alone that somebody looks at. They are accessors: a spread leaves them out,
 * `sliceColumns(row, 0, 1)` has them as plain data, and `placeOf(row)` says where to read without any.
 */
export class CandleRow implements CandleColumns {
  readonly length = 1;
  readonly interval: Interval;
  readonly priceDecimals: number | null;
  readonly volumeDecimals: number | null;
  readonly turnoverDecimals: number | null;
  readonly #columns: CandleColumns;
  readonly #row: number;

  constructor(columns: CandleColumns, row: number) {
    this.interval = columns.interval;
    this.priceDecimals = columns.priceDecimals;
    this.volumeDecimals = columns.volumeDecimals;
    this.turnoverDecimals = columns.turnoverDecimals;
    this.#columns = columns;
    this.#row = row;
  }

  get place(): RowPlace {
    return { columns: this.#columns, from: this.#row, to: this.#row + 1 };
  }

  get openTime(): Float64Array {
    return entry(this.#columns.openTime, this.#row);
  }

  get open(): Float64Array {
    return entry(this.#columns.open, this.#row);
  }

  get high(): Float64Array {
    return entry(this.#columns.high, this.#row);
  }

  get low(): Float64Array {
    return entry(this.#columns.low, this.#row);
  }

  get close(): Float64Array {
    return entry(this.#columns.close, this.#row);
  }

  get volume(): SumArray {
    return sumEntry(this.#columns.volume, this.#row);
  }

  get turnover(): SumArray {
    return sumEntry(this.#columns.turnover, this.#row);
  }

  get trades(): Float64Array {
    return entry(this.#columns.trades, this.#row);
  }

  get source(): Uint8Array {
    return this.#columns.source.slice(this.#row, this.#row + 1);
  }

  get coverage(): Uint32Array {
    return this.#columns.coverage.slice(this.#row, this.#row + 1);
  }
}

/** Quicker than a view for one number. */
function entry(values: Float64Array, row: number): Float64Array {
  const copy = new Float64Array(1);
  copy[0] = values[row] as number;
  return copy;
}

const sumEntry = (values: SumArray, row: number): SumArray =>
  values instanceof Float64Array ? entry(values, row) : values.slice(row, row + 1);
