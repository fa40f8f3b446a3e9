import { CandleSource, InvalidInputError } from '@prate/domain';
import type { CandleColumns } from '@prate/domain/candles';
import type { CandlesItem } from '@prate/market-data-port';
import { describe, expect, test } from 'vitest';
import { CandleAggregator, type PartialItem } from '../src/index.ts';
import { FakeStore } from './support/fake-store.ts';
import { liveSetup, toldBy } from './support/live-setup.ts';
import { heartbeat, MINUTE, T0, textRows, trades } from './support/values.ts';

const SERIES = { venue: 'scripted', symbol: 'A' };
const text = (columns: CandleColumns | null): string | null =>
  columns === null ? null : (textRows(columns)[0] ?? null);

describe('partial: the candle that is not over', () => {
  test('holds every trade so far, open seconds too, at any interval; null where nothing has traded', async () => {
    const { live, market } = liveSetup({ latenessMs: 1000 });
    live.candles(['A'], '5s', () => {});
    live.start();
    expect(await live.partial('A', '1m')).toBeNull();
    market.tell(heartbeat(0), trades('A', [100, 10, 1]), trades('A', [7200, 12, 2]), trades('A', [7100, 11, 1]));
    expect(text(await live.partial('A', '1m'))).toBe('0 10 12 10 12 4 45 3 TRADES 0.1167');
    expect(text(await live.partial('A', '5s'))).toBe('5000 11 12 11 12 3 35 2 TRADES 0.4');
    expect(text(await live.partial('A', '1s'))).toBe('7000 11 12 11 12 3 35 2 TRADES 0');
    expect(text(await live.partial('A', '7s'))).toBe('4000 11 12 11 12 3 35 2 TRADES 0.4286');
    market.tell(heartbeat(10_000));
    expect(await live.partial('A', '5s')).toBeNull();
    await live.stop();
  });

  test('is the candle that is told in the end', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.candles(['A'], '10s', (item) => item.kind === 'candles' && items.push(item));
    live.start();
    market.tell(heartbeat(0), trades('A', [100, 10, 1]), trades('A', [7200, 12, 2]), heartbeat(9999));
    const last = text(await live.partial('A', '10s'));
    market.tell(heartbeat(10_000));
    expect(toldBy(items)).toEqual([`A ${last?.replace('TRADES 0.9', 'TRADES 1')}`]);
    await live.stop();
  });

  test('an unknown symbol and a bad interval are refused', async () => {
    const { live } = liveSetup();
    await expect(live.partial('B', '1m')).rejects.toThrow(InvalidInputError);
    await expect(live.partial('A', 'soon')).rejects.toThrow(/interval must be/);
  });

  test('subscribers get it after each word of trades of their symbols, until they close', () => {
    const { live, market } = liveSetup({ symbols: ['A', 'B'] });
    const items: PartialItem[] = [];
    const subscription = live.partials(['A'], '1m', (item) => items.push(item));
    live.start();
    market.tell(heartbeat(0), trades('A', [100, 10, 1]), trades('B', [100, 10, 1]), trades('A', [7200, 12, 2]));
    expect(items.map(({ candles }) => text(candles))).toEqual([
      '0 10 10 10 10 1 10 1 TRADES 0',
      '0 10 12 10 12 3 34 2 TRADES 0.1167',
    ]);
    market.tell(trades('A', [61_000, 13, 1]));
    expect(text(items.at(-1)?.candles ?? null)).toBe('60000 13 13 13 13 1 13 1 TRADES 0.0167');
    subscription.close();
    market.tell(trades('A', [62_000, 13, 1]));
    expect(items).toHaveLength(3);
  });

  test('what was told before stays as it was', () => {
    const { live, market } = liveSetup();
    const items: PartialItem[] = [];
    live.partials(['A'], '1m', (item) => items.push(item));
    live.start();
    market.tell(heartbeat(0), trades('A', [100, 10, 1]));
    const first = text(items[0]?.candles ?? null);
    for (let ms = 200; ms < 9000; ms += 100) market.tell(trades('A', [ms, ms, 1]));
    expect(text(items[0]?.candles ?? null)).toBe(first);
  });
});

describe('a bucket that began before the run', () => {
  /** Minutes of the exchange from T0 on, then trades of 90 to 93 seconds, as an earlier run may have left them. */
  async function filled(): Promise<FakeStore> {
    const store = new FakeStore();
    const aggregator = new CandleAggregator({ store });
    const minute = { openTime: T0, open: 5, high: 8, low: 4, close: 6, volume: 100, turnover: 600, trades: 50 };
    await aggregator.processAndStore([minute], SERIES);
    const second = {
      open: 6,
      high: 6,
      low: 6,
      close: 6,
      volume: 1,
      turnover: 6,
      trades: 1,
      source: CandleSource.TRADES,
    };
    await aggregator.processAndStore(
      [90, 91, 92].map((s) => ({ ...second, openTime: T0 + s * 1000 })),
      SERIES,
      { interval: '1s' },
    );
    return store;
  }

  test('has what the store knows of it: in the partial candle, and in the one that is told', async () => {
    const { live, market } = liveSetup({ store: await filled() });
    const items: CandlesItem[] = [];
    live.candles(['A'], '1m', (item) => item.kind === 'candles' && items.push(item));
    live.candles(['A'], '1h', (item) => item.kind === 'candles' && items.push(item));
    live.start();
    market.tell(heartbeat(100_000), trades('A', [101_000, 9, 1]), heartbeat(110_000));
    expect(text(await live.partial('A', '1m'))).toBe('60000 6 9 6 9 4 27 4 TRADES 0.2167');
    expect(text(await live.partial('A', '1h'))).toBe('0 5 9 4 9 104 627 54 EXCHANGE 0.0203');
    market.tell(heartbeat(120_000));
    expect(toldBy(items)).toEqual(['A 60000 6 9 6 9 4 27 4 TRADES 0.3833']);
    market.tell(heartbeat(60 * MINUTE));
    expect(toldBy(items)[1]).toBe('A 0 5 9 4 9 104 627 54 EXCHANGE 0.9897');
    await live.stop();
  });

  test.each([
    [CandleSource.EXCHANGE, {}, '?', '?'],
    [CandleSource.TRADES, { trades: 50 }, '?', '52'],
    [CandleSource.TRADES, { turnover: 600 }, '619', '?'],
  ])(
    'what the store does not know of it stays unknown, in the coarser candles too: %s, %o',
    async (source, known, turnover, count) => {
      const store = new FakeStore();
      const minute = { openTime: T0, open: 5, high: 8, low: 4, close: 6, volume: 100, source, ...known };
      await new CandleAggregator({ store }).processAndStore([minute], SERIES);
      const { live, market } = liveSetup({ store });
      const items: CandlesItem[] = [];
      live.candles(['A'], '2m', (item) => item.kind === 'candles' && items.push(item));
      live.candles(['A'], '10m', (item) => item.kind === 'candles' && items.push(item));
      live.start();
      market.tell(heartbeat(60_000), trades('A', [61_000, 9, 1]), heartbeat(63_000));
      await live.idle();
      market.tell(trades('A', [64_000, 10, 1], [130_000, 7, 1], [250_000, 8, 1]), heartbeat(600_000));
      const more = (value: string, by: number): string => (value === '?' ? '?' : String(Number(value) + by));
      expect(toldBy(items)).toEqual([
        `A 0 5 10 4 10 102 ${turnover} ${count} ${source} 1`,
        'A 120000 7 7 7 7 1 7 1 TRADES 1',
        'A 240000 8 8 8 8 1 8 1 TRADES 1',
        `A 0 5 10 4 8 104 ${more(turnover, 15)} ${more(count, 2)} ${source} 1`,
      ]);
      await live.stop();
    },
  );

  test('its source is that of no other bucket, where several are over at once', async () => {
    const store = new FakeStore();
    const minute = { openTime: T0, open: 5, high: 8, low: 4, close: 6, volume: 100, turnover: 600, trades: 50 };
    await new CandleAggregator({ store }).processAndStore([minute], SERIES);
    const { live, market } = liveSetup({ store });
    const items: CandlesItem[] = [];
    live.candles(['A'], '2m', () => {});
    live.candles(['A'], '4m', (item) => item.kind === 'candles' && items.push(item));
    live.start();
    market.tell(heartbeat(60_000), trades('A', [61_000, 9, 1]), heartbeat(63_000));
    await live.idle();
    market.tell(trades('A', [130_000, 7, 1], [250_000, 8, 1], [480_000, 8, 1]));
    expect(toldBy(items)).toEqual(['A 0 5 9 4 7 102 616 52 EXCHANGE 1', 'A 240000 8 8 8 8 1 8 1 TRADES 1']);
    await live.stop();
  });

  test('nothing made up is in it: seconds of a minute of the exchange are not known', async () => {
    const { live, market } = liveSetup({ store: await filled() });
    live.start();
    market.tell(heartbeat(30_000), trades('A', [31_000, 9, 1]), heartbeat(32_000));
    await live.flush();
    expect(text(await live.partial('A', '1m'))).toBe('0 9 9 9 9 1 9 1 TRADES 0.5333');
    await live.stop();
  });

  test('the store knows the future in a replay: none of it is used', async () => {
    const store = await filled();
    const { live, market } = liveSetup({ store });
    live.candles(['A'], '1h', () => {});
    live.start();
    market.tell(heartbeat(70_000), trades('A', [71_000, 9, 1]), heartbeat(72_000));
    expect(text(await live.partial('A', '1h'))).toBe('0 5 9 4 9 101 609 51 EXCHANGE 0.0172');
    await live.stop();
  });

  test('a subscription in the middle of a run knows the start of the bucket from the store', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.start();
    market.tell(trades('A', [0, 10, 1], [6000, 11, 1]), heartbeat(7000));
    live.candles(['A'], '10s', (item) => item.kind === 'candles' && items.push(item));
    await live.idle();
    market.tell(heartbeat(10_000));
    expect(toldBy(items)).toEqual(['A 0 10 11 10 11 2 21 2 TRADES 1']);
    await live.stop();
  });

  test('where the store answers when the finer bucket is over, the coarser one has it all the same', async () => {
    const { live, market } = liveSetup({ store: await filled() });
    const items: CandlesItem[] = [];
    live.candles(['A'], '1m', (item) => item.kind === 'candles' && items.push(item));
    live.candles(['A'], '5m', (item) => item.kind === 'candles' && items.push(item));
    live.start();
    market.tell(heartbeat(100_000), trades('A', [101_000, 9, 1]), heartbeat(121_000));
    expect(toldBy(items)).toEqual(['A 60000 9 9 9 9 1 9 1 TRADES 0.3333']); // it could not wait
    await live.idle();
    market.tell(heartbeat(300_000));
    expect(toldBy(items)[1]).toMatch(/^A 0 5 9 4 9 104 627 54 EXCHANGE/);
    await live.stop();
  });
});
