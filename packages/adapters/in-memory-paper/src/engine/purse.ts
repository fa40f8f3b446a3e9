import type { Ledger } from './ledger.ts';
import { Wallet } from './wallet.ts';

/** The money of one account: a wallet for each asset. */
export class Purse {
  readonly #ledger: Ledger;
  readonly #owner: string;
  readonly #wallets = new Map<string, Wallet>();
  readonly #funded = new Set<string>();

  constructor(ledger: Ledger, owner: string) {
    this.#ledger = ledger;
    this.#owner = owner;
  }

  wallet(asset: string): Wallet {
    let wallet = this.#wallets.get(asset);
    if (wallet === undefined) {
      wallet = new Wallet(this.#ledger, this.#owner, asset);
      this.#wallets.set(asset, wallet);
    }
    return wallet;
  }

  deposit(asset: string, amount: bigint): void {
    this.#funded.add(asset);
    this.wallet(asset).deposit(amount);
  }

  restoreAssets(assets: readonly string[]): void {
    for (const asset of assets) this.#funded.add(asset);
  }

  /** Assets that were deposited, in that order. */
  assets(): readonly string[] {
    return [...this.#funded];
  }
}
