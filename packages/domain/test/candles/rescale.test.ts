import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  type CandleColumns,
  type CandleInput,
  columnsFromCandles,
  commonScales,
  concatColumns,
  emptyColumns,
  lowerBound,
  rescale,
  rowsOf,
  sliceColumns,
} from '../../src/candles/index.ts';
import { toInterval } from '../../src/index.ts';
import { candleArbitrary, exactRows, provenance } from './support.ts';

const SECOND = toInterval('1s');
const one = (row: Partial<CandleInput>): CandleColumns =>
  columnsFromCandles([{ openTime: 0, open: 5, high: 5, low: 5, close: 5, volume: 1, ...row }], SECOND);

/** Two sets of which the second goes on where the first ends. */
const twoSets: fc.Arbitrary<CandleColumns[]> = fc
  .array(fc.nat(6), { minLength: 2, maxLength: 3 })
  .chain((lengths) =>
    fc.tuple(
      ...lengths.map((length, set) =>
        fc
          .tuple(...Array.from({ length }, (_, i) => candleArbitrary((set * 10 + i) * 1000)))
          .map((candles) => columnsFromCandles(candles, SECOND)),
      ),
    ),
  );

describe('concatColumns', () => {
  it('sets on different grids stand side by side with every digit', () => {
    fc.assert(
      fc.property(twoSets, (sets) => {
        const joined = concatColumns(sets, SECOND);
        expect([...rowsOf(joined)]).toEqual(sets.flatMap((set) => [...rowsOf(set)]));
        expect(provenance(joined)).toEqual(sets.flatMap(provenance));
        const { priceDecimals, volumeDecimals, turnoverDecimals } = joined;
        const onGrids = [priceDecimals, volumeDecimals, turnoverDecimals].every((decimals) => decimals !== null);
        if (onGrids) expect(exactRows(joined)).toEqual(sets.flatMap(exactRows));
        const most = (pick: (set: CandleColumns) => number | null): number =>
          Math.max(0, ...sets.filter((set) => set.length > 0).map((set) => pick(set) ?? 99));
        if (onGrids) {
          expect(priceDecimals).toBe(most((set) => set.priceDecimals));
          expect(volumeDecimals).toBe(most((set) => set.volumeDecimals));
        }
      }),
      cases(500),
    );
  });

  it('sums beyond 2^53 on the common grid move to 64 bits, beyond 2^63 to doubles', () => {
    const fine = one({ volume: '0.001' });
    const large = { openTime: 1000, volume: '9007199254740.993' };
    const joined = concatColumns([fine, one(large)], SECOND);
    expect(joined.volume).toEqual(BigInt64Array.of(1n, 9007199254740993n));
    const beyond = concatColumns(
      [one({ volume: '0.00000001' }), one({ openTime: 1000, volume: '9007199254740993' })],
      SECOND,
    );
    expect([beyond.volumeDecimals, beyond.volume]).toEqual([null, Float64Array.of(1e-8, 9007199254740992)]);
  });

  it('prices that share no grid of 53 bits become doubles', () => {
    const price = (text: string): Partial<CandleInput> => ({ open: text, high: text, low: text, close: text });
    const joined = concatColumns([one(price('0.0000000001')), one({ openTime: 1000, ...price('12345678.5') })], SECOND);
    expect([joined.priceDecimals, joined.close]).toEqual([null, Float64Array.of(1e-10, 12345678.5)]);
  });

  it('unknown turnover stays unknown on every grid', () => {
    for (const turnover of ['0.5', '9007199254740993', '1e-30']) {
      const rows = [...rowsOf(concatColumns([one({}), one({ openTime: 1000, turnover })], SECOND))];
      expect(rows.map((row) => row.turnover)).toEqual([null, Number(turnover)]);
    }
  });

  it('no sets, or empty ones, are no rows', () => {
    expect(concatColumns([], SECOND)).toEqual(emptyColumns(SECOND));
    expect(concatColumns([emptyColumns(SECOND), emptyColumns(SECOND)], SECOND).length).toBe(0);
    const only = one({});
    expect(concatColumns([emptyColumns(SECOND), only], SECOND)).toBe(only);
  });
});

describe('rescale', () => {
  it('back on its own scales, a set is what it was', () => {
    const columns = one({ open: '1.25', low: '1', volume: '9007199254740993', turnover: '3.5' });
    const wider = commonScales([columns, one({ open: '5.0001', high: '6', volume: '0.5' })]);
    const rescaled = rescale(columns, wider);
    expect([rescaled.priceDecimals, rescaled.open[0], rescaled.volume[0]]).toEqual([4, 12_500, 90071992547409930n]);
    expect(exactRows(rescaled)).toEqual(exactRows(columns));
    expect(rescale(columns, commonScales([columns]))).toEqual(columns);
  });
});

describe('sliceColumns and lowerBound', () => {
  it('a slice is a view of the rows in it', () => {
    const columns = columnsFromCandles(
      [0, 1, 2, 3].map((i) => ({ openTime: i * 1000, open: 5, high: 5, low: 5, close: 5, volume: i })),
      SECOND,
    );
    const slice = sliceColumns(columns, 1, 3);
    expect(exactRows(slice)).toEqual(exactRows(columns).slice(1, 3));
    expect(slice.close.buffer).toBe(columns.close.buffer);
    expect(sliceColumns(columns, 2, 2).length).toBe(0);
  });

  it('finds the first row at or after a time', () => {
    const times = Float64Array.of(10, 20, 30);
    expect([0, 10, 11, 20, 30, 31].map((time) => lowerBound(times, time))).toEqual([0, 0, 1, 1, 2, 3]);
    expect(lowerBound(times, 25, 2)).toBe(2);
  });
});
