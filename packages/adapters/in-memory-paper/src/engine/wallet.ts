import { DEPOSITS, FEES, FUNDING, INSURANCE, type Ledger, type LedgerLine, MARKET } from './ledger.ts';

/** What one fill moves; all amounts at or above 0 but `realizedPnl` and, for a rebate, `fee`. */
export interface FillMoney {
  readonly unfrozen: bigint;
  readonly marginReleased: bigint;
  readonly marginTaken: bigint;
  readonly realizedPnl: bigint;
  readonly fee: bigint;
}

/** By how much available changes. Most of it is nothing in most fills. */
export function netOf({ unfrozen, marginReleased, marginTaken, realizedPnl, fee }: FillMoney): bigint {
  let net = unfrozen;
  if (marginReleased !== 0n) net += marginReleased;
  if (realizedPnl !== 0n) net += realizedPnl;
  if (marginTaken !== 0n) net -= marginTaken;
  return fee === 0n ? net : net - fee;
}

/** The money of one account in one asset: three accounts of the ledger. */
export class Wallet {
  readonly asset: string;
  readonly #ledger: Ledger;
  readonly #available: LedgerLine;
  readonly #frozen: LedgerLine;
  readonly #margin: LedgerLine;
  readonly #market: LedgerLine;
  readonly #fees: LedgerLine;

  constructor(ledger: Ledger, owner: string, asset: string) {
    this.asset = asset;
    this.#ledger = ledger;
    this.#available = ledger.line(`user/${owner}/available`, asset);
    this.#frozen = ledger.line(`user/${owner}/frozen`, asset);
    this.#margin = ledger.line(`user/${owner}/margin`, asset);
    this.#market = ledger.line(MARKET, asset);
    this.#fees = ledger.line(FEES, asset);
  }

  get available(): bigint {
    return this.#available.amount;
  }

  get frozen(): bigint {
    return this.#frozen.amount;
  }

  get positionMargin(): bigint {
    return this.#margin.amount;
  }

  deposit(amount: bigint): void {
    this.#ledger.move(this.#ledger.line(DEPOSITS, this.asset), this.#available, amount);
  }

  /** Below 0 it releases. */
  freeze(amount: bigint): void {
    if (amount !== 0n) this.#ledger.move(this.#available, this.#frozen, amount);
  }

  /** Of what is frozen. */
  release(amount: bigint): void {
    if (amount !== 0n) this.#ledger.move(this.#frozen, this.#available, amount);
  }

  /** Below 0 it gives back. */
  addMargin(amount: bigint): void {
    this.#ledger.move(this.#available, this.#margin, amount);
  }

  /** Received when positive; what `fromMargin` says of it touches the margin of a position. */
  fund(amount: bigint, fromMargin: bigint): void {
    this.#ledger.post([
      { line: this.#ledger.line(FUNDING, this.asset), amount: -amount },
      { line: this.#available, amount: amount - fromMargin },
      { line: this.#margin, amount: fromMargin },
    ]);
  }

  /** Its legs sum to zero because `netOf` is the sum of all the others; not `post`, because this is what happens most. */
  settleFill(money: FillMoney, net: bigint = netOf(money)): void {
    const { unfrozen, marginReleased, marginTaken, realizedPnl, fee } = money;
    this.#available.amount += net;
    if (unfrozen !== 0n) this.#frozen.amount -= unfrozen;
    if (marginTaken !== marginReleased) this.#margin.amount += marginTaken - marginReleased;
    if (fee !== 0n) this.#fees.amount += fee;
    if (realizedPnl !== 0n) this.#market.amount -= realizedPnl;
  }

  /**
   * A takeover: the account is left without `margin` and `taken` of what it had available. The market pays the profit at the
   * mark price (`markPnl`, mostly a loss), and the rest goes to the insurance fund, or comes from it as far as it has
   * something; what it lacks is borne by the market.
   */
  takeOver(margin: bigint, taken: bigint, markPnl: bigint): void {
    const insurance = this.#ledger.line(INSURANCE, this.asset);
    const rest = margin + taken + markPnl;
    const covered = rest < 0n && insurance.amount + rest < 0n ? -insurance.amount : rest;
    this.#ledger.post([
      { line: this.#margin, amount: -margin },
      { line: this.#available, amount: -taken },
      { line: insurance, amount: covered },
      { line: this.#market, amount: margin + taken - covered },
    ]);
  }
}
