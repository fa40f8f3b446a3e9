import { bucketSeconds } from '@prate/domain';
import { type CandleColumns, candleAt, formatScaled, UNKNOWN } from '@prate/domain/candles';
import type { CandleJson } from '../wire/market.ts';

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
    ['openTime', openTime.join()],
    ...(['open', 'high', 'low', 'close'] as const).map((name): [string, string] => [
      name,
      numbersText(columns[name], priceDecimals),
    ]),
    ['volume', numbersText(columns.volume, volumeDecimals)],
    ['turnover', numbersText(turnover, turnoverDecimals)],
    ['trades', numbersText(trades, 0)],
    ['source', columns.source.join()],
    ['coverage', mapText(columns.length, (i) => shareText(columns.coverage[i] as number, interval, openTime[i]))],
  ];
  return members.map(([name, text]) => `"${name}":[${text}]`).join();
}

/** UNKNOWN, which is below every price and sum, becomes null. */
const numbersText = (values: Float64Array | BigInt64Array, decimals: number | null): string =>
  decimals === 0 && !values.includes(UNKNOWN as never)
    ? values.join()
    : mapText(values.length, (i) => {
        const value = values[i] as number | bigint;
        return Number(value) === UNKNOWN ? 'null' : formatScaled(value, decimals);
      });

const shareText = (seconds: number, interval: CandleColumns['interval'], openTime: number | undefined): string => {
  const width = bucketSeconds(interval, openTime as number);
  return seconds >= width ? '1' : String(seconds / width);
};

function mapText(length: number, textOf: (i: number) => string): string {
  let text = '';
  for (let i = 0; i < length; i += 1) text += i === 0 ? textOf(i) : `,${textOf(i)}`;
  return text;
}
