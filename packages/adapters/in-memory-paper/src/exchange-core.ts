import {
  bucketEnd,
  Decimal,
  type DecimalInput,
  decimal,
  InvalidInputError,
  NotConnectedError,
  NotSupportedError,
  Side,
  toInterval,
} from '@prate/domain';
import { formatScaled, publicTradeAt, toDouble } from '@prate/domain/candles';
import type { FeeRates } from '@prate/execution-port';
import type { CandlesItem, OrderBookItem, Subscription, TradesItem } from '@prate/market-data-port';
import type { CallOptions } from '@prate/runtime';
import { PaperAccount } from './account.ts';
import { Holdings } from './holdings.ts';
import { Ledger, readAmount } from './ledger.ts';
import { meetOpen, meetRange, meetTrade } from './matching.ts';
import type { PaperFeed, PaperOptions } from './options.ts';
import { type MatchKind, SymbolMarket } from './symbol-market.ts';
import { Wallet } from './wallet.ts';

/** One view that keeps the exchange's feed running. */
export interface FeedUser {
  /** The feed broke. */
  feedFailed(error: unknown): void;
}

/** The exchange behind its accounts: instruments, the feed, and the ledger. */
export class ExchangeCore {
  readonly options: PaperOptions;
  readonly ledger: Ledger = new Ledger();
  readonly markets: Map<string, SymbolMarket> = new Map<string, SymbolMarket>();
  readonly #accounts = new Map<string, PaperAccount>();
  /** With how many calls of `open` hold each of them here: one that gave up does not take away what another waits for. */
  readonly #users = new Map<FeedUser, { calls: number }>();
  readonly #feed: PaperFeed;
  readonly #fees: FeeRates | null;
  readonly #deposits: readonly (readonly [asset: string | null, amount: Decimal])[];
  readonly #funded = new Set<string>();
  #opening: Promise<void> | null = null;
  #subscriptions: Subscription[] = [];
  /** Counts the times that the feed was left. */
  #run = 0;
  #lastId = 0;

  /** @throws InvalidInputError for a balance or a fee that cannot be, NotSupportedError for a market without the feed */
  constructor(options: PaperOptions) {
    this.options = options;
    this.#feed = options.feed ?? { kind: 'trades' };
    const stream = this.#feed.kind === 'candles' ? 'candleStream' : 'tradeStream';
    if (!options.market.capabilities.includes(stream)) {
      throw new NotSupportedError(`paper trading on ${this.#feed.kind} needs a market with '${stream}'`);
    }
    if (this.#feed.kind === 'candles') toInterval(this.#feed.interval);
    const { fees } = options;
    this.#fees =
      fees === undefined
        ? null
        : { maker: readRate(fees.maker, 'fees.maker'), taker: readRate(fees.taker, 'fees.taker') };
    this.#deposits = readBalance(options.balance);
  }

  /** Made at the first call for a name. */
  account(name: string): PaperAccount {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const account = new PaperAccount({
      holdings: new Holdings(new Wallet(this.ledger, name), this.markets),
      nextId: () => this.nextId(),
      feesOf: (market) => this.feesOf(market),
    });
    this.#accounts.set(name, account);
    return account;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  feesOf(market: SymbolMarket): FeeRates {
    return this.#fees ?? { maker: market.instrument.makerFee, taker: market.instrument.takerFee };
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
      for (const [name, account] of this.#accounts) this.#fund(name, account);
    } catch (error) {
      place.calls -= 1;
      if (place.calls === 0 && !left()) this.close(user);
      throw error;
    }
  }

  /** Leaves the feed; the last who goes ends it. */
  close(user: FeedUser): void {
    if (!this.#users.delete(user) || this.#users.size > 0) return;
    this.#opening = null;
    this.#run += 1;
    for (const subscription of this.#subscriptions.splice(0)) subscription.close();
    this.#forgetBooks();
  }

  /** What the market did meanwhile is not known: a book of before would be traded against as if it still stood. */
  #forgetBooks(): void {
    for (const market of this.markets.values()) market.book = null;
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
      if (!this.markets.has(symbol)) this.markets.set(symbol, new SymbolMarket(instrument, match));
    }
    // everyone may have left while the instruments were read
    if (run !== this.#run) return;
    this.#subscribe(wanted, match);
    await Promise.all(this.#subscriptions.map((subscription) => subscription.ready));
  }

  #matchKind(): MatchKind {
    if (this.#feed.kind === 'candles') return 'candles';
    return this.options.market.capabilities.includes('orderBookStream') ? 'book' : 'trades';
  }

  #subscribe(symbols: readonly string[], match: MatchKind): void {
    const { market } = this.options;
    const keep = (subscription: Subscription): void => {
      this.#subscriptions.push(subscription);
      subscription.done.catch((error: unknown) => this.#fail(error));
    };
    if (this.#feed.kind === 'candles') {
      keep(market.candles(symbols, this.#feed.interval, (item) => this.#onCandles(item)));
      return;
    }
    if (match === 'book') keep(market.orderBook(symbols, (item) => this.#onBook(item)));
    keep(market.trades(symbols, (item) => this.#onTrades(item)));
  }

  #fail(error: unknown): void {
    for (const user of [...this.#users.keys()]) {
      user.feedFailed(error);
      this.close(user);
    }
  }

  #fund(name: string, account: PaperAccount): void {
    if (this.#funded.has(name)) return;
    for (const [asset, amount] of this.#deposits) account.holdings.wallet.deposit(asset ?? this.#settlement(), amount);
    this.#funded.add(name);
  }

  /** What a bare amount means: the quote asset of the first instrument. */
  #settlement(): string {
    const [first] = this.markets.values();
    if (first !== undefined) return first.instrument.quoteAsset;
    throw new InvalidInputError('the market has no instruments, so the balance needs an asset: { USDT: 1000 }');
  }

  #onBook(item: OrderBookItem): void {
    if (item.kind === 'gap') this.#forgetBooks();
    if (item.kind !== 'orderBook') return;
    const market = this.markets.get(item.book.symbol);
    if (market !== undefined) market.book = item.book;
  }

  #onTrades(item: TradesItem): void {
    if (item.kind !== 'trades') return;
    const market = this.markets.get(item.symbol);
    if (market === undefined) return;
    const { symbol, trades } = item;
    let reach = this.#reach(symbol);
    for (let i = 0; i < trades.length; i += 1) {
      const price = toDouble(trades.price[i] as number, trades.priceDecimals);
      const isLast = i === trades.length - 1;
      if (!isLast && price > reach.buy && price < reach.sell) continue;
      const trade = publicTradeAt(symbol, trades, i);
      market.last = trade.price;
      for (const account of this.#accounts.values()) meetTrade(account, market, trade);
      if (!isLast) reach = this.#reach(symbol);
    }
  }

  /**
   * The highest price that any buy order, and the lowest that any sell order, trades at: a print strictly between the two
   * concerns nobody. Nearest doubles keep the order of decimals, so only equal ones need the exact look.
   */
  #reach(symbol: string): { readonly buy: number; readonly sell: number } {
    let buy = Number.NEGATIVE_INFINITY;
    let sell = Number.POSITIVE_INFINITY;
    for (const account of this.#accounts.values()) {
      for (const { order, taking } of account.openOrders(symbol)) {
        if (order.price === null || taking) return { buy: Number.POSITIVE_INFINITY, sell: Number.NEGATIVE_INFINITY };
        if (order.side === Side.BUY) buy = Math.max(buy, order.price.toNumber());
        else sell = Math.min(sell, order.price.toNumber());
      }
    }
    return { buy, sell };
  }

  #onCandles(item: CandlesItem): void {
    if (item.kind !== 'candles') return;
    const market = this.markets.get(item.symbol);
    if (market === undefined) return;
    const { candles } = item;
    const price = (values: Float64Array, i: number): Decimal =>
      new Decimal(formatScaled(values[i] as number, candles.priceDecimals));
    for (let i = 0; i < candles.length; i += 1) {
      const openTime = candles.openTime[i] as number;
      const candle = {
        openTime,
        open: price(candles.open, i),
        high: price(candles.high, i),
        low: price(candles.low, i),
        close: price(candles.close, i),
        volume: new Decimal(formatScaled(candles.volume[i] as number | bigint, candles.volumeDecimals)),
      };
      market.last = candle.open;
      for (const account of this.#accounts.values()) meetOpen(account, market, candle);
      market.last = candle.close;
      const closeTime = bucketEnd(candles.interval, openTime);
      for (const account of this.#accounts.values()) meetRange(account, market, candle, closeTime);
    }
  }
}

function readBalance(balance: PaperOptions['balance']): (readonly [string | null, Decimal])[] {
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

function readRate(input: DecimalInput, what: string): Decimal {
  const rate = decimal(input, what);
  if (rate.abs().lt(1)) return rate;
  throw new InvalidInputError(`${what} must be a share of the traded value between -1 and 1, e.g. 0.0006, not ${rate}`);
}

/** Waits for shared work that goes on when this caller gives up. */
async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
