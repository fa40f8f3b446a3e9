import { Decimal } from '@prate/domain';
import type { Contract } from '../backend/market-values.ts';

/** Quotients of money keep so many decimals, cut toward zero. */
const MONEY_DECIMALS = 18;

export const cutMoney = (value: Decimal): Decimal => value.toDecimalPlaces(MONEY_DECIMALS, Decimal.ROUND_DOWN);

/** What contracts are worth at a price, in the settlement coin. */
export const worthOf = ({ inverse, contractSize }: Contract, price: Decimal, volume: Decimal): Decimal => {
  const size = volume.mul(contractSize);
  return inverse ? cutMoney(size.div(price)) : price.mul(size);
};

/** The price at which contracts are worth so much; 0 for none. */
export const priceOf = ({ inverse, contractSize }: Contract, value: Decimal, volume: Decimal): Decimal => {
  const size = volume.mul(contractSize);
  if (size.isZero() || value.isZero()) return new Decimal(0);
  return inverse ? size.div(value) : value.div(size);
};
