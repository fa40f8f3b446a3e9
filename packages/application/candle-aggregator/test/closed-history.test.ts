import { ManualClock } from '@prate/runtime';
import { describe, expect, test } from 'vitest';
import { CandleAggregator, ClosedHistory } from '../src/index.ts';
import { FakeStore } from './support/fake-store.ts';
import { liveSetup } from './support/live-setup.ts';
import { heartbeat, MINUTE, T0, trades } from './support/values.ts';

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
    const { live, market, store } = liveSetup();
    live.start();
    market.tell(heartbeat(0), trades('A', [100, 10, 1]), heartbeat(MINUTE));
    const clock = new ManualClock(T0 + MINUTE);
    const history = new ClosedHistory({ aggregator: new CandleAggregator({ store }), venue: 'scripted', clock, live });
    expect((await history.getAggregatedCandles('A', T0, T0 + MINUTE, '1m')).length).toBe(1);
    await live.stop();
  });

  test('what is over by the clock and still open in the feed is not told; of other symbols the clock decides', async () => {
    const { live, market, store } = liveSetup({ latenessMs: 1000 });
    const aggregator = new CandleAggregator({ store });
    await aggregator.processAndStore([minute(0)], { venue: 'scripted', symbol: 'B' });
    live.start();
    market.tell(heartbeat(0), trades('A', [100, 10, 1], [59_900, 11, 1], [60_200, 12, 1]));
    const clock = new ManualClock(T0 + MINUTE + 200);
    const history = new ClosedHistory({ aggregator, venue: 'scripted', clock, live });
    const closesOf = async (symbol: string): Promise<string[]> =>
      (await history.getAggregatedCandles(symbol, T0, T0 + MINUTE, '1m')).map(({ close }) => String(close));
    expect(await closesOf('A')).toEqual([]);
    expect(await closesOf('B')).toEqual(['1']);
    market.tell(heartbeat(61_000));
    expect(await closesOf('A')).toEqual(['11']);
    await live.stop();
  });
});
