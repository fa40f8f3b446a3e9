import { InvalidInputError, toInterval } from '@prate/domain';
import { type CandleInput, candlesFromTrades, columnsFromCandles, sliceColumns } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { CandleAggregator } from '../src/index.ts';
import { FakeStore } from './support/fake-store.ts';
import { MINUTE, offsets, T0, type TradeRow, textRows, tradeColumns } from './support/values.ts';

const minute = (n: number, price = 100): CandleInput => ({
  openTime: T0 + n * MINUTE,
  open: price,
  high: price + 4,
  low: price - 3,
  close: price + 1,
  volume: 12.5,
});

describe('processAndStore and getAggregatedCandles', () => {
  test('minute candles are asked for as five seconds, which add up to the minutes', async () => {
    const store = new FakeStore();
    const candles = new CandleAggregator({ store });
    expect(await candles.processAndStore([minute(0), minute(1, 101)], 'BTC_USDT')).toEqual({
      added: 2,
      replaced: 0,
      unchanged: 0,
    });
    const fiveSeconds = await candles.getAggregatedCandles('BTC_USDT', T0, T0 + 2 * MINUTE, 5);
    expect(fiveSeconds).toHaveLength(24);
    expect(fiveSeconds[0]).toMatchObject({ openTime: T0, open: 100, source: 'INTERPOLATED', coverage: 0 });
    expect(Math.max(...fiveSeconds.slice(0, 12).map(({ high }) => high))).toBe(104);
    expect(fiveSeconds.slice(0, 12).reduce((sum, { volume }) => sum + volume, 0)).toBeCloseTo(12.5, 12);
    expect(await candles.getAggregatedCandles('BTC_USDT', T0, T0 + 2 * MINUTE, '5s')).toEqual(fiveSeconds);
    const stored = await candles.getAggregatedCandles('BTC_USDT', T0, T0 + 2 * MINUTE, '1m');
    expect(stored[1]).toEqual({ ...minute(1, 101), turnover: null, trades: null, source: 'EXCHANGE', coverage: 1 });
  });

  test('a bare symbol means venue default; venues do not mix', async () => {
    const candles = new CandleAggregator({ store: new FakeStore() });
    await candles.processAndStore([minute(0)], 'A');
    await candles.processAndStore([minute(0, 200)], { venue: 'mexc', symbol: 'A' });
    const opens = async (series: Parameters<CandleAggregator['getColumns']>[0]): Promise<number[]> =>
      (await candles.getAggregatedCandles(series, T0, T0 + MINUTE, '1m')).map(({ open }) => open);
    expect(await opens('A')).toEqual([100]);
    expect(await opens({ venue: 'default', symbol: 'A' })).toEqual([100]);
    expect(await opens({ venue: 'mexc', symbol: 'A' })).toEqual([200]);
  });

  test('a candle that breaks a rule is named by its place, and nothing is stored', async () => {
    const store = new FakeStore();
    const candles = new CandleAggregator({ store });
    const bad = { ...minute(2), high: 1 };
    await expect(candles.processAndStore([minute(0), minute(1), bad], 'A')).rejects.toThrow(/^row 2: high 1 /);
    await expect(candles.processAndStore([minute(0), minute(0)], 'A')).rejects.toThrow(/^row 1: .*twice/);
    await expect(candles.processAndStore([minute(0)], '')).rejects.toThrow(InvalidInputError);
    expect(store.written).toEqual([]);
  });

  test('interval: candles of other widths are taken, and ones off its grid are refused', async () => {
    const candles = new CandleAggregator({ store: new FakeStore() });
    await candles.processAndStore([minute(0), minute(5)], 'A', { interval: '5m' });
    const [first] = await candles.getAggregatedCandles('A', T0, T0 + 10 * MINUTE, '10m');
    expect(first).toMatchObject({ openTime: T0, volume: 25, coverage: 1 });
    await expect(candles.processAndStore([minute(1)], 'A', { interval: '5m' })).rejects.toThrow(
      /row 0: .* off the grid of 5m/,
    );
    await expect(candles.processAndStore([], 'A', { interval: '5 minutes' })).rejects.toThrow(/interval must be/);
  });

  test('observed: watched time without a candle was quiet, unwatched time is unknown', async () => {
    const candles = new CandleAggregator({ store: new FakeStore() });
    const observed = [{ from: T0, to: T0 + 3 * MINUTE }];
    await candles.processAndStore([minute(0)], 'QUIET', { observed });
    await candles.processAndStore([minute(0)], 'UNKNOWN');
    const flat = async (symbol: string): Promise<number[]> =>
      (await candles.getAggregatedCandles(symbol, T0, T0 + 3 * MINUTE, '1m', { fill: 'flat' })).map(({ open }) => open);
    expect(await flat('QUIET')).toEqual([100, 101, 101]);
    expect(await flat('UNKNOWN')).toEqual([100]);
  });

  test('observedOnly leaves out what is made up', async () => {
    const candles = new CandleAggregator({ store: new FakeStore() });
    await candles.processAndStore([minute(0)], 'A');
    expect(await candles.getAggregatedCandles('A', T0, T0 + MINUTE, 5, { observedOnly: true })).toEqual([]);
  });

  test('read gives the same candles in batches', async () => {
    const candles = new CandleAggregator({ store: new FakeStore() });
    await candles.processAndStore([minute(0), minute(1)], 'A');
    const rows: string[] = [];
    for await (const batch of candles.read('A', T0, T0 + 2 * MINUTE, '30s')) rows.push(...textRows(batch));
    expect(rows).toEqual(textRows(await candles.getColumns('A', T0, T0 + 2 * MINUTE, '30s')));
    expect(rows).toHaveLength(4);
  });

  test('cachedCandles must be a whole number from 0 up', () => {
    for (const cachedCandles of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new CandleAggregator({ store: new FakeStore(), cachedCandles })).toThrow(/cachedCandles must be/);
    }
  });
});

describe('store', () => {
  test('takes batches one by one from a stream, all or nothing', async () => {
    const store = new FakeStore();
    const candles = new CandleAggregator({ store });
    const columns = columnsFromCandles([minute(0), minute(1)], toInterval('1m'));
    await candles.store('A', [{ columns: sliceColumns(columns, 0, 1) }, { columns: sliceColumns(columns, 1, 2) }]);
    expect(await candles.getAggregatedCandles('A', T0, T0 + 2 * MINUTE, '1m')).toHaveLength(2);
    const broken = async function* (): AsyncGenerator<{ columns: typeof columns }> {
      yield { columns };
      throw new Error('the file broke off');
    };
    await expect(candles.store('B', broken())).rejects.toThrow('the file broke off');
    expect(await candles.getAggregatedCandles('B', T0, T0 + 2 * MINUTE, '1m')).toEqual([]);
  });
});

describe('processTrades', () => {
  const rows: fc.Arbitrary<TradeRow[]> = fc
    .array(
      fc.tuple(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 500 })),
      {
        minLength: 1,
        maxLength: 60,
      },
    )
    .map((steps) => {
      let ms = 0;
      return steps.map(([wait, price, quantity]) => {
        ms += wait;
        return [ms, price / 100, quantity / 1000] as const;
      });
    });

  test('any batches give the candles of all trades together', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.array(fc.nat(60), { maxLength: 6 }), async (all, cuts) => {
        const edges = [...new Set([0, ...cuts.map((cut) => Math.min(cut, all.length)), all.length])].sort(
          (a, b) => a - b,
        );
        const batches = edges.map((edge, i) => tradeColumns(all.slice(edge, edges[i + 1])));
        const candles = new CandleAggregator({ store: new FakeStore() });
        await candles.processTrades(batches, 'A');
        const stored = await candles.getColumns('A', T0, T0 + 100 * MINUTE, '1s');
        expect(textRows(stored)).toEqual(textRows(candlesFromTrades(tradeColumns(all), toInterval('1s'))));
      }),
      cases(100),
    );
  });

  test('observed is asked after the last batch', async () => {
    const store = new FakeStore();
    const candles = new CandleAggregator({ store });
    let last = 0;
    const source = async function* (): AsyncGenerator<ReturnType<typeof tradeColumns>> {
      for (const ms of [0, 4000]) {
        yield tradeColumns([[ms, 10, 1]]);
        last = ms;
      }
    };
    await candles.processTrades(source(), 'A', { observed: () => [{ from: T0, to: T0 + last + 1000 }] });
    expect(store.written.map(({ observed }) => offsets(observed))).toEqual([[[0, 5000]]]);
    const flat = await candles.getAggregatedCandles('A', T0, T0 + 5000, '1s', { fill: 'flat' });
    expect(flat.map(({ volume }) => volume)).toEqual([1, 0, 0, 0, 1]);
  });

  test('without observed, seconds that have trades were watched, and others were not', async () => {
    const store = new FakeStore();
    await new CandleAggregator({ store }).processTrades(
      [
        tradeColumns([
          [500, 10, 1],
          [3200, 11, 1],
        ]),
      ],
      'A',
    );
    expect(store.written.map(({ observed }) => offsets(observed))).toEqual([
      [
        [0, 1000],
        [3000, 4000],
      ],
    ]);
  });

  test('a batch that goes back in time is refused, and nothing is stored', async () => {
    const store = new FakeStore();
    const batches = [tradeColumns([[1500, 10, 1]]), tradeColumns([[1400, 10, 1]])];
    await expect(new CandleAggregator({ store }).processTrades(batches, 'A')).rejects.toThrow(/trades must ascend/);
    expect(store.written).toEqual([]);
  });

  test('no trade at all stores what was watched', async () => {
    const store = new FakeStore();
    const observed = [{ from: T0, to: T0 + 1000 }];
    const result = await new CandleAggregator({ store }).processTrades([], 'A', { observed: () => observed });
    expect(result).toEqual({ added: 0, replaced: 0, unchanged: 0 });
    expect(store.written.map((write) => write.observed)).toEqual([observed]);
  });
});
