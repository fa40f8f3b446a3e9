import { toInterval } from '@prate/domain';
import {
  type CandleColumns,
  type CandleInput,
  columnsFromCandles,
  formatScaled,
  rowsOf,
  UNKNOWN,
} from '@prate/domain/candles';
import type { ConformanceCase } from '@prate/runtime/conformance';
import type { CandleQuery, CandleStorePort } from '../candle-store-port.ts';

/** What a harness sets up: one empty store. */
export interface CandleStoreContext {
  readonly store: CandleStorePort;
}

export type CandleStoreCase = ConformanceCase<CandleStoreContext>;

/** 2024-01-01T00:00:00Z, a Monday. */
export const T0 = 1_704_067_200_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const SYMBOL = 'BTC_USDT';

/** A candle that moves, with all that can be known. */
export const candle = (openTime: number, price: number, more: Partial<CandleInput> = {}): CandleInput => ({
  openTime,
  open: price,
  high: price + 3,
  low: price - 2,
  close: price + 1,
  volume: 120,
  turnover: 12_000,
  trades: 75,
  ...more,
});

export const columns = (interval: string, ...candles: CandleInput[]): CandleColumns =>
  columnsFromCandles(candles, toInterval(interval));

/** Seconds `[from, to)` of trades, each one trade at `price`. */
export const tradeSeconds = (from: number, to: number, price: number): CandleColumns => {
  const candles: CandleInput[] = [];
  for (let openTime = from; openTime < to; openTime += 1000) {
    candles.push({
      openTime,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: 2,
      turnover: 2 * price,
      trades: 1,
      source: 'TRADES',
    });
  }
  return columns('1s', ...candles);
};

/** Rows as exact text: time, prices, volume, turnover, trades, source, coverage. */
export function textRows(set: CandleColumns): string[] {
  const price = (values: Float64Array, i: number): string => formatScaled(values[i] as number, set.priceDecimals);
  return [...rowsOf(set)].map((row, i) => {
    const turnover = set.turnover[i] as number | bigint;
    return [
      row.openTime - T0,
      ...[set.open, set.high, set.low, set.close].map((values) => price(values, i)),
      formatScaled(set.volume[i] as number | bigint, set.volumeDecimals),
      Number(turnover) === UNKNOWN ? '?' : formatScaled(turnover, set.turnoverDecimals),
      row.trades ?? '?',
      row.source,
      row.coverage.toFixed(4),
    ].join(' ');
  });
}

export const queryRows = async (
  store: CandleStorePort,
  interval: string,
  from: number,
  to: number,
  more: Partial<CandleQuery> = {},
): Promise<string[]> => textRows(await store.readColumns({ series: SYMBOL, interval, from, to, ...more }));

/** The i-th field of rows as textRows prints them. */
export const field = (rows: readonly string[], i: number): (string | undefined)[] =>
  rows.map((row) => row.split(' ')[i]);
