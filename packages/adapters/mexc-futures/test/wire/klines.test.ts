import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { readEnvelope } from '../../src/wire/envelope.ts';
import { BadReplyError } from '../../src/wire/errors.ts';
import { readKlineText } from '../../src/wire/kline-text.ts';
import { readKlines, type WireKlines } from '../../src/wire/klines.ts';

const TWO =
  '{"success":true,"code":0,"data":{"time":[1767225600,1767225660],"open":[80000,80010.5],"close":[80010.5,80003],"high":[80020,80015],"low":[79990,79998.1],"vol":[1200,900],"amount":[9600.6,7200.3],"realOpen":[80001,80010.5],"realClose":[80010.5,80003],"realHigh":[80020,80015],"realLow":[79990,79998.1]}}';

const slowly = (body: string): WireKlines => {
  const envelope = readEnvelope({ body, contentType: 'application/json' }, 'kline');
  if (envelope.kind === 'refusal') throw new Error('refused');
  return readKlines(envelope.data, 'kline: data');
};

/** What the slow way gives, or that it refuses. */
const expected = (body: string): WireKlines | 'refused' => {
  try {
    return slowly(body);
  } catch (error) {
    expect(error).toBeInstanceOf(BadReplyError);
    return 'refused';
  }
};

describe('readKlines', () => {
  it('columns, in seconds, with the prices of trades beside those of the chart', () => {
    expect(slowly(TWO)).toEqual({
      length: 2,
      time: Float64Array.of(1_767_225_600, 1_767_225_660),
      open: Float64Array.of(80_000, 80_010.5),
      close: Float64Array.of(80_010.5, 80_003),
      high: Float64Array.of(80_020, 80_015),
      low: Float64Array.of(79_990, 79_998.1),
      vol: Float64Array.of(1_200, 900),
      amount: Float64Array.of(9_600.6, 7_200.3),
      real: {
        open: Float64Array.of(80_001, 80_010.5),
        close: Float64Array.of(80_010.5, 80_003),
        high: Float64Array.of(80_020, 80_015),
        low: Float64Array.of(79_990, 79_998.1),
      },
      texts: new Map(),
    });
  });

  it('a number of more than 15 digits is the nearest double, and its column has the texts too', () => {
    const { amount, texts } = slowly(TWO.replace('9600.6', '233.740269343644737245'));
    expect(amount[0]).toBe(Number('233.740269343644737245'));
    expect([...texts]).toEqual([['amount', ['233.740269343644737245', '7200.3']]]);
  });

  it('older answers have no real prices', () => {
    expect(slowly(TWO.replace(/,"realOpen.*(?=\}\})/, '')).real).toBeNull();
  });

  it.each([
    ['a column is missing', TWO.replace('"low"', '"lo"')],
    ['a column is short', TWO.replace('79990,79998.1],"vol"', '79990],"vol"')],
    ['a real column is missing', TWO.replace('"realLow"', '"realLo"')],
    ['a time goes back', TWO.replace('1767225660', '1767225540')],
    ['a time is no whole second', TWO.replace('1767225660', '1767225660.5')],
    ['a number is a text', TWO.replace('80020', '"high"')],
    ['a number is null', TWO.replace('80020', 'null')],
    ['data is absent', '{"success":true,"code":0}'],
    ['the text ends early', TWO.slice(0, -1)],
  ])('%s: a BadReplyError, by either way', (_, body) => {
    expect(() => slowly(body)).toThrow(BadReplyError);
    expect(readKlineText(body)).toBeUndefined();
  });
});

describe('readKlineText', () => {
  it('reads what MEXC writes', () => {
    expect(readKlineText(TWO)).toEqual(slowly(TWO));
    const none = TWO.replace(/\[[^\]]*\]/g, '[]');
    expect(readKlineText(none)).toEqual(slowly(none));
  });

  const decimal = fc.tuple(fc.bigInt(0n, 10n ** 15n - 1n), fc.nat(15)).map(([digits, decimals]) => {
    const text = digits.toString().padStart(decimals + 1, '0');
    return decimals === 0 ? text : `${text.slice(0, text.length - decimals)}.${text.slice(text.length - decimals)}`;
  });
  const reply = fc.array(fc.array(decimal, { minLength: 10, maxLength: 10 }), { maxLength: 5 }).map((rows) => {
    const names = ['open', 'close', 'high', 'low', 'vol', 'amount', 'realOpen', 'realClose', 'realHigh', 'realLow'];
    const columns = names.map((name, column) => `"${name}":[${rows.map((row) => row[column]).join(',')}]`);
    const times = rows.map((_, row) => 1_767_225_600 + 60 * row);
    return `{"success":true,"code":0,"data":{"time":[${times.join(',')}],${columns.join(',')}}}`;
  });

  it('whatever the numbers: the doubles of JSON.parse', () => {
    fc.assert(
      fc.property(reply, (body) => {
        const read = readKlineText(body);
        const slow = slowly(body);
        if (slow.texts.size === 0 && !/[\d.]{17}/.test(body)) expect(read).toBeDefined();
        if (read !== undefined) expect(read).toEqual(slow);
      }),
      cases(500),
    );
  });

  it('damaged: undefined, or what the slow way reads', () => {
    const piece = fc.constantFrom(
      '',
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      '.',
      '0',
      '-',
      'e',
      ' ',
      '\n',
      ':',
      'null',
      '1e3',
      'time',
    );
    fc.assert(
      fc.property(reply, fc.nat(), fc.nat(3), piece, (body, place, length, extra) => {
        const at = place % body.length;
        const damaged = body.slice(0, at) + extra + body.slice(at + length);
        const read = readKlineText(damaged);
        if (read !== undefined) expect(read).toEqual(expected(damaged));
      }),
      cases(3_000),
    );
  });
});
