import { describe, expect, it } from 'vitest';
import { Decimal, decimal, shown, toClientOrderId, toContracts } from '../src/index.ts';
import { checkPrice, checkQuantity } from '../src/instrument.ts';

describe('shown', () => {
  it.each([
    ['BTC_USDT', "'BTC_USDT'"],
    [1.5, '1.5'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Symbol('x'), 'Symbol(x)'],
    [() => 1, 'a function'],
    [Object.create(null), 'an object'],
    [new Decimal('0.10'), '0.1'],
    ['x'.repeat(80), `'${'x'.repeat(80)}'`],
    ['x'.repeat(1_000_000), `'${'x'.repeat(80)}…'`],
    [Array.from({ length: 100 }, () => 'ab'), `${'ab,'.repeat(26)}ab…`],
  ])('a value as a short text', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it('no message repeats a long input whole', () => {
    const long = 'y'.repeat(10_000);
    for (const call of [() => decimal(long), () => toClientOrderId(long)]) expect(call).toThrow(/^.{1,200}$/);
    const many = new Decimal(`1${'1'.repeat(900)}.5`);
    const limits = { minQuantity: new Decimal(1), maxQuantity: null, lotSize: new Decimal(1) };
    expect(checkQuantity(limits, many)?.message).toMatch(/^.{1,400}$/);
    expect(checkPrice({ tickSize: new Decimal(1) }, many.neg())?.message).toMatch(/^.{1,200}$/);
    const size = { contractSize: new Decimal(1), baseAsset: 'BTC' } as Parameters<typeof toContracts>[0];
    expect(() => toContracts(size, many)).toThrow(/^.{1,500}$/);
  });
});
