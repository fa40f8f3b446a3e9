import type { CandleColumns } from './candle-columns.ts';
import { DecimalColumnBuilder, toDouble } from './decimal-column.ts';

/** The prices of one candle on the smallest decimal grid that holds them: whole multiples of `unit`. */
export interface PriceGrid {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** 0 where prices are doubles and fit no grid. */
  readonly unit: number;
  /** These prices ÷ 10^decimals are the column's: not 0 where the column is of doubles and the candle has a grid of its own. */
  readonly decimals: number;
}

export function priceGrid(columns: CandleColumns, row: number): PriceGrid {
  const open = columns.open[row] as number;
  const high = columns.high[row] as number;
  const low = columns.low[row] as number;
  const close = columns.close[row] as number;
  const { priceDecimals } = columns;
  if (priceDecimals !== null)
    return { open, high, low, close, unit: decimalUnit(open, high, low, close, priceDecimals), decimals: 0 };
  return ownGrid([open, high, low, close]) ?? { open, high, low, close, unit: 0, decimals: 0 };
}

/** A price of the grid on the scale of the column. */
export const columnPrice = (grid: PriceGrid, price: number): number => toDouble(price, grid.decimals);

/** The smallest decimal grid that holds four doubles, which other candles of their column may not fit; null where there is none. */
function ownGrid(four: readonly number[]): PriceGrid | null {
  const builder = new DecimalColumnBuilder('price');
  for (const price of four) builder.push(price);
  const { decimals, values } = builder.finish();
  if (decimals === null) return null;
  const [open, high, low, close] = values as unknown as [number, number, number, number];
  return { open, high, low, close, unit: 1, decimals };
}

/** The largest power of ten, at most 10^decimals, that divides all four: the step of the smallest decimal grid that holds them. */
export function decimalUnit(a: number, b: number, c: number, d: number, decimals: number): number {
  let unit = 1;
  for (let i = 0; i < decimals; i += 1) {
    const next = unit * 10;
    if (!(isWhole(a / next) && isWhole(b / next) && isWhole(c / next) && isWhole(d / next))) break;
    unit = next;
  }
  return unit;
}

/** A quotient of whole numbers below 2^53 is whole only where it comes out even: a remainder of 1 keeps it that far off. */
export const isWhole = (quotient: number): boolean => Math.floor(quotient) === quotient;
