import { ManualClock } from '@prate/runtime';
import { describe, expect, test } from 'vitest';
import { CandleAggregator, ClosedHistory } from '../src/index.ts';
import { FakeStore } from './support/fake-store.ts';
import { MINUTE, T0 } from './support/values.ts';

const minute = (i: number) => ({ openTime: T0 + i * MINUTE, open: 1, high: 1, low: 1, close: 1, volume: 1 });

describe('closed history', () => {
  test('what has not closed yet is not told, whatever is stored and asked for', async () => {
    const aggregator = new CandleAggregator({ store: new FakeStore() });
    const minutes = Array.from({ length: 20 }, (_, i) => minute(i));
    await aggregator.processAndStore(minutes, { venue: 'v', symbol: 'A' });
    const clock = new ManualClock(T0 + 7 * MINUTE + 30_000);
    const history = new ClosedHistory({ aggregator, venue: 'v', clock });
    const opens = async (interval: string, end: number): Promise<number[]> =>
      (await history.getAggregatedCandles('A', T0, end, interval)).map(({ openTime }) => (openTime - T0) / MINUTE);
    expect(await opens('1m', T0 + 20 * MINUTE)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await opens('5m', T0 + 20 * MINUTE)).toEqual([0]);
    expect(await opens('1m', T0 + 2 * MINUTE)).toEqual([0, 1]);
    expect(await opens('1h', T0 + 20 * MINUTE)).toEqual([]);
  });

  test('what a feed has told and not stored yet is stored first', async () => {
    const aggregator = new CandleAggregator({ store: new FakeStore() });
    const flush = async () => void (await aggregator.processAndStore([minute(0)], { venue: 'v', symbol: 'A' }));
    const history = new ClosedHistory({ aggregator, venue: 'v', clock: new ManualClock(T0 + MINUTE), flush });
    expect((await history.getAggregatedCandles('A', T0, T0 + MINUTE, '1m')).length).toBe(1);
  });
});
