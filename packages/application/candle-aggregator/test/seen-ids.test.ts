import type { TradeColumns } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { SeenIds } from '../src/seen-ids.ts';
import { tradeColumns } from './support/values.ts';

const told = (ids: readonly (string | undefined)[], ms = 0): TradeColumns =>
  tradeColumns(ids.map((id, i) => [ms, i + 1, 1, id]));

/** Which of the trades were new, by their place. */
const fresh = (seen: SeenIds, ids: readonly (string | undefined)[], ms = 0): number[] =>
  Array.from(seen.fresh(told(ids, ms)).price, (price) => price - 1);

const numbers = (from: number, to: number, step = 1): string[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => String(from + i * step));

describe('a trade that was told before is left out', () => {
  test('alone, in a page told again, and in a page that overlaps', () => {
    const seen = new SeenIds();
    expect(fresh(seen, ['5', '6', '7'])).toEqual([0, 1, 2]);
    expect(fresh(seen, ['6'])).toEqual([]);
    expect(fresh(seen, ['5', '6', '7'])).toEqual([]);
    expect(fresh(seen, ['6', '7', '8', '9'])).toEqual([2, 3]);
  });

  test('twice within one item', () => {
    expect(fresh(new SeenIds(), ['1', '2', '2', 'a', 'a', '1'])).toEqual([0, 1, 3]);
  });

  test('numbers beyond 2^53 and text are told apart to the last digit', () => {
    const seen = new SeenIds();
    expect(fresh(seen, ['9007199254740992', '9007199254740993', 'x'])).toEqual([0, 1, 2]);
    expect(fresh(seen, ['9007199254740993', '9007199254740994', 'X'])).toEqual([1, 2]);
  });

  test('the same number is known in whatever company it comes', () => {
    const seen = new SeenIds();
    fresh(seen, ['1', '2', '3']);
    expect(fresh(seen, ['2', 'a', '4'])).toEqual([1, 2]);
    expect(fresh(seen, ['4', '5'])).toEqual([1]);
    expect(fresh(seen, ['04', '4'])).toEqual([0]);
  });

  test('a trade without an id is always new', () => {
    const seen = new SeenIds();
    expect(fresh(seen, ['1', undefined, '2'])).toEqual([0, 1, 2]);
    expect(fresh(seen, ['1', undefined, '2'])).toEqual([1]);
    expect(fresh(seen, [undefined, undefined])).toEqual([0, 1]);
  });

  test('all new: the very same object, so that nothing is copied', () => {
    const seen = new SeenIds();
    const trades = told(['3', '4', '9']);
    expect(seen.fresh(trades)).toBe(trades);
    const texts = told(['a', 'b']);
    expect(seen.fresh(texts)).toBe(texts);
  });
});

test('against a set of all ids, in any order, with holes and in pieces', () => {
  const id = fc.oneof(
    fc.nat({ max: 60 }).map(String),
    fc.nat({ max: 20 }).map((n) => `t${n}`),
    fc.constant(undefined),
  );
  fc.assert(
    fc.property(fc.array(fc.array(id, { maxLength: 8 }), { maxLength: 12 }), (items) => {
      const seen = new SeenIds();
      const known = new Set<string>();
      for (const ids of items) {
        const expected = ids.flatMap((each, i) => {
          if (each === undefined) return [i];
          if (known.has(each)) return [];
          known.add(each);
          return [i];
        });
        expect(fresh(seen, ids)).toEqual(expected);
      }
    }),
    cases(10_000),
  );
});

describe('what is remembered', () => {
  test('numbers without holes: all of them, however many', () => {
    const seen = new SeenIds();
    for (let from = 0; from < 100_000; from += 5000) expect(fresh(seen, numbers(from, from + 5000))).toHaveLength(5000);
    expect(fresh(seen, ['0', '50000', '99999', '100000'])).toEqual([3]);
  });

  test('numbers with holes: the 1,024 highest at least, 2,048 at most', () => {
    const seen = new SeenIds();
    fresh(seen, numbers(0, 20_000, 2));
    expect(fresh(seen, numbers(20_000 - 2048, 20_000, 2))).toEqual([]);
    expect(fresh(seen, ['0'])).toEqual([0]);
    expect(fresh(seen, ['19998', '19999', '20000'])).toEqual([1, 2]);
  });

  test('text: the latest 1,024 at least', () => {
    const seen = new SeenIds();
    const ids = numbers(0, 10_000).map((id) => `t${id}`);
    fresh(seen, ids);
    expect(fresh(seen, ids.slice(-1024))).toEqual([]);
    expect(fresh(seen, ['t0'])).toEqual([0]);
  });

  test('a number that comes again more than a minute later is another trade: the venue counts anew', () => {
    const seen = new SeenIds();
    fresh(seen, ['1', '2', '3'], 0);
    expect(fresh(seen, ['2'], 60_000)).toEqual([]);
    expect(fresh(seen, ['1', '2'], 60_001)).toEqual([0, 1]);
    expect(fresh(seen, ['1', '2', '3'], 60_002)).toEqual([2]);
  });
});
