import type { Interval } from '../interval.ts';
import { type CandleColumns, emptyColumns, type SumArray, sliceColumns, UNKNOWN } from './candle-columns.ts';
import { ColumnsWriter, type Scales } from './columns-writer.ts';
import { powerOfTen, toDouble } from './decimal-column.ts';

const MAX_INT64 = 2 ** 63;

/** The smallest scales that hold all of the sets exactly; doubles (null) where none does. */
export function commonScales(sets: readonly CandleColumns[]): Scales {
  const price = commonScale(
    sets.map((set) => ({ decimals: set.priceDecimals, values: set.high })),
    Number.MAX_SAFE_INTEGER,
  );
  const volume = commonScale(
    sets.map((set) => ({ decimals: set.volumeDecimals, values: set.volume })),
    MAX_INT64,
  );
  const turnover = commonScale(
    sets.map((set) => ({ decimals: set.turnoverDecimals, values: set.turnover })),
    MAX_INT64,
  );
  return {
    priceDecimals: price.decimals,
    volumeDecimals: volume.decimals,
    turnoverDecimals: turnover.decimals,
    bigVolume: volume.big,
    bigTurnover: turnover.big,
  };
}

function commonScale(
  columns: readonly { decimals: number | null; values: SumArray }[],
  limit: number,
): { decimals: number | null; big: boolean } {
  const first = columns[0]?.decimals ?? null;
  // on one scale already, and what is in a Float64Array need not be looked at to know that it fits one
  if (
    columns.length > 0 &&
    columns.every((column) => column.decimals === first && column.values instanceof Float64Array)
  )
    return { decimals: first, big: false };
  let decimals: number | null = 0;
  for (const column of columns) {
    if (column.decimals === null) decimals = null;
    else if (decimals !== null) decimals = Math.max(decimals, column.decimals);
  }
  let largest = 0;
  for (const column of columns) {
    const factor = decimals === null ? 1 : powerOfTen(decimals - (column.decimals as number));
    largest = Math.max(largest, largestOf(column.values) * factor);
  }
  // the bound is on doubles, so numbers within rounding of the limit count as beyond it
  if (largest >= limit) return { decimals: null, big: false };
  return { decimals, big: decimals !== null && largest > Number.MAX_SAFE_INTEGER };
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
    ...sliceColumns(columns, 0, columns.length), // plain data, whatever they are
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
