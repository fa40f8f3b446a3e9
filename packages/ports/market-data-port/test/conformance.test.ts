import { ConformanceError, missingCapability, runCase } from '@prate/runtime/conformance';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { describe, expect, it } from 'vitest';
import { marketDataPortCases } from '../src/conformance/index.ts';
import { BROKEN } from './broken-markets.ts';
import { FakeMarket, harnessOf } from './fake-market.ts';

describeConformance(
  'a minimal market',
  marketDataPortCases,
  harnessOf(() => new FakeMarket()),
);
describeConformance(
  'a market that has nothing',
  marketDataPortCases,
  harnessOf(() => new FakeMarket([])),
);
describeConformance(
  'a market that tells each candle again, as a revision',
  marketDataPortCases,
  harnessOf(() => {
    const market = new FakeMarket();
    const emit = market.emit.bind(market);
    market.emit = (name, item) => {
      emit(name, item);
      if (item.kind === 'candles') emit(name, { ...item, kind: 'revision' });
    };
    return market;
  }),
);

describe('the suite itself', () => {
  it.each(BROKEN)('%s fails a market with %s', async (id, _what, make) => {
    const harness = harnessOf(make);
    const testCase = marketDataPortCases.find((each) => each.id === id);
    if (testCase === undefined) throw new Error(`no case ${id}`);
    expect(missingCapability(testCase, harness)).toBeNull();
    await expect(runCase(testCase, harness)).rejects.toThrow(ConformanceError);
  });

  it('ids are unique', () => {
    const ids = marketDataPortCases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('every rule has a market that breaks it', () => {
    const rule = (id: string): string => id.split('-').slice(0, 2).join('-');
    const proven = new Set(BROKEN.map(([id]) => rule(id)));
    expect(marketDataPortCases.map(({ id }) => rule(id)).filter((id) => !proven.has(id))).toEqual([]);
  });

  it('skips by capability: a market without streams is asked for none', () => {
    const asked = marketDataPortCases.filter(
      (each) =>
        missingCapability(
          each,
          harnessOf(() => new FakeMarket(['ticker'])),
        ) === null,
    );
    expect(asked.map(({ id }) => id)).toEqual([
      'MD-C10',
      'MD-C11',
      'MD-C12',
      'MD-C15',
      'MD-C40',
      'MD-C41',
      'MD-C90',
      'MD-C91',
    ]);
  });
});
