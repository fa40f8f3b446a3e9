import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { InstrumentTable } from '../../src/instruments/instrument-table.ts';
import { CandleHistory } from '../../src/market/candle-history.ts';
import type { KlineWindow } from '../../src/rest/market-rest.ts';
import type { WireKlines } from '../../src/wire/klines.ts';
import { contract } from '../support/contracts.ts';

const MINUTE_MS = 60_000;
/** 2026-01-01T00:00:00Z */
const T0 = 1_767_225_600_000;

/** A server with a bar for every minute, which also gives the bars around a window. */
function setUp(nowMs: number) {
  const windows: KlineWindow[] = [];
  const klinesOf = ({ start, end }: KlineWindow): WireKlines => {
    const time = Float64Array.from({ length: (end - start) / 60 + 3 }, (_, i) => start + (i - 1) * 60);
    const one = time.map(() => 1);
    const prices = { open: one, high: one, low: one, close: one };
    return { length: time.length, time, ...prices, vol: one, amount: one, real: prices, texts: new Map() };
  };
  const history = new CandleHistory({
    prices: 'real',
    instruments: new InstrumentTable({
      clock: new ManualClock(0),
      market: {
        contracts: async () => [contract()],
        contractsOfCountry: async () => [],
        contract: async () => contract(),
      },
    }),
    rest: {
      serverTimeMs: async () => nowMs,
      market: {
        klines: async (_symbol: string, window: KlineWindow) => {
          windows.push(window);
          return klinesOf(window);
        },
      } as never,
    },
  });
  const page = (from: number, to: number, interval = '1m') => history.page({ symbol: 'BTC_USDT', interval, from, to });
  return { windows, page };
}

describe('windows of klines', () => {
  it('hold at most 2,000 bars, are asked for in seconds, and rows around them are dropped', async () => {
    const { windows, page } = setUp(T0 + 10_000 * MINUTE_MS);
    const first = await page(T0 + 1, T0 + 2_501 * MINUTE_MS);
    expect(windows).toEqual([{ interval: 'Min1', start: T0 / 1_000 + 60, end: T0 / 1_000 + 2_000 * 60 }]);
    expect([first.columns.length, first.columns.openTime[0]]).toEqual([2_000, T0 + MINUTE_MS]);
    expect(first.next).toBe(T0 + 2_001 * MINUTE_MS);
    const second = await page(first.next as number, T0 + 2_501 * MINUTE_MS);
    expect([second.columns.length, second.columns.openTime[0], second.next]).toEqual([500, first.next, null]);
  });

  it('end with the last bar that is closed, a second later to be sure', async () => {
    const { page } = setUp(T0 + 10 * MINUTE_MS + 999);
    expect((await page(T0, T0 + 60 * MINUTE_MS)).columns.length).toBe(9);
    const later = setUp(T0 + 10 * MINUTE_MS + 1_000);
    expect((await later.page(T0, T0 + 60 * MINUTE_MS)).columns.length).toBe(10);
  });

  it('of the future, or of no time, ask nothing', async () => {
    const { windows, page } = setUp(T0);
    expect(await page(T0, T0 + MINUTE_MS)).toMatchObject({ columns: { length: 0 }, next: null });
    expect(await page(T0 - MINUTE_MS, T0 - MINUTE_MS)).toMatchObject({ columns: { length: 0 }, next: null });
    expect(windows).toEqual([]);
  });

  it.each(['1s', '30s', '2m', '3m', '2h', '12h', '2d'])(
    '%s is not supported, and never another interval',
    async (interval) => {
      await expect(setUp(T0).page(T0 - MINUTE_MS, T0, interval)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    },
  );

  it('months are asked for by their own opens', async () => {
    const { windows, page } = setUp(T0 + MINUTE_MS);
    await page(Date.UTC(2025, 9, 15), Date.UTC(2026, 0, 1), '1M').catch(() => {});
    expect(windows[0]).toEqual({
      interval: 'Month1',
      start: Date.UTC(2025, 10, 1) / 1_000,
      end: Date.UTC(2025, 11, 1) / 1_000,
    });
  });

  it('a range that is none is an InvalidInputError', async () => {
    await expect(setUp(T0).page(2, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(setUp(T0).page(0.5, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
