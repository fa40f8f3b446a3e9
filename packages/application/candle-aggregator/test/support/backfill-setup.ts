import { toInterval } from '@prate/domain';
import { type CandleColumns, columnsFromCandles, type TradeColumns, TradeColumnsBuilder } from '@prate/domain/candles';
import { ManualClock } from '@prate/runtime';
import {
  type BackfillMarket,
  type BackfillOptions,
  type BackfillReport,
  backfill,
  CandleAggregator,
} from '../../src/index.ts';
import type { FakeStore } from './fake-store.ts';
import { MINUTE, offsets, T0, textRows } from './values.ts';

/** The minutes of these numbers after T0. */
export const minutes = (...numbers: readonly number[]): CandleColumns =>
  columnsFromCandles(
    numbers.map((n) => ({
      openTime: T0 + n * MINUTE,
      open: 100 + n,
      high: 104 + n,
      low: 99,
      close: 101,
      volume: n + 0.5,
    })),
    toInterval('1m'),
  );

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Trades at milliseconds after T0 with their ids. */
export function tradesAt(rows: readonly (readonly [ms: number, id: number])[]): TradeColumns {
  const builder = new TradeColumnsBuilder();
  for (const [ms, id] of rows) builder.push(T0 + ms, 100 + (id % 7), 1 + (id % 3), 'BUY', String(id));
  return builder.finish();
}

/** A backfill into a store, over minutes 0 to 10 of symbol A unless said otherwise. */
export const fill = (
  store: FakeStore,
  market: BackfillMarket,
  options: Partial<BackfillOptions> = {},
): Promise<BackfillReport> =>
  backfill({
    market,
    aggregator: new CandleAggregator({ store, cachedCandles: 0 }),
    symbols: ['A'],
    intervals: ['1m'],
    from: T0,
    to: T0 + 10 * MINUTE,
    clock: new ManualClock(T0),
    retry: { attempts: 50, firstDelayMs: 0, maxDelayMs: 0 },
    ...options,
  });

/** Watched time of a symbol at a step, in milliseconds after T0. */
export async function watched(store: FakeStore, step: string, symbol = 'A'): Promise<[number, number][]> {
  const entries = await store.coverage({ series: { venue: 'scripted', symbol } });
  return entries.filter((entry) => entry.step.text === step).flatMap(({ observed }) => offsets(observed));
}

/** All that is stored of a symbol at a step: rows as text, then the watched time. */
export async function dump(store: FakeStore, step: string, symbol = 'A'): Promise<unknown> {
  const query = { series: { venue: 'scripted', symbol }, from: T0 - 100 * MINUTE, to: T0 + 1000 * MINUTE };
  return {
    rows: textRows(await store.readColumns({ ...query, interval: step })),
    watched: await watched(store, step, symbol),
  };
}
