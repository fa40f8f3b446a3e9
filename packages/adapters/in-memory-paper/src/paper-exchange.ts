import { InvalidInputError } from '@prate/domain';
import type { Posting } from './engine/ledger.ts';
import { ExchangeCore } from './exchange-core.ts';
import { InMemoryPaperExecution } from './in-memory-paper-execution.ts';
import type { PaperOptions } from './options.ts';

/** A simulated exchange with any number of accounts, which share the market and never meet each other. */
export class PaperExchange {
  readonly #core: ExchangeCore;
  readonly #accounts = new Map<string, InMemoryPaperExecution>();

  constructor(options: PaperOptions) {
    this.#core = new ExchangeCore(options);
  }

  /** The account of this name, made at the first call; each connects on its own. */
  account(name: string): InMemoryPaperExecution {
    if (name === '' || /[\n/]/.test(name))
      throw new InvalidInputError(`account name must be text without '/', not '${name}'`);
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const account = new InMemoryPaperExecution({ core: this.#core, name });
    this.#accounts.set(name, account);
    return account;
  }

  /**
   * Every balance of the double-entry ledger; they sum to zero per asset. Accounts: `user/NAME/available`, `…/frozen`,
   * `…/margin`, and `deposits`, `market` (the other side of profit and loss) and `fees`.
   */
  ledgerBalances(): readonly Posting[] {
    return this.#core.engine.ledger.balances();
  }
}
