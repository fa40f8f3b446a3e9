import type { TimeRange } from '@prate/domain';
import {
  type CandleColumns,
  formatScaled,
  rowsOf,
  type TradeColumns,
  TradeColumnsBuilder,
} from '@prate/domain/candles';
import type { TradesItem } from '@prate/market-data-port';

/** 2024-01-01T00:00:00Z, a Monday. */
export const T0 = 1_704_067_200_000;
export const MINUTE = 60_000;

/** Milliseconds after T0, price, quantity, and an id where it has one. */
export type TradeRow = readonly [
  ms: number,
  price: number | string,
  quantity: number | string,
  id?: string | undefined,
];

export function tradeColumns(rows: readonly TradeRow[]): TradeColumns {
  const builder = new TradeColumnsBuilder();
  for (const [ms, price, quantity, id] of rows) builder.push(T0 + ms, price, quantity, 'BUY', id ?? null);
  return builder.finish();
}

export const trades = (symbol: string, ...rows: readonly TradeRow[]): TradesItem => ({
  kind: 'trades',
  symbol,
  trades: tradeColumns(rows),
});

export const heartbeat = (ms: number): TradesItem => ({ kind: 'heartbeat', timeMs: T0 + ms });
export const gap = (fromMs: number, toMs: number, symbols?: readonly string[]): TradesItem => ({
  kind: 'gap',
  fromMs: T0 + fromMs,
  toMs: T0 + toMs,
  ...(symbols && { symbols }),
});

/** Milliseconds after T0, prices, volume, turnover, trades, source, coverage: exact, and easy to compare. */
export function textRows(columns: CandleColumns): string[] {
  const number = (value: number | bigint | undefined, decimals: number | null): string =>
    formatScaled(value ?? 0, decimals);
  return [...rowsOf(columns)].map((row, i) =>
    [
      row.openTime - T0,
      ...[columns.open, columns.high, columns.low, columns.close].map((values) =>
        number(values[i], columns.priceDecimals),
      ),
      number(columns.volume[i], columns.volumeDecimals),
      row.turnover === null ? '?' : number(columns.turnover[i], columns.turnoverDecimals),
      row.trades ?? '?',
      row.source,
      Number(row.coverage.toFixed(4)),
    ].join(' '),
  );
}

/** Ranges in milliseconds after T0. */
export const offsets = (ranges: readonly TimeRange[]): [number, number][] =>
  ranges.map(({ from, to }) => [from - T0, to - T0]);

/** A promise and the door that opens it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
