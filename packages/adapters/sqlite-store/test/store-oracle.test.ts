import type { CandleBatch } from '@prate/candle-store-port';
import { toInterval } from '@prate/domain';
import { columnsFromCandles } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { textRows } from '../../../ports/candle-store-port/src/conformance/context.ts';
import { FakeCandleStore } from '../../../ports/candle-store-port/test/fake-candle-store.ts';
import { SqliteCandleStore } from '../src/index.ts';
import { expectSame, history, inBatches, journaled, play, query, SERIES, split, write } from './histories.ts';
import { DAY, HOUR, scratch, steady, T0 } from './support.ts';

describe('against a store of maps', () => {
  it('any sequence of writes and deletes in any batches gives the same store', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(query, { minLength: 3, maxLength: 3 }), async (events, queries) => {
        const [store, oracle] = [SqliteCandleStore.open(':memory:'), new FakeCandleStore()];
        await play(events, store, oracle);
        expect(await store.coverage()).toEqual(await oracle.coverage());
        expect(await store.series()).toEqual(await oracle.series());
        expect((await store.verify()).faults).toEqual([]);
        for (const asked of queries) {
          const expected = textRows(await oracle.readColumns(asked));
          expect(textRows(await store.readColumns(asked))).toEqual(expected);
          expect(await inBatches(store, asked)).toEqual(expected);
        }
        await store.close();
      }),
      cases(20),
    );
  });

  it('appends are as good as writes: at once, in another process, and when they are folded', async () => {
    await fc.assert(
      fc.asyncProperty(journaled, fc.array(query, { minLength: 2, maxLength: 2 }), async (events, queries) => {
        using place = scratch();
        const store = SqliteCandleStore.open(place.file);
        const reader = SqliteCandleStore.open(place.file);
        const oracle = SqliteCandleStore.open(':memory:');
        const half = events.length >> 1;
        await play(events.slice(0, half), store, oracle);
        expect(await reader.coverage()).toEqual(await oracle.coverage());
        await play(events.slice(half), store, oracle);
        await expectSame(store, oracle, queries);
        await expectSame(reader, oracle, queries);
        await store.close();
        await expectSame(reader, oracle, queries);
        await reader.close();
        await oracle.close();
      }),
      cases(15),
    );
  });

  it('the rows of a write do not depend on how it is cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 4 }), async (writes) => {
        const [cut, whole] = [SqliteCandleStore.open(':memory:'), SqliteCandleStore.open(':memory:')];
        for (const event of writes) {
          expect(await cut.write(SERIES, split(event))).toEqual(await whole.write(SERIES, event.batch));
        }
        expect(await cut.coverage()).toEqual(await whole.coverage());
        for (const interval of ['1m', '1h']) {
          const asked = { series: SERIES, interval, from: T0 - DAY, to: T0 + DAY };
          expect(textRows(await cut.readColumns(asked))).toEqual(textRows(await whole.readColumns(asked)));
        }
        await cut.close();
        await whole.close();
      }),
      cases(40),
    );
  });
});

describe('windows', () => {
  const rows = (interval: string, ...opens: number[]): CandleBatch => ({
    columns: columnsFromCandles(
      opens.map((openTime) => ({ openTime, open: 5, high: 5, low: 5, close: 5, volume: 1 })),
      toInterval(interval),
    ),
  });

  it('one window of seconds is a day: a range of days comes day by day, a gap of years as nothing', async () => {
    const store = SqliteCandleStore.open(':memory:');
    const opens = [T0 - 9 * 365 * DAY, T0, T0 + DAY - 1000, T0 + DAY, T0 + 3650 * DAY];
    await store.write(SERIES, rows('1s', ...opens));
    const found: number[][] = [];
    for await (const batch of store.read({ series: SERIES, interval: '1s', from: -1e14, to: 1e14 }))
      found.push([...batch.openTime]);
    expect(found).toEqual([[opens[0]], [opens[1], opens[2]], [opens[3]], [opens[4]]]);
    await store.close();
  });

  it('no window holds more than a day of seconds, however long the range', async () => {
    const store = SqliteCandleStore.open(':memory:');
    const hours = Array.from({ length: 20 * 24 }, (_, i) => ({
      openTime: T0 + i * HOUR,
      open: 5,
      high: 5,
      low: 5,
      close: 5,
      volume: 3600,
    }));
    await store.write(SERIES, { columns: columnsFromCandles(hours, toInterval('1h')) });
    let [windows, seconds] = [0, 0];
    for await (const { length } of store.read({ series: SERIES, interval: '1s', from: T0, to: T0 + 20 * DAY })) {
      expect(length).toBeLessThanOrEqual(86_400);
      windows += 1;
      seconds += length;
    }
    expect([windows, seconds]).toEqual([20, 20 * 86_400]);
    await store.close();
  });

  it('a batch shows the store as it is when the batch is made, also where a block serves several', async () => {
    const store = SqliteCandleStore.open(':memory:');
    const hours = (price: number): CandleBatch => ({ columns: steady('1h', T0, 48, price) });
    await store.write(SERIES, hours(5));
    const seen: number[] = [];
    for await (const batch of store.read({ series: SERIES, interval: '1s', from: T0, to: T0 + 2 * DAY })) {
      seen.push(batch.open[0] as number);
      await store.write(SERIES, hours(6));
    }
    expect(seen).toEqual([5, 6]);
    await store.close();
  });

  it('weeks and months are whole', async () => {
    const store = SqliteCandleStore.open(':memory:');
    await store.write(SERIES, rows('1m', ...Array.from({ length: 70 }, (_, i) => T0 + i * DAY)));
    for (const [interval, volumes] of [
      ['1w', Array(10).fill(7)],
      ['1M', [31, 29, 10]],
    ] as const) {
      const found: number[] = [];
      for await (const batch of store.read({ series: SERIES, interval, from: T0, to: T0 + 100 * DAY })) {
        found.push(...Array.from(batch.volume, Number));
      }
      expect(found).toEqual(volumes);
    }
    await store.close();
  });
});
