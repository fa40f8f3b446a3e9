import {
  bucketEnd,
  bucketOpen,
  type CandleColumns,
  Decimal,
  type FundingRate,
  type Instrument,
  InvalidInputError,
  NotSupportedError,
  type OrderBook,
  Side,
  type Ticker,
  toInterval,
} from '@prate/domain';
import { candlesFromTrades, type TradeColumns, TradeColumnsBuilder } from '@prate/domain/candles';
import type { CallOptions } from '@prate/runtime';
import type { MarketDataContext, MarketDataHarness } from '../src/conformance/index.ts';
import type {
  CandlesItem,
  CandlesQuery,
  FundingItem,
  HistoryRange,
  Listener,
  MarketDataCapability,
  MarketDataPort,
  OrderBookItem,
  Page,
  SubscribeOptions,
  Subscription,
  TickersItem,
  TradesItem,
} from '../src/index.ts';

const ALL: readonly MarketDataCapability[] = [
  'candleHistory',
  'tradeHistory',
  'ticker',
  'orderBook',
  'funding',
  'tradeStream',
  'candleStream',
  'tickerStream',
  'orderBookStream',
  'fundingStream',
];
const SYMBOL = 'FAKE_USDT';
const START_MS = 1_700_000_000_000;
const TRADE_MS = 250;
const PAGE_ROWS = 7;
const FUNDING_MS = 10_000;

type Item = TradesItem | CandlesItem | TickersItem | OrderBookItem | FundingItem;

/** One listener of the fake, and how its stream ended. */
export class FakeSubscription implements Subscription {
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  readonly #listener: (item: Item) => void;
  readonly #end: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  #open = true;

  constructor(listener: (item: Item) => void, signal: AbortSignal | undefined) {
    this.#listener = listener;
    let end = { resolve: () => {}, reject: (_error: unknown) => {} };
    this.done = new Promise((resolve, reject) => {
      end = { resolve, reject };
    });
    this.#end = end;
    this.ready = signal?.aborted ? Promise.reject(signal.reason) : Promise.resolve();
    this.ready.catch(() => {});
    if (signal?.aborted) this.close();
    else signal?.addEventListener('abort', () => this.close(), { once: true });
  }

  deliver(item: Item): void {
    if (!this.#open) return;
    try {
      this.#listener(item);
    } catch (error) {
      this.#open = false;
      this.#end.reject(error);
    }
  }

  close(): void {
    this.#open = false;
    this.#end.resolve();
  }
}

export type StreamName = 'trades' | 'candles' | 'tickers' | 'orderBook' | 'funding';

/** A market that is right and small: a trade every quarter of a second, made from its time alone. */
export class FakeMarket implements MarketDataPort {
  readonly venue = 'fake';
  readonly capabilities: readonly MarketDataCapability[];
  nowMs = START_MS + 60_000;
  readonly subscriptions: Record<StreamName, FakeSubscription[]> = {
    trades: [],
    candles: [],
    tickers: [],
    orderBook: [],
    funding: [],
  };

  constructor(capabilities: readonly MarketDataCapability[] = ALL) {
    this.capabilities = capabilities;
  }

  /** Time passes quarter by quarter; each brings a trade, each whole second everything else. */
  async advance(durationMs: number): Promise<void> {
    const end = this.nowMs + durationMs;
    while (this.nowMs + TRADE_MS <= end) {
      this.nowMs += TRADE_MS;
      this.emit('trades', { kind: 'trades', symbol: SYMBOL, trades: tradesBetween(this.nowMs, this.nowMs + 1) });
      if (this.nowMs % 1000 === 0) this.emitSecond();
      await Promise.resolve();
    }
    this.nowMs = end;
  }

  emitSecond(): void {
    const candles = this.candlesBetween(this.nowMs - 1000, this.nowMs);
    this.emit('candles', { kind: 'candles', symbol: SYMBOL, candles });
    this.emit('tickers', { kind: 'tickers', tickers: [this.ticker()] });
    this.emit('orderBook', { kind: 'orderBook', book: this.book(5) });
    this.emit('funding', { kind: 'funding', rates: [this.rate()] });
    for (const name of Object.keys(this.subscriptions) as StreamName[]) {
      this.emit(name, { kind: 'heartbeat', timeMs: this.nowMs });
    }
  }

  emit(name: StreamName, item: Item): void {
    for (const subscription of [...this.subscriptions[name]]) subscription.deliver(item);
  }

  candlesBetween(from: number, to: number): CandleColumns {
    return candlesFromTrades(tradesBetween(from, to), toInterval('1s'));
  }

  ticker(): Ticker {
    const lastPrice = new Decimal(priceAt(this.nowMs));
    const none = { markPrice: null, indexPrice: null, volume24h: null };
    return { symbol: SYMBOL, time: this.nowMs, lastPrice, bid: lastPrice.minus(1), ask: lastPrice.plus(1), ...none };
  }

  book(depth: number): OrderBook {
    const middle = priceAt(this.nowMs);
    const levels = (step: number) =>
      Array.from({ length: depth }, (_, i) => ({
        price: new Decimal(middle + step * (i + 1)),
        quantity: new Decimal(1),
      }));
    return { symbol: SYMBOL, time: this.nowMs, bids: levels(-1), asks: levels(1), version: null };
  }

  rate(): FundingRate {
    return { symbol: SYMBOL, rate: new Decimal('0.0001'), settleTime: Math.ceil(this.nowMs / FUNDING_MS) * FUNDING_MS };
  }

  async getInstruments(options?: CallOptions): Promise<readonly Instrument[]> {
    options?.signal?.throwIfAborted();
    return [fakeInstrument];
  }

  async getServerTime(options?: CallOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    return this.nowMs;
  }

  async getCandles(query: CandlesQuery, options?: CallOptions): Promise<Page<CandleColumns>> {
    this.check('candleHistory', query.symbol, options);
    const interval = toInterval(query.interval);
    const to = Math.min(query.to, bucketOpen(interval, this.nowMs));
    const end = Math.min(to, bucketEnd(interval, query.from) + PAGE_ROWS * 1000);
    const columns = candlesFromTrades(tradesBetween(query.from, end), interval);
    return { columns, next: end < to ? end : null };
  }

  async getTrades(query: HistoryRange, options?: CallOptions): Promise<Page<TradeColumns>> {
    this.check('tradeHistory', query.symbol, options);
    const to = Math.min(query.to, this.nowMs + 1);
    const end = Math.min(to, query.from + PAGE_ROWS * TRADE_MS);
    return { columns: tradesBetween(query.from, end), next: end < to ? end : null };
  }

  async getTicker(symbol: string, options?: CallOptions): Promise<Ticker> {
    this.check('ticker', symbol, options);
    return this.ticker();
  }

  async getTickers(options?: CallOptions): Promise<readonly Ticker[]> {
    this.check('ticker', SYMBOL, options);
    return [this.ticker()];
  }

  async getOrderBook(symbol: string, depth = 5, options?: CallOptions): Promise<OrderBook> {
    this.check('orderBook', symbol, options);
    return this.book(depth);
  }

  async getFundingRate(symbol: string, options?: CallOptions): Promise<FundingRate> {
    this.check('funding', symbol, options);
    return this.rate();
  }

  async getFundingHistory(query: HistoryRange, options?: CallOptions): Promise<readonly FundingRate[]> {
    this.check('funding', query.symbol, options);
    const rates: FundingRate[] = [];
    for (let time = Math.ceil(query.from / FUNDING_MS) * FUNDING_MS; time < query.to; time += FUNDING_MS) {
      rates.push({ ...this.rate(), settleTime: time });
    }
    return rates;
  }

  trades(symbols: readonly string[], listener: Listener<TradesItem>, options?: SubscribeOptions): Subscription {
    return this.subscribe('trades', 'tradeStream', symbols, listener as Listener<Item>, options);
  }

  candles(
    symbols: readonly string[],
    _interval: unknown,
    listener: Listener<CandlesItem>,
    options?: SubscribeOptions,
  ): Subscription {
    return this.subscribe('candles', 'candleStream', symbols, listener as Listener<Item>, options);
  }

  tickers(symbols: readonly string[], listener: Listener<TickersItem>, options?: SubscribeOptions): Subscription {
    return this.subscribe('tickers', 'tickerStream', symbols, listener as Listener<Item>, options);
  }

  orderBook(symbols: readonly string[], listener: Listener<OrderBookItem>, options?: SubscribeOptions): Subscription {
    return this.subscribe('orderBook', 'orderBookStream', symbols, listener as Listener<Item>, options);
  }

  funding(symbols: readonly string[], listener: Listener<FundingItem>, options?: SubscribeOptions): Subscription {
    return this.subscribe('funding', 'fundingStream', symbols, listener as Listener<Item>, options);
  }

  subscribe(
    name: StreamName,
    capability: MarketDataCapability,
    symbols: readonly string[],
    listener: (item: Item) => void,
    options: SubscribeOptions | undefined,
  ): Subscription {
    for (const symbol of symbols) this.check(capability, symbol, undefined);
    const subscription = new FakeSubscription(listener, options?.signal);
    this.subscriptions[name].push(subscription);
    return subscription;
  }

  check(capability: MarketDataCapability, symbol: string, options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (!this.capabilities.includes(capability)) throw new NotSupportedError(`the fake has no ${capability}`);
    if (symbol !== SYMBOL) throw new InvalidInputError(`the fake has no ${symbol}, only ${SYMBOL}`);
  }
}

const priceAt = (timeMs: number): number => 100 + (Math.floor(timeMs / TRADE_MS) % 7);

export function tradesBetween(from: number, to: number): TradeColumns {
  const builder = new TradeColumnsBuilder();
  for (let time = Math.ceil(from / TRADE_MS) * TRADE_MS; time < to; time += TRADE_MS) {
    builder.push(time, priceAt(time), '0.5', Side.BUY, String(time));
  }
  return builder.finish();
}

export const fakeInstrument: Instrument = {
  symbol: SYMBOL,
  baseAsset: 'FAKE',
  quoteAsset: 'USDT',
  tickSize: new Decimal(1),
  lotSize: new Decimal('0.1'),
  contractSize: new Decimal(1),
  minQuantity: new Decimal('0.1'),
  maxQuantity: null,
  minNotional: null,
  maxLeverage: 10,
  riskTiers: [{ maxNotional: null, maxLeverage: 10, maintenanceMarginRate: new Decimal('0.01') }],
  makerFee: new Decimal(0),
  takerFee: new Decimal(0),
};

const contextOf = (port: FakeMarket): MarketDataContext => ({
  port,
  symbol: SYMBOL,
  interval: '1s',
  candleRange: { from: START_MS, to: START_MS + 20_000 },
  tradeRange: { from: START_MS, to: START_MS + 10_000 },
  fundingRange: { from: START_MS, to: START_MS + 30_000 },
  stepMs: 1000,
  advance: (durationMs) => port.advance(durationMs),
});

export const harnessOf = (make: () => FakeMarket): MarketDataHarness => ({
  capabilities: make().capabilities,
  setup: async () => contextOf(make()),
});
