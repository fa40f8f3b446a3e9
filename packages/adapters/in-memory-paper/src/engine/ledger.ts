import type { Decimal } from '@prate/domain';
import { fromMoney } from './units.ts';

/** One balance of the double-entry ledger. */
export interface Posting {
  readonly account: string;
  readonly asset: string;
  readonly amount: Decimal;
}

/** Where deposits come from. */
export const DEPOSITS = 'deposits';
/** The other side of every realized profit and loss; it bears what the insurance fund lacks. */
export const MARKET = 'market';
/** Where fees go. */
export const FEES = 'fees';
/** The other side of funding. */
export const FUNDING = 'funding';
/** What liquidations left over, and what they lacked. */
export const INSURANCE = 'insurance';

/** One account of the ledger in one asset. */
export interface LedgerLine {
  readonly account: string;
  readonly asset: string;
  /** In 10^-18 of the asset. */
  amount: bigint;
}

export interface Leg {
  readonly line: LedgerLine;
  /** Comes to the account, or leaves it, below 0. */
  readonly amount: bigint;
}

/** @throws TypeError for the sum of an entry that is not zero: a defect, not an input */
function ensureBalanced(sum: bigint): void {
  if (sum !== 0n) throw new TypeError(`an entry must sum to zero, not to ${fromMoney(sum)}`);
}

/** Double-entry bookkeeping: nothing appears or vanishes, it only moves. */
export class Ledger {
  readonly #lines = new Map<string, LedgerLine>();

  /** Made at the first call. */
  line(account: string, asset: string): LedgerLine {
    const key = `${account}\n${asset}`;
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = { account, asset, amount: 0n };
      this.#lines.set(key, line);
    }
    return line;
  }

  /** Between two accounts of one asset, so that it sums to zero; below 0 it goes the other way. */
  move(from: LedgerLine, to: LedgerLine, amount: bigint): void {
    from.amount -= amount;
    to.amount += amount;
  }

  /** Books all legs, which are of one asset, or none. @throws TypeError when they do not sum to zero: a defect, not an input */
  post(legs: readonly Leg[]): void {
    let sum = 0n;
    for (const { amount } of legs) sum += amount;
    ensureBalanced(sum);
    for (const { line, amount } of legs) line.amount += amount;
  }

  /** Every balance that is not 0, or ever was, in the order of first use. */
  balances(): readonly Posting[] {
    return this.lines().map(({ account, asset, amount }) => ({ account, asset, amount: fromMoney(amount) }));
  }

  lines(): readonly LedgerLine[] {
    return [...this.#lines.values()];
  }
}
