import { bucketSeconds } from '../interval.ts';
import type { Candle } from './candle.ts';
import { type CandleColumns, SOURCES, UNKNOWN } from './candle-columns.ts';
import { CandleRow } from './candle-row.ts';
import { toDouble } from './decimal-column.ts';

/** The columns as plain rows, for people and for JSON; a view, made one at a time. */
export function* rowsOf(columns: CandleColumns): Generator<Candle> {
  for (let i = 0; i < columns.length; i += 1) yield candleAt(columns, i);
}

export function candleAt(columns: CandleColumns, i: number): Candle {
  if (columns instanceof CandleRow) return candleAt(columns.place.columns, columns.place.from);
  const openTime = columns.openTime[i] as number;
  const turnover = columns.turnover[i] as number | bigint;
  const trades = columns.trades[i] as number;
  return {
    openTime,
    open: toDouble(columns.open[i] as number, columns.priceDecimals),
    high: toDouble(columns.high[i] as number, columns.priceDecimals),
    low: toDouble(columns.low[i] as number, columns.priceDecimals),
    close: toDouble(columns.close[i] as number, columns.priceDecimals),
    volume: toDouble(columns.volume[i] as number | bigint, columns.volumeDecimals),
    turnover: Number(turnover) === UNKNOWN ? null : toDouble(turnover, columns.turnoverDecimals),
    trades: trades === UNKNOWN ? null : trades,
    source: SOURCES[columns.source[i] as number] as Candle['source'],
    coverage: (columns.coverage[i] as number) / bucketSeconds(columns.interval, openTime),
  };
}
