import type { Decimal } from '@prate/domain';
import type { PaperExchange } from '@prate/in-memory-paper';
import type { AccountEvent, Contract, SandboxAccount } from '@prate/mexc-sandbox';
import { DeskAccount } from './desk-account.ts';

/** The accounts of an exchange by their API keys. */
export class DeskAccounts {
  readonly #exchange: PaperExchange;
  readonly #contract: (symbol: string) => Contract;
  readonly #usualBalance: Decimal;
  readonly #accounts = new Map<string, DeskAccount>();
  readonly #listeners = new Set<(event: AccountEvent) => void>();
  readonly #leave: (() => void)[] = [];

  constructor(exchange: PaperExchange, contract: (symbol: string) => Contract, usualBalance: Decimal) {
    this.#exchange = exchange;
    this.#contract = contract;
    this.#usualBalance = usualBalance;
  }

  /** @returns what it begins with */
  open({
    apiKey,
    name,
    balance,
  }: {
    readonly apiKey: string;
    readonly name: string;
    readonly balance: Decimal | null;
  }): Decimal {
    const begun = balance ?? this.#usualBalance;
    this.#exchange.open(name, { balance: begun });
    const account = new DeskAccount(this.#exchange.desk(name), this.#contract);
    this.#accounts.set(apiKey, account);
    if (this.#listeners.size > 0) this.#hear(apiKey, account);
    return begun;
  }

  account(apiKey: string): SandboxAccount | null {
    return this.#accounts.get(apiKey) ?? null;
  }

  /** Desks are listened to while anybody wants to know: they make no events for nobody. */
  subscribe(listener: (event: AccountEvent) => void): () => void {
    if (this.#listeners.size === 0) for (const [apiKey, account] of this.#accounts) this.#hear(apiKey, account);
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) for (const leave of this.#leave.splice(0)) leave();
    };
  }

  #hear(apiKey: string, account: DeskAccount): void {
    const leave = account.listen(apiKey, (event) => {
      for (const listener of this.#listeners) listener(event);
    });
    this.#leave.push(leave);
  }
}
