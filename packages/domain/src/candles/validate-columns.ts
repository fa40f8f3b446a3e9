import { InvalidInputError, InvalidRowError } from '../errors.ts';
import { type CandleColumns, EXCHANGE_CODE, INTERPOLATED_CODE, TRADES_CODE, UNKNOWN } from './candle-columns.ts';
import { frameIsLegal, numbersAreLegal, timeProblem } from './column-checks.ts';
import { formatScaled } from './decimal-column.ts';
import { candleProblem } from './row-rules.ts';

/**
 * Checks what a store accepts: rows of one fixed interval, on its grid, ascending, each a legal candle, none INTERPOLATED.
 * @throws InvalidRowError for the first row that is not; InvalidInputError for an interval without a fixed width, or decimals
 *   that are none
 */
export function validateColumns(columns: CandleColumns): void {
  ensureShape(columns);
  // column by column, which is fast; row by row only to say what is wrong
  if (!(frameIsLegal(columns) && numbersAreLegal(columns))) refuseFirstBadRow(columns);
}

/**
 * The same but for what the rows' prices, volumes and trades are: for who checks these while reading them anyway, and calls
 * validateColumns for the error where they are not legal.
 * @throws as validateColumns
 */
export function validateFrame(columns: CandleColumns): void {
  ensureShape(columns);
  if (!frameIsLegal(columns)) refuseFirstBadRow(columns);
}

function ensureShape(columns: CandleColumns): void {
  const { interval, length, priceDecimals } = columns;
  if (interval.seconds === null) {
    throw new InvalidInputError('calendar months cannot be stored: write days, and query them at 1M');
  }
  for (const name of COLUMNS) {
    if (columns[name].length < length) {
      throw new InvalidInputError(`${name} has ${columns[name].length} entries for ${length} rows`);
    }
  }
  for (const decimals of [priceDecimals, columns.volumeDecimals, columns.turnoverDecimals]) {
    if (decimals !== null && !(Number.isInteger(decimals) && decimals >= 0 && decimals <= 22)) {
      throw new InvalidInputError(`decimals must be a whole number from 0 to 22, or null, not ${decimals}`);
    }
  }
}

function refuseFirstBadRow(columns: CandleColumns): void {
  const { interval, length, priceDecimals } = columns;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i += 1) {
    const openTime = columns.openTime[i] as number;
    const problem = timeProblem(interval, openTime, last) ?? rowProblem(columns, i, priceDecimals);
    if (problem !== null) throw new InvalidRowError(i, problem);
    last = openTime;
  }
}

const COLUMNS = [
  'openTime',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'turnover',
  'trades',
  'source',
  'coverage',
] as const;

/** The columns that hold whole numbers, by the decimals that say so. */
const GRIDS = [
  ['priceDecimals', 'open'],
  ['priceDecimals', 'high'],
  ['priceDecimals', 'low'],
  ['priceDecimals', 'close'],
  ['volumeDecimals', 'volume'],
  ['turnoverDecimals', 'turnover'],
] as const;

/** NaN and infinities are left to the rules of a candle. */
const isWhole = (value: number | bigint | undefined): boolean =>
  typeof value !== 'number' || !Number.isFinite(value) || Number.isInteger(value);

function rowProblem(columns: CandleColumns, i: number, priceDecimals: number | null): string | null {
  if (columns.source[i] === INTERPOLATED_CODE) {
    return 'INTERPOLATED candles are not stored: they are made on reading from the candles they came from';
  }
  const source = columns.source[i] as number;
  if (source > TRADES_CODE)
    return `source must be EXCHANGE or TRADES (${EXCHANGE_CODE} or ${TRADES_CODE}), not ${source}`;
  const [width, coverage] = [columns.interval.seconds as number, columns.coverage[i] as number];
  if (coverage > width) return `coverage must be at most the ${width} seconds of the candle, not ${coverage}`;
  const fraction = GRIDS.find(([decimals, values]) => columns[decimals] !== null && !isWhole(columns[values][i]));
  if (fraction !== undefined)
    return `${fraction[1]} must be a whole number of its grid, not ${columns[fraction[1]][i]}`;
  const trades = columns.trades[i] as number;
  const turnover = Number(columns.turnover[i]);
  if (!((turnover >= 0 && turnover < Number.POSITIVE_INFINITY) || turnover === UNKNOWN))
    return `turnover must be at or above 0, or unknown, not ${turnover}`;
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
