import { toInterval } from '@prate/domain';
import { candlesFromTrades } from '@prate/domain/candles';
import type { CandlesItem, TradesItem } from '@prate/market-data-port';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { CandleAggregator, LiveCandles } from '../src/index.ts';
import { FakeStore } from './support/fake-store.ts';
import { liveSetup, toldBy } from './support/live-setup.ts';
import { ScriptedMarket } from './support/scripted-market.ts';
import { decimals, tapes } from './support/tapes.ts';
import { gap, heartbeat, T0, textRows, tradeColumns, trades } from './support/values.ts';

describe('the window', () => {
  test('a second stays open until the feed has told of a time that much after its end', () => {
    const { live, market } = liveSetup({ latenessMs: 1500 });
    const items: CandlesItem[] = [];
    live.candles(['A'], '1s', (item) => items.push(item));
    live.start();
    market.tell(trades('A', [100, 10, 1]), trades('A', [2499, 12, 1]), trades('A', [900, 11, 1]));
    expect(items).toEqual([]);
    market.tell(trades('A', [2500, 13, 1]));
    expect(toldBy(items)).toEqual(['A 0 10 11 10 11 2 21 2 TRADES 1']);
  });

  test('heartbeats close seconds, as much later', () => {
    const { live, market } = liveSetup({ latenessMs: 1000 });
    const items: CandlesItem[] = [];
    live.candles(['A'], '1s', (item) => item.kind === 'candles' && items.push(item));
    live.start();
    market.tell(heartbeat(0), trades('A', [100, 10, 1]), heartbeat(1999));
    expect(items).toEqual([]);
    market.tell(heartbeat(2000));
    expect(toldBy(items)).toEqual(['A 0 10 10 10 10 1 10 1 TRADES 1']);
  });

  test('open and close are those of the first and the last time, and at one time of the first and the last to come', async () => {
    const { live, market, seconds } = liveSetup({ latenessMs: 1000 });
    live.start();
    market.tell(trades('A', [500, 15, 1], [500, 16, 1]), trades('A', [900, 19, 1]), trades('A', [100, 11, 1]));
    market.tell(trades('A', [100, 10, 1]), trades('A', [900, 18, 1]), heartbeat(3000));
    await live.stop();
    expect(await seconds()).toEqual(['0 11 19 10 18 6 89 6 TRADES 1']);
    expect(live.stats).toMatchObject({ trades: 6, late: 0, revised: 0, duplicates: 0 });
  });

  test('it reaches back behind the first word, too', async () => {
    const { live, market, seconds, watched } = liveSetup({ latenessMs: 1000 });
    live.start();
    market.tell(trades('A', [2100, 12, 1]), trades('A', [1500, 11, 1]), heartbeat(4000));
    await live.stop();
    expect(await seconds()).toEqual(['1000 11 11 11 11 1 11 1 TRADES 1', '2000 12 12 12 12 1 12 1 TRADES 1']);
    expect(await watched()).toEqual([[1000, 4000]]);
    const heartbeatFirst = liveSetup({ latenessMs: 1000 });
    heartbeatFirst.live.start();
    heartbeatFirst.market.tell(heartbeat(2000), trades('A', [1500, 11, 1]), heartbeat(4000));
    await heartbeatFirst.live.stop();
    expect(await heartbeatFirst.watched()).toEqual([[2000, 4000]]);
    expect(await heartbeatFirst.seconds()).toEqual(['1000 11 11 11 11 1 11 1 TRADES 0']);
    expect(heartbeatFirst.live.stats.late).toBe(0);
  });

  test('a gap while seconds are open: those that it touches are not watched, and their trades count', async () => {
    const { live, market, seconds, watched } = liveSetup({ latenessMs: 2000 });
    live.start();
    market.tell(trades('A', [100, 10, 1]), trades('A', [1200, 11, 1]), gap(1500, 2500), trades('A', [2600, 13, 1]));
    market.tell(trades('A', [1300, 12, 1]), trades('A', [3100, 14, 1]), heartbeat(8000));
    await live.stop();
    expect(await watched()).toEqual([
      [0, 1000],
      [3000, 8000],
    ]);
    expect(await seconds()).toEqual([
      '0 10 10 10 10 1 10 1 TRADES 1',
      '1000 11 12 11 12 2 23 2 TRADES 0',
      '2000 13 13 13 13 1 13 1 TRADES 0',
      '3000 14 14 14 14 1 14 1 TRADES 1',
    ]);
  });

  test('the end of the feed closes what is open', async () => {
    const { live, market, watched } = liveSetup({ latenessMs: 60_000 });
    const { done } = live.start();
    market.tell(trades('A', [0, 10, 1]), trades('A', [5300, 11, 1]), heartbeat(7500));
    market.end();
    await done;
    expect(await watched()).toEqual([[0, 7000]]);
    expect(live.stats.stored).toBe(2);
  });

  test('by default it is a second', async () => {
    const market = new ScriptedMarket();
    const live = new LiveCandles({
      market,
      symbols: ['A'],
      aggregator: new CandleAggregator({ store: new FakeStore() }),
    });
    live.start();
    market.tell(trades('A', [0, 10, 1]), trades('A', [1999, 11, 1]), trades('A', [500, 12, 1]));
    expect(live.stats.late).toBe(0);
    market.tell(trades('A', [2000, 10, 1]), trades('A', [500, 10, 1]));
    expect(live.stats.late).toBe(1);
    await live.stop();
  });
});

describe('a trade told twice counts once', () => {
  const page: TradesItem = trades('A', [100, 10, 1, '7'], [600, 11, 1, '8'], [1700, 12, 1, '9']);

  test('within the window, and when a page comes again after a reconnect', async () => {
    const { live, market, seconds } = liveSetup();
    live.start();
    market.tell(page, page, trades('A', [9000, 20, 1, '10']), gap(9000, 12_000), page);
    market.tell(trades('A', [600, 11, 1, '8'], [1700, 12, 1, '9'], [9000, 20, 1, '10'], [12_500, 21, 1, '11']));
    await live.stop();
    expect((await seconds()).map((row) => row.split(' ').slice(0, 8).join(' '))).toEqual([
      '0 10 11 10 11 2 21 2',
      '1000 12 12 12 12 1 12 1',
      '9000 20 20 20 20 1 20 1',
      '12000 21 21 21 21 1 21 1',
    ]);
    expect(live.stats).toMatchObject({ trades: 5, duplicates: 9, late: 0, revised: 0 });
  });

  test('ids of one symbol say nothing of another', async () => {
    const { live, market } = liveSetup({ symbols: ['A', 'B'] });
    live.start();
    market.tell(page, { ...page, symbol: 'B' } as TradesItem);
    await live.stop();
    expect(live.stats).toMatchObject({ trades: 6, duplicates: 0 });
  });
});

describe('a late trade', () => {
  test('tells the candles that hold it again, of every interval, where they are over', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    for (const interval of ['1s', '5s', '1m'])
      live.candles(['A'], interval, (item) => item.kind === 'revision' && items.push(item));
    live.start();
    market.tell(heartbeat(0), trades('A', [100, 10, 1]), trades('A', [4900, 11, 1]), heartbeat(6000));
    market.tell(trades('A', [4950, 12, 1]));
    expect(items).toEqual([]); // it is stored first
    await live.idle();
    expect(toldBy(items)).toEqual([
      'revision A 4000 11 12 11 12 2 23 2 TRADES 1',
      'revision A 0 10 12 10 12 3 33 3 TRADES 1',
    ]);
    await live.stop();
  });

  test('is in the candles that are not over, which are told when they are', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.candles(['A'], '10s', (item) => item.kind !== 'heartbeat' && items.push(item));
    live.candles(['A'], '1m', (item) => item.kind !== 'heartbeat' && items.push(item));
    live.start();
    market.tell(heartbeat(0), trades('A', [5000, 10, 1], [12_500, 11, 1]), heartbeat(14_000));
    market.tell(trades('A', [12_400, 20, 1]), trades('A', [11_000, 12, 1]), trades('A', [700, 13, 1]));
    await live.idle();
    market.tell(heartbeat(60_000));
    expect(toldBy(items)).toEqual([
      'A 0 10 10 10 10 1 10 1 TRADES 1',
      'revision A 0 13 13 10 10 2 23 2 TRADES 1',
      'A 10000 12 20 11 11 3 43 3 TRADES 1',
      'A 0 13 20 10 11 5 66 5 TRADES 1',
    ]);
    await live.stop();
  });

  test('after another of its second: each knows when the one before it was traded', async () => {
    const { live, market, seconds } = liveSetup();
    live.start();
    market.tell(trades('A', [500, 10, 1]), heartbeat(2000), trades('A', [800, 12, 1]));
    await live.idle();
    market.tell(trades('A', [700, 11, 1]), trades('A', [200, 8, 1]), trades('A', [300, 9, 1]));
    await live.stop();
    expect(await seconds()).toEqual(['0 8 12 8 12 5 50 5 TRADES 1']);
  });

  test('before anything has closed counts once in the candle that is open', async () => {
    const { live, market } = liveSetup();
    const items: CandlesItem[] = [];
    live.candles(['A'], '1m', (item) => item.kind === 'candles' && items.push(item));
    live.start();
    market.tell(trades('A', [5200, 10, 1]), trades('A', [4800, 9, 1]), heartbeat(7000));
    await live.idle();
    market.tell(heartbeat(60_000));
    expect(toldBy(items)).toEqual(['A 0 9 10 9 10 2 19 2 TRADES 0.9167']);
    await live.stop();
  });

  test('of a second that closed more than 512 seconds ago leaves open and close as they were', async () => {
    const { live, market, seconds } = liveSetup();
    live.start();
    market.tell(trades('A', [500, 10, 1]));
    for (let second = 1; second <= 600; second += 1) market.tell(trades('A', [second * 1000, 20, 1]));
    market.tell(trades('A', [100, 9, 1]), trades('A', [900, 11, 1]), trades('A', [599_999, 21, 1]));
    await live.stop();
    expect((await seconds())[0]).toBe('0 10 11 9 10 3 30 3 TRADES 1');
    expect((await seconds())[599]).toBe('599000 20 21 20 21 2 41 2 TRADES 1');
  });

  test('however late, however told: the store has what it would have with all in time, and subscribers know it', async () => {
    const tape = tapes({ maxTrades: 30, maxMs: 40_000, price: decimals(300), quantity: decimals(99) });
    const windows = fc.constantFrom(0, 300, 1000, 5000);
    await fc.assert(
      fc.asyncProperty(tape, windows, fc.nat({ max: 4 }), async ({ items, ordered }, latenessMs, settleEvery) => {
        const { live, market, seconds } = liveSetup({ latenessMs, secondsPerWrite: 3 });
        const intervals = ['1s', '5s', '1m'];
        const known = intervals.map((interval) => {
          const candles = new Map<number, string>();
          live.candles(['A'], interval, (item) => {
            if (item.kind !== 'candles' && item.kind !== 'revision') return;
            for (const row of textRows(item.candles)) candles.set(Number(row.split(' ')[0]), row);
          });
          return { interval, candles };
        });
        const { done } = live.start();
        market.tell(heartbeat(0));
        for (const [i, rows] of items.entries()) {
          market.tell(trades('A', ...rows));
          if (settleEvery > 0 && i % settleEvery === 0) await live.idle();
        }
        market.tell(heartbeat(130_000));
        market.end();
        await done;
        const observed = [{ from: T0, to: T0 + 130_000 }];
        for (const { interval, candles } of known) {
          const expected = textRows(candlesFromTrades(tradeColumns(ordered), toInterval(interval), observed));
          expect([...candles].sort(([a], [b]) => a - b).map(([, row]) => row)).toEqual(expected);
          if (interval === '1s') expect(await seconds()).toEqual(expected);
        }
      }),
      cases(500),
    );
  });
});
