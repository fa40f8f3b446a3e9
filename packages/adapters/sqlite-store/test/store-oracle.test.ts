import type { CandleBatch, CandleQuery, CandleStorePort } from '@prate/candle-store-port';
import { type TimeRange, toInterval } from '@prate/domain';
import { type CandleColumns, columnsFromCandles, sliceColumns } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { textRows } from '../../../ports/candle-store-port/src/conformance/context.ts';
import { FakeCandleStore } from '../../../ports/candle-store-port/test/fake-candle-store.ts';
import { SqliteCandleStore } from '../src/index.ts';
import { DAY, HOUR, scratch, steady, T0 } from './support.ts';

const SERIES = 'BTC_USDT';
const OTHER = 'X'; // in the same group of the journal
/** Around a midnight, where blocks of seconds, blocks of minutes and windows end. */
const NEAR = 2 * HOUR;

interface Write {
  readonly kind: 'write';
  readonly batch: CandleBatch;
  readonly cuts: readonly number[];
}
interface Delete {
  readonly kind: 'delete';
  readonly from: number;
  readonly to: number;
}
interface Append {
  readonly kind: 'append';
  readonly batches: readonly CandleBatch[];
  readonly other: boolean;
}
/** A second a commit, as of a feed: enough commits for groups of the journal to have their turn. */
interface Live {
  readonly kind: 'live';
  readonly from: number;
  readonly commits: number;
  readonly price: number;
}

const near = fc.integer({ min: -NEAR / 1000, max: NEAR / 1000 }).map((second) => T0 + second * 1000);
const range = fc.tuple(near, near).map(([a, b]): TimeRange => ({ from: Math.min(a, b), to: Math.max(a, b) }));

const columnsArbitrary: fc.Arbitrary<CandleColumns> = fc
  .record({
    step: fc.constantFrom('1s', '1s', '5s', '1m', '1m', '5m', '1h'),
    from: near,
    skips: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 40 })), {
      maxLength: 30,
    }),
    price: fc.oneof(fc.integer({ min: 50, max: 90 }).map(String), fc.constantFrom('50.25', '61.000001')),
    // the last needs 64 bits, and leaves room for sums: beyond them the oracle, which adds up from the start, rounds sooner
    volume: fc.constantFrom('0.5', '3', '9007199.254740993'),
    trades: fc.constantFrom(null, 1, 7),
    turnover: fc.constantFrom(null, '12.5'),
    source: fc.constantFrom('EXCHANGE' as const, 'TRADES' as const),
    coverage: fc.constantFrom(1, 1, 0, 0.4),
  })
  .map(({ step, from, skips, price, ...rest }) => {
    const interval = toInterval(step);
    const ms = (interval.seconds as number) * 1000;
    let slot = Math.floor(from / ms);
    const prices = { open: price, high: Number(price) + 2, low: Number(price) - 1, close: Number(price) + 1 };
    const candles = skips.map((skip) => {
      slot += skip;
      return { openTime: slot * ms, ...prices, ...rest };
    });
    return columnsFromCandles(candles, interval);
  });

const write: fc.Arbitrary<Write> = fc
  .tuple(
    columnsArbitrary,
    fc.option(fc.array(range, { maxLength: 4 }), { nil: undefined }),
    fc.array(fc.nat(30), { maxLength: 3 }),
  )
  .map(([columns, observed, cuts]) => ({ kind: 'write', batch: { columns, observed }, cuts }));
const erase: fc.Arbitrary<Delete> = range.map(({ from, to }) => ({ kind: 'delete', from, to }));
const history = fc.array(fc.oneof({ weight: 5, arbitrary: write }, erase), { minLength: 1, maxLength: 6 });

const append: fc.Arbitrary<Append> = fc
  .tuple(fc.array(write, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([writes, other]) => ({ kind: 'append', batches: writes.map(({ batch }) => batch), other }));
const live: fc.Arbitrary<Live> = fc.record({
  kind: fc.constant('live' as const),
  from: near,
  commits: fc.integer({ min: 1, max: 70 }),
  price: fc.constantFrom(60, 60.25, 61.5),
});
const journaled = fc.array(fc.oneof({ weight: 3, arbitrary: append }, { weight: 2, arbitrary: live }, write, erase), {
  minLength: 1,
  maxLength: 8,
});

/** The same rows in several batches. */
function split({ batch: { columns, observed }, cuts }: Write): CandleBatch[] {
  const edges = [...new Set([0, ...cuts.filter((cut) => cut < columns.length), columns.length])].sort((a, b) => a - b);
  if (edges.length === 1) return [{ columns, observed }];
  return edges.slice(1).map((to, i) => ({ columns: sliceColumns(columns, edges[i] as number, to), observed }));
}

const query = fc.record({
  series: fc.constant(SERIES),
  interval: fc.constantFrom('1s', '5s', '7s', '90s', '1m', '5m', '1h', '1d', '1w', '1M'),
  from: near,
  to: fc.oneof(near, fc.constant(T0 + DAY)),
  fill: fc.constantFrom('none' as const, 'flat' as const),
  observedOnly: fc.boolean(),
  interpolation: fc.constantFrom('linear' as const, 'bridge' as const, { model: 'bridge' as const, seed: 7 }),
});

async function play(
  events: readonly (Write | Delete | Append | Live)[],
  store: SqliteCandleStore,
  oracle: CandleStorePort,
): Promise<void> {
  for (const event of events) {
    if (event.kind === 'delete') {
      const { from, to } = event;
      expect(await store.delete({ series: SERIES, from, to })).toBe(await oracle.delete({ series: SERIES, from, to }));
    } else if (event.kind === 'append') {
      const series = event.other ? [SERIES, OTHER] : [SERIES];
      const batches = event.batches.flatMap((batch) => series.map((one) => ({ series: one, ...batch })));
      await store.append(batches);
      for (const batch of batches) await oracle.write(batch.series, batch);
    } else if (event.kind === 'live') {
      for (let i = 0; i < event.commits; i += 1) {
        const price = event.price + (i % 3);
        const prices = { open: price, high: price, low: price, close: price, volume: 0.5, turnover: price / 2 };
        const candle = { openTime: event.from + i * 1000, ...prices, source: 'TRADES' as const };
        const second = { series: SERIES, columns: columnsFromCandles([candle], toInterval('1s')) };
        await store.append([second]);
        await oracle.write(SERIES, second);
      }
    } else {
      expect(await store.write(SERIES, split(event))).toEqual(await oracle.write(SERIES, split(event)));
    }
  }
}

async function inBatches(store: SqliteCandleStore, asked: CandleQuery): Promise<string[]> {
  const rows: string[] = [];
  for await (const batch of store.read(asked)) rows.push(...textRows(batch));
  return rows;
}

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
        const compare = async (one: SqliteCandleStore): Promise<void> => {
          expect(await one.coverage()).toEqual(await oracle.coverage());
          expect(await one.series()).toEqual(await oracle.series());
          const { bytes: _, ...counts } = await oracle.stats();
          expect(await one.stats()).toMatchObject(counts);
          expect(await one.verify()).toEqual(await oracle.verify());
          for (const asked of queries) {
            const expected = textRows(await oracle.readColumns(asked));
            expect(textRows(await one.readColumns(asked))).toEqual(expected);
            expect(await inBatches(one, asked)).toEqual(expected);
          }
        };
        await compare(store);
        await compare(reader);
        await store.close();
        await compare(reader);
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
