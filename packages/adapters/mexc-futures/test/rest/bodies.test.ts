import { InvalidInputError } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { bodiesOf, bodyOf } from '../../src/rest/bodies.ts';

describe('bodyOf', () => {
  it('is JSON.stringify, with decimals as numbers to the last digit', () => {
    const values = {
      symbol: 'A"B',
      price: '80000.10',
      vol: '12345678901234567890',
      side: 1,
      reduceOnly: true,
      left: undefined,
    };
    expect(bodyOf(values)).toBe(
      '{"symbol":"A\\"B","price":80000.10,"vol":12345678901234567890,"side":1,"reduceOnly":true}',
    );
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.integer(), fc.constant(undefined));
    const values1 = fc.record({ symbol: value, side: value, externalOid: value, reduceOnly: value });
    fc.assert(
      fc.property(fc.array(values1), (bodies) => {
        expect(bodiesOf(bodies)).toBe(JSON.stringify(bodies));
      }),
      cases(500),
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (ids) => {
        expect(bodiesOf(ids)).toBe(JSON.stringify(ids));
      }),
      cases(500),
    );
  });

  it.each(['1e3', '.5', '5.', '01', '+1', '', ' 1', 'NaN', '1,"side":3', '0x10'])('price %j is refused', (price) => {
    expect(() => bodyOf({ price })).toThrow(InvalidInputError);
    expect(() => bodyOf({ price })).toThrow(/plain decimal/);
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('leverage %d is refused', (leverage) => {
    expect(() => bodyOf({ leverage })).toThrow(/whole number/);
  });
});
