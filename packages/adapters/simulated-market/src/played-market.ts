import {
  type CandleColumns,
  type FundingRate,
  type Instrument,
  type IntervalInput,
  InvalidInputError,
  NotSupportedError,
  type OrderBook,
  PrateError,
  type Ticker,
  type VenueId,
} from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';
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
} from '@prate/market-data-port';
import type { CallOptions, ManualClock } from '@prate/runtime';
import { Channel } from './channel.ts';
import { type EventSource, type PlayOptions, playEvents } from './player.ts';

/** Nothing has happened yet at the market's time: play it on and ask again. */
export class NoDataYetError extends PrateError {
  readonly code = 'NO_DATA_YET';
  override readonly retryable = true;
}

/** One channel a stream. */
export interface Channels {
  readonly trades: Channel<TradesItem>;
  readonly candles: Channel<CandlesItem>;
  readonly tickers: Channel<TickersItem>;
  readonly orderBook: Channel<OrderBookItem>;
  readonly funding: Channel<FundingItem>;
}

export interface MarketParts {
  readonly venue: VenueId;
  readonly clock: ManualClock;
  readonly capabilities: readonly MarketDataCapability[];
  readonly instruments: readonly Instrument[];
}

/**
 * A market on a virtual clock. Nothing happens until `play()`, which alone moves the clock. What is asked for is told as of
 * the clock's time: trades up to now, closed candles; a replay cannot see what is to come.
 *
 * A subclass says what happens (`nextTime`, `emitNext`) and overrides the calls that its capabilities promise; the others
 * throw NotSupportedError.
 */
export abstract class PlayedMarket implements MarketDataPort, EventSource {
  readonly venue: VenueId;
  readonly capabilities: readonly MarketDataCapability[];
  protected readonly clock: ManualClock;
  protected readonly channels: Channels = {
    trades: new Channel(),
    candles: new Channel(),
    tickers: new Channel(),
    orderBook: new Channel(),
    funding: new Channel(),
  };
  readonly #instruments: readonly Instrument[];
  readonly #symbols: ReadonlySet<string>;
  #playing = false;

  constructor({ venue, clock, capabilities, instruments }: MarketParts) {
    this.venue = venue;
    this.clock = clock;
    this.capabilities = capabilities;
    this.#instruments = instruments;
    this.#symbols = new Set(instruments.map((instrument) => instrument.symbol));
  }

  abstract nextTime(): number | null | Promise<number | null>;
  abstract emitNext(): void;

  /**
   * Plays events in the order of their time; at the end of the data it ends all subscriptions. For each event the clock is
   * moved, then the listeners are called in the order of their subscription, then `settled` is waited for.
   *
   * @throws the signal's reason when aborted; TypeError while it is being played already
   */
  async play(options: PlayOptions = {}): Promise<void> {
    if (this.#playing) throw new TypeError('this market is being played already');
    this.#playing = true;
    try {
      if (await playEvents(this.clock, this, options)) this.close();
    } finally {
      this.#playing = false;
    }
  }

  /** Ends all subscriptions. */
  close(): void {
    for (const channel of Object.values(this.channels)) channel.end();
  }

  async getInstruments(options?: CallOptions): Promise<readonly Instrument[]> {
    options?.signal?.throwIfAborted();
    return this.#instruments;
  }

  async getServerTime(options?: CallOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    return this.clock.nowMs();
  }

  async getCandles(_query: CandlesQuery, _options?: CallOptions): Promise<Page<CandleColumns>> {
    throw this.#unsupported('candleHistory');
  }

  async getTrades(_query: HistoryRange, _options?: CallOptions): Promise<Page<TradeColumns>> {
    throw this.#unsupported('tradeHistory');
  }

  async getTicker(_symbol: string, _options?: CallOptions): Promise<Ticker> {
    throw this.#unsupported('ticker');
  }

  async getTickers(options?: CallOptions): Promise<readonly Ticker[]> {
    return Promise.all(this.#instruments.map(({ symbol }) => this.getTicker(symbol, options)));
  }

  async getOrderBook(_symbol: string, _depth?: number, _options?: CallOptions): Promise<OrderBook> {
    throw this.#unsupported('orderBook');
  }

  async getFundingRate(_symbol: string, _options?: CallOptions): Promise<FundingRate> {
    throw this.#unsupported('funding');
  }

  async getFundingHistory(_query: HistoryRange, _options?: CallOptions): Promise<readonly FundingRate[]> {
    throw this.#unsupported('funding');
  }

  trades(symbols: readonly string[], listener: Listener<TradesItem>, options?: SubscribeOptions): Subscription {
    this.#ensureStream('tradeStream', symbols);
    return this.channels.trades.add(symbols, listener, options);
  }

  candles(
    symbols: readonly string[],
    interval: IntervalInput,
    listener: Listener<CandlesItem>,
    options?: SubscribeOptions,
  ): Subscription {
    this.#ensureStream('candleStream', symbols);
    this.ensureStreamInterval(interval);
    return this.channels.candles.add(symbols, listener, options);
  }

  tickers(symbols: readonly string[], listener: Listener<TickersItem>, options?: SubscribeOptions): Subscription {
    this.#ensureStream('tickerStream', symbols);
    return this.channels.tickers.add(symbols, listener, options);
  }

  orderBook(symbols: readonly string[], listener: Listener<OrderBookItem>, options?: SubscribeOptions): Subscription {
    this.#ensureStream('orderBookStream', symbols);
    return this.channels.orderBook.add(symbols, listener, options);
  }

  funding(symbols: readonly string[], listener: Listener<FundingItem>, options?: SubscribeOptions): Subscription {
    this.#ensureStream('fundingStream', symbols);
    return this.channels.funding.add(symbols, listener, options);
  }

  /** @throws InvalidInputError when the market streams candles of another interval */
  protected ensureStreamInterval(_interval: IntervalInput): void {}

  /** @throws the signal's reason, or InvalidInputError for a symbol that the market does not have */
  protected ensureCall(symbol: string, options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (this.#symbols.has(symbol)) return;
    throw new InvalidInputError(`${this.venue} has no symbol '${symbol}'; it has ${[...this.#symbols].join(', ')}`);
  }

  #ensureStream(capability: MarketDataCapability, symbols: readonly string[]): void {
    if (!this.capabilities.includes(capability)) throw this.#unsupported(capability);
    if (symbols.length === 0) throw new InvalidInputError('a stream needs one symbol at least');
    for (const symbol of symbols) this.ensureCall(symbol, undefined);
  }

  #unsupported(capability: MarketDataCapability): NotSupportedError {
    return new NotSupportedError(`${this.venue} has no ${capability}; it has ${this.capabilities.join(', ')}`);
  }
}
