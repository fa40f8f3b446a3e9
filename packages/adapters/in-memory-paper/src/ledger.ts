import { Decimal, type DecimalInput, decimal, InvalidInputError, ZERO } from '@prate/domain';

/** One leg of an entry: `amount` of `asset` comes to the account (or leaves it, below 0). */
export interface Posting {
  readonly account: string;
  readonly asset: string;
  readonly amount: Decimal;
}

/** Where deposits come from. */
export const DEPOSITS = 'deposits';
/** The other side of every realized profit and loss. */
export const MARKET = 'market';
/** Where fees go. */
export const FEES = 'fees';

/**
 * Products and quotients (values, fees, margins, the share of a cost) are cut to this many decimals before they are booked,
 * so that every sum of the ledger fits into a Decimal's 60 digits and is exact.
 */
const LEDGER_DECIMALS = 18;
/** From here on an amount is no money, and sums of it might not fit. */
const TOO_LARGE = new Decimal('1e30');

export const roundUp = (amount: Decimal): Decimal => amount.toDecimalPlaces(LEDGER_DECIMALS, Decimal.ROUND_UP);
export const roundDown = (amount: Decimal): Decimal => amount.toDecimalPlaces(LEDGER_DECIMALS, Decimal.ROUND_DOWN);

/**
 * An amount of money from outside.
 * @throws InvalidInputError when it is no decimal number, too large, or has more decimals than the ledger keeps
 */
export function readAmount(input: DecimalInput, what: string): Decimal {
  const amount = decimal(input, what);
  if (amount.abs().gte(TOO_LARGE)) throw new InvalidInputError(`${what} must be below ${TOO_LARGE}, not ${amount}`);
  if (amount.decimalPlaces() > LEDGER_DECIMALS) {
    const message = `${what} must have at most ${LEDGER_DECIMALS} decimals, e.g. ${roundDown(amount)}, not ${amount}`;
    throw new InvalidInputError(message);
  }
  return amount;
}

/** Double-entry bookkeeping: nothing appears or vanishes, it only moves. */
export class Ledger {
  readonly #balances = new Map<string, { account: string; asset: string; amount: Decimal }>();

  /** Books all legs or none. @throws TypeError when they do not sum to zero in every asset: a defect, not an input */
  post(postings: readonly Posting[]): void {
    const sums = new Map<string, Decimal>();
    for (const { asset, amount } of postings) sums.set(asset, (sums.get(asset) ?? ZERO).plus(amount));
    for (const [asset, sum] of sums) {
      if (!sum.isZero()) throw new TypeError(`an entry must sum to zero, not to ${sum} ${asset}`);
    }
    for (const { account, asset, amount } of postings) {
      if (amount.isZero()) continue;
      const key = `${account}\n${asset}`;
      const line = this.#balances.get(key);
      if (line === undefined) this.#balances.set(key, { account, asset, amount });
      else line.amount = line.amount.plus(amount);
    }
  }

  balance(account: string, asset: string): Decimal {
    return this.#balances.get(`${account}\n${asset}`)?.amount ?? ZERO;
  }

  /** Every balance that was ever touched, in the order of first use. */
  balances(): readonly Posting[] {
    return [...this.#balances.values()].map((line) => ({ ...line }));
  }
}
