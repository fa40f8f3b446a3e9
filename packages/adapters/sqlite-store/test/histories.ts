import type { CandleBatch, CandleQuery, CandleStorePort, SeriesBatch } from '@prate/candle-store-port';
import { clipRanges, normalizeRanges, type TimeRange, toInterval } from '@prate/domain';
import { type CandleColumns, columnsFromCandles, sliceColumns } from '@prate/domain/candles';
import fc from 'fast-check';
import { expect } from 'vitest';
import { textRows } from '../../../ports/candle-store-port/src/conformance/context.ts';
import { DAY, HOUR, T0 } from './support.ts';

export const SERIES = 'BTC_USDT';
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

type StoreEvent = Write | Delete | Append | Live;

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

export const write: fc.Arbitrary<Write> = fc
  .tuple(
    columnsArbitrary,
    fc.option(fc.array(range, { maxLength: 4 }), { nil: undefined }),
    fc.array(fc.nat(30), { maxLength: 3 }),
  )
  .map(([columns, observed, cuts]) => ({ kind: 'write', batch: { columns, observed }, cuts }));
const erase: fc.Arbitrary<Delete> = range.map(({ from, to }) => ({ kind: 'delete', from, to }));
export const history = fc.array(fc.oneof({ weight: 5, arbitrary: write }, erase), { minLength: 1, maxLength: 6 });

const append: fc.Arbitrary<Append> = fc
  .tuple(fc.array(write, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([writes, other]) => ({ kind: 'append', batches: writes.map(({ batch }) => batch), other }));
const live: fc.Arbitrary<Live> = fc.record({
  kind: fc.constant('live' as const),
  from: near,
  commits: fc.integer({ min: 1, max: 70 }),
  price: fc.constantFrom(60, 60.25, 61.5),
});
export const journaled = fc.array(
  fc.oneof({ weight: 3, arbitrary: append }, { weight: 2, arbitrary: live }, write, erase),
  {
    minLength: 1,
    maxLength: 8,
  },
);

/** The same rows in several batches. */
/** Each part tells what was watched up to the next one: of a time that it tells without its rows, it would know more than they do. */
export function split({ batch: { columns, observed }, cuts }: Write): CandleBatch[] {
  const edges = [...new Set([0, ...cuts.filter((cut) => cut < columns.length), columns.length])].sort((a, b) => a - b);
  if (edges.length === 1) return [{ columns, observed }];
  return edges.slice(1).map((to, i) => {
    const from = edges[i] as number;
    const [first, last] = [columns.openTime[from] as number, columns.openTime[to] ?? Number.POSITIVE_INFINITY];
    const own = observed && clipRanges(normalizeRanges(observed), from === 0 ? Number.NEGATIVE_INFINITY : first, last);
    return { columns: sliceColumns(columns, from, to), observed: own };
  });
}

export const query = fc.record({
  series: fc.constant(SERIES),
  interval: fc.constantFrom('1s', '5s', '7s', '90s', '1m', '5m', '1h', '1d', '1w', '1M'),
  from: near,
  to: fc.oneof(near, fc.constant(T0 + DAY)),
  fill: fc.constantFrom('none' as const, 'flat' as const),
  observedOnly: fc.boolean(),
  interpolation: fc.constantFrom('linear' as const, 'bridge' as const, { model: 'bridge' as const, seed: 7 }),
});

type Call = (store: CandleStorePort) => Promise<unknown>;

/** What is asked of a store, one call after the other. */
export function callsOf(event: StoreEvent): Call[] {
  switch (event.kind) {
    case 'delete':
      return [(store) => store.delete({ series: SERIES, from: event.from, to: event.to })];
    case 'append': {
      const batches = batchesOf(event);
      return [(store) => store.append(batches)];
    }
    case 'live':
      return secondsOf(event).map((second) => (store) => store.append([second]));
    default:
      return [(store) => store.write(SERIES, split(event))];
  }
}

function batchesOf({ batches, other }: Append): SeriesBatch[] {
  const series = other ? [SERIES, OTHER] : [SERIES];
  return batches.flatMap((batch) => series.map((one) => ({ series: one, ...batch })));
}

function secondsOf({ from, commits, price: first }: Live): SeriesBatch[] {
  return Array.from({ length: commits }, (_, i) => {
    const price = first + (i % 3);
    const prices = { open: price, high: price, low: price, close: price, volume: 0.5, turnover: price / 2 };
    const candle = { openTime: from + i * 1000, ...prices, source: 'TRADES' as const };
    return { series: SERIES, columns: columnsFromCandles([candle], toInterval('1s')) };
  });
}

/** The same events on a store and on an oracle, which knows appends as writes. */
export async function play(
  events: readonly StoreEvent[],
  store: CandleStorePort,
  oracle: CandleStorePort,
): Promise<void> {
  for (const event of events) {
    const results: unknown[] = [];
    for (const call of callsOf(event)) results.push(await call(store));
    if (event.kind === 'append' || event.kind === 'live') {
      const batches = event.kind === 'append' ? batchesOf(event) : secondsOf(event);
      for (const batch of batches) await oracle.write(batch.series, batch);
    } else {
      for (const [i, call] of callsOf(event).entries()) expect(results[i]).toEqual(await call(oracle));
    }
  }
}

export async function inBatches(store: CandleStorePort, asked: CandleQuery): Promise<string[]> {
  const rows: string[] = [];
  for await (const batch of store.read(asked)) rows.push(...textRows(batch));
  return rows;
}

/** All that a store tells of itself is what the oracle tells, but for its bytes. */
export async function expectSame(
  store: CandleStorePort,
  oracle: CandleStorePort,
  queries: readonly CandleQuery[],
): Promise<void> {
  expect(await store.coverage()).toEqual(await oracle.coverage());
  expect(await store.series()).toEqual(await oracle.series());
  const { bytes: _, ...counts } = await oracle.stats();
  expect(await store.stats()).toMatchObject(counts);
  expect(await store.verify()).toEqual(await oracle.verify());
  for (const asked of queries) {
    const expected = textRows(await oracle.readColumns(asked));
    expect(textRows(await store.readColumns(asked))).toEqual(expected);
    expect(await inBatches(store, asked)).toEqual(expected);
  }
}
