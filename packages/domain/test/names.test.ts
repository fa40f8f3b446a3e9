import { describe, expect, it } from 'vitest';
import { InvalidInputError, isClientOrderId, seriesKey, toClientOrderId, toSeries } from '../src/index.ts';

describe('toSeries', () => {
  it('a bare symbol means the default venue', () => {
    expect(toSeries('BTC_USDT')).toEqual({ venue: 'default', symbol: 'BTC_USDT' });
    expect(seriesKey(toSeries('BTC_USDT'))).toBe('default/BTC_USDT');
  });

  it('takes a series over, and nothing besides', () => {
    const given = { venue: 'mexc', symbol: 'BTC_USDT', note: 'x' };
    expect(toSeries(given)).toEqual({ venue: 'mexc', symbol: 'BTC_USDT' });
  });

  it.each(['A', 'x'.repeat(64), 'BTC/USDT'.replace('/', ':'), 'two words', 'Ünï-cödé_1.5', '比特币'])(
    "'%s' is a name",
    (name) => {
      expect(toSeries(name).symbol).toBe(name);
      expect(toSeries({ venue: name, symbol: name }).venue).toBe(name);
    },
  );

  it.each(['', ' ', ' A', 'A ', 'a/b', '/', 'a\nb', 'a\u0000', '\tA', 'x'.repeat(65)])("'%s' is not", (name) => {
    expect(() => toSeries(name)).toThrow(InvalidInputError);
    expect(() => toSeries({ venue: name, symbol: 'A' })).toThrow(
      /^venue must be 1 to 64 visible characters without '\/'/,
    );
    expect(() => toSeries({ venue: 'v', symbol: name })).toThrow(/^symbol must be/);
  });

  it.each([{}, { venue: 'v' }, { symbol: 'S' }, { venue: 1, symbol: 'S' }])('%o is refused', (input) => {
    expect(() => toSeries(input as never)).toThrow(InvalidInputError);
  });
});

describe('client order ids', () => {
  it.each(['a', 'A-1_z', '0', 'x'.repeat(32)])("'%s' is one", (id) => {
    expect(isClientOrderId(id)).toBe(true);
    expect(toClientOrderId(id)).toBe(id);
  });

  it.each(['', 'x'.repeat(33), 'a b', 'a.b', 'ä', 'a\n', 'a/b'])("'%s' is not", (id) => {
    expect(isClientOrderId(id)).toBe(false);
    expect(() => toClientOrderId(id)).toThrow(InvalidInputError);
    expect(() => toClientOrderId(id)).toThrow('client order id must be 1 to 32 of 0-9 A-Z a-z _ -');
  });
});
