import { toInterval } from '@prate/domain';
import { type CandleColumns, columnsFromCandles, sliceColumns } from '@prate/domain/candles';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { QueryCache } from '../src/query-cache.ts';

const columns = (length: number): CandleColumns =>
  columnsFromCandles(
    Array.from({ length }, (_, i) => ({ openTime: i * 60_000, open: 1, high: 1, low: 1, close: 1, volume: 1 })),
    toInterval('1m'),
  );

test('a write to a series lets go of its answers at once, and of no others', async () => {
  const cache = new QueryCache(1000);
  for (const query of ['1', '2', '3']) await cache.get('A', query, async () => columns(5));
  await cache.get('B', '1', async () => columns(7));
  expect(cache.size).toBe(3 * (5 + 32) + 7 + 32);
  cache.forget('A');
  expect(cache.size).toBe(7 + 32);
  await cache.get('B', '1', () => Promise.reject(new Error('it is known')));
});

test('an answer that a write overtook is given, and not kept', async () => {
  const cache = new QueryCache(100);
  const asked = cache.get('A', '1', async () => {
    cache.forget('A');
    return columns(5);
  });
  expect((await asked).length).toBe(5);
  expect(cache.size).toBe(0);
});

test('an answer that is a view on a block is kept without the rest of the block', async () => {
  const cache = new QueryCache(1000);
  const ask = async (): Promise<CandleColumns> => sliceColumns(columns(1000), 10, 12);
  await cache.get('A', '1', ask);
  const kept = await cache.get('A', '1', () => Promise.reject(new Error('it is known')));
  expect(kept).toEqual(await ask());
  expect(kept.open.buffer.byteLength).toBe(16);
});

test('of an answer that is too large to be kept, nothing is', async () => {
  const cache = new QueryCache(40);
  for (let i = 0; i < 3; i += 1) expect((await cache.get('A', '1', async () => columns(9))).length).toBe(9);
  expect(cache.size).toBe(0);
  let asked = 0;
  await cache.get('A', '1', async () => columns(8));
  await cache.get('A', '1', async () => {
    asked += 1;
    return columns(8);
  });
  expect(asked).toBe(0);
});

test('law: never more than was allowed, and never an answer from before a write', async () => {
  const step = fc.record({ series: fc.constantFrom('A', 'B'), query: fc.nat(4), isWrite: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 200 }), async (steps, most) => {
      const cache = new QueryCache(most);
      const written = new Map<string, number>();
      const wrote = (series: string): number => written.get(series) ?? 0;
      for (const { series, query, isWrite } of steps) {
        if (isWrite) {
          written.set(series, wrote(series) + 1);
          cache.forget(series);
        } else {
          const got = await cache.get(series, `${query}`, async () => columns(wrote(series)));
          expect(got.length).toBe(wrote(series));
        }
        expect(cache.size).toBeLessThanOrEqual(most);
      }
    }),
    cases(200),
  );
});
