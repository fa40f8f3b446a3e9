import { type CandleColumns, INTERPOLATED_CODE, type SumArray, UNKNOWN } from './candle-columns.ts';
import type { ColumnsWriter } from './columns-writer.ts';
import { along, type LinearLayout, layoutOf, MOST_ROWS } from './linear-layout.ts';
import { decimalUnit } from './price-grid.ts';
import { isLowFirst } from './price-path.ts';
import { shareOf, unitOf } from './share-out.ts';

/** The prices at the ends of the rows at hand: entry 0 is where the first begins. */
const prices = new Float64Array(MOST_ROWS + 1);

/**
 * What appendLinear makes of the seconds `[from, to)` of one candle, already added up: one row for the seconds before
 * `edge`, one for each `width` seconds after it. In closed form: a bucket's open and close are the path's prices at its
 * ends, its extremes lie there or where two legs of the path meet, and its sums are differences of sums from the candle's
 * open on. Columns and writer are on the same scales, and these are exact (see isExact).
 */
export function appendLinearBuckets(
  out: ColumnsWriter,
  columns: CandleColumns,
  row: number,
  from: number,
  to: number,
  edge: number,
  width: number,
): void {
  for (let start = from, end = edge; start < to; ) {
    const rows = Math.min(1 + Math.max(0, Math.ceil((to - end) / width)), MOST_ROWS) | 0;
    const stop = Math.min(end + (rows - 1) * width, to);
    out.reserve(rows);
    writeRows(out, columns, row, rows, start, stop, end, width);
    out.length += rows;
    start = stop;
    end = stop + width;
  }
}

/** Writes so many rows: seconds `[from, edge)`, then `width` at a time, the last one up to `to`. */
function writeRows(
  out: ColumnsWriter,
  columns: CandleColumns,
  row: number,
  rows: number,
  from: number,
  to: number,
  edge: number,
  width: number,
): void {
  const seconds = columns.interval.seconds as number;
  const trades = columns.trades[row] as number;
  const volumeUnits = unitsOf(columns.volume, row, columns.volumeDecimals as number);
  const layout = layoutOf(seconds, volumeUnits, trades, rows, from, to, edge, width);

  const at = out.length;
  writePath(out, columns, row, rows, layout);
  shareOut(out.volume, columns.volume, row, columns.volumeDecimals as number, at, rows, layout);
  shareOut(out.turnover, columns.turnover, row, columns.turnoverDecimals as number, at, rows, layout);
  writeShares(out.trades, at, rows, trades, 1, layout);
}

const unitsOf = (column: SumArray, row: number, decimals: number): number => {
  const amount = column[row] as number | bigint;
  return typeof amount === 'bigint' ? shareOf(amount, decimals).units : amount / unitOf(amount, decimals);
};

function shareOut(
  values: SumArray,
  column: SumArray,
  row: number,
  decimals: number,
  at: number,
  rows: number,
  layout: LinearLayout,
): void {
  if (column instanceof Float64Array && values instanceof Float64Array) {
    const amount = column[row] as number;
    writeShares(values, at, rows, amount, unitOf(amount, decimals), layout);
  } else writeBigShares(values as BigInt64Array, at, rows, column[row] as bigint, decimals, layout);
}

/** writeShares in 64 bits. */
function writeBigShares(
  values: BigInt64Array,
  at: number,
  rows: number,
  amount: bigint,
  decimals: number,
  layout: LinearLayout,
): void {
  const share = shareOf(amount, decimals);
  const unknown = amount === BigInt(UNKNOWN);
  const units = share.big ?? BigInt(share.units);
  const { moving, steps } = layout;
  const parts = BigInt(moving);
  let before = (units * BigInt(steps[0] as number)) / parts;
  for (let i = 0; i < rows; i += 1) {
    const after = (units * BigInt(steps[i + 1] as number)) / parts;
    values[at + i] = unknown ? amount : (after - before) * BigInt(share.unit);
    before = after;
  }
}

/** Shares an amount out over the steps: a row gets floor(units·last÷moving) − floor(units·first÷moving) of its units. */
function writeShares(
  values: Float64Array,
  at: number,
  rows: number,
  amount: number,
  unit: number,
  layout: LinearLayout,
): void {
  if (amount === UNKNOWN) {
    for (let i = 0; i < rows; i += 1) values[at + i] = UNKNOWN;
    return;
  }
  const { moving, perStep, steps } = layout;
  const units = amount / unit;
  const each = Math.floor(units / moving);
  const rest = units - each * moving;
  let before = along(each, rest, perStep, steps[0] as number);
  for (let i = 0; i < rows; i += 1) {
    const after = along(each, rest, perStep, steps[i + 1] as number);
    values[at + i] = (after - before) * unit;
    before = after;
  }
}

/** Times and prices: those of pricePath at the ends of the rows, and what lies between them. */
function writePath(out: ColumnsWriter, columns: CandleColumns, row: number, rows: number, layout: LinearLayout): void {
  const open = columns.open[row] as number;
  const high = columns.high[row] as number;
  const low = columns.low[row] as number;
  const close = columns.close[row] as number;
  const unit = decimalUnit(open, high, low, close, columns.priceDecimals as number);
  const lowFirst = isLowFirst(open, high, low, close);
  const first = lowFirst ? low : high;
  const second = lowFirst ? high : low;
  const [afterFirst, afterSecond, atClose] = layout.ends as unknown as [number, number, number];
  walk(layout, 0, 0, open, first, unit);
  walk(layout, 1, afterFirst, first, second, unit);
  walk(layout, 2, afterSecond, second, close, unit);
  for (let i = atClose; i <= rows; i += 1) prices[i] = close;

  const { length: at, openTime, open: opens, high: highs, low: lows, close: closes, source, coverage } = out;
  const openMs = columns.openTime[row] as number;
  const widthMs = layout.width * 1000;
  let startMs = openMs + layout.edge * 1000 - widthMs;
  let from = prices[0] as number;
  for (let i = 0; i < rows; i += 1) {
    const to = prices[i + 1] as number;
    openTime[at + i] = startMs;
    opens[at + i] = from;
    highs[at + i] = Math.max(from, to);
    lows[at + i] = Math.min(from, to);
    closes[at + i] = to;
    source[at + i] = INTERPOLATED_CODE;
    coverage[at + i] = 0;
    startMs += widthMs;
    from = to;
  }
  openTime[at] = openMs + layout.from * 1000;
  // a row in which the path turns reaches to the turning point
  if (afterFirst > 0 && afterFirst <= rows) touch(out, at + afterFirst - 1, first);
  if (afterSecond > 0 && afterSecond <= rows) touch(out, at + afterSecond - 1, second);
}

/** Sets the prices at the ends of rows from `at` on that lie on one leg of the path. */
function walk(layout: LinearLayout, leg: number, at: number, from: number, to: number, unit: number): void {
  const { steps } = layout;
  const parts = layout.parts[leg] as number;
  const perPart = layout.perPart[leg] as number;
  const knot = layout.knots[leg] as number;
  const end = layout.ends[leg] as number;
  const units = (to - from) / unit;
  const each = Math.floor(units / parts);
  const rest = units - each * parts;
  for (let i = at; i < end; i += 1) prices[i] = from + along(each, rest, perPart, (steps[i] as number) - knot) * unit;
}

function touch(out: ColumnsWriter, at: number, price: number): void {
  if (price > (out.high[at] as number)) out.high[at] = price;
  if (price < (out.low[at] as number)) out.low[at] = price;
}
