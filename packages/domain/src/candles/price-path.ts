import type { CandleColumns } from './candle-columns.ts';
import { columnPrice, type PriceGrid, priceGrid } from './price-grid.ts';

/**
 * The way of the price through a candle in `steps` steps by the model `linear`: open at step 0, the nearer extreme at
 * `firstKnot`, the other at `secondKnot`, close at the end, straight between them, on the candle's own grid.
 */
export interface PricePath {
  readonly grid: PriceGrid;
  readonly steps: number;
  readonly firstKnot: number;
  readonly secondKnot: number;
  readonly first: number;
  readonly second: number;
}

/** The nearer extreme comes first; at the same distance the one that lies against the candle's direction. */
export const isLowFirst = (open: number, high: number, low: number, close: number): boolean =>
  open - low !== high - open ? open - low < high - open : close >= open;

export function pricePath(columns: CandleColumns, row: number, steps: number): PricePath {
  const grid = priceGrid(columns, row);
  const { open, high, low, close } = grid;
  const lowFirst = isLowFirst(open, high, low, close);
  return {
    grid,
    steps,
    firstKnot: Math.ceil(steps / 3),
    secondKnot: Math.ceil((2 * steps) / 3),
    first: lowFirst ? low : high,
    second: lowFirst ? high : low,
  };
}

/** The price after `step` steps, on the scale of the column. */
export const pathPrice = (path: PricePath, step: number): number => columnPrice(path.grid, priceAfter(path, step));

function priceAfter(path: PricePath, step: number): number {
  const { grid, steps, firstKnot, secondKnot, first, second } = path;
  if (step >= steps) return grid.close;
  if (step < firstKnot) return between(grid.open, first, step, firstKnot, grid.unit);
  if (step < secondKnot) return between(first, second, step - firstKnot, secondKnot - firstKnot, grid.unit);
  return between(second, grid.close, step - secondKnot, steps - secondKnot, grid.unit);
}

/** `from` moved `part / whole` of the way to `to`, rounded down to the grid; exact at both ends, and never beyond them. */
function between(from: number, to: number, part: number, whole: number, unit: number): number {
  if (part === 0) return from;
  if (unit === 0) {
    const price = from + (to - from) * (part / whole);
    return Math.min(Math.max(price, Math.min(from, to)), Math.max(from, to));
  }
  // in two parts, so that no product leaves the whole numbers that doubles hold
  const units = (to - from) / unit;
  const rest = units % whole;
  const each = (units - rest) / whole;
  return from + (each * part + Math.floor((rest * part) / whole)) * unit;
}
