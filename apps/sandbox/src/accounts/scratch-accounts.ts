import type { Decimal } from '@prate/domain';
import { type AccountEvent, type SandboxAccount, ScriptedBackend } from '@prate/mexc-sandbox';
import type { Clock } from '@prate/runtime';
import type { LiveMarket } from '../market/live-market.ts';

export class ScratchAccounts {
  readonly #live: LiveMarket;
  readonly #clock: Clock;
  readonly #usual: Decimal;
  readonly #accounts = new Map<string, SandboxAccount>();
  readonly #listeners = new Set<(event: AccountEvent) => void>();

  constructor(live: LiveMarket, clock: Clock, usual: Decimal) {
    this.#live = live;
    this.#clock = clock;
    this.#usual = usual;
  }

  open({
    apiKey,
    balance,
  }: {
    readonly apiKey: string;
    readonly name: string;
    readonly balance: Decimal | null;
  }): Decimal {
    const begun = balance ?? this.#usual;
    const contracts = this.#live.contracts();
    const backend = new ScriptedBackend({
      clock: this.#clock,
      accounts: { [apiKey]: { USDT: begun } },
      contracts: contracts.map(({ symbol, contractSize, tickSize }) => ({ symbol, contractSize, tickSize })),
    });
    for (const { symbol } of contracts) {
      const book = this.#live.book(symbol);
      backend.setBook(symbol, book.bids, book.asks);
      const last = this.#live.ticker(symbol).lastPrice;
      backend.trade(symbol, last, 1);
    }
    this.#live.subscribe((event) => {
      if (event.kind === 'book') {
        const book = this.#live.book(event.symbol);
        backend.setBook(event.symbol, book.bids, book.asks);
      }
      if (event.kind === 'trades') for (const t of event.trades) backend.trade(event.symbol, t.price, t.volume, t.side);
    });
    backend.subscribe((event) => {
      if ('account' in event) for (const listener of this.#listeners) listener(event);
    });
    this.#accounts.set(apiKey, backend.account(apiKey) as SandboxAccount);
    return begun;
  }

  account(apiKey: string): SandboxAccount | null {
    return this.#accounts.get(apiKey) ?? null;
  }

  subscribe(listener: (event: AccountEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
