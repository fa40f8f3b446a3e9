import { type CandleColumns, INTERPOLATED_CODE, UNKNOWN } from './candle-columns.ts';
import { type ColumnsWriter, putSum } from './columns-writer.ts';
import { columnPrice } from './price-grid.ts';
import { type PricePath, pathPrice, pricePath } from './price-path.ts';
import { shareAt, shareOf } from './share-out.ts';

/**
 * Appends seconds `[from, to)`, counted from its open, of one candle by the model `linear`, in closed form.
 * The writer is on the scales of the columns.
 */
export function appendLinear(out: ColumnsWriter, columns: CandleColumns, row: number, from: number, to: number): void {
  const seconds = columns.interval.seconds as number;
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
    putSum(out.volume, at, tradesNow ? shareAt(volume, step, moving) : 0);
    out.trades[at] = knownTrades ? (tradesNow ? Number(shareAt(trades, step, moving)) : 0) : UNKNOWN;
    putSum(out.turnover, at, turnover === null ? UNKNOWN : moves ? shareAt(turnover, step, moving) : 0);
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
      high = Math.max(high, columnPrice(path.grid, path.first));
      low = Math.min(low, columnPrice(path.grid, path.first));
    }
    if (path.secondKnot === path.steps) {
      high = Math.max(high, columnPrice(path.grid, path.second));
      low = Math.min(low, columnPrice(path.grid, path.second));
    }
  }
  out.high[at] = high;
  out.low[at] = low;
  return close;
}
