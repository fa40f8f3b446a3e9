import { Decimal as DecimalJs } from 'decimal.js';
import { InvalidInputError } from './errors.ts';
import { shown } from './shown.ts';

/**
 * Exact decimal numbers for orders, fills, balances, positions and instruments.
 * A clone of decimal.js of its own: 60 digits, because the default of 20 loses digits in sums, and never an exponent in
 * text, because venues refuse it.
 */
export const Decimal: typeof DecimalJs = DecimalJs.clone({
  defaults: true,
  precision: 60,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
export type Decimal = DecimalJs;

/** What requests accept: `'0.001'`, `0.001` or a `Decimal`. A number means its shortest decimal text. */
export type DecimalInput = string | number | DecimalJs;

/** More digits before or after the point are no price and no quantity, and cost seconds to calculate with. */
const MAX_EXPONENT = 1000;

const DECIMAL_TEXT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * @param what names the value in the error, e.g. `'quantity'`
 * @throws InvalidInputError when the input is not a finite decimal number
 */
export function decimal(input: DecimalInput, what = 'value'): Decimal {
  if (typeof input === 'string' ? DECIMAL_TEXT.test(input) : typeof input === 'number' && Number.isFinite(input)) {
    const value = new Decimal(input);
    if (value.isFinite() && Math.abs(value.e) <= MAX_EXPONENT) return value;
  }
  // a Decimal of another copy of decimal.js is read through its text
  if (DecimalJs.isDecimal(input) && input.isFinite()) return new Decimal(input.toString());
  throw new InvalidInputError(`${what} must be a decimal number such as '0.001', not ${shown(input)}`);
}
