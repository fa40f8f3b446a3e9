import { type CandleColumns, INTERPOLATED_CODE, type SumArray, UNKNOWN } from './candle-columns.ts';
import type { ColumnsWriter } from './columns-writer.ts';
import { decimalUnit } from './price-grid.ts';
import { shareOf, unitOf } from './share-out.ts';

/** As many rows are written at once. */
const CHUNK = 1024;
/** The prices at the ends of the rows at hand: entry 0 is where the first begins. */
const prices = new Float64Array(CHUNK + 1);

/** What the rows of one candle have in common with those of most others: which steps its path takes in which of them. */
interface Layout {
  seconds: number;
  /** How many steps there are: of 0 to so many seconds. */
  moving: number;
  from: number;
  to: number;
  edge: number;
  width: number;
  /** The steps at which the path turns. */
  firstKnot: number;
  secondKnot: number;
  /** The first ends of rows at or after the two, and at or after the last step. */
  afterFirst: number;
  afterSecond: number;
  atClose: number;
  /** The steps taken at the ends of rows: entry 0 is where the first begins. */
  readonly steps: Float64Array;
}

/** The last one: made anew only where a candle needs another. */
const layout: Layout = {
  ...{ seconds: 0, moving: 0, from: 0, to: 0, edge: 0, width: 0 },
  ...{ firstKnot: 0, secondKnot: 0, afterFirst: 0, afterSecond: 0, atClose: 0 },
  steps: new Float64Array(CHUNK + 1),
};

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

  if (
    layout.moving !== moving ||
    layout.from !== from ||
    layout.to !== to ||
    layout.edge !== edge ||
    layout.width !== width ||
    layout.seconds !== seconds
  )
    layOut(seconds, moving, rows, from, to, edge, width);

  const at = out.length;
  writePath(out, columns, row, rows);
  shareOut(out.volume, columns.volume, row, columns.volumeDecimals as number, at, rows, moving);
  shareOut(out.turnover, columns.turnover, row, columns.turnoverDecimals as number, at, rows, moving);
  writeShares(out.trades, at, rows, trades, 1, moving);
}

/** Makes `layout` that of so many rows: seconds `[from, edge)` of the candle, then `width` at a time, the last one up to `to`. */
function layOut(
  seconds: number,
  moving: number,
  rows: number,
  from: number,
  to: number,
  edge: number,
  width: number,
): void {
  Object.assign(layout, { seconds, moving, from, to, edge, width });
  layout.firstKnot = Math.ceil(moving / 3);
  layout.secondKnot = Math.ceil((2 * moving) / 3);
  const { steps } = layout;
  const perSecond = 1 / seconds;
  steps[0] = along(0, moving, perSecond, from);
  let end = Math.min(edge, to);
  for (let i = 1; i <= rows; i += 1) {
    steps[i] = along(0, moving, perSecond, end);
    end = Math.min(end + width, to);
  }
  const firstAt = (step: number): number => {
    let i = 0;
    while (i <= rows && (steps[i] as number) < step) i += 1;
    return i;
  };
  layout.afterFirst = firstAt(layout.firstKnot);
  layout.afterSecond = firstAt(layout.secondKnot);
  layout.atClose = firstAt(moving);
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
  const { steps } = layout;
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
  const { steps } = layout;
  let before = along(each, rest, perStep, steps[0] as number);
  for (let i = 0; i < rows; i += 1) {
    const after = along(each, rest, perStep, steps[i + 1] as number);
    values[at + i] = (after - before) * unit;
    before = after;
  }
}

/** Times and prices: those of pricePath at the ends of the rows, and what lies between them. */
function writePath(out: ColumnsWriter, columns: CandleColumns, row: number, rows: number): void {
  const open = columns.open[row] as number;
  const high = columns.high[row] as number;
  const low = columns.low[row] as number;
  const close = columns.close[row] as number;
  const unit = decimalUnit(open, high, low, close, columns.priceDecimals as number);
  const lowFirst = open - low !== high - open ? open - low < high - open : close >= open;
  const first = lowFirst ? low : high;
  const second = lowFirst ? high : low;
  const { moving, firstKnot, secondKnot, afterFirst, afterSecond, atClose } = layout;
  walk(0, afterFirst, 0, firstKnot, open, first, unit);
  walk(afterFirst, afterSecond, firstKnot, secondKnot, first, second, unit);
  walk(afterSecond, atClose, secondKnot, moving, second, close, unit);
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

/** Sets the prices at ends `[at, end)` of rows, which lie on one leg of the path. */
function walk(at: number, end: number, fromStep: number, toStep: number, from: number, to: number, unit: number): void {
  const units = (to - from) / unit;
  const parts = Math.max(1, toStep - fromStep);
  const each = Math.floor(units / parts);
  const rest = units - each * parts;
  const perPart = 1 / parts;
  const { steps } = layout;
  for (let i = at; i < end; i += 1)
    prices[i] = from + along(each, rest, perPart, (steps[i] as number) - fromStep) * unit;
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
