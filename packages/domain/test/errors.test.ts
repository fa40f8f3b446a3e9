import { describe, expect, it } from 'vitest';
import {
  IllegalTransitionError,
  InvalidInputError,
  InvalidRowError,
  NotConnectedError,
  NotSupportedError,
  PrateError,
} from '../src/index.ts';

describe('errors', () => {
  it.each([
    [new InvalidInputError('m'), 'InvalidInputError', 'INVALID_INPUT'],
    [new InvalidRowError(3, 'm'), 'InvalidRowError', 'INVALID_ROW'],
    [new NotSupportedError('m'), 'NotSupportedError', 'NOT_SUPPORTED'],
    [new NotConnectedError('m'), 'NotConnectedError', 'NOT_CONNECTED'],
    [new IllegalTransitionError('m'), 'IllegalTransitionError', 'ILLEGAL_TRANSITION'],
  ])('%s has its name and its code', (error, name, code) => {
    expect(error).toMatchObject({ name, code, retryable: false });
    expect(error).toBeInstanceOf(PrateError);
    expect(error).toBeInstanceOf(Error);
    expect(PrateError.is(error)).toBe(true);
  });

  it('a row error tells the row and the problem, and is an input error', () => {
    const error = new InvalidRowError(3, 'high 1 is below low 2');
    expect([error.index, error.problem, error.message]).toEqual([
      3,
      'high 1 is below low 2',
      'row 3: high 1 is below low 2',
    ]);
    expect(error).toBeInstanceOf(InvalidInputError);
  });

  it('the cause is kept', () => {
    const cause = new Error('below');
    expect(new InvalidInputError('m', { cause }).cause).toBe(cause);
    expect(new InvalidRowError(0, 'm', { cause }).cause).toBe(cause);
  });

  it('the mark is recognised across two copies of the package', async () => {
    const path = '../src/errors.ts?another-copy';
    const copy = (await import(/* @vite-ignore */ path)) as typeof import('../src/errors.ts');
    const error = new copy.NotConnectedError('m');
    expect(error).not.toBeInstanceOf(PrateError);
    expect(PrateError.is(error)).toBe(true);
    expect(copy.PrateError.is(new NotConnectedError('m'))).toBe(true);
  });

  it.each([new Error('m'), null, undefined, 'text', { code: 'INVALID_INPUT' }])('%o is no PrateError', (other) => {
    expect(PrateError.is(other)).toBe(false);
  });
});
