import type { CandleColumns } from './candle-columns.ts';
import { DecimalColumnBuilder, toDouble } from './decimal-column.ts';

/**
 * The way of the price through a candle in `steps` steps: open at step 0, the nearer extreme at `firstKnot`, the other at
 * `secondKnot`, close at the end, straight between them. Prices are on the candle's own grid: whole multiples of `unit`.
 */
export interface PricePath {
  readonly steps: number;
  readonly firstKnot: number;
  readonly secondKnot: number;
  readonly open: number;
  readonly first: number;
  readonly second: number;
  readonly close: number;
  /** 0 where prices are doubles and fit no grid. */
  readonly unit: number;
  /** Path prices ÷ 10^decimals are the column's: not 0 where the column is of doubles and the candle has a grid of its own. */
  readonly decimals: number;
}

export function pricePath(columns: CandleColumns, row: number, steps: number): PricePath {
  const four = [columns.open, columns.high, columns.low, columns.close].map((column) => column[row] as number) as Four;
  const own = columns.priceDecimals === null ? ownGrid(four) : null;
  const [open, high, low, close] = own?.prices ?? four;
  // the nearer extreme comes first; at the same distance the one that lies against the candle's direction
  const lowFirst = open - low !== high - open ? open - low < high - open : close >= open;
  return {
    steps,
    firstKnot: Math.ceil(steps / 3),
    secondKnot: Math.ceil((2 * steps) / 3),
    open,
    first: lowFirst ? low : high,
    second: lowFirst ? high : low,
    close,
    unit:
      columns.priceDecimals === null
        ? own === null
          ? 0
          : 1
        : decimalUnit(open, high, low, close, columns.priceDecimals),
    decimals: own?.decimals ?? 0,
  };
}

type Four = [number, number, number, number];

/** The smallest decimal grid that holds four doubles, which other candles of their column may not fit; null where there is none. */
function ownGrid(four: Four): { prices: Four; decimals: number } | null {
  const builder = new DecimalColumnBuilder('price');
  for (const price of four) builder.push(price);
  const { decimals, values } = builder.finish();
  return decimals === null ? null : { prices: [...(values as Float64Array)] as Four, decimals };
}

/** A price of the path on the scale of the column. */
export const columnPrice = (path: PricePath, price: number): number => toDouble(price, path.decimals);

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

/** The price after `step` steps, on the scale of the column. */
export const pathPrice = (path: PricePath, step: number): number => columnPrice(path, priceAfter(path, step));

function priceAfter(path: PricePath, step: number): number {
  if (step >= path.steps) return path.close;
  if (step < path.firstKnot) return between(path.open, path.first, step, path.firstKnot, path.unit);
  if (step < path.secondKnot) {
    return between(path.first, path.second, step - path.firstKnot, path.secondKnot - path.firstKnot, path.unit);
  }
  return between(path.second, path.close, step - path.secondKnot, path.steps - path.secondKnot, path.unit);
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
