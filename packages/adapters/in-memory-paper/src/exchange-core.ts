import {
  type ClientOrderId,
  Decimal,
  type DecimalInput,
  InvalidInputError,
  NotConnectedError,
  NotSupportedError,
  toInterval,
} from '@prate/domain';
import type { FeeRates } from '@prate/execution-port';
import type { MarketDataCapability, Subscription } from '@prate/market-data-port';
import { type CallOptions, untilAborted } from '@prate/runtime';
import { deskObserver } from './desk/desk-observer.ts';
import { Chance } from './engine/chance.ts';
import { Engine } from './engine/engine.ts';
import type { EngineState } from './engine/engine-state.ts';
import type { MatchKind, SymbolMarket } from './engine/market.ts';
import { type MissedMarket, playMissed } from './engine/missed.ts';
import type { EngineAccount } from './engine/model.ts';
import { restoreEngine } from './engine/restore-engine.ts';
import { saveEngine } from './engine/save-engine.ts';
import { readAmount, shareOfRate, toMoney } from './engine/units.ts';
import {
  type PaperFeed,
  type PaperFees,
  type PaperOptions,
  type PaperRules,
  readFees,
  readLimit,
  readRules,
} from './options.ts';
import { ExchangeTriggers, type SavedExchangeTriggers } from './triggers/exchange-triggers.ts';

/** One view that keeps the exchange's feed running. */
export interface FeedUser {
  /** The feed broke. */
  feedFailed(error: unknown): void;
}

export type Balances = PaperRules['balance'];
type Deposits = readonly (readonly [asset: string | null, amount: Decimal])[];

/** A saved exchange: plain JSON. */
export interface PaperState {
  readonly engine: EngineState;
  /** Accounts that have not got their balance yet. */
  readonly unfunded: readonly (readonly [
    name: string,
    deposits: readonly (readonly [asset: string | null, amount: string])[],
  ])[];
}

/** How far ahead the settlements of a market are read that has funding, but no stream of it. */
const FUNDING_AHEAD_MS = 10 * 366 * 86_400_000;

/** The exchange behind its accounts: the engine, and the feed that drives it. */
export class ExchangeCore {
  readonly options: PaperOptions;
  readonly engine: Engine;
  readonly triggers: ExchangeTriggers;
  /** With how many calls of `open` hold each of them here: one that gave up does not take away what another waits for. */
  readonly #users = new Map<FeedUser, { calls: number }>();
  readonly #feed: PaperFeed;
  readonly #fees: ReturnType<typeof readFees> | null;
  readonly #deposits: Deposits;
  /** Accounts that have not got their balance yet. */
  readonly #unfunded = new Map<EngineAccount, Deposits>();
  #opening: Promise<void> | null = null;
  #subscriptions: Subscription[] = [];
  #isOpen = false;
  /** Counts the times that the feed was left. */
  #run = 0;

  /** @throws InvalidInputError for a balance or a fee that cannot be, NotSupportedError for a market without the feed */
  constructor(options: PaperOptions, state: PaperState | null = null) {
    this.options = options;
    this.#feed = options.feed ?? { kind: 'trades' };
    const stream = this.#feed.kind === 'candles' ? 'candleStream' : 'tradeStream';
    if (!options.market.capabilities.includes(stream)) {
      throw new NotSupportedError(`paper trading on ${this.#feed.kind} needs a market with '${stream}'`);
    }
    if (this.#feed.kind === 'candles') toInterval(this.#feed.interval);
    this.#fees = options.fees === undefined ? null : readFees(options.fees);
    this.#deposits = readBalance(options.balance);
    this.engine =
      state === null
        ? new Engine(readRules(options), new Chance(options.random.nextUint32()))
        : restoreEngine(state.engine, readRules(options));
    this.triggers = new ExchangeTriggers({
      maxTriggers: readLimit(options.maxTriggers, 'maxTriggers'),
      markets: this.engine.markets,
      nowMs: () => this.nowMs(),
    });
    this.engine.triggers = this.triggers;
    if (state === null) return;
    this.triggers.restore(state.engine.triggers as SavedExchangeTriggers, this.engine);
    for (const [name, deposits] of state.unfunded) {
      const owed = deposits.map(([asset, amount]) => [asset, new Decimal(amount)] as const);
      this.#unfunded.set(this.engine.accounts.get(name) as EngineAccount, owed);
    }
    for (const account of this.engine.accounts.values()) this.#keepLog(account);
  }

  /** @param isWholeLater rows that cannot change any more are written when the state becomes JSON */
  save(isWholeLater = false): PaperState {
    const unfunded = [...this.#unfunded].map(([{ name }, deposits]) => {
      return [name, deposits.map(([asset, amount]) => [asset, amount.toString()] as const)] as const;
    });
    return { engine: saveEngine(this.engine, isWholeLater), unfunded };
  }

  /** @throws InvalidInputError while it is fed */
  playMissed(missed: readonly MissedMarket[], untilMs: number): void {
    if (this.#opening !== null)
      throw new InvalidInputError('a connected exchange has missed nothing: play it before connect()');
    playMissed(this.engine, missed, untilMs);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  newClientOrderId(account: EngineAccount): ClientOrderId {
    const id = `paper-${this.engine.nextId()}-${this.engine.chance.nextUint32().toString(36)}`;
    return account.orders.byClientId(id) !== null ? this.newClientOrderId(account) : id;
  }

  nowMs(): number {
    return this.options.clock.nowMs();
  }

  /** Made at the first call for a name; its balance comes as soon as the market's instruments are known. */
  account(
    name: string,
    own?: { readonly balance?: Balances | undefined; readonly fees?: PaperFees | undefined },
  ): EngineAccount {
    const known = this.engine.accounts.get(name);
    if (known !== undefined) return known;
    const fees = own?.fees === undefined ? this.#fees : readFees(own.fees);
    const deposits = own?.balance === undefined ? this.#deposits : readBalance(own.balance);
    const account = this.engine.open(name, fees);
    this.#unfunded.set(account, deposits);
    this.#keepLog(account);
    if (this.#isOpen) this.#fund();
    return account;
  }

  feesOf(account: EngineAccount, { instrument }: SymbolMarket): FeeRates {
    const { fees } = account;
    if (fees === null) return { maker: instrument.makerFee, taker: instrument.takerFee };
    return { maker: shareOfRate(fees.maker), taker: shareOfRate(fees.taker) };
  }

  /** Joins the feed, and starts it for the first who comes. */
  async open(user: FeedUser, options: CallOptions | undefined): Promise<void> {
    const place = this.#users.get(user) ?? { calls: 0 };
    this.#users.set(user, place);
    place.calls += 1;
    const left = (): boolean => this.#users.get(user) !== place;
    this.#opening ??= this.#start();
    try {
      await untilAborted(this.#opening, options?.signal);
      if (left()) throw new NotConnectedError('disconnected while it was connecting');
      this.#fund();
    } catch (error) {
      place.calls -= 1;
      if (place.calls === 0 && !left()) this.close(user);
      throw error;
    }
    this.#isOpen = true;
  }

  /** Leaves the feed; the last who goes ends it. */
  close(user: FeedUser): void {
    if (!this.#users.delete(user) || this.#users.size > 0) return;
    this.#opening = null;
    this.#isOpen = false;
    this.#run += 1;
    for (const subscription of this.#subscriptions.splice(0)) subscription.close();
    this.engine.forgetBooks();
  }

  async #start(): Promise<void> {
    const { market, symbols } = this.options;
    const run = this.#run;
    const instruments = await market.getInstruments();
    const wanted = symbols ?? instruments.map((instrument) => instrument.symbol);
    const match = this.#matchKind();
    for (const symbol of wanted) {
      const instrument = instruments.find((one) => one.symbol === symbol);
      if (instrument === undefined) throw new InvalidInputError(`the market has no instrument '${symbol}'`);
      const known = this.engine.markets.get(symbol);
      if (known === undefined) this.engine.addMarket(instrument, match);
      else if (known.match !== match) {
        throw new InvalidInputError(`${symbol} was traded on '${known.match}' before, and cannot go on on '${match}'`);
      }
    }
    if (this.#has('funding') && !this.#has('fundingStream')) await this.#readFunding(wanted);
    // everyone may have left while the market was read
    if (run !== this.#run) return;
    this.#subscribe(wanted, match);
    await Promise.all(this.#subscriptions.map((subscription) => subscription.ready));
  }

  #has(capability: MarketDataCapability): boolean {
    return this.options.market.capabilities.includes(capability);
  }

  #matchKind(): MatchKind {
    if (this.#feed.kind === 'candles') return 'candles';
    return this.#has('orderBookStream') && this.#feed.books !== false ? 'book' : 'trades';
  }

  /** A replay knows the settlements to come. */
  async #readFunding(symbols: readonly string[]): Promise<void> {
    const from = this.nowMs();
    for (const symbol of symbols) {
      const rates = await this.options.market.getFundingHistory({ symbol, from, to: from + FUNDING_AHEAD_MS });
      this.engine.funding(rates);
    }
  }

  #subscribe(symbols: readonly string[], match: MatchKind): void {
    const { market } = this.options;
    const { engine } = this;
    const keep = (subscription: Subscription): void => {
      this.#subscriptions.push(subscription);
      subscription.done.catch((error: unknown) => this.#fail(error));
    };
    // before the prices that are valued and settled by them
    if (this.#has('fundingStream')) {
      keep(
        market.funding(symbols, (item) => {
          if (item.kind === 'funding') engine.funding(item.rates);
        }),
      );
    }
    if (this.#has('tickerStream')) {
      keep(
        market.tickers(symbols, (item) => {
          if (item.kind === 'tickers') engine.tickers(item.tickers);
        }),
      );
    }
    if (this.#feed.kind === 'candles') {
      keep(
        market.candles(symbols, this.#feed.interval, (item) => {
          if (item.kind === 'candles') engine.candles(item.symbol, item.candles);
          else if (item.kind === 'heartbeat') engine.passTime(item.timeMs);
        }),
      );
      return;
    }
    if (match === 'book') {
      keep(
        market.orderBook(symbols, (item) => {
          if (item.kind === 'gap') engine.forgetBooks(item.symbols);
          else if (item.kind === 'orderBook') engine.book(item.book);
        }),
      );
    }
    keep(
      market.trades(symbols, (item) => {
        if (item.kind === 'trades') engine.trades(item.symbol, item.trades);
        else if (item.kind === 'heartbeat') engine.passTime(item.timeMs);
      }),
    );
  }

  #fail(error: unknown): void {
    for (const user of [...this.#users.keys()]) {
      user.feedFailed(error);
      this.close(user);
    }
  }

  #keepLog(account: EngineAccount): void {
    const { log } = this.options;
    if (log === undefined) return;
    account.observe(deskObserver(account, (event) => log(`${account.name} ${JSON.stringify(event)}`)));
  }

  #fund(): void {
    for (const [account, deposits] of [...this.#unfunded]) {
      for (const [asset, amount] of deposits) account.deposit(asset ?? this.#settlement(), toMoney(amount));
      this.#unfunded.delete(account);
    }
  }

  /** What a bare amount means: the quote asset of the first instrument. */
  #settlement(): string {
    const [first] = this.engine.markets.values();
    if (first !== undefined) return first.instrument.quoteAsset;
    throw new InvalidInputError('the market has no instruments, so the balance needs an asset: { USDT: 1000 }');
  }
}

function readBalance(balance: Balances): Deposits {
  if (typeof balance !== 'object' || balance === null || Decimal.isDecimal(balance)) {
    return [[null, readDeposit(balance as DecimalInput, 'balance')]];
  }
  return Object.entries(balance).map(([asset, amount]) => [asset, readDeposit(amount, `balance of ${asset}`)]);
}

function readDeposit(input: DecimalInput, what: string): Decimal {
  const amount = readAmount(input, what);
  if (amount.lt(0)) throw new InvalidInputError(`${what} must be at or above 0, not ${amount}`);
  return amount;
}
