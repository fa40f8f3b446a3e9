import { InvalidInputError } from '../errors.ts';
import { toInterval } from '../interval.ts';
import { type CandleColumns, INTERPOLATED_CODE, type SumArray, UNKNOWN } from './candle-columns.ts';
import { ColumnsWriter, scalesOf } from './columns-writer.ts';
import { columnPrice, type PricePath, pathPrice, pricePath } from './price-path.ts';
import { type Share, shareAt, shareOf } from './share-out.ts';

/**
 * How seconds are made from a coarser candle.
 * - `linear`: open → the nearer extreme → the other → close, in straight legs of a third of the time each.
 */
export type InterpolationModel = 'linear';

const SECOND = toInterval('1s');

/**
 * Makes the seconds of every candle, so that they re-aggregate to exactly that candle (the round-trip law). They depend
 * on the candle and the model alone. Rows are INTERPOLATED with coverage 0.
 *
 * A second trades when its share of the volume is not 0; where trades are known it has volume if and only if it has
 * trades. The price moves only in seconds that trade (in all of them when the candle has no volume).
 */
export function interpolateSeconds(columns: CandleColumns): CandleColumns {
  const { seconds } = columns.interval;
  if (seconds === null)
    throw new InvalidInputError('calendar months are not interpolated: they have no fixed number of seconds');
  const writer = new ColumnsWriter(scalesOf(columns), columns.length * seconds);
  for (let row = 0; row < columns.length; row += 1) interpolateRow(writer, columns, row, seconds, 0, seconds);
  return writer.finish(SECOND);
}

/**
 * Appends seconds `[from, to)`, counted from its open, of one candle of `seconds` seconds.
 * The writer is on the scales of the columns.
 */
export function interpolateRow(
  out: ColumnsWriter,
  columns: CandleColumns,
  row: number,
  seconds: number,
  from: number,
  to: number,
): void {
  const volume = shareOf(columns.volume[row] as number | bigint, columns.volumeDecimals);
  const tradeCount = columns.trades[row] as number;
  const knownTrades = tradeCount !== UNKNOWN;
  const turnoverValue = columns.turnover[row] as number | bigint;
  const turnover = Number(turnoverValue) === UNKNOWN ? null : shareOf(turnoverValue, columns.turnoverDecimals);
  const trades = shareOf(knownTrades ? tradeCount : 0, 0);
  // each second that trades gets at least one trade and one unit of volume, so there are no more of them than of those
  const trading = Math.min(seconds, volume.units, knownTrades ? tradeCount : seconds);
  const moving = trading === 0 ? seconds : trading;
  const path = pricePath(columns, row, moving);
  const openTime = columns.openTime[row] as number;

  out.reserve(to - from);
  let price = pathPrice(path, Math.floor((from * moving) / seconds));
  for (let second = from; second < to; second += 1) {
    const step = Math.floor((second * moving) / seconds);
    const moves = Math.floor(((second + 1) * moving) / seconds) > step;
    const at = out.length;
    out.length += 1;
    out.openTime[at] = openTime + second * 1000;
    out.source[at] = INTERPOLATED_CODE;
    out.coverage[at] = 0;
    out.open[at] = price;
    out.high[at] = price;
    out.low[at] = price;
    if (moves) price = writeMove(out, at, path, step, price);
    out.close[at] = price;
    const tradesNow = moves && trading > 0;
    put(out.volume, at, tradesNow ? volume : null, step, moving);
    out.trades[at] = knownTrades ? (tradesNow ? Number(shareAt(trades, step, moving)) : 0) : UNKNOWN;
    if (turnover === null) put(out.turnover, at, UNKNOWN_SHARE, 0, 1);
    else put(out.turnover, at, moves ? turnover : null, step, moving);
  }
}

/** The second in which the path takes `step`; returns its close. */
function writeMove(out: ColumnsWriter, at: number, path: PricePath, step: number, open: number): number {
  const close = pathPrice(path, step + 1);
  let high = Math.max(open, close);
  let low = Math.min(open, close);
  if (step + 1 === path.steps) {
    // with fewer than three steps an extreme falls together with the close: the last second visits it on its way
    if (path.firstKnot === path.steps) {
      high = Math.max(high, columnPrice(path, path.first));
      low = Math.min(low, columnPrice(path, path.first));
    }
    if (path.secondKnot === path.steps) {
      high = Math.max(high, columnPrice(path, path.second));
      low = Math.min(low, columnPrice(path, path.second));
    }
  }
  out.high[at] = high;
  out.low[at] = low;
  return close;
}

const UNKNOWN_SHARE: Share = { units: UNKNOWN, unit: 1, big: null, decimals: 0 };

function put(column: SumArray, at: number, share: Share | null, step: number, steps: number): void {
  const value = share === null ? 0 : share === UNKNOWN_SHARE ? UNKNOWN : shareAt(share, step, steps);
  if (column instanceof BigInt64Array) column[at] = BigInt(value);
  else column[at] = Number(value);
}
