import { InvalidInputError } from '@prate/domain';
import { describe, expect, test } from 'vitest';
import { CandleAggregator, LiveCandles } from '../src/index.ts';
import { Busy } from './support/busy.ts';
import { FakeStore } from './support/fake-store.ts';
import { liveSetup } from './support/live-setup.ts';
import { ScriptedMarket } from './support/scripted-market.ts';
import { gap, heartbeat, T0, type TradeRow, trades } from './support/values.ts';

describe('what was watched', () => {
  test('a quiet stretch that heartbeats vouch for is watched time', async () => {
    const { live, market, seconds, watched } = liveSetup();
    live.start();
    market.tell(trades('A', [300, 10, 1]), heartbeat(4000), heartbeat(6999));
    await live.stop();
    expect(await seconds()).toEqual(['0 10 10 10 10 1 10 1 TRADES 1']);
    expect(await watched()).toEqual([[0, 6000]]);
  });

  test('a trade vouches for the quiet before it', async () => {
    const { live, market, watched } = liveSetup();
    live.start();
    market.tell(trades('A', [300, 10, 1]), trades('A', [5300, 11, 1]), heartbeat(6000));
    await live.stop();
    expect(await watched()).toEqual([[0, 6000]]);
  });

  test('a gap is not, with the seconds that it only touches at both ends', async () => {
    const { live, market, seconds, watched } = liveSetup();
    live.start();
    market.tell(trades('A', [0, 10, 1], [2100, 11, 1]), gap(2500, 7400), trades('A', [7600, 12, 1]), heartbeat(9000));
    await live.stop();
    expect(await watched()).toEqual([
      [0, 2000],
      [8000, 9000],
    ]);
    expect(await seconds()).toEqual([
      '0 10 10 10 10 1 10 1 TRADES 1',
      '2000 11 11 11 11 1 11 1 TRADES 0',
      '7000 12 12 12 12 1 12 1 TRADES 0',
    ]);
    expect(live.stats).toMatchObject({ trades: 3, stored: 3, revised: 0, gaps: 1 });
  });

  test('a gap on whole seconds takes these seconds and no other; an empty one takes none', async () => {
    const { live, market, watched } = liveSetup();
    live.start();
    market.tell(heartbeat(0), gap(2000, 4000), gap(6000, 6000), heartbeat(8000));
    await live.stop();
    expect(await watched()).toEqual([
      [0, 2000],
      [4000, 8000],
    ]);
  });

  test('a gap that names symbols is theirs alone, in the store and for who listens', async () => {
    const { live, market, watched } = liveSetup({ symbols: ['A', 'B', 'C'] });
    const told: string[] = [];
    const whose = ['A', 'B', 'AB', 'C'];
    for (const symbols of whose) {
      live.candles([...symbols], '1s', (item) => {
        if (item.kind === 'gap') told.push(`${symbols}: ${item.symbols?.join('') ?? 'all'}`);
      });
    }
    live.start();
    market.tell(heartbeat(0), gap(2000, 4000, ['B']), gap(5000, 6000, ['A', 'B']), gap(7000, 7500), heartbeat(9000));
    await live.stop();
    const inSeconds = async (symbol: string) =>
      (await watched(symbol)).map(([from, to]) => `${from / 1000}-${to / 1000}`);
    expect(await inSeconds('A')).toEqual(['0-5', '6-7', '8-9']);
    expect(await inSeconds('B')).toEqual(['0-2', '4-5', '6-7', '8-9']);
    expect(await inSeconds('C')).toEqual(['0-7', '8-9']);
    expect(told).toEqual(['B: B', 'AB: B', 'A: A', 'B: B', 'AB: AB', ...whose.map((symbols) => `${symbols}: all`)]);
    expect(live.stats.gaps).toBe(3);
  });

  test('a gap whose end was rounded up makes no trade late', async () => {
    // files tell a jump of ids as a gap up to the end of the second of the trade after it, and then that trade
    const { live, market, seconds, watched } = liveSetup({ secondsPerWrite: 1 });
    live.start();
    market.tell(trades('A', [300, 10, 1]), gap(0, 6000), trades('A', [5400, 11, 1], [6100, 12, 1]), heartbeat(7000));
    await live.stop();
    expect(live.stats).toMatchObject({ revised: 0, stored: 3 });
    expect(await seconds()).toEqual([
      '0 10 10 10 10 1 10 1 TRADES 0',
      '5000 11 11 11 11 1 11 1 TRADES 0',
      '6000 12 12 12 12 1 12 1 TRADES 1',
    ]);
    expect(await watched()).toEqual([[6000, 7000]]);
  });

  test('nothing is known before the first word, even when that is a gap', async () => {
    const { live, market, watched } = liveSetup();
    live.start();
    market.tell(gap(0, 3000), heartbeat(5000), heartbeat(6000));
    await live.stop();
    expect(await watched()).toEqual([[5000, 6000]]);
  });

  test('the first second: a first trade counts for all of it, a first heartbeat only for what comes after', async () => {
    const tradeFirst = liveSetup();
    tradeFirst.live.start();
    tradeFirst.market.tell(trades('A', [700, 10, 1]), heartbeat(2000));
    await tradeFirst.live.stop();
    expect(await tradeFirst.watched()).toEqual([[0, 2000]]);
    const heartbeatFirst = liveSetup();
    heartbeatFirst.live.start();
    heartbeatFirst.market.tell(heartbeat(500), trades('A', [700, 10, 1]), heartbeat(2000));
    await heartbeatFirst.live.stop();
    expect(await heartbeatFirst.watched()).toEqual([[1000, 2000]]);
    expect(await heartbeatFirst.seconds()).toEqual(['0 10 10 10 10 1 10 1 TRADES 0']);
  });

  test('the first second of a feed that joins midway: a first trade does not count for what was before it', async () => {
    const tradeFirst = liveSetup({ joinsMidway: true });
    tradeFirst.live.start();
    tradeFirst.market.tell(trades('A', [1700, 10, 1], [2100, 10, 1]), heartbeat(4000));
    await tradeFirst.live.stop();
    expect(await tradeFirst.watched()).toEqual([[2000, 4000]]);
    expect((await tradeFirst.seconds())[0]).toBe('1000 10 10 10 10 1 10 1 TRADES 0');
    const earlierLater = liveSetup({ joinsMidway: true, latenessMs: 1000 });
    earlierLater.live.start();
    earlierLater.market.tell(trades('A', [1050, 10, 1]), trades('A', [900, 10, 1]), heartbeat(5000));
    await earlierLater.live.stop();
    expect(await earlierLater.watched()).toEqual([[2000, 5000]]);
  });

  test('the last second: watched whole where the feed has ended by itself, not where it was cut off', async () => {
    const ended = liveSetup();
    const { done } = ended.live.start();
    ended.market.tell(trades('A', [0, 10, 1], [1300, 11, 1]));
    ended.market.end();
    await done;
    expect(await ended.watched()).toEqual([[0, 2000]]);
    const stopped = liveSetup();
    stopped.live.start();
    stopped.market.tell(trades('A', [0, 10, 1], [1300, 11, 1]));
    await stopped.live.stop();
    expect(await stopped.watched()).toEqual([[0, 1000]]);
    expect(await stopped.seconds()).toEqual(['0 10 10 10 10 1 10 1 TRADES 1', '1000 11 11 11 11 1 11 1 TRADES 0']);
  });
});

describe('symbols', () => {
  test('do not mix: trades of one close no second of another', async () => {
    const { live, market, seconds, watched } = liveSetup({ symbols: ['A', 'B'] });
    live.start();
    market.tell(
      trades('A', [100, 10, 1]),
      trades('B', [200, 20, 2]),
      trades('B', [5000, 21, 2]),
      trades('A', [300, 11, 1]),
    );
    market.tell(heartbeat(6000));
    await live.stop();
    expect(await seconds('A')).toEqual(['0 10 11 10 11 2 21 2 TRADES 1']);
    expect(await seconds('B')).toEqual(['0 20 20 20 20 2 40 1 TRADES 1', '5000 21 21 21 21 2 42 1 TRADES 1']);
    expect([await watched('A'), await watched('B')]).toEqual([[[0, 6000]], [[0, 6000]]]);
    expect(live.stats.revised).toBe(0);
  });

  test('trades of a symbol that was not asked for are ignored', async () => {
    const { live, market, store, seconds } = liveSetup();
    live.start();
    expect(market.symbols).toEqual(['A']);
    market.tell(trades('B', [100, 10, 1]), trades('A', [100, 10, 1]), heartbeat(1000));
    await live.stop();
    expect(live.stats.trades).toBe(1);
    expect(await seconds('B')).toEqual([]);
    expect((await store.series()).map(({ symbol }) => symbol)).not.toContain('C');
    expect(store.written.map(({ series }) => series)).toEqual([{ venue: 'scripted', symbol: 'A' }]);
  });
});

describe('a busy second', () => {
  test('is exact, in single trades or in large items', async () => {
    const { live, market, seconds } = liveSetup();
    live.start();
    const row = (i: number): TradeRow => [i, i % 2 === 0 ? '10.25' : '10.75', '0.1'];
    for (let i = 0; i < 300; i += 1) market.tell(trades('A', row(i)));
    market.tell(trades('A', ...Array.from({ length: 300 }, (_, i) => row(300 + i))));
    for (let i = 600; i < 700; i += 1) market.tell(trades('A', row(i)));
    market.tell(heartbeat(1000));
    await live.stop();
    expect(await seconds()).toEqual(['0 10.25 10.75 10.25 10.75 70 735 700 TRADES 1']);
  });

  test('quantities beyond 2^53 stay exact', async () => {
    const { live, market, seconds } = liveSetup();
    live.start();
    market.tell(trades('A', [0, 1, '0.000000001']), trades('A', [1, 1, '4000000000.000000001']));
    market.tell(trades('A', [2, 1, '4000000000.000000001']), heartbeat(1000));
    await live.stop();
    expect(await seconds()).toEqual(['0 1 1 1 1 8000000000.000000003 8000000000.000000003 3 TRADES 1']);
  });
});

describe('late and unordered trades', () => {
  test('a late trade revises its stored second and only it, and is counted', async () => {
    const { live, market, seconds, watched } = liveSetup();
    live.start();
    market.tell(trades('A', [0, 10, 1], [900, 12, 1], [1000, 20, 1], [2000, 30, 1]));
    market.tell(trades('A', [500, 15, '0.5']), trades('A', [1500, 19, 1]), heartbeat(3000));
    await live.stop();
    expect(await seconds()).toEqual([
      '0 10 15 10 12 2.5 29.5 3 TRADES 1',
      '1000 20 20 19 19 2 39 2 TRADES 1',
      '2000 30 30 30 30 1 30 1 TRADES 1',
    ]);
    expect(await watched()).toEqual([[0, 3000]]);
    expect(live.stats).toMatchObject({ trades: 6, stored: 3, late: 2, revised: 2, gaps: 0 });
  });

  test('a late trade of a quiet second makes its candle, and what was watched stays as it was', async () => {
    const { live, market, seconds, watched } = liveSetup();
    live.start();
    market.tell(heartbeat(1000), heartbeat(3000), gap(3000, 5000), heartbeat(6000));
    market.tell(trades('A', [500, 9, 1]), trades('A', [2500, 10, 1]), trades('A', [4500, 11, 1]));
    await live.stop();
    expect(await seconds()).toEqual([
      '0 9 9 9 9 1 9 1 TRADES 0',
      '2000 10 10 10 10 1 10 1 TRADES 1',
      '4000 11 11 11 11 1 11 1 TRADES 0',
    ]);
    expect(await watched()).toEqual([
      [1000, 3000],
      [5000, 6000],
    ]);
  });

  test('a late trade of an unwatched second leaves it unwatched', async () => {
    const { live, market, seconds } = liveSetup();
    live.start();
    market.tell(trades('A', [0, 10, 1], [1200, 11, 1]), gap(1500, 2000), heartbeat(3000), trades('A', [1300, 13, 1]));
    await live.stop();
    expect((await seconds())[1]).toBe('1000 11 13 11 13 2 24 2 TRADES 0');
  });

  test('unordered trades within one item land in their seconds, ordered by time; late ones among them revise', async () => {
    const { live, market, seconds } = liveSetup();
    live.start();
    market.tell(trades('A', [3500, 13, 1], [2200, 12, 1], [3100, 11, 1], [3100, 10, 1]), heartbeat(4000));
    market.tell(trades('A', [4100, 20, 1], [4000, 21, 1], [3900, 14, 1], [2300, 15, 1]), heartbeat(5000));
    await live.stop();
    expect(await seconds()).toEqual([
      '2000 12 15 12 15 2 27 2 TRADES 1',
      '3000 11 14 10 14 4 48 4 TRADES 1',
      '4000 21 21 20 20 2 41 2 TRADES 1',
    ]);
    expect(live.stats).toMatchObject({ trades: 8, revised: 2 });
  });

  test('an earlier trade of the second that is still open is not late, and opens it', async () => {
    const { live, market, seconds } = liveSetup();
    live.start();
    market.tell(trades('A', [800, 10, 1]), trades('A', [400, 11, 1]), heartbeat(1000));
    await live.stop();
    expect(await seconds()).toEqual(['0 11 11 10 10 2 21 2 TRADES 1']);
    expect(live.stats.revised).toBe(0);
  });
});

describe('writing', () => {
  test('seconds wait until so much market time is together, and are dropped after writing', async () => {
    const { live, market, store } = liveSetup({ secondsPerWrite: 5 });
    live.start();
    for (let ms = 0; ms < 4500; ms += 500) market.tell(trades('A', [ms, 10, 1]));
    expect(live.idle()).toBeUndefined();
    expect(store.written).toEqual([]);
    market.tell(trades('A', [5000, 10, 1]));
    await live.idle();
    expect(live.idle()).toBeUndefined();
    expect(store.written.map(({ rows }) => rows)).toEqual([5]);
    for (let ms = 6000; ms <= 20_000; ms += 1000) {
      market.tell(trades('A', [ms, 10, 1]));
      await live.idle();
    }
    expect(store.written.map(({ rows }) => rows)).toEqual([5, 5, 5, 5]);
    await live.stop();
    expect(store.written.map(({ rows }) => rows)).toEqual([5, 5, 5, 5, 1]);
    expect(live.stats.stored).toBe(21);
  });

  test('flush stores what has closed and waits, and leaves the open second open', async () => {
    const { live, market, store, seconds } = liveSetup({ secondsPerWrite: 100 });
    live.start();
    for (let ms = 0; ms <= 3000; ms += 1000) market.tell(trades('A', [ms, 10, 1]));
    await live.flush();
    expect(store.written.map(({ rows }) => rows)).toEqual([3]);
    market.tell(trades('A', [3500, 11, 1]), trades('A', [4000, 12, 1]));
    await live.flush();
    expect((await seconds()).at(-1)).toBe('3000 10 11 10 11 2 21 2 TRADES 1');
    await live.flush();
    expect(store.written.map(({ rows }) => rows)).toEqual([3, 1]);
  });

  test('stats tell the time that the feed has told, in whole seconds', async () => {
    const { live, market } = liveSetup();
    live.start();
    expect(live.stats).toMatchObject({ from: null, to: null });
    market.tell(trades('A', [1500, 10, 1]), heartbeat(4200));
    expect(live.stats).toMatchObject({ from: T0 + 1000, to: T0 + 4000 });
    await live.stop();
  });

  test('quiet market time is written too', async () => {
    const { live, market, watched } = liveSetup({ secondsPerWrite: 5 });
    live.start();
    for (let ms = 0; ms <= 12_000; ms += 1000) {
      market.tell(heartbeat(ms));
      await live.idle();
    }
    expect(await watched()).toEqual([[0, 10_000]]);
  });

  test('stop stores everything once, twice called or not, and no item comes after it', async () => {
    const { live, market, store, seconds } = liveSetup();
    live.start();
    market.tell(trades('A', [0, 10, 1]));
    await Promise.all([live.stop(), live.stop()]);
    await live.stop();
    market.tell(trades('A', [1000, 11, 1]));
    expect(market.isOpen).toBe(false);
    expect(store.written).toHaveLength(1);
    expect(await seconds()).toHaveLength(1);
  });

  test('it starts once: not again, and not after stop', async () => {
    const { live } = liveSetup();
    live.start();
    expect(() => live.start()).toThrow(/starts once/);
    const stopped = liveSetup();
    await stopped.live.stop();
    expect(() => stopped.live.start()).toThrow(TypeError);
  });

  test('an aborted signal ends the feed and stores what it told', async () => {
    const { live, market, watched } = liveSetup();
    const controller = new AbortController();
    const { done } = live.start({ signal: controller.signal });
    market.tell(trades('A', [0, 10, 1], [1300, 11, 1]));
    controller.abort();
    await done;
    expect(await watched()).toEqual([[0, 1000]]);
    expect(live.stats.stored).toBe(2);
  });

  test("the feed's close is stop without waiting; its done waits", async () => {
    const { live, market, store } = liveSetup();
    const feed = live.start();
    await feed.ready;
    market.tell(trades('A', [0, 10, 1]));
    feed.close();
    feed.close();
    expect(market.isOpen).toBe(false);
    await feed.done;
    expect(store.written.map(({ rows }) => rows)).toEqual([1]);
  });

  test('what a broken feed told is stored all the same; done and stop tell what broke it', async () => {
    const { live, market, seconds } = liveSetup();
    const { done } = live.start();
    market.tell(trades('A', [0, 10, 1], [1300, 11, 1]));
    market.fail(new Error('the socket broke'));
    await expect(done).rejects.toThrow('the socket broke');
    await expect(live.stop()).rejects.toThrow('the socket broke');
    await expect(live.idle()).rejects.toThrow('the socket broke');
    expect(await seconds()).toHaveLength(2);
  });
});

describe('a store that fails', () => {
  test('ends the feed, and idle, done and stop tell it', async () => {
    const { live, market, store } = liveSetup({ secondsPerWrite: 1 });
    const { done } = live.start();
    store.failure = { method: 'write', error: new Error('disk full') };
    market.tell(trades('A', [0, 10, 1]), trades('A', [1000, 11, 1]));
    await expect(live.idle()).rejects.toThrow('disk full');
    expect(market.isOpen).toBe(false);
    await expect(done).rejects.toThrow('disk full');
    await expect(live.stop()).rejects.toThrow('disk full');
    await expect(live.idle()).rejects.toThrow('disk full');
  });

  test('a lock that another process holds is no failure: what waits is written with the next second', async () => {
    const { live, market, store, seconds } = liveSetup({ secondsPerWrite: 1 });
    live.start();
    store.failure = { method: 'write', error: new Busy('in use') };
    market.tell(trades('A', [0, 10, 1]), trades('A', [1000, 11, 1]));
    await live.idle();
    expect(store.written).toEqual([]);
    market.tell(trades('A', [2000, 12, 1]));
    await live.idle();
    expect((await seconds()).length).toBe(2);
    for (let i = 3; i <= 10; i += 1) {
      store.failure = { method: 'write', error: new Busy('in use') };
      market.tell(trades('A', [i * 1000, 12, 1]));
      await live.idle()?.catch(() => {});
    }
    // for ever is a failure
    await expect(live.stop()).rejects.toThrow('in use');
  });

  test('also when only the last write fails', async () => {
    const { live, market, store } = liveSetup();
    const { done } = live.start();
    market.tell(trades('A', [0, 10, 1]));
    store.failure = { method: 'write', error: new Error('disk full') };
    await expect(live.stop()).rejects.toThrow('disk full');
    await expect(done).rejects.toThrow('disk full');
  });

  test('also when a late trade cannot be looked up', async () => {
    const { live, market, store } = liveSetup();
    const { done } = live.start();
    market.tell(trades('A', [0, 10, 1], [1000, 11, 1]));
    store.failure = { method: 'read', error: new Error('damaged') };
    market.tell(trades('A', [500, 10, 1]));
    await expect(done).rejects.toThrow('damaged');
  });

  test('nothing is written after the failure, and nobody who does not look dies of it', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const { live, market, store } = liveSetup({ secondsPerWrite: 1 });
      live.start();
      live.candles(['A'], '1m', () => {});
      store.failure = { method: 'write', error: new Error('disk full') };
      market.tell(trades('A', [0, 10, 1]), trades('A', [1000, 11, 1]), trades('A', [2000, 11, 1]));
      await new Promise((resolve) => setImmediate(resolve));
      expect(store.written).toEqual([]);
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  test('so does a trade that no candle can hold', async () => {
    const { live, market } = liveSetup();
    const { done } = live.start();
    market.tell(trades('A', [0, 0, 1]), heartbeat(20_000));
    await expect(done).rejects.toThrow(/open must be above 0/);
  });
});

test('bad options are refused with what would be right', () => {
  const market = new ScriptedMarket();
  const aggregator = new CandleAggregator({ store: new FakeStore() });
  for (const secondsPerWrite of [0, -1, 1.5, Number.NaN]) {
    expect(() => new LiveCandles({ market, symbols: ['A'], aggregator, secondsPerWrite })).toThrow(
      /whole number from 1/,
    );
  }
  for (const latenessMs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => new LiveCandles({ market, symbols: ['A'], aggregator, latenessMs })).toThrow(/whole number from 0/);
  }
  expect(() => new LiveCandles({ market, symbols: [], aggregator })).toThrow(InvalidInputError);
});
