import { InvalidInputError } from '@prate/domain';
import { expect, it } from 'vitest';
import { SqliteCandleStore } from '../src/index.ts';
import { DAY, steady, T0 } from './support.ts';

it('write: times that no block number holds are refused, as rows and as watched time', async () => {
  const store = SqliteCandleStore.open(':memory:');
  const far = 89_000_000_000_000 * 100; // the year 284,000
  await store.write('A', { columns: steady('1s', T0, 3, 5) });
  for (const from of [far, -far]) {
    await expect(store.write('X', { columns: steady('1s', from, 3, 5) })).rejects.toThrow(InvalidInputError);
    const observed = [{ from, to: from + 1000 }];
    await expect(store.write('X', { columns: steady('1s', T0, 0, 5), observed })).rejects.toThrow(InvalidInputError);
  }
  expect((await store.series()).map(({ symbol }) => symbol)).toEqual(['A']);
  await store.close();
});

it('a series at every step beside another at the end of time: neither reads the other', async () => {
  const store = SqliteCandleStore.open(':memory:');
  const late = 7_600_000_000_000_000 - (7_600_000_000_000_000 % (7 * DAY));
  await store.write('A', { columns: steady('1s', late, 3, 5) });
  await store.write('B', { columns: steady('1d', -late, 3, 6) });
  for (const [series, open] of [
    ['A', 5],
    ['B', 6],
  ] as const) {
    const found = await store.readColumns({ series, interval: '1d', from: -9e15, to: 9e15 });
    expect(new Set(found.open)).toEqual(new Set([open]));
  }
  await store.close();
});

it('write: columns that no reader would take are refused: an unknown source, decimals beyond 22, fractions on a grid', async () => {
  const store = SqliteCandleStore.open(':memory:');
  const good = steady('1m', T0, 3, 5);
  await expect(store.write('X', { columns: { ...good, source: Uint8Array.of(1, 7, 1) } })).rejects.toThrow(
    'row 1: source must be EXCHANGE or TRADES (1 or 2), not 7',
  );
  for (const decimals of [-1, 0.5, 23, 255]) {
    await expect(store.write('X', { columns: { ...good, priceDecimals: decimals } })).rejects.toThrow(
      InvalidInputError,
    );
    await expect(store.write('X', { columns: { ...good, turnoverDecimals: decimals } })).rejects.toThrow(
      InvalidInputError,
    );
  }
  await expect(store.write('X', { columns: { ...good, volume: Float64Array.of(1, 0.5, 1) } })).rejects.toThrow(
    'row 1: volume must be a whole number of its grid, not 0.5',
  );
  expect(await store.series()).toEqual([]);
  await store.close();
});
