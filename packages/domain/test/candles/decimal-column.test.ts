import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  DecimalColumnBuilder,
  formatDouble,
  formatScaled,
  parseScaled,
  toDouble,
  UNKNOWN,
} from '../../src/candles/index.ts';
import { Decimal, InvalidInputError } from '../../src/index.ts';

const digits = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0123456789'), { maxLength }).map((list) => list.join(''));

/** Decimal texts as people write them: leading and trailing zeros, bare points, exponents of either sign. */
const decimalText: fc.Arbitrary<string> = fc
  .record({
    whole: digits(18),
    point: fc.boolean(),
    fraction: digits(18),
    exponent: fc.option(
      fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.integer({ min: 0, max: 40 })),
    ),
  })
  .filter(({ whole, point, fraction }) => whole.length > 0 || (point && fraction.length > 0))
  .map(({ whole, point, fraction, exponent }) => whole + (point ? `.${fraction}` : '') + (exponent?.join('') ?? ''));

const plainText = (text: string): string => new Decimal(text).toString();

describe('parseScaled and formatScaled', () => {
  it('give back the number of the text, without an exponent or needless zeros', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const { digits: found, decimals } = parseScaled(text);
        expect(formatScaled(BigInt(found), decimals)).toBe(plainText(text));
        expect(decimals).toBe(new Decimal(text).dp());
      }),
      cases(1_000),
    );
  });

  it.each([
    ['0', '', 0],
    ['000.000', '', 0],
    ['007', '7', 0],
    ['1.50', '15', 1],
    ['.5', '5', 1],
    ['5.', '5', 0],
    ['1e3', '1000', 0],
    ['1.5e+1', '15', 0],
    ['12e-3', '12', 3],
    ['1e-25', '1', 25],
    ['1.20E-2', '12', 3],
  ])('%s has the digits %s and %i decimals', (text, found, decimals) => {
    expect(parseScaled(text)).toEqual({ digits: found, decimals });
  });

  it.each(['', '.', 'e5', '-1', '+1', '1,5', '1 ', '0x10', 'NaN', 'Infinity', '1e', '1e99999', '١'])(
    "'%s' is refused",
    (text) => {
      expect(() => parseScaled(text)).toThrow(InvalidInputError);
    },
  );

  it('doubles print their shortest text, without an exponent', () => {
    expect([1e-7, 1.5e-9, 1e21, 1.5e300 / 1e279, 0.1, 3].map(formatDouble)).toEqual([
      '0.0000001',
      '0.0000000015',
      '1000000000000000000000',
      String(BigInt(1.5e21)),
      '0.1',
      '3',
    ]);
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(formatDouble(value)).toBe(Math.abs(value) === 0 ? '0' : plainText(String(value)));
        expect(formatScaled(value, null)).toBe(formatDouble(value));
      }),
      cases(300),
    );
  });
});

describe('toDouble', () => {
  it('gives the double of the text, for every text', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const { digits: found, decimals } = parseScaled(text);
        const whole = BigInt(found);
        expect(toDouble(whole, decimals)).toBe(Number(text));
        if (whole <= BigInt(Number.MAX_SAFE_INTEGER)) expect(toDouble(Number(whole), decimals)).toBe(Number(text));
      }),
      cases(1_000),
    );
  });
});

describe('DecimalColumnBuilder', () => {
  const column = (
    kind: 'price' | 'sum',
    texts: readonly (string | number)[],
  ): ReturnType<DecimalColumnBuilder['finish']> => {
    const builder = new DecimalColumnBuilder(kind);
    for (const text of texts) builder.push(text);
    return builder.finish();
  };

  it('finds the smallest grid that holds all, or doubles where none does', () => {
    fc.assert(
      fc.property(
        fc.array(decimalText, { maxLength: 5 }),
        fc.constantFrom('price' as const, 'sum' as const),
        (texts, kind) => {
          const decimals = Math.max(0, ...texts.map((text) => new Decimal(text).dp()));
          const largest = Decimal.max(0, ...texts).mul(new Decimal(10).pow(decimals));
          const limit = kind === 'price' ? 2n ** 53n : 2n ** 63n;
          const fits = decimals <= 22 && largest.lt(limit.toString());
          const { decimals: found, values } = column(kind, texts);
          expect(found).toBe(fits ? decimals : null);
          expect(values).toBeInstanceOf(fits && largest.gt(Number.MAX_SAFE_INTEGER) ? BigInt64Array : Float64Array);
          expect(Array.from(values as Iterable<number | bigint>, (value) => toDouble(value, found))).toEqual(
            texts.map(Number),
          );
          if (fits)
            expect(Array.from(values as Iterable<number | bigint>, (value) => formatScaled(value, found))).toEqual(
              texts.map(plainText),
            );
        },
      ),
      cases(1_000),
    );
  });

  it('reads doubles by their shortest text', () => {
    expect(column('price', [0.1, 1e-7, 1e21 / 1e15])).toEqual({
      decimals: 7,
      values: Float64Array.of(1_000_000, 1, 1e13),
    });
  });

  it('more than 22 decimals are doubles', () => {
    expect(column('sum', ['1e-22'])).toEqual({ decimals: 22, values: Float64Array.of(1) });
    expect(column('sum', ['1e-23', '2'])).toEqual({ decimals: null, values: Float64Array.of(1e-23, 2) });
  });

  it('prices hold 53 bits, sums 63', () => {
    expect(column('price', ['9007199254740991'])).toEqual({ decimals: 0, values: Float64Array.of(9007199254740991) });
    expect(column('price', ['9007199254740993']).decimals).toBeNull();
    expect(column('sum', ['9007199254740993'])).toEqual({ decimals: 0, values: BigInt64Array.of(9007199254740993n) });
    expect(column('sum', ['9223372036854775807']).values).toEqual(BigInt64Array.of(2n ** 63n - 1n));
    expect(column('sum', ['9223372036854775808'])).toEqual({ decimals: null, values: Float64Array.of(2 ** 63) });
  });

  it('unknown stays unknown on any grid', () => {
    for (const [text, unknown] of [
      ['1.5', UNKNOWN],
      ['9007199254740993', -1n],
      ['1e-30', UNKNOWN],
    ] as const) {
      const builder = new DecimalColumnBuilder('sum');
      builder.pushUnknown();
      builder.push(text);
      expect(builder.finish().values[0]).toBe(unknown);
    }
  });

  it('columns that finish together share their grid', () => {
    const [a, b] = ['1.5', '2.25'].map((text) => {
      const builder = new DecimalColumnBuilder('price');
      builder.push(text);
      return builder;
    }) as [DecimalColumnBuilder, DecimalColumnBuilder];
    expect(DecimalColumnBuilder.finishTogether('price', [a, b])).toEqual([
      { decimals: 2, values: Float64Array.of(150) },
      { decimals: 2, values: Float64Array.of(225) },
    ]);
  });

  it.each(['1e400', 'abc', -1, Number.NaN, Number.POSITIVE_INFINITY])(
    '%s is refused, and the column stays as it was',
    (value) => {
      const builder = new DecimalColumnBuilder('sum');
      builder.push('1.5');
      expect(() => builder.push(value)).toThrow(InvalidInputError);
      expect(builder.finish()).toEqual({ decimals: 1, values: Float64Array.of(15) });
    },
  );
});
