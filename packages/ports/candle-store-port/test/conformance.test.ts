import { ConformanceError, runCase } from '@prate/runtime/conformance';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { describe, expect, it } from 'vitest';
import { type CandleStoreContext, candleStoreCases } from '../src/conformance/index.ts';
import type { CandleStorePort } from '../src/index.ts';
import { BROKEN } from './broken-stores.ts';
import { FakeCandleStore } from './fake-candle-store.ts';

const harnessOf = (make: () => CandleStorePort) => ({
  capabilities: [] as const,
  setup: async (): Promise<CandleStoreContext> => ({ store: make() }),
  teardown: ({ store }: CandleStoreContext) => store.close(),
});

describeConformance(
  'a store of maps',
  candleStoreCases,
  harnessOf(() => new FakeCandleStore()),
);

describe('the suite itself', () => {
  it.each(BROKEN)('%s fails a store %s', async (id, _what, Broken) => {
    const testCase = candleStoreCases.find((each) => each.id === id);
    if (testCase === undefined) throw new Error(`no case ${id}`);
    await expect(
      runCase(
        testCase,
        harnessOf(() => new Broken()),
      ),
    ).rejects.toThrow(ConformanceError);
  });

  it('ids are unique', () => {
    const ids = candleStoreCases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('every case has a store that fails it', () => {
    const proven = new Set(BROKEN.map(([id]) => id));
    expect(candleStoreCases.map(({ id }) => id).filter((id) => !proven.has(id))).toEqual([]);
  });
});
