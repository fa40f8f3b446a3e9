import { InvalidInputError } from '@prate/domain';
import type { CandlesItem } from '@prate/market-data-port';
import { describe, expect, test } from 'vitest';
import { liveSetup, toldBy } from './support/live-setup.ts';
import { gap, heartbeat, trades } from './support/values.ts';

describe('candles', () => {
  test('a candle is told with the word that ends it, before that word, and never twice', () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.candles(['A'], '5s', (item) => items.push(item));
    live.start();
    market.tell(trades('A', [0, 10, 1]), trades('A', [4999, 12, 2]), heartbeat(4999));
    expect(items).toEqual([heartbeat(4999)]);
    market.tell(heartbeat(5000), heartbeat(6000));
    expect(items).toHaveLength(4);
    expect(toldBy(items).slice(1)).toEqual(['A 0 10 12 10 12 3 34 2 TRADES 1', 'heartbeat 5000', 'heartbeat 6000']);
  });

  test('several candles that one item ends come together, oldest first; quiet ones have none', () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.candles(['A'], '2s', (item) => items.push(item));
    live.start();
    market.tell(trades('A', [0, 10, 1], [2500, 11, 1], [9000, 12, 1]));
    expect(items).toHaveLength(1);
    expect(toldBy(items)).toEqual(['A 0 10 10 10 10 1 10 1 TRADES 1', 'A 2000 11 11 11 11 1 11 1 TRADES 1']);
  });

  test('coverage is the share that was watched: less before the first word and in gaps', () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.candles(['A'], '10s', (item) => items.push(item));
    live.start();
    market.tell(heartbeat(4000), trades('A', [6000, 10, 1]), heartbeat(10_000));
    market.tell(
      trades('A', [11_000, 11, 1]),
      gap(13_500, 15_000),
      heartbeat(20_000),
      trades('A', [21_000, 12, 1]),
      heartbeat(30_000),
    );
    expect(toldBy(items).filter((row) => row.startsWith('A'))).toEqual([
      'A 0 10 10 10 10 1 10 1 TRADES 0.6',
      'A 10000 11 11 11 11 1 11 1 TRADES 0.8',
      'A 20000 12 12 12 12 1 12 1 TRADES 1',
    ]);
    expect(toldBy(items)).toContain('gap 13500 15000');
  });

  test('a candle of many seconds is exact, and told once', () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.candles(['A'], '10m', (item) => items.push(item));
    live.start();
    for (let second = 0; second <= 600; second += 1) {
      market.tell(trades('A', [second * 1000, second === 300 ? '99.25' : 10 + (second % 7), '0.1']));
    }
    expect(toldBy(items)).toEqual(['A 0 10 99.25 10 14 60 787.825 600 TRADES 1']);
  });

  test('only the symbols asked for are told', () => {
    const { live, market } = liveSetup({ symbols: ['A', 'B'] });
    const items: CandlesItem[] = [];
    live.candles(['B'], '1s', (item) => items.push(item));
    live.start();
    market.tell(trades('A', [0, 10, 1], [1000, 10, 1]), trades('B', [0, 20, 1], [1000, 20, 1]));
    expect(toldBy(items)).toEqual(['B 0 20 20 20 20 1 20 1 TRADES 1']);
  });

  test('a symbol that is not taken, no symbol, and a bad interval are refused', () => {
    const { live } = liveSetup({ symbols: ['A', 'B'] });
    expect(() => live.candles(['C'], '1m', () => {})).toThrow(/some of A, B, not 'C'/);
    expect(() => live.candles([], '1m', () => {})).toThrow(InvalidInputError);
    expect(() => live.candles(['A'], '1 minute', () => {})).toThrow(/interval must be/);
  });

  test('a listener that throws ends its own subscription, and disturbs no other and not the store', async () => {
    const { live, market, seconds } = liveSetup();
    const items: CandlesItem[] = [];
    let calls = 0;
    const bad = live.candles(['A'], '1s', () => {
      calls += 1;
      throw new Error('my mistake');
    });
    const good = live.candles(['A'], '1s', (item) => items.push(item));
    live.start();
    market.tell(trades('A', [0, 10, 1]), trades('A', [1000, 10, 1]), trades('A', [2000, 10, 1]));
    await expect(bad.done).rejects.toThrow('my mistake');
    expect([calls, items.length]).toEqual([1, 2]);
    await live.stop();
    await good.done;
    expect(await seconds()).toHaveLength(3);
  });

  test('close: no item comes after it, done resolves, and it may be called twice', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    const subscription = live.candles(['A'], '1s', (item) => items.push(item));
    await subscription.ready;
    live.start();
    market.tell(heartbeat(0));
    subscription.close();
    subscription.close();
    market.tell(heartbeat(1000));
    await subscription.done;
    expect(items).toHaveLength(1);
  });

  test('abort: as close; a signal that is aborted already lets no item come', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    const controller = new AbortController();
    const subscription = live.candles(['A'], '1s', (item) => items.push(item), { signal: controller.signal });
    live.start();
    market.tell(heartbeat(0));
    controller.abort();
    const late = live.candles(['A'], '1s', (item) => items.push(item), { signal: controller.signal });
    market.tell(heartbeat(1000));
    await Promise.all([subscription.done, late.done]);
    await expect(late.ready).rejects.toBe(controller.signal.reason);
    expect(items).toHaveLength(1);
  });

  test('the end of the feed ends it, after the last closed candle; a bucket that is not over is not told', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    const seconds = live.candles(['A'], '1s', (item) => items.push(item));
    const minutes = live.candles(['A'], '1m', (item) => items.push(item));
    live.start();
    market.tell(trades('A', [500, 10, 1]));
    market.end();
    await Promise.all([seconds.done, minutes.done]);
    expect(toldBy(items)).toEqual(['A 0 10 10 10 10 1 10 1 TRADES 1']);
    const after = live.candles(['A'], '1s', (item) => items.push(item));
    await after.done;
  });

  test('a feed or a store that failed ends it with that error', async () => {
    const feed = liveSetup();
    const ofFeed = feed.live.candles(['A'], '1m', () => {});
    feed.live.start();
    feed.market.fail(new Error('the socket broke'));
    await expect(ofFeed.done).rejects.toThrow('the socket broke');
    const { live, market, store } = liveSetup({ secondsPerWrite: 1 });
    const ofStore = live.candles(['A'], '1m', () => {});
    live.start();
    store.failure = { method: 'write', error: new Error('disk full') };
    market.tell(trades('A', [0, 10, 1], [1000, 11, 1]));
    await expect(ofStore.done).rejects.toThrow('disk full');
  });

  test('one that comes in the middle of a bucket says so by its coverage', () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.start();
    market.tell(trades('A', [0, 10, 1], [6000, 11, 1]));
    live.candles(['A'], '10s', (item) => items.push(item));
    market.tell(heartbeat(10_000));
    expect(toldBy(items)[0]).toBe('A 0 11 11 11 11 1 11 1 TRADES 0.4');
  });
});
