import { StoreCorruptError } from '@prate/candle-store-port';
import { toInterval, toSeries } from '@prate/domain';
import type { CandlesItem } from '@prate/market-data-port';
import { describe, expect, test } from 'vitest';
import type { Level } from '../src/level.ts';
import { SymbolCandles } from '../src/symbol-candles.ts';
import { Busy } from './support/busy.ts';
import { FakeStore } from './support/fake-store.ts';
import { liveSetup, toldBy } from './support/live-setup.ts';
import { heartbeat, MINUTE, T0, textRows, trades } from './support/values.ts';

/** Trades of one second each, `[from, to)`. */
const everySecond = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => trades('A', [(from + i) * 1000 + 100, 10, 1]));

/** A store whose writes wait until they are let go. */
class SlowStore extends FakeStore {
  letGo = (): void => {};
  #begin = (): void => {};
  readonly hasBegun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });

  constructor() {
    super();
    this.writesWaitFor = new Promise((resolve) => {
      this.letGo = resolve;
    });
  }

  override async append(...call: Parameters<FakeStore['append']>): Promise<void> {
    this.#begin();
    await super.append(...call);
  }
}

describe('what is told while a write is under way', () => {
  test('a late trade of a second that waits is added when that second is stored', async () => {
    const store = new SlowStore();
    const { live, market, seconds } = liveSetup({ store, secondsPerWrite: 1 });
    live.start();
    market.tell(...everySecond(0, 2));
    await store.hasBegun; // second 0 is being written
    market.tell(...everySecond(2, 3), trades('A', [1200, 12, 5])); // second 1 waits
    store.letGo();
    await live.stop();
    expect(await seconds()).toEqual([
      '0 10 10 10 10 1 10 1 TRADES 1',
      '1000 10 12 10 12 6 70 2 TRADES 1',
      '2000 10 10 10 10 1 10 1 TRADES 0',
    ]);
    expect(live.stats).toMatchObject({ late: 1, revised: 1 });
  });

  test('a subscription that begins then knows the seconds that wait', async () => {
    const store = new SlowStore();
    const { live, market } = liveSetup({ store, secondsPerWrite: 10 });
    const items: CandlesItem[] = [];
    live.start();
    market.tell(...everySecond(0, 11));
    await store.hasBegun; // ten seconds are being written
    market.tell(...everySecond(11, 16)); // five wait
    live.candles(['A'], '1m', (item) => item.kind === 'candles' && items.push(item));
    store.letGo();
    await live.idle();
    market.tell(...everySecond(16, 61));
    expect(toldBy(items)).toEqual(['A 0 10 10 10 10 60 600 60 TRADES 1']);
    await live.stop();
  });
});

describe('a store that refuses for a while', () => {
  test('a late trade whose write was done and not answered counts once', async () => {
    class Forgetful extends FakeStore {
      isForgetful = false;
      override async append(...call: Parameters<FakeStore['append']>): Promise<void> {
        await super.append(...call);
        if (!this.isForgetful) return;
        this.isForgetful = false;
        throw new Busy('no answer');
      }
    }
    const store = new Forgetful();
    const { live, market, seconds } = liveSetup({ store, secondsPerWrite: 1 });
    live.start();
    market.tell(...everySecond(0, 2));
    await live.idle();
    store.isForgetful = true;
    market.tell(trades('A', [200, 10, 5]));
    await live.idle();
    market.tell(heartbeat(3000));
    await live.stop();
    expect((await seconds())[0]).toBe('0 10 10 10 10 6 60 2 TRADES 1');
  });

  test('flush tells that seconds wait, and stores them the next time', async () => {
    const { live, market, store, seconds } = liveSetup();
    live.start();
    market.tell(...everySecond(0, 5));
    store.failure = { method: 'write', error: new Busy('in use') };
    await expect(live.flush()).rejects.toThrow('in use');
    expect(await seconds()).toEqual([]);
    await live.flush();
    expect((await seconds()).length).toBe(4);
    await live.stop();
  });

  test('many late trades at once are one refusal, not many', async () => {
    class Locked extends FakeStore {
      isLocked = false;
      override async append(...call: Parameters<FakeStore['append']>): Promise<void> {
        if (this.isLocked) throw new Busy('in use');
        await super.append(...call);
      }
    }
    const store = new Locked();
    const { live, market, seconds } = liveSetup({ store, secondsPerWrite: 1 });
    live.start();
    market.tell(...everySecond(0, 12));
    await live.idle();
    store.isLocked = true;
    for (let i = 0; i < 10; i += 1) {
      market.tell(trades('A', [i * 1000 + 200, 10, 1]));
      await live.idle();
    }
    store.isLocked = false;
    await live.stop();
    expect((await seconds()).slice(0, 10)).toEqual(
      Array.from({ length: 10 }, (_, i) => `${i * 1000} 10 10 10 10 2 20 2 TRADES 1`),
    );
  });
});

test('what the store cannot read ends the subscriptions that need it, and nothing else', async () => {
  const { live, market, store, seconds } = liveSetup({ symbols: ['A', 'B'] });
  const { done } = live.start();
  market.tell(heartbeat(0), ...everySecond(0, 11), trades('B', [100, 5, 1]));
  const minutes = live.candles(['A'], '1m', () => {});
  store.failure = { method: 'read', error: new Error('block damaged') };
  const hours = live.candles(['A'], '1h', () => {});
  await live.idle();
  // the minute is looked up first; its turn was the broken one
  await expect(minutes.done).rejects.toThrow('block damaged');
  market.tell(...everySecond(11, 20), heartbeat(MINUTE));
  live.candles(['B'], '1m', () => {}).close();
  await live.stop();
  await expect(hours.done).resolves.toBeUndefined();
  await expect(done).resolves.toBeUndefined();
  expect((await seconds('A')).length).toBe(20);
  expect((await seconds('B')).length).toBe(1);
});

test('a late trade of a damaged second is lost and counted; the feed goes on, and other late trades count', async () => {
  /** Of symbol A, nothing before the third second can be read. */
  class Damaged extends FakeStore {
    isDamaged = false;
    override readColumns(...call: Parameters<FakeStore['readColumns']>): ReturnType<FakeStore['readColumns']> {
      const [{ series, from }] = call;
      if (this.isDamaged && toSeries(series).symbol === 'A' && from < T0 + 2000) {
        return Promise.reject(new StoreCorruptError('block damaged'));
      }
      return super.readColumns(...call);
    }
  }
  const store = new Damaged();
  const { live, market, seconds } = liveSetup({ store, symbols: ['A', 'B'], secondsPerWrite: 1 });
  const { done } = live.start();
  market.tell(heartbeat(0), ...everySecond(0, 5), trades('B', [100, 5, 1]), heartbeat(6000));
  await live.idle();
  store.isDamaged = true;
  market.tell(trades('A', [300, 10, 1], [2300, 12, 1], [350, 10, 1], [2350, 9, 1]));
  await live.idle();
  market.tell(trades('B', [300, 6, 1]), ...everySecond(7, 9));
  await live.stop();
  await expect(done).resolves.toBeUndefined();
  expect(live.stats).toMatchObject({ late: 5, lost: 2, revised: 2 });
  store.isDamaged = false;
  expect(await seconds('B')).toEqual(['0 5 6 5 6 2 11 2 TRADES 1']);
  const rows = await seconds('A');
  expect([rows.length, rows[0], rows[2]]).toEqual([
    7,
    '0 10 10 10 10 1 10 1 TRADES 1',
    '2000 10 12 9 9 3 31 3 TRADES 1',
  ]);
});

test('a very late trade does not make known opens and closes unknown', async () => {
  const { live, market, seconds } = liveSetup({ secondsPerWrite: 1 });
  live.start();
  market.tell(...everySecond(0, 602));
  await live.idle();
  market.tell(trades('A', [88_050, 9, 1])); // 512 seconds before the one that follows
  await live.idle();
  market.tell(trades('A', [600_900, 77, 1]));
  await live.stop();
  const rows = await seconds();
  expect(rows[88]).toBe('88000 10 10 9 10 2 19 2 TRADES 1');
  expect(rows[600]).toBe('600000 10 77 10 77 2 87 2 TRADES 1');
});

describe('intervals that nobody asks for any more', () => {
  const intervals = (symbol: SymbolCandles): string[] => symbol.levels.map(({ interval }) => interval.text);

  test('are let go, with those that only they were made of', () => {
    const symbol = new SymbolCandles('A', 0, false);
    const levelOf = (text: string): Level => symbol.level(toInterval(text)).level;
    const [five, minute, hour] = [levelOf('5s'), levelOf('1m'), levelOf('1h')];
    expect(levelOf('1m')).toBe(minute);
    symbol.release(five);
    symbol.release(minute);
    expect(intervals(symbol)).toEqual(['5s', '1m', '1h']);
    symbol.release(minute);
    expect(intervals(symbol)).toEqual(['5s', '1m', '1h']);
    symbol.release(hour);
    expect(intervals(symbol)).toEqual([]);
  });

  test('a listener that goes, or asks for more, while candles are told takes nothing from the others', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    const note = (item: CandlesItem): void => void (item.kind === 'candles' && items.push(item));
    live.start();
    const once = live.candles(['A'], '5s', () => {
      once.close();
      live.candles(['A'], '1m', note);
    });
    live.candles(['A'], '7s', note);
    market.tell(...everySecond(0, 8));
    await live.idle();
    market.tell(...everySecond(8, 61));
    expect(toldBy(items)).toEqual([
      'A -3000 10 10 10 10 4 40 4 TRADES 0.5714',
      ...Array.from({ length: 8 }, (_, i) => `A ${4000 + 7000 * i} 10 10 10 10 7 70 7 TRADES 1`),
      'A 0 10 10 10 10 60 600 60 TRADES 1',
    ]);
    await live.stop();
  });

  test('one that is asked for again knows what it has missed', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.start();
    const subscribe = () => live.candles(['A'], '1m', (item) => item.kind === 'candles' && items.push(item));
    const first = subscribe();
    market.tell(...everySecond(0, 20));
    first.close();
    market.tell(...everySecond(20, 40));
    const partial = await live.partial('A', '1m');
    expect(partial === null ? [] : textRows(partial)).toEqual(['0 10 10 10 10 40 400 40 TRADES 0.65']);
    subscribe();
    await live.idle();
    market.tell(...everySecond(40, 61));
    expect(toldBy(items)).toEqual(['A 0 10 10 10 10 60 600 60 TRADES 1']);
    await live.stop();
  });
});
