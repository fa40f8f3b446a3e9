import type { Decimal } from '@prate/domain';

/** Money to the hundredth, with separators: for people, who do not read sixty digits. */
export const money = (amount: Decimal): string => {
  const [whole, fraction] = amount.abs().toFixed(2).split('.') as [string, string];
  return `${isShownBelowZero(amount) ? '−' : ''}${BigInt(whole).toLocaleString('en')}.${fraction}`;
};

const isShownBelowZero = (amount: Decimal): boolean => amount.isNegative() && !amount.toDecimalPlaces(2).isZero();

/** `12.34 %`. */
export const share = (value: number | null): string => (value === null ? 'unknown' : `${ratio(value * 100)} %`);

/** A plain number to the hundredth. */
export const ratio = (value: number): string =>
  value
    .toFixed(2)
    .replace(/^-0\.00$/, '0.00')
    .replace('-', '−');
