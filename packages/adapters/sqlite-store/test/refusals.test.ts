import { toInterval } from '@prate/domain';
import { type CandleColumns, columnsFromCandles, formatScaled, rowsOf, validateColumns } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { SqliteCandleStore } from '../src/index.ts';
import { T0 } from './support.ts';

const SECOND = toInterval('1s');
const NAMES = [
  'open',
  'high',
  'low',
  'close',
  'volume',
  'turnover',
  'trades',
  'source',
  'coverage',
  'openTime',
] as const;

/** Seconds that move, with a quiet one now and then. */
function legalRows(length: number, knowsTurnover: boolean, wide: boolean): CandleColumns {
  return columnsFromCandles(
    Array.from({ length }, (_, i) => {
      const price = 1000 + (i % 5);
      const volume = i % 4 === 3 ? 0 : wide ? 2 ** 40 + i : 1 + (i % 9);
      return {
        openTime: T0 + i * 1000,
        ...{ open: price, high: price + (volume > 0 ? 2 : 0), low: price, close: price },
        ...{ volume, turnover: knowsTurnover ? volume * 1000 : null, trades: volume === 0 ? 0 : 1 },
        source: 'TRADES' as const,
      };
    }),
    SECOND,
  );
}

/** What must not get in, and what may. */
const value = fc.constantFrom(
  0,
  -0,
  1,
  2,
  3,
  0.5,
  -1,
  -2,
  1000,
  1001,
  2 ** 31,
  2 ** 32,
  2 ** 52,
  2 ** 53,
  Number.NaN,
  Infinity,
  -Infinity,
);

const refusal = (check: () => void): string | null => {
  try {
    check();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

const textOf = (columns: CandleColumns): string[] =>
  [...rowsOf(columns)].map((row) =>
    Object.values(row)
      .map((field) => (typeof field === 'number' ? formatScaled(Math.abs(field), null) : String(field)))
      .join(' '),
  );

describe('a write', () => {
  it('refuses what validateColumns refuses, in its words, and keeps everything else as it was given', async () => {
    const given = fc.record({
      // around the four rows and the 512 that the kernel looks at together, and the 3,600 of a block
      length: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 510, max: 517 }), fc.constant(3_605)),
      knowsTurnover: fc.boolean(),
      wide: fc.boolean(),
      changes: fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.nat(), value), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ length, knowsTurnover, wide, changes }) => {
        const columns = legalRows(length, knowsTurnover, wide);
        for (const [name, row, to] of changes) columns[name].set([to] as never, row % length);
        const store = SqliteCandleStore.open(':memory:');
        const expected = refusal(() => validateColumns(columns));
        const found = await store.write('X', { columns }).then(
          () => null,
          (error: Error) => error.message,
        );
        expect(found).toBe(expected);
        // an only row may have been moved to 1970
        const range = { series: 'X', interval: '1s', from: 0, to: T0 + length * 1000 };
        const stored = await store.readColumns(range);
        if (expected !== null) expect(stored.length).toBe(0);
        else expect(textOf(stored)).toEqual(textOf(columns));
        await store.close();
      }),
      // together more trades than doubles hold: their level does not know how many
      {
        ...cases(400),
        examples: [
          [{ length: 510, knowsTurnover: false, wide: false, changes: [1, 2].map((row) => ['trades', row, 2 ** 52]) }],
        ],
      },
    );
  });
});
