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
  const four = [columns.open, columns.high, columns.low, columns.close].map((column) => column[row] as number) as Four;
  const own = columns.priceDecimals === null ? ownGrid(four) : null;
  const [open, high, low, close] = own?.prices ?? four;
  const unit =
    columns.priceDecimals === null
      ? own === null
        ? 0
        : 1
      : decimalUnit(open, high, low, close, columns.priceDecimals);
  return { open, high, low, close, unit, decimals: own?.decimals ?? 0 };
}

/** A price of the grid on the scale of the column. */
export const columnPrice = (grid: PriceGrid, price: number): number => toDouble(price, grid.decimals);

type Four = [number, number, number, number];

/** The smallest decimal grid that holds four doubles, which other candles of their column may not fit; null where there is none. */
function ownGrid(four: Four): { prices: Four; decimals: number } | null {
  const builder = new DecimalColumnBuilder('price');
  for (const price of four) builder.push(price);
  const { decimals, values } = builder.finish();
  return decimals === null ? null : { prices: [...(values as Float64Array)] as Four, decimals };
}

/** The largest power of ten, at most 10^decimals, that divides all four: the step of the smallest decimal grid that holds them. */
function decimalUnit(a: number, b: number, c: number, d: number, decimals: number): number {
  let unit = 1;
  for (let i = 0; i < decimals; i += 1) {
    const next = unit * 10;
    if (a % next !== 0 || b % next !== 0 || c % next !== 0 || d % next !== 0) break;
    unit = next;
  }
  return unit;
}
