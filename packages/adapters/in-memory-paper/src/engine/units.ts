/**
 * Money, rates and steps as whole numbers. Money is a bigint of 10^-18 of its asset; a price is a number of ticks and a
 * quantity a number of lots, both safe integers. What does not divide is cut toward zero, unless a name says otherwise.
 */
import { Decimal, type DecimalInput, decimal, InvalidInputError } from '@prate/domain';

const MONEY_DECIMALS = 18;
const UNITS = new Decimal(`1e${MONEY_DECIMALS}`);
/** From here on an amount is no money. */
const TOO_LARGE = new Decimal('1e30');

/** An exact share: `num / den`, where `den` is a power of ten. */
export interface Rate {
  readonly num: bigint;
  readonly den: bigint;
}

export function rateOf(share: Decimal): Rate {
  const decimals = share.decimalPlaces();
  return { num: BigInt(share.mul(new Decimal(10).pow(decimals)).toFixed()), den: 10n ** BigInt(decimals) };
}

export const shareOfRate = ({ num, den }: Rate): Decimal => new Decimal(num.toString()).div(den.toString());

export const shareOf = (money: bigint, rate: Rate): bigint => (rate.num === 0n ? 0n : (money * rate.num) / rate.den);

/** Away from zero where it does not divide; `dividend` at or above 0, `divisor` above 0. */
export const ceilDiv = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor;

/** What a part of something gets of it, in whole units. */
export const partOf = (whole: bigint, part: number, of: number): bigint =>
  part === of ? whole : (whole * BigInt(part)) / BigInt(of);

export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Cuts what is beyond 18 decimals. */
export const toMoney = (amount: Decimal): bigint =>
  BigInt(amount.mul(UNITS).toDecimalPlaces(0, Decimal.ROUND_DOWN).toFixed());

export const fromMoney = (money: bigint): Decimal => new Decimal(`${money}e-${MONEY_DECIMALS}`);

/**
 * An amount of money from outside.
 * @throws InvalidInputError when it is no decimal number, too large, or has more decimals than the ledger keeps
 */
export function readAmount(input: DecimalInput, what: string): Decimal {
  const amount = decimal(input, what);
  if (amount.abs().gte(TOO_LARGE)) throw new InvalidInputError(`${what} must be below ${TOO_LARGE}, not ${amount}`);
  if (amount.decimalPlaces() > MONEY_DECIMALS) {
    const cut = amount.toDecimalPlaces(MONEY_DECIMALS, Decimal.ROUND_DOWN);
    throw new InvalidInputError(`${what} must have at most ${MONEY_DECIMALS} decimals, e.g. ${cut}, not ${amount}`);
  }
  return amount;
}
