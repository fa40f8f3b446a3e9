/**
 * Exact decimal text, worked on as BigInt: the tests' own arithmetic, which shares nothing with Prate's.
 * 18 decimals hold every product of a price and a quantity that the tests meet.
 */
const DECIMALS = 18;
const ONE = 10n ** BigInt(DECIMALS);
const ZEROS = '0'.repeat(DECIMALS);

/** @throws RangeError for more than 18 decimals, SyntaxError for what is no plain decimal text */
export function exact(text: string): bigint {
  const point = text.indexOf('.');
  if (point < 0) return BigInt(text + ZEROS);
  const decimals = text.length - point - 1;
  if (decimals > DECIMALS) throw new RangeError(`'${text}' has more than ${DECIMALS} decimals`);
  return BigInt(text.slice(0, point) + text.slice(point + 1) + ZEROS.slice(decimals));
}

/** Without an exponent and without trailing zeros: equal numbers are equal texts. */
export function textOf(value: bigint): string {
  const digits = String(value).padStart(DECIMALS + 1, '0');
  return plain(`${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`);
}

/** @throws RangeError when the product has more than 18 decimals */
export function timesExactly(a: string, b: string): bigint {
  const product = exact(a) * exact(b);
  if (product % ONE !== 0n) throw new RangeError(`${a} × ${b} has more than ${DECIMALS} decimals`);
  return product / ONE;
}

/** `'31.10'` as `'31.1'`, `'5.0'` as `'5'`. */
export const plain = (text: string): string =>
  text.endsWith('0') && text.includes('.') ? text.replace(/\.?0+$/, '') : text;
