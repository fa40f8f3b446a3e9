import { type CandleColumns, INTERPOLATED_CODE, UNKNOWN } from './candle-columns.ts';
import type { ColumnsWriter } from './columns-writer.ts';
import { along, type LinearLayout, layoutOf } from './linear-layout.ts';
import { decimalUnit } from './price-grid.ts';
import { isLowFirst } from './price-path.ts';
import { unitOf } from './share-out.ts';

/**
 * What appendLinearBuckets makes of all of candles `[first, last)`, which are made of whole buckets: the same sums, with
 * everything that candles have in common done once, and one loop that writes all columns.
 *
 * @param width seconds of a bucket: a part of the candles', of which each has MOST_ROWS at most
 * @param columns they and the writer are on the same scales, and these are plain (see isPlain)
 */
export function appendLinearRows(
  out: ColumnsWriter,
  columns: CandleColumns,
  first: number,
  last: number,
  width: number,
): void {
  const rows = ((columns.interval.seconds as number) / width) | 0;
  const begin = out.length;
  out.reserve((last - first) * rows);
  for (let row = first; row < last; row += 1) {
    writeRows(out, columns, row, rows, width);
    out.length += rows;
  }
  out.source.fill(INTERPOLATED_CODE, begin, out.length);
  out.coverage.fill(0, begin, out.length);
}

/** All columns of one candle but source and coverage. */
function writeRows(out: ColumnsWriter, columns: CandleColumns, row: number, rows: number, width: number): void {
  const volume = columns.volume[row] as number;
  const volumeUnit = unitOf(volume, columns.volumeDecimals as number);
  const turnover = columns.turnover[row] as number;
  const turnoverUnit = unitOf(turnover, columns.turnoverDecimals as number);
  const trades = columns.trades[row] as number;
  const seconds = columns.interval.seconds as number;
  const layout = layoutOf(seconds, volume / volumeUnit, trades, rows, 0, seconds, width, width);
  const startMs = columns.openTime[row] as number;
  writePath(out, columns, row, rows, layout);
  writeSums(out, rows, layout, startMs, volume / volumeUnit, volumeUnit, turnover / turnoverUnit, turnoverUnit, trades);
}

/** The prices of pricePath at the ends of the rows, and what lies between them. */
function writePath(out: ColumnsWriter, columns: CandleColumns, row: number, rows: number, layout: LinearLayout): void {
  const { length: at, open: opens, high: highs, low: lows, close: closes } = out;
  const open = columns.open[row] as number;
  const high = columns.high[row] as number;
  const low = columns.low[row] as number;
  const close = columns.close[row] as number;
  const unit = decimalUnit(open, high, low, close, columns.priceDecimals as number);
  const lowFirst = isLowFirst(open, high, low, close);
  const first = lowFirst ? low : high;
  const second = lowFirst ? high : low;
  const { steps, knots, parts, perPart, ends } = layout;
  let end = 1;
  let start = open;
  for (let leg = 0; leg < 3; leg += 1) {
    const stop = leg === 0 ? first : leg === 1 ? second : close;
    const units = (stop - start) / unit;
    const each = Math.floor(units / (parts[leg] as number));
    const rest = units - each * (parts[leg] as number);
    const share = perPart[leg] as number;
    const knot = knots[leg] as number;
    for (const stopAt = ends[leg] as number; end < stopAt; end += 1)
      closes[at + end - 1] = start + along(each, rest, share, (steps[end] as number) - knot) * unit;
    start = stop;
  }
  for (; end <= rows; end += 1) closes[at + end - 1] = close;

  let from = open;
  for (let i = at; i < at + rows; i += 1) {
    const to = closes[i] as number;
    // without a branch: which way the price goes is as random as the market
    const change = to - from;
    const rise = (change + Math.abs(change)) * 0.5;
    opens[i] = from;
    highs[i] = from + rise;
    lows[i] = to - rise;
    from = to;
  }
  // a row in which the path turns reaches to the turning point
  touch(highs, lows, at + (ends[0] as number) - 1, first);
  touch(highs, lows, at + (ends[1] as number) - 1, second);
}

/** Times and sums: of each amount a row gets floor(units·last÷moving) − floor(units·first÷moving) units. */
function writeSums(
  out: ColumnsWriter,
  rows: number,
  { moving, perStep, steps, width }: LinearLayout,
  openMs: number,
  volumeUnits: number,
  volumeUnit: number,
  turnoverUnits: number,
  turnoverUnit: number,
  count: number,
): void {
  const { length: at, openTime, trades } = out;
  const volume = out.volume as Float64Array;
  const turnover = out.turnover as Float64Array;
  const volumeEach = Math.floor(volumeUnits / moving);
  const volumeRest = volumeUnits - volumeEach * moving;
  const turnoverEach = Math.floor(turnoverUnits / moving);
  const turnoverRest = turnoverUnits - turnoverEach * moving;
  const tradesEach = Math.floor(count / moving);
  const tradesRest = count - tradesEach * moving;
  const widthMs = width * 1000;
  let startMs = openMs;
  let volumeBefore = 0;
  let turnoverBefore = 0;
  let tradesBefore = 0;
  for (let i = 0; i < rows; i += 1) {
    const step = steps[i + 1] as number;
    const volumeAfter = along(volumeEach, volumeRest, perStep, step);
    const turnoverAfter = along(turnoverEach, turnoverRest, perStep, step);
    const tradesAfter = along(tradesEach, tradesRest, perStep, step);
    openTime[at + i] = startMs;
    volume[at + i] = (volumeAfter - volumeBefore) * volumeUnit;
    turnover[at + i] = (turnoverAfter - turnoverBefore) * turnoverUnit;
    trades[at + i] = tradesAfter - tradesBefore;
    volumeBefore = volumeAfter;
    turnoverBefore = turnoverAfter;
    tradesBefore = tradesAfter;
    startMs += widthMs;
  }
  if (turnoverUnits === UNKNOWN) turnover.fill(UNKNOWN, at, at + rows);
  if (count === UNKNOWN) trades.fill(UNKNOWN, at, at + rows);
}

function touch(highs: Float64Array, lows: Float64Array, at: number, price: number): void {
  const above = price - (highs[at] as number);
  const below = (lows[at] as number) - price;
  highs[at] = (highs[at] as number) + (above + Math.abs(above)) * 0.5;
  lows[at] = (lows[at] as number) - (below + Math.abs(below)) * 0.5;
}
