import { type CandleColumns, INTERPOLATED_CODE, type SumArray, UNKNOWN } from './candle-columns.ts';
import type { ColumnsWriter } from './columns-writer.ts';
import { decimalUnit } from './price-grid.ts';
import { shareOf, unitOf } from './share-out.ts';

/** As many rows are written at once. */
const CHUNK = 1024;
/** The steps that the candle at hand has taken at the ends of the rows at hand: entry 0 is where the first begins. */
const steps = new Float64Array(CHUNK + 1);
/** The prices there. */
const prices = new Float64Array(CHUNK + 1);

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
    const rows = Math.min(1 + Math.max(0, Math.ceil((to - end) / width)), CHUNK) | 0;
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
  // each second that trades gets at least one trade and one unit of volume, so there are no more of them than of those
  const trading = Math.min(seconds, volumeUnits, trades === UNKNOWN ? seconds : trades);
  const moving = trading === 0 ? seconds : trading;

  const { length: at, openTime, source, coverage } = out;
  const perSecond = 1 / seconds;
  let start = from;
  let end = Math.min(edge, to);
  steps[0] = along(0, moving, perSecond, from);
  for (let i = 0; i < rows; i += 1) {
    openTime[at + i] = (columns.openTime[row] as number) + start * 1000;
    source[at + i] = INTERPOLATED_CODE;
    coverage[at + i] = 0;
    steps[i + 1] = along(0, moving, perSecond, end);
    start = end;
    end = Math.min(end + width, to);
  }
  writePrices(out, columns, row, rows, moving);
  shareOut(out.volume, columns.volume, row, columns.volumeDecimals as number, at, rows, moving);
  shareOut(out.turnover, columns.turnover, row, columns.turnoverDecimals as number, at, rows, moving);
  writeShares(out.trades, at, rows, trades, 1, moving);
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
  moving: number,
): void {
  if (column instanceof Float64Array && values instanceof Float64Array) {
    const amount = column[row] as number;
    writeShares(values, at, rows, amount, unitOf(amount, decimals), moving);
  } else writeBigShares(values as BigInt64Array, at, rows, column[row] as bigint, decimals, moving);
}

/** writeShares in 64 bits. */
function writeBigShares(
  values: BigInt64Array,
  at: number,
  rows: number,
  amount: bigint,
  decimals: number,
  moving: number,
): void {
  const share = shareOf(amount, decimals);
  const unknown = amount === BigInt(UNKNOWN);
  const units = share.big ?? BigInt(share.units);
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
  moving: number,
): void {
  if (amount === UNKNOWN) {
    for (let i = 0; i < rows; i += 1) values[at + i] = UNKNOWN;
    return;
  }
  const units = amount / unit;
  const each = Math.floor(units / moving);
  const rest = units - each * moving;
  const perStep = 1 / moving;
  let before = along(each, rest, perStep, steps[0] as number);
  for (let i = 0; i < rows; i += 1) {
    const after = along(each, rest, perStep, steps[i + 1] as number);
    values[at + i] = (after - before) * unit;
    before = after;
  }
}

/** The prices of pricePath at the ends of the rows, and what lies between them. */
function writePrices(out: ColumnsWriter, columns: CandleColumns, row: number, rows: number, moving: number): void {
  const open = columns.open[row] as number;
  const high = columns.high[row] as number;
  const low = columns.low[row] as number;
  const close = columns.close[row] as number;
  const unit = decimalUnit(open, high, low, close, columns.priceDecimals as number);
  const lowFirst = open - low !== high - open ? open - low < high - open : close >= open;
  const first = lowFirst ? low : high;
  const second = lowFirst ? high : low;
  const firstKnot = Math.ceil(moving / 3);
  const secondKnot = Math.ceil((2 * moving) / 3);
  const afterFirst = walk(0, rows, 0, firstKnot, open, first, unit);
  const afterSecond = walk(afterFirst, rows, firstKnot, secondKnot, first, second, unit);
  const atClose = walk(afterSecond, rows, secondKnot, moving, second, close, unit);
  for (let i = atClose; i <= rows; i += 1) prices[i] = close;

  const { length: at, open: opens, high: highs, low: lows, close: closes } = out;
  let from = prices[0] as number;
  for (let i = 0; i < rows; i += 1) {
    const to = prices[i + 1] as number;
    opens[at + i] = from;
    highs[at + i] = Math.max(from, to);
    lows[at + i] = Math.min(from, to);
    closes[at + i] = to;
    from = to;
  }
  // a row in which the path turns reaches to the turning point
  if (afterFirst > 0 && afterFirst <= rows) touch(out, at + afterFirst - 1, first);
  if (afterSecond > 0 && afterSecond <= rows) touch(out, at + afterSecond - 1, second);
}

/**
 * Sets the prices at the ends of rows, from entry `at` on, that lie on one leg: steps before `toStep`. Returns the entry after
 * them.
 */
function walk(
  at: number,
  rows: number,
  fromStep: number,
  toStep: number,
  from: number,
  to: number,
  unit: number,
): number {
  const units = (to - from) / unit;
  const parts = Math.max(1, toStep - fromStep);
  const each = Math.floor(units / parts);
  const rest = units - each * parts;
  const perPart = 1 / parts;
  let i = at;
  for (; i <= rows; i += 1) {
    const step = steps[i] as number;
    if (step >= toStep) break;
    prices[i] = from + along(each, rest, perPart, step - fromStep) * unit;
  }
  return i;
}

function touch(out: ColumnsWriter, at: number, price: number): void {
  if (price > (out.high[at] as number)) out.high[at] = price;
  if (price < (out.low[at] as number)) out.low[at] = price;
}

/**
 * floor((each · parts + rest) · n ÷ parts), exactly, for whole numbers, rest and n from 0 to parts, which is below 2^25:
 * (rest · n + ½) ÷ parts lies at least ½ ÷ parts off a whole number, farther than the rounding of two products leads.
 */
export const along = (each: number, rest: number, perPart: number, n: number): number =>
  each * n + Math.floor((rest * n + 0.5) * perPart);
