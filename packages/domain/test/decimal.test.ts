import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { Decimal, type DecimalInput, decimal, InvalidInputError, stepsOf } from '../src/index.ts';

describe('decimal', () => {
  it.each<[DecimalInput, string]>([
    ['0.001', '0.001'],
    ['1.50', '1.5'],
    ['-2', '-2'],
    ['+2', '2'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e-7', '0.0000001'],
    ['1E+3', '1000'],
    [0.1, '0.1'],
    [1e21, '1000000000000000000000'],
    [5e-324, `0.${'0'.repeat(323)}5`],
    [new Decimal('3.25'), '3.25'],
  ])('%s is read as %s', (input, text) => {
    expect(decimal(input).toString()).toBe(text);
  });

  it('a number means its shortest text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(decimal(value).toNumber()).toBe(value);
        expect(decimal(value).toString()).not.toContain('e');
      }),
      cases(300),
    );
  });

  it.each([
    '',
    ' ',
    'abc',
    '1,5',
    '0x10',
    '1e',
    '--1',
    '1 ',
    '.',
    'NaN',
    'Infinity',
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])("'%s' is refused", (input) => {
    expect(() => decimal(input)).toThrow(InvalidInputError);
  });

  it.each([null, undefined, {}, [], true, 5n])('%s is refused', (input) => {
    expect(() => decimal(input as never)).toThrow(InvalidInputError);
  });

  it('infinite Decimals are refused', () => {
    expect(() => decimal(new Decimal(Number.NaN))).toThrow(InvalidInputError);
    expect(() => decimal(new Decimal(1).div(0))).toThrow(InvalidInputError);
  });

  it('the error names the value and shows what would be right', () => {
    expect(() => decimal('abc', 'quantity')).toThrow("quantity must be a decimal number such as '0.001', not 'abc'");
    expect(() => decimal(undefined as never, 'price')).toThrow(
      "price must be a decimal number such as '0.001', not undefined",
    );
  });

  it('a Decimal of another copy of decimal.js is taken over', () => {
    const Other = createRequire(import.meta.url)('decimal.js') as typeof Decimal;
    const other = new Other('1.5e-30');
    expect(other).not.toBeInstanceOf(Decimal);
    const own = decimal(other);
    expect(own).toBeInstanceOf(Decimal);
    expect(own.toString()).toBe('0.0000000000000000000000000000015');
  });
});

describe('Decimal', () => {
  it('sums keep 60 digits', () => {
    expect(new Decimal('1e30').plus('1e-20').minus('1e30').toString()).toBe('0.00000000000000000001');
  });

  it('is a clone of its own: settings elsewhere do not reach it', () => {
    const Other = createRequire(import.meta.url)('decimal.js') as typeof Decimal;
    Other.set({ precision: 3 });
    expect(new Decimal(1).div(3).toString()).toBe(`0.${'3'.repeat(60)}`);
  });
});

describe('stepsOf', () => {
  it.each<[string, string, number | null]>([
    ['51000.1', '0.1', 510_001],
    ['51000.15', '0.1', null],
    ['0.0003', '0.0001', 3],
    ['7.5', '2.5', 3],
    ['7', '2.5', null],
    ['-1.5', '0.5', -3],
    ['0', '0.01', 0],
    ['123456789012', '0.001', 123_456_789_012_000],
    ['9007199254740991', '1', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', '1', null],
    ['1e40', '1', null],
    ['1', '1e-40', null],
    ['NaN', '1', null],
    ['Infinity', '1', null],
    ['1', '0', null],
  ])('%s in steps of %s is %s', (value, step, steps) => {
    expect(stepsOf(new Decimal(value), new Decimal(step))).toBe(steps);
  });

  it('is the quotient of the Decimals, and says null for none of prices and quantities', () => {
    const number = fc
      .tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.nat({ max: 12 }))
      .map(([digits, decimals]) => new Decimal(digits).div(new Decimal(10).pow(decimals)));
    const step = fc
      .constantFrom('100', '25', '1', '0.5', '0.1', '0.001', '0.00025', '1e-8')
      .map((text) => new Decimal(text));
    fc.assert(
      fc.property(fc.oneof(number, fc.nat({ max: 10 ** 9 })), step, (value, size) => {
        // half of them on the step
        const asked = typeof value === 'number' ? size.mul(value) : value;
        const quotient = asked.div(size);
        expect(stepsOf(asked, size)).toBe(quotient.isInteger() ? quotient.toNumber() + 0 : null);
      }),
      cases(500),
    );
  });
});
