import { bucketSeconds } from '@prate/domain';
import { type CandleColumns, formatScaled, SOURCES, UNKNOWN } from '@prate/domain/candles';

/** What the candles of a file are. JSON and Parquet have room to say so. */
export interface CandlesHead {
  readonly venue: string;
  readonly symbol: string;
  readonly interval: string;
}

export const CANDLE_FIELDS: readonly string[] = [
  'open_time_ms',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'turnover',
  'trades',
  'source',
  'coverage',
];

export interface CandleTextOptions {
  /**
   * Coverage has 4 decimals at any width, for people. By default it has more where it takes them to get the watched seconds
   * back from the share, which can be so in candles wider than 10,000 s.
   */
  readonly shortCoverage?: boolean | undefined;
}

/** The fields of one candle as exact decimal text, in the order of CANDLE_FIELDS; null where unknown. */
export function candleFields(columns: CandleColumns, i: number, options: CandleTextOptions = {}): (string | null)[] {
  const { priceDecimals } = columns;
  const openTime = columns.openTime[i] as number;
  const turnover = columns.turnover[i] as number | bigint;
  const trades = columns.trades[i] as number;
  return [
    String(openTime),
    formatScaled(columns.open[i] as number, priceDecimals),
    formatScaled(columns.high[i] as number, priceDecimals),
    formatScaled(columns.low[i] as number, priceDecimals),
    formatScaled(columns.close[i] as number, priceDecimals),
    formatScaled(columns.volume[i] as number | bigint, columns.volumeDecimals),
    Number(turnover) === UNKNOWN ? null : formatScaled(turnover, columns.turnoverDecimals),
    trades === UNKNOWN ? null : String(trades),
    SOURCES[columns.source[i] as number] as string,
    coverageText(columns.coverage[i] as number, bucketSeconds(columns.interval, openTime), options),
  ];
}

function coverageText(seconds: number, width: number, { shortCoverage }: CandleTextOptions): string {
  for (let decimals = 4; ; decimals += 1) {
    const text = (seconds / width).toFixed(decimals);
    if (shortCoverage || Math.round(Number(text) * width) === seconds) return text;
  }
}

// No field ever holds a comma, a quote or a line break, so CSV needs no quoting and rows are joined as they are: a month
// of seconds has 2.7 million of them.

export const csvHeader: string = `${CANDLE_FIELDS.join(',')}\n`;

export function csvRows(columns: CandleColumns, options: CandleTextOptions): string {
  let text = '';
  for (let i = 0; i < columns.length; i += 1) text += `${candleFields(columns, i, options).join(',')}\n`;
  return text;
}

/** JSON with the exact decimals as numbers: a reader's nearest doubles are its own affair. */
export function jsonRow(columns: CandleColumns, i: number, options: CandleTextOptions): string {
  const fields = candleFields(columns, i, options).map((value, f) => {
    const name = CANDLE_FIELDS[f] as string;
    return `"${name}":${name === 'source' ? `"${value}"` : value}`;
  });
  return `{${fields.join(',')}}`;
}

export function ndjsonRows(columns: CandleColumns, options: CandleTextOptions): string {
  let text = '';
  for (let i = 0; i < columns.length; i += 1) text += `${jsonRow(columns, i, options)}\n`;
  return text;
}
