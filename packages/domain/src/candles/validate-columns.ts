import { InvalidInputError, InvalidRowError } from '../errors.ts';
import { bucketOpen } from '../interval.ts';
import { type CandleColumns, INTERPOLATED_CODE, UNKNOWN } from './candle-columns.ts';
import { formatScaled } from './decimal-column.ts';
import { candleProblem } from './row-rules.ts';

/**
 * Checks what a store accepts: rows of one fixed interval, on its grid, ascending, each a legal candle, none INTERPOLATED.
 * @throws InvalidRowError for the first row that is not; InvalidInputError for an interval without a fixed width
 */
export function validateColumns(columns: CandleColumns): void {
  const { interval, length, priceDecimals } = columns;
  if (interval.seconds === null) {
    throw new InvalidInputError('calendar months cannot be stored: write days, and query them at 1M');
  }
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i += 1) {
    const openTime = columns.openTime[i] as number;
    const problem = timeProblem(columns, openTime, last) ?? rowProblem(columns, i, priceDecimals);
    if (problem !== null) throw new InvalidRowError(i, problem);
    last = openTime;
  }
}

function timeProblem({ interval }: CandleColumns, openTime: number, last: number): string | null {
  if (!Number.isSafeInteger(openTime)) return `open time must be whole epoch milliseconds, not ${openTime}`;
  const open = bucketOpen(interval, openTime);
  if (openTime !== open) return `open time ${openTime} is off the grid of ${interval.text} candles: ${open} is on it`;
  return openTime > last ? null : `open time ${openTime} does not come after ${last}: rows must ascend`;
}

function rowProblem(columns: CandleColumns, i: number, priceDecimals: number | null): string | null {
  if (columns.source[i] === INTERPOLATED_CODE) {
    return 'INTERPOLATED candles are not stored: they are made on reading from the candles they came from';
  }
  const trades = columns.trades[i] as number;
  const turnover = Number(columns.turnover[i]);
  if (!(turnover >= 0 || turnover === UNKNOWN)) return `turnover must be at or above 0, or unknown, not ${turnover}`;
  return candleProblem(
    {
      open: columns.open[i] as number,
      high: columns.high[i] as number,
      low: columns.low[i] as number,
      close: columns.close[i] as number,
      volume: Number(columns.volume[i]),
      trades: trades === UNKNOWN ? null : trades,
    },
    (price) => (Number.isFinite(price) && price >= 0 ? formatScaled(price, priceDecimals) : String(price)),
  );
}
