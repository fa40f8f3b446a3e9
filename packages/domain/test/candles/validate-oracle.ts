import { type CandleColumns, candleProblem, formatScaled, UNKNOWN } from '../../src/candles/index.ts';
import { bucketOpen } from '../../src/index.ts';

/** The rules of validateColumns row by row, for arrays of the right lengths: the first row that breaks one, or null. */
export function firstProblem(columns: CandleColumns): string | null {
  for (let row = 0; row < columns.length; row += 1) {
    const problem = problemOf(columns, row);
    if (problem !== null) return `row ${row}: ${problem}`;
  }
  return null;
}

function problemOf(columns: CandleColumns, row: number): string | null {
  const { interval } = columns;
  const time = columns.openTime[row] as number;
  const last = row === 0 ? Number.NEGATIVE_INFINITY : (columns.openTime[row - 1] as number);
  if (!Number.isSafeInteger(time)) return 'open time must be whole epoch milliseconds';
  if (bucketOpen(interval, time) !== time) return `open time ${time} is off the grid`;
  if (time <= last) return `open time ${time} does not come after ${last}`;
  if (columns.source[row] === 0) return 'INTERPOLATED candles are not stored';
  if ((columns.source[row] as number) > 2) return 'source must be EXCHANGE or TRADES';
  if ((columns.coverage[row] as number) > (interval.seconds as number)) return 'coverage must be at most';
  const grids = [
    [columns.priceDecimals, ['open', 'high', 'low', 'close']],
    [columns.volumeDecimals, ['volume']],
    [columns.turnoverDecimals, ['turnover']],
  ] as const;
  for (const [decimals, names] of grids) {
    for (const name of names) {
      const value = Number(columns[name][row]);
      if (decimals !== null && Number.isFinite(value) && !Number.isInteger(value))
        return `${name} must be a whole number of its grid`;
    }
  }
  const turnover = Number(columns.turnover[row]);
  if (!(turnover >= 0 || turnover === UNKNOWN) || turnover === Number.POSITIVE_INFINITY)
    return 'turnover must be at or above 0';
  const trades = columns.trades[row] as number;
  return candleProblem(
    {
      open: columns.open[row] as number,
      high: columns.high[row] as number,
      low: columns.low[row] as number,
      close: columns.close[row] as number,
      volume: Number(columns.volume[row]),
      trades: trades === UNKNOWN ? null : trades,
    },
    (price) => (Number.isFinite(price) && price >= 0 ? formatScaled(price, columns.priceDecimals) : String(price)),
  );
}
