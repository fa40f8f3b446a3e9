import { Decimal as DecimalJs } from 'decimal.js';
import { powerOfTen } from './candles/decimal-column.ts';
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

/** A step as `mantissa × 10^-decimals`; null where the mantissa is no safe integer. */
const knownSteps = new WeakMap<DecimalJs, { readonly decimals: number; readonly mantissa: number } | null>();

/**
 * How many steps a value is, without a division of Decimals.
 * @returns null for a value between two steps, and where that takes integers that are not safe: such a value may still be whole
 */
export function stepsOf(value: Decimal, step: Decimal): number | null {
  let known = knownSteps.get(step);
  if (known === undefined) {
    const decimals = step.decimalPlaces();
    const mantissa = scaled(step, decimals);
    known = mantissa === null || mantissa < 1 ? null : { decimals, mantissa };
    knownSteps.set(step, known);
  }
  if (known === null) return null;
  const { decimals, mantissa } = known;
  const units = scaled(value, decimals);
  if (units === null || mantissa === 1) return units;
  return units % mantissa === 0 ? units / mantissa : null;
}

/** What decimal.js keeps in one number of `d`: seven digits, counted from the decimal point. */
const WORD_DIGITS = 7;
const WORD = 10 ** WORD_DIGITS;
const MOST_SHIFT = 15;

/** `value × 10^decimals` where that is a safe integer, and everything on the way to it. */
function scaled({ d: words, e: exponent, s: sign }: DecimalJs, decimals: number): number | null {
  // typed as there always, but not for NaN and infinities
  if (!Number.isFinite(exponent)) return null;
  let digits = 0;
  for (const word of words) digits = digits * WORD + word;
  if (digits > Number.MAX_SAFE_INTEGER) return null;
  const shift = WORD_DIGITS * (Math.floor(exponent / WORD_DIGITS) - words.length + 1) + decimals;
  if (digits === 0) return 0;
  if (Math.abs(shift) > MOST_SHIFT) return null;
  const power = powerOfTen(Math.abs(shift));
  if (shift < 0) return digits % power === 0 ? (sign * digits) / power : null;
  const units = digits * power;
  return units <= Number.MAX_SAFE_INTEGER ? sign * units : null;
}
