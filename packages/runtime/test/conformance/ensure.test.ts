import { describe, expect, it } from 'vitest';
import { ConformanceError, ensure } from '../../src/conformance/index.ts';

describe('ensure', () => {
  it('that: throws what was promised where the condition does not hold', () => {
    ensure.that(true, 'holds');
    expect(() => ensure.that(false, 'two is three')).toThrow(new ConformanceError('two is three'));
  });

  it.each([
    [
      { a: 1, b: [2, 'x'] },
      { b: [2, 'x'], a: 1 },
    ],
    [{ a: undefined }, {}],
    [5n, 5n],
    [new BigInt64Array([1n, 2n]), [1n, 2n]],
    [new Float64Array([0.5]), new Float32Array([0.5])],
    [{ toJSON: () => '0.001' }, '0.001'],
    [Number.NaN, Number.NaN],
    [undefined, undefined],
  ])('equal: %o and %o', (a, b) => {
    ensure.equal(a, b, 'value');
    ensure.equal(b, a, 'value');
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [
      [1, 2],
      [2, 1],
    ],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [5n, 5],
    ['5', 5],
    [undefined, null],
    [new Float64Array([1]), new Float64Array([1, 2])],
  ])('equal: %o and %o differ, and the message shows both', (a, b) => {
    expect(() => ensure.equal(a, b, 'value')).toThrow(ConformanceError);
    expect(() => ensure.equal({ a: 1 }, { a: 2 }, 'value')).toThrow('value: expected {"a":2}, got {"a":1}');
  });

  it('rejects: returns the error that has the code, or any error where no code is asked for', async () => {
    const error = Object.assign(new Error('no'), { code: 'NO' });
    expect(await ensure.rejects(Promise.reject(error), 'NO', 'call')).toBe(error);
    expect(await ensure.rejects(Promise.reject(error), null, 'call')).toBe(error);
    expect(await ensure.rejects(Promise.reject(undefined), null, 'call')).toBeUndefined();
  });

  it('rejects: another code, no code and no error break the rule', async () => {
    const other = Object.assign(new Error('other'), { code: 'OTHER' });
    for (const work of [Promise.reject(other), Promise.reject(undefined), Promise.resolve(5)]) {
      await expect(ensure.rejects(work, 'NO', 'call')).rejects.toThrow(ConformanceError);
    }
    await expect(ensure.rejects(Promise.resolve(5), null, 'call')).rejects.toThrow('call: expected an error, got none');
  });
});
