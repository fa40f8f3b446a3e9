import { bucketSeconds } from '@prate/domain';
import { type CandleColumns, candleAt } from '@prate/domain/candles';
import type { CandleJson } from '../wire/market.ts';
import { numbersText } from './number-text.ts';

export const candleJsons = (columns: CandleColumns): CandleJson[] =>
  Array.from({ length: columns.length }, (_, i) => {
    const candle = candleAt(columns, i);
    // a candle that is not over is watched for a part of its time; rounding never makes it more than all
    return { ...candle, coverage: Math.min(candle.coverage, 1) };
  });

/** The columns of CandleWindowJson as JSON text, members only; every number with all its decimals. */
export function columnsText(columns: CandleColumns): string {
  const { interval, openTime, priceDecimals, volumeDecimals, turnoverDecimals, turnover, trades } = columns;
  const members: [string, string][] = [
    ['openTime', numbersText(openTime, 0)],
    ...(['open', 'high', 'low', 'close'] as const).map((name): [string, string] => [
      name,
      numbersText(columns[name], priceDecimals),
    ]),
    ['volume', numbersText(columns.volume, volumeDecimals)],
    ['turnover', numbersText(turnover, turnoverDecimals)],
    ['trades', numbersText(trades, 0)],
    ['source', columns.source.join()],
    ['coverage', Array.from(columns.coverage, (seconds, i) => shareText(seconds, interval, openTime[i])).join()],
  ];
  return members.map(([name, text]) => `"${name}":[${text}]`).join();
}

const shareText = (seconds: number, interval: CandleColumns['interval'], openTime: number | undefined): string => {
  const width = bucketSeconds(interval, openTime as number);
  return seconds >= width ? '1' : String(seconds / width);
};
