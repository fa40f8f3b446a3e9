import { Decimal } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { isLongNumber, parseJson } from '../../src/wire/json-text.ts';

const tryParse = (parse: (text: string) => unknown, text: string): { value: unknown } | 'refused' => {
  try {
    return { value: parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return 'refused';
    throw error;
  }
};

/** Texts near JSON: pieces of it in any order, or JSON that lost or gained a character. */
const piece = fc.constantFrom(
  ...['{', '}', '[', ']', ',', ':', ' ', '\n', '"', '\\', '"a"', '"b\\""', 'null', 'true', '-', '0', '01', '.5'],
  ...[
    '1.',
    '1e5',
    '6.1E7',
    '1e400',
    '739113577038255616',
    '9007199254740993',
    '0.12345678901234567890',
    '-12345678901234567',
    '1e-320',
  ],
  ...['"739113577038255616"', '": 12345678901234567"', '12345678901234567:'],
);
const nearJson = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.tuple(fc.json(), fc.nat(), piece).map(([text, at, extra]) => {
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + extra + text.slice(cut);
  }),
  fc.string(),
);

/** Long numbers as the texts of their literals, by a reader that does nothing else. */
const oracle = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && isLongNumber(context.source) ? context.source : value,
  );

describe('parseJson', () => {
  it('ids above 2^53 and amounts of more than 15 digits keep every digit', () => {
    expect(parseJson('{"a":739113577038255616,"b":[0.123456789012345678,-1.5],"c":"x: 12345678901234567"}')).toEqual({
      a: '739113577038255616',
      b: ['0.123456789012345678', -1.5],
      c: 'x: 12345678901234567',
    });
    expect(parseJson('9007199254740993')).toBe('9007199254740993');
    expect(parseJson('[9007199254740993]')).toEqual(['9007199254740993']);
    expect(parseJson('1e400')).toBe('1e400');
    expect(parseJson('123456789012345')).toBe(123_456_789_012_345);
  });

  it('is JSON.parse, except that long numbers come as their texts', () => {
    fc.assert(
      fc.property(nearJson, (text) => {
        expect(tryParse(parseJson, text)).toEqual(tryParse(oracle, text));
      }),
      cases(5_000),
    );
  });

  it('a decimal of up to 15 digits is printed back by a double as the same number', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 15n - 1n), fc.nat(15), (digits, decimals) => {
        const text = digits.toString().padStart(decimals + 1, '0');
        const cut = text.length - decimals;
        const literal = decimals === 0 ? text : `${text.slice(0, cut)}.${text.slice(cut)}`;
        expect(isLongNumber(literal)).toBe(false);
        expect(new Decimal(String(parseJson(literal))).eq(new Decimal(literal))).toBe(true);
      }),
      cases(500),
    );
  });

  it.each([
    '',
    ' ',
    '{',
    '{"success":true,"code":0',
    '<html></html>',
    'nul',
    '{12345678901234567:1}',
    '"\\1e400',
    '[12345678901234567,"\\12345678901234567]',
  ])('%j is refused', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });
});
