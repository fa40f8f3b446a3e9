import { type Decimal, type DecimalInput, decimal, InvalidInputError } from '@prate/domain';

export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

/** @param what names the option in the error, with its strategy: `'ma-cross: share'` */
export function positive(input: DecimalInput, what: string): Decimal {
  const value = decimal(input, what);
  if (value.gt(0)) return value;
  throw new InvalidInputError(`${what} must be above 0, not ${value}`);
}
