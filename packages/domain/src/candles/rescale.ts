import type { Interval } from '../interval.ts';
import { type CandleColumns, emptyColumns, type SumArray, UNKNOWN } from './candle-columns.ts';
import { ColumnsWriter, type Scales } from './columns-writer.ts';
import { powerOfTen, toDouble } from './decimal-column.ts';

const MAX_INT64 = 2 ** 63;

/** The smallest scales that hold all of the sets exactly; doubles (null) where none does. */
export function commonScales(sets: readonly CandleColumns[]): Scales {
  const price = commonScale(
    sets.map((set) => ({ decimals: set.priceDecimals, largest: largestOf(set.high) })),
    Number.MAX_SAFE_INTEGER,
  );
  const volume = commonScale(
    sets.map((set) => ({ decimals: set.volumeDecimals, largest: largestOf(set.volume) })),
    MAX_INT64,
  );
  const turnover = commonScale(
    sets.map((set) => ({ decimals: set.turnoverDecimals, largest: largestOf(set.turnover) })),
    MAX_INT64,
  );
  return {
    priceDecimals: price.decimals,
    volumeDecimals: volume.decimals,
    turnoverDecimals: turnover.decimals,
    bigVolume: volume.decimals !== null && volume.largest > Number.MAX_SAFE_INTEGER,
    bigTurnover: turnover.decimals !== null && turnover.largest > Number.MAX_SAFE_INTEGER,
  };
}

function commonScale(
  columns: readonly { decimals: number | null; largest: number }[],
  limit: number,
): { decimals: number | null; largest: number } {
  let decimals: number | null = 0;
  for (const column of columns) {
    if (column.decimals === null) decimals = null;
    else if (decimals !== null) decimals = Math.max(decimals, column.decimals);
  }
  let largest = 0;
  for (const column of columns) {
    const scaled: number =
      column.largest * (decimals === null ? 1 : powerOfTen(decimals - (column.decimals as number)));
    largest = Math.max(largest, scaled);
  }
  // the bound is on doubles, so numbers within rounding of the limit count as beyond it
  return largest < limit ? { decimals, largest } : { decimals: null, largest };
}

function largestOf(values: SumArray): number {
  let largest = 0;
  for (let i = 0; i < values.length; i += 1) if ((values[i] as number) > largest) largest = Number(values[i]);
  return largest;
}

/** The same candles on other scales, which must hold them (see commonScales). */
export function rescale(columns: CandleColumns, scales: Scales): CandleColumns {
  const price = (values: Float64Array): Float64Array =>
    scaleSums(values, columns.priceDecimals, scales.priceDecimals, false) as Float64Array;
  return {
    ...columns,
    priceDecimals: scales.priceDecimals,
    open: price(columns.open),
    high: price(columns.high),
    low: price(columns.low),
    close: price(columns.close),
    volumeDecimals: scales.volumeDecimals,
    volume: scaleSums(columns.volume, columns.volumeDecimals, scales.volumeDecimals, scales.bigVolume),
    turnoverDecimals: scales.turnoverDecimals,
    turnover: scaleSums(columns.turnover, columns.turnoverDecimals, scales.turnoverDecimals, scales.bigTurnover),
  };
}

function scaleSums(values: SumArray, from: number | null, to: number | null, big: boolean): SumArray {
  if (from === to && values instanceof BigInt64Array === big) return values;
  if (to === null) {
    return Float64Array.from(values as Float64Array, (value) =>
      Number(value) === UNKNOWN ? UNKNOWN : toDouble(value, from),
    );
  }
  if (values.length === 0) return big ? new BigInt64Array(0) : new Float64Array(0); // commonScales left it out
  const raise = to - (from as number);
  if (big) {
    const factor = 10n ** BigInt(raise);
    return BigInt64Array.from(values as BigInt64Array, (value) =>
      BigInt(value) === -1n ? -1n : BigInt(value) * factor,
    );
  }
  const factor = powerOfTen(raise);
  return Float64Array.from(values as Float64Array, (value) =>
    Number(value) === UNKNOWN ? UNKNOWN : Number(value) * factor,
  );
}

/** Sets of the same interval, one after the other, on their common scales. */
export function concatColumns(sets: readonly CandleColumns[], interval: Interval): CandleColumns {
  const filled = sets.filter((set) => set.length > 0);
  if (filled.length <= 1) return filled[0] ?? emptyColumns(interval);
  const scales = commonScales(filled);
  const writer = new ColumnsWriter(
    scales,
    filled.reduce((sum, set) => sum + set.length, 0),
  );
  for (const set of filled) writer.append(rescale(set, scales));
  return writer.finish(interval);
}
