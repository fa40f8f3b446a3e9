import type { CandleInput } from '@prate/domain/candles';
import { describe, expect, test } from 'vitest';
import { CandleAggregator } from '../src/index.ts';
import { FakeStore } from './support/fake-store.ts';
import { gate, MINUTE, T0 } from './support/values.ts';

const minute = (n: number, price: number): CandleInput => {
  const prices = { open: price, high: price, low: price, close: price };
  return { openTime: T0 + n * MINUTE, ...prices, volume: 1 };
};

interface Setup {
  readonly store: FakeStore;
  readonly candles: CandleAggregator;
  /** The opens of the first `minutes` minutes. */
  readonly ask: (symbol: string, minutes?: number) => Promise<number[]>;
}

async function setup(cachedCandles?: number): Promise<Setup> {
  const store = new FakeStore();
  const candles = new CandleAggregator({ store, cachedCandles });
  await candles.processAndStore([minute(0, 100), minute(1, 101), minute(2, 102)], 'A');
  await candles.processAndStore([minute(0, 200)], 'B');
  const ask = async (symbol: string, minutes = 3): Promise<number[]> => {
    const rows = await candles.getAggregatedCandles(symbol, T0, T0 + minutes * MINUTE, '1m');
    return rows.map(({ open }) => open);
  };
  return { store, candles, ask };
}

describe('cache', () => {
  test('an answer is not asked twice, an empty one neither', async () => {
    const { store, ask } = await setup();
    expect(await ask('A')).toEqual([100, 101, 102]);
    expect(await ask('A')).toEqual([100, 101, 102]);
    await ask('NOTHING');
    await ask('NOTHING');
    expect(store.queries).toHaveLength(2);
  });

  test('every part of a query counts; the same interval in other words does not', async () => {
    const { store, candles } = await setup();
    const columns = (
      interval: string | number,
      ...options: Parameters<CandleAggregator['getColumns']>[4][]
    ): Promise<unknown> => candles.getColumns('A', T0, T0 + MINUTE, interval, ...options);
    await columns('1m');
    await columns('60s');
    await columns(60, { fill: 'none', observedOnly: false, interpolation: 'linear' });
    expect(store.queries).toHaveLength(1);
    await columns('30s');
    await columns('1m', { fill: 'flat' });
    await columns('1m', { observedOnly: true });
    await candles.getColumns('A', T0, T0 + 2 * MINUTE, '1m');
    await candles.getColumns('A', T0 - MINUTE, T0 + MINUTE, '1m');
    await candles.getColumns({ venue: 'x', symbol: 'A' }, T0, T0 + MINUTE, '1m');
    expect(store.queries).toHaveLength(7);
    await columns('1m', { interpolation: 'bridge' });
    await columns('1m', { interpolation: { model: 'bridge', seed: 1 } });
    expect(store.queries).toHaveLength(8);
    await columns('1m', { interpolation: { model: 'bridge', seed: 2 } });
    expect(store.queries).toHaveLength(9);
  });

  test("a write to the series forgets its answers, another series' write does not", async () => {
    const { store, candles, ask } = await setup();
    await ask('A');
    await ask('B');
    await candles.processAndStore([minute(1, 111)], 'A');
    expect(await ask('A')).toEqual([100, 111, 102]);
    expect(await ask('B')).toEqual([200]);
    expect(store.queries).toHaveLength(3);
  });

  test('a write while a read is under way: that read may miss it, the next one does not', async () => {
    const { store, candles, ask } = await setup();
    const { opened, open } = gate();
    store.readsWaitFor = opened;
    const early = ask('A');
    await Promise.resolve();
    await candles.processAndStore([minute(1, 111)], 'A');
    open();
    expect(await early).toEqual([100, 101, 102]);
    expect(await ask('A')).toEqual([100, 111, 102]);
  });

  test('a read while a write is under way is not kept', async () => {
    const { store, candles, ask } = await setup();
    const { opened, open } = gate();
    store.writesWaitFor = opened;
    const write = candles.processAndStore([minute(1, 111)], 'A');
    expect(await ask('A')).toEqual([100, 101, 102]);
    open();
    await write;
    expect(await ask('A')).toEqual([100, 111, 102]);
  });

  test('a write that failed forgets too: what became of it is not known', async () => {
    const { store, candles, ask } = await setup();
    await ask('A');
    store.failure = { method: 'write', error: new Error('disk full') };
    await expect(candles.processAndStore([minute(1, 111)], 'A')).rejects.toThrow('disk full');
    await ask('A');
    expect(store.queries).toHaveLength(2);
  });

  test('a failure is not kept', async () => {
    const { store, ask } = await setup();
    store.failure = { method: 'read', error: new Error('busy') };
    await expect(ask('A')).rejects.toThrow('busy');
    expect(await ask('A')).toEqual([100, 101, 102]);
  });

  test('it is bounded: the least used answer is forgotten first', async () => {
    const { store, ask } = await setup(70); // an answer of n candles takes n + 32
    await ask('A', 3);
    await ask('A', 1);
    await ask('A', 3); // used again
    await ask('A', 2); // 35 + 33 + 34: the one of one minute has to go
    expect(store.queries).toHaveLength(3);
    await ask('A', 3);
    await ask('A', 2);
    expect(store.queries).toHaveLength(3);
    await ask('A', 1);
    expect(store.queries).toHaveLength(4);
  });

  test('an answer larger than the cache is given and not kept', async () => {
    const { store, ask } = await setup(2);
    expect(await ask('A')).toEqual([100, 101, 102]);
    expect(await ask('A')).toEqual([100, 101, 102]);
    expect(store.queries).toHaveLength(2);
  });

  test('0 turns it off', async () => {
    const { store, ask } = await setup(0);
    await ask('A');
    await ask('A');
    expect(store.queries).toHaveLength(2);
  });

  test('an aborted signal ends the call, known answer or not', async () => {
    const { candles, ask } = await setup();
    await ask('A');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(candles.getColumns('A', T0, T0 + 3 * MINUTE, '1m', { signal })).rejects.toThrow('enough');
    await expect(candles.getColumns('C', T0, T0 + 3 * MINUTE, '1m', { signal })).rejects.toThrow('enough');
  });
});
