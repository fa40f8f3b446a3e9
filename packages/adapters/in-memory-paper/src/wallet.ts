import type { Decimal } from '@prate/domain';
import { DEPOSITS, FEES, type Ledger, MARKET } from './ledger.ts';

/** What one fill moves; all amounts at or above 0 but `realizedPnl` and, for a rebate, `fee`. */
export interface FillMoney {
  readonly unfrozen: Decimal;
  readonly marginReleased: Decimal;
  readonly marginTaken: Decimal;
  readonly realizedPnl: Decimal;
  readonly fee: Decimal;
}

/** The money of one account: three accounts of the ledger per asset. */
export class Wallet {
  readonly #ledger: Ledger;
  readonly #available: string;
  readonly #frozen: string;
  readonly #margin: string;
  readonly #assets = new Set<string>();

  constructor(ledger: Ledger, owner: string) {
    this.#ledger = ledger;
    this.#available = `user/${owner}/available`;
    this.#frozen = `user/${owner}/frozen`;
    this.#margin = `user/${owner}/margin`;
  }

  /** Assets that were deposited, in that order. */
  assets(): readonly string[] {
    return [...this.#assets];
  }

  available(asset: string): Decimal {
    return this.#ledger.balance(this.#available, asset);
  }

  frozen(asset: string): Decimal {
    return this.#ledger.balance(this.#frozen, asset);
  }

  positionMargin(asset: string): Decimal {
    return this.#ledger.balance(this.#margin, asset);
  }

  /** `amount` is at or above 0. */
  deposit(asset: string, amount: Decimal): void {
    this.#assets.add(asset);
    this.#move(DEPOSITS, this.#available, asset, amount);
  }

  /** Below 0 it releases. */
  freeze(asset: string, amount: Decimal): void {
    this.#move(this.#available, this.#frozen, asset, amount);
  }

  /** Below 0 it gives back. */
  addMargin(asset: string, amount: Decimal): void {
    this.#move(this.#available, this.#margin, asset, amount);
  }

  /** What would be available after the fill. */
  afterFill(asset: string, money: FillMoney): Decimal {
    return this.available(asset).plus(inflow(money));
  }

  settleFill(asset: string, money: FillMoney): void {
    this.#ledger.post([
      { account: this.#available, asset, amount: inflow(money) },
      { account: this.#frozen, asset, amount: money.unfrozen.neg() },
      { account: this.#margin, asset, amount: money.marginTaken.minus(money.marginReleased) },
      { account: FEES, asset, amount: money.fee },
      { account: MARKET, asset, amount: money.realizedPnl.neg() },
    ]);
  }

  #move(from: string, to: string, asset: string, amount: Decimal): void {
    this.#ledger.post([
      { account: from, asset, amount: amount.neg() },
      { account: to, asset, amount },
    ]);
  }
}

const inflow = (money: FillMoney): Decimal =>
  money.unfrozen.plus(money.marginReleased).plus(money.realizedPnl).minus(money.marginTaken).minus(money.fee);
