import { Decimal } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { BadReplyError } from '../../src/wire/errors.ts';
import { decimalText, Fields, readList } from '../../src/wire/fields.ts';
import { type Json, parseJson } from '../../src/wire/json-text.ts';

const fields = (text: string): Fields => new Fields(parseJson(text), 'order/get: data');

describe('Fields', () => {
  it('read numbers and texts of numbers alike, without loss', () => {
    const read = fields('{"a":739113577038255616,"b":"739113577038255616","c":6.1E7,"d":1e-7,"e":"0.10","f":12.5}');
    expect(read.id('a')).toBe('739113577038255616');
    expect(read.id('b')).toBe('739113577038255616');
    expect(['c', 'd', 'e', 'f'].map((key) => read.decimal(key))).toEqual(['61000000', '0.0000001', '0.10', '12.5']);
  });

  it('name place and field of what is wrong, and not the value of a text', () => {
    const read = fields('{"price":"secret text","vol":null,"list":[{"x":1},2]}');
    const message = (call: () => unknown): string => {
      try {
        call();
      } catch (error) {
        if (error instanceof BadReplyError) return error.message;
      }
      return 'nothing';
    };
    expect(message(() => read.decimal('price'))).toBe('order/get: data.price should be a decimal number, not a text');
    expect(message(() => read.decimal('vol'))).toBe('order/get: data.vol should be a decimal number, not absent');
    expect(message(() => read.string('toString'))).toBe('order/get: data.toString should be a text, not absent');
    expect(message(() => read.list('list', (item) => item.integer('x')))).toBe(
      'order/get: data.list[1] should be an object, not the number 2',
    );
    expect(message(() => new Fields([], 'there'))).toBe('there should be an object, not an array');
    expect(message(() => readList('x', 'there', () => 0))).toBe('there should be an array, not a text');
  });

  it('absent: null, and for ids 0 and an empty text', () => {
    const read = fields('{"a":null,"b":0,"c":"","d":"0"}');
    expect([read.stringOr('a', 'none'), read.decimalOr('c', null), read.integerOr('x', -1)]).toEqual([
      'none',
      null,
      -1,
    ]);
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => read.idOr(key, null))).toEqual([null, null, null, null, null]);
  });

  it('any JSON gives a value of the promised kind or a BadReplyError', () => {
    const readers = {
      string: (value: unknown) => typeof value === 'string',
      decimal: (value: unknown) => /^-?\d+(\.\d+)?$/.test(value as string),
      integer: Number.isSafeInteger,
      id: (value: unknown) => /^[\w-]+$/.test(value as string),
      boolean: (value: unknown) => typeof value === 'boolean',
      array: Array.isArray,
    } as const;
    const value = fc.oneof(fc.jsonValue(), fc.bigInt().map(String), fc.double().map(String)) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(value, fc.constantFrom(...(Object.keys(readers) as (keyof typeof readers)[])), (json, name) => {
        let read: unknown;
        try {
          read = new Fields({ x: json }, 'there')[name]('x');
        } catch (error) {
          expect(error).toBeInstanceOf(BadReplyError);
          return;
        }
        expect(readers[name](read)).toBe(true);
      }),
      cases(2_000),
    );
  });
});

describe('decimalText', () => {
  it('is the same number without exponent', () => {
    const literal = fc
      .tuple(fc.boolean(), fc.bigInt(0n, 10n ** 30n), fc.nat(20), fc.option(fc.integer({ min: -40, max: 40 })))
      .map(([minus, digits, decimals, exponent]) => {
        const text = digits.toString().padStart(decimals + 1, '0');
        const cut = text.length - decimals;
        const fraction = decimals === 0 ? '' : `.${text.slice(cut)}`;
        return `${minus ? '-' : ''}${text.slice(0, cut)}${fraction}${exponent === null ? '' : `e${exponent}`}`;
      });
    fc.assert(
      fc.property(literal, (text) => {
        const read = decimalText(text);
        expect(read).toMatch(/^-?\d+(\.\d+)?$/);
        expect(new Decimal(read as string).eq(new Decimal(text))).toBe(true);
        expect(decimalText(parseJson(text))).toSatisfy((again: string) => new Decimal(again).eq(text));
      }),
      cases(1_000),
    );
  });

  it.each([
    '',
    '.',
    '1.',
    '.5',
    '1e',
    '0x10',
    'NaN',
    'Infinity',
    '1e999',
    '--1',
    ' 1',
    `${'9'.repeat(101)}`,
    true,
    null,
    [],
  ])('%j is none', (value) => {
    expect(decimalText(value as Json)).toBeUndefined();
  });
});
