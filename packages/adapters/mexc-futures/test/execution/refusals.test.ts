import { describe, expect, it } from 'vitest';
import { reasonOf, rejectedBy } from '../../src/execution/refusals.ts';
import { meaningOf, provesNothing } from '../../src/wire/error-codes.ts';
import { MexcApiError } from '../../src/wire/errors.ts';

const refused = (code: number, message = 'no') => ({ kind: 'refused', code, message }) as const;

describe('what MEXC refuses', () => {
  it.each([
    [2005, 'INSUFFICIENT_BALANCE'],
    [1001, 'UNKNOWN_SYMBOL'],
    [1002, 'CONTRACT_UNAVAILABLE'],
    [604, 'CONTRACT_UNAVAILABLE'],
    [2011, 'INVALID_QUANTITY'],
    [2015, 'INVALID_REQUEST'],
    [2007, 'INVALID_PRICE'],
    [2003, 'INVALID_PRICE'],
    [2006, 'INVALID_LEVERAGE'],
    [2021, 'INVALID_LEVERAGE'],
    [7002, 'INVALID_REQUEST'],
    [2008, 'REDUCE_ONLY'],
    [2009, 'REDUCE_ONLY'],
    [2053, 'NOT_SUPPORTED'],
    [510, 'RATE_LIMITED'],
    [513, 'OTHER'],
    [2016, 'OTHER'],
    [300002, 'OTHER'],
    [987654, 'OTHER'],
  ])('%s is %s', (code, reason) => {
    expect(rejectedBy('order/create', refused(code))).toMatchObject({ kind: 'rejected', reason });
  });

  it('code and text are kept, also of a code that nobody has seen', () => {
    expect(rejectedBy('order/create', refused(2005, 'Balance insufficient')).message).toBe(
      'MEXC refused with code 2005 (insufficient balance): Balance insufficient',
    );
    expect(rejectedBy('order/create', refused(987654, '余额')).message).toBe('MEXC refused with code 987654: 余额');
  });

  it.each([401, 402, 406, 506, 511, 602, 701, 702, 703, 704, 1000])('%s is the key’s: an exception', (code) => {
    expect(() => rejectedBy('order/create', refused(code))).toThrow(MexcApiError);
  });

  it('no code that is to be looked up has a reason, and every code with one is in MEXC’s table', () => {
    for (let code = 0; code < 10_000; code += 1) {
      if (provesNothing(code)) expect(reasonOf(code)).toBe('OTHER');
      if (reasonOf(code) !== 'OTHER') expect(meaningOf(code), String(code)).toBeDefined();
    }
  });
});
