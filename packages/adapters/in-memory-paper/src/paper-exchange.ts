import { type Decimal, InvalidInputError, PositionSide, ZERO } from '@prate/domain';
import type { CallOptions } from '@prate/runtime';
import { EngineDesk } from './desk/engine-desk.ts';
import type { PaperDesk } from './desk/paper-desk.ts';
import { INSURANCE, type Posting } from './engine/ledger.ts';
import type { MissedMarket } from './engine/missed.ts';
import { fromMoney } from './engine/units.ts';
import { type Balances, ExchangeCore, type FeedUser, type PaperState } from './exchange-core.ts';
import { InMemoryPaperExecution } from './in-memory-paper-execution.ts';
import type { PaperFees, PaperOptions } from './options.ts';

/** What an account has of its own, in place of the exchange's. */
export interface AccountOpening {
  readonly balance?: Balances | undefined;
  readonly fees?: PaperFees | undefined;
}

/** A simulated exchange with any number of accounts, which share the market and never meet each other. */
export class PaperExchange {
  readonly #core: ExchangeCore;
  readonly #ports = new Map<string, InMemoryPaperExecution>();
  readonly #desks = new Map<string, PaperDesk>();
  readonly #feedUser: FeedUser = { feedFailed: (error) => this.#whenFailed(error) };
  #whenFailed: (error: unknown) => void = () => {};

  constructor(options: PaperOptions, state: PaperState | null = null) {
    this.#core = new ExchangeCore(options, state);
  }

  /**
   * Goes on where another exchange was saved, exactly: the same ids, the same chance. Balance, fees and `random` of the options
   * are for accounts to come.
   * @throws InvalidInputError for a state of another version
   */
  static restore(state: PaperState, options: PaperOptions): PaperExchange {
    return new PaperExchange(options, state);
  }

  /** All of it as plain JSON: money and decimals are text. */
  save(): PaperState {
    return this.#core.save();
  }

  /**
   * What `save` would give now, in a fraction of the time: to be made JSON text, whenever, and in as many pieces as the reader likes.
   * What cannot change any more, such as orders that have ended, is written out only then.
   */
  snapshot(): PaperState {
    return this.#core.save(true);
  }

  /**
   * Plays what happened while nobody fed a restored exchange, up to and including `untilMs`, before it is connected: orders,
   * triggers and positions meet the candles as they do on candles, whatever the feed is otherwise, and funding is settled. It
   * may be called again with what came later. Candles of symbols that it does not have are left out.
   * @throws InvalidInputError while it is connected
   */
  playMissed(missed: readonly MissedMarket[], untilMs: number): void {
    this.#core.playMissed(missed, untilMs);
  }

  /**
   * Feeds the exchange for its desks; ports connect each on its own.
   * @param whenFailed called when the feed breaks, after which the exchange stands still
   */
  async connect(
    options?: CallOptions & { readonly whenFailed?: ((error: unknown) => void) | undefined },
  ): Promise<void> {
    options?.signal?.throwIfAborted();
    this.#whenFailed = options?.whenFailed ?? this.#whenFailed;
    await this.#core.open(this.#feedUser, options);
  }

  async disconnect(): Promise<void> {
    this.#core.close(this.#feedUser);
  }

  /**
   * Makes an account with a balance or fees of its own.
   * @throws InvalidInputError for a name that is taken or no name, and for a balance or fees that cannot be
   */
  open(name: string, opening: AccountOpening = {}): void {
    ensureName(name);
    if (this.#core.engine.accounts.has(name)) throw new InvalidInputError(`there is an account '${name}' already`);
    this.#core.account(name, opening);
  }

  /** In the order in which they were made. */
  accounts(): readonly string[] {
    return [...this.#core.engine.accounts.keys()];
  }

  /** The account of this name as an ExecutionPort, made at the first call; each connects on its own. */
  account(name: string): InMemoryPaperExecution {
    ensureName(name);
    const known = this.#ports.get(name);
    if (known !== undefined) return known;
    const account = new InMemoryPaperExecution({ core: this.#core, name });
    this.#ports.set(name, account);
    return account;
  }

  /** The same account in full and synchronously, made at the first call; it works while the exchange is fed. */
  desk(name: string): PaperDesk {
    ensureName(name);
    const known = this.#desks.get(name);
    if (known !== undefined) return known;
    const desk = new EngineDesk(this.#core, this.#core.account(name));
    this.#desks.set(name, desk);
    return desk;
  }

  /** What liquidations left over and have not used up since, in an asset. */
  insuranceFund(asset: string): Decimal {
    return fromMoney(this.#core.engine.ledger.line(INSURANCE, asset).amount);
  }

  /**
   * What is held long in a symbol, in the base asset; the market has the other side of everything, so that as much is held short. 0
   * for a symbol that is not traded.
   */
  openInterest(symbol: string): Decimal {
    const market = this.#core.engine.markets.get(symbol);
    if (market === undefined) return ZERO;
    let [long, short] = [0, 0];
    for (const seat of market.seats) {
      long += seat.held(PositionSide.LONG)?.lots ?? 0;
      short += seat.held(PositionSide.SHORT)?.lots ?? 0;
    }
    return market.grid.quantity(Math.max(long, short));
  }

  /**
   * Every balance of the double-entry ledger; they sum to zero per asset. Accounts: `user/NAME/available`, `…/frozen`,
   * `…/margin`, and `deposits`, `market` (the other side of profit and loss), `fees`, `funding` and `insurance`.
   */
  ledgerBalances(): readonly Posting[] {
    return this.#core.engine.ledger.balances();
  }
}

function ensureName(name: string): void {
  if (name === '' || /[\n/]/.test(name))
    throw new InvalidInputError(`account name must be text without '/', not '${name}'`);
}
