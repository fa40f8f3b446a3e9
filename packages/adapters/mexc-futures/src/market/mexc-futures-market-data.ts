import {
  type CandleColumns,
  Decimal,
  type FundingRate,
  type IntervalInput,
  InvalidInputError,
  NotConnectedError,
  NotSupportedError,
  type OrderBook,
  shown,
  type Ticker,
  toSeries,
  type VenueId,
} from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';
import type {
  CandlesItem,
  CandlesQuery,
  FeedFact,
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
import { type CallOptions, type Clock, type Random, seededRandom, systemClock } from '@prate/runtime';
import { checkObject, checkOptions } from '../check-arguments.ts';
import { InstrumentTable } from '../instruments/instrument-table.ts';
import { type MexcInstrument, withTiersAt } from '../instruments/mexc-instrument.ts';
import { MexcRest, type MexcRestOptions } from '../rest/mexc-rest.ts';
import type { RestCallOptions } from '../rest/outcome.ts';
import { BadReplyError } from '../wire/errors.ts';
import { SocketManager } from '../ws/socket-manager.ts';
import type { SocketTransport } from '../ws/socket-transport.ts';
import { openBookFeed } from './book-feed.ts';
import { openCandleFeed } from './candle-feed.ts';
import { CandleHistory, ensureRange } from './candle-history.ts';
import { dealsToTrades } from './deals-to-trades.ts';
import { readFundingHistory } from './funding-history.ts';
import { klineInterval } from './intervals.ts';
import type { KlinePrices } from './klines-to-columns.ts';
import { toFundingRate, toOrderBook, toTicker } from './market-values.ts';
import { type FeedSource, SharedFeeds, type Teller } from './shared-feed.ts';
import { openFundingFeed, openTickerFeed } from './state-feeds.ts';
import { Stream } from './stream.ts';
import { type CurrentInstrument, type FeedParts, openTradeFeed } from './trade-feed.ts';

export interface MexcMarketDataOptions
  extends Omit<MexcRestOptions, 'credentials' | 'orderCreatePath' | 'planPlacePath'> {
  /** By which its candles are told from others'. Default `mexc`; a sandbox, whose prices are made up, needs another. */
  readonly venue?: VenueId | undefined;
  /** Default `wss://contract.mexc.com/edge`. */
  readonly wsUrl?: string | undefined;
  readonly socketTransport?: SocketTransport | undefined;
  /** Of candles. Default `real`: those of trades; see KlinePrices. */
  readonly prices?: KlinePrices | undefined;
  /** Levels a side of streamed books. Default 1,000, the most that MEXC gives. */
  readonly bookLevels?: number | undefined;
  /** To share with an execution port; `close()` leaves what is given here open. */
  readonly rest?: MexcRest | undefined;
  readonly sockets?: SocketManager | undefined;
  readonly instruments?: InstrumentTable | undefined;
}

const CAPABILITIES: readonly MarketDataCapability[] = [
  'candleHistory',
  'ticker',
  'orderBook',
  'funding',
  'tradeStream',
  'candleStream',
  'tickerStream',
  'orderBookStream',
  'fundingStream',
];

/** Bars are over with the next one alone where a month has no length. */
const MONTH = '1M';

/**
 * MEXC's public futures market. Quantities are in the base asset. Streams of one symbol share a subscription of the socket, so
 * that all listeners get the same items; what a lost connection took is fetched by REST where the API allows, the rest is a gap.
 *
 * There is no `tradeHistory`: REST gives the last 100 trades alone, without ids; see `getRecentTrades`.
 */
export class MexcFuturesMarketData implements MarketDataPort {
  readonly venue: VenueId;
  readonly capabilities: readonly MarketDataCapability[] = CAPABILITIES;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #rest: MexcRest;
  readonly #sockets: SocketManager;
  readonly #instruments: InstrumentTable;
  readonly #history: CandleHistory;
  readonly #prices: KlinePrices;
  readonly #bookLevels: number;
  /** Aborted by `close()`. */
  readonly #open: AbortController = new AbortController();
  readonly #owned: (() => void | Promise<void>)[] = [];
  readonly #streams = new Set<Subscription>();
  readonly #trades = new SharedFeeds<TradesItem>();
  readonly #candles = new SharedFeeds<CandlesItem>();
  readonly #tickers = new SharedFeeds<TickersItem>();
  readonly #books = new SharedFeeds<OrderBookItem>();
  readonly #funding = new SharedFeeds<FundingItem>();

  /** @throws InvalidInputError for options that make no sense */
  constructor(options: MexcMarketDataOptions = {}) {
    const { clock = systemClock, logger, prices = 'real', bookLevels = 1_000, venue = 'mexc' } = options;
    if (prices !== 'real' && prices !== 'chart')
      throw new InvalidInputError(`prices is 'real' or 'chart', not ${shown(prices)}`);
    if (!(Number.isInteger(bookLevels) && bookLevels >= 1 && bookLevels <= 1_000)) {
      throw new InvalidInputError(`bookLevels must be a whole number from 1 to 1,000, not ${bookLevels}`);
    }
    this.venue = toSeries({ venue, symbol: 'ANY' }).venue;
    this.#clock = clock;
    this.#random = options.random ?? seededRandom(clock.nowMs());
    this.#prices = prices;
    this.#bookLevels = bookLevels;
    const rest = options.rest ?? new MexcRest({ ...options, random: this.#random });
    const sockets =
      options.sockets ??
      new SocketManager({
        clock,
        random: this.#random,
        url: options.wsUrl,
        transport: options.socketTransport,
        serverTimeMs: () => rest.serverNowMs(),
        onProblem: (problem) => logger?.warn(problem, 'MEXC socket'),
      });
    if (options.sockets === undefined) this.#owned.push(() => sockets.close());
    if (options.rest === undefined) this.#owned.push(() => rest.close());
    this.#rest = rest;
    this.#sockets = sockets;
    this.#instruments = options.instruments ?? new InstrumentTable({ market: rest.market, clock, logger });
    this.#history = new CandleHistory({ rest, instruments: this.#instruments, prices });
  }

  /** Ends all streams and calls, and the connections that are its own: later calls throw NotConnectedError. May be called twice. */
  async close(): Promise<void> {
    this.#open.abort(new NotConnectedError('close() came before this call was done'));
    for (const stream of [...this.#streams]) stream.close();
    for (const end of this.#owned) await end();
  }

  /** Linear perpetuals, also those that the API may not trade: see `status`. Risk tiers are as of the mark price now. */
  async getInstruments(options?: CallOptions): Promise<readonly MexcInstrument[]> {
    const call = this.#enter(options);
    const [instruments, tickers] = await Promise.all([this.#instruments.all(call), this.#rest.market.tickers(call)]);
    const prices = new Map(tickers.map(({ symbol, fairPrice, lastPrice }) => [symbol, fairPrice ?? lastPrice]));
    return instruments.map((instrument) => withTiersAt(instrument, new Decimal(prices.get(instrument.symbol) ?? 0)));
  }

  async getServerTime(options?: Pick<RestCallOptions, 'signal' | 'onFailure'>): Promise<number> {
    const call = this.#enter(options);
    return this.#rest.market.ping({ ...call, onFailure: options?.onFailure });
  }

  /**
   * Windows of at most 2,000 candles; rows that MEXC does not have are absent.
   *
   * @throws NotSupportedError (`NOT_SUPPORTED`) for an interval that MEXC does not have; BadReplyError (`BAD_REPLY`) where the
   *   reply lacks the real prices that were wanted
   */
  async getCandles(query: CandlesQuery, options?: CallOptions): Promise<Page<CandleColumns>> {
    const call = this.#enter(options);
    checkObject('a query', query, '{ symbol, interval, from, to }');
    return this.#history.page(query, call);
  }

  /** @throws NotSupportedError (`NOT_SUPPORTED`), always */
  async getTrades(_query: HistoryRange, _options?: CallOptions): Promise<Page<TradeColumns>> {
    throw new NotSupportedError(
      'mexc has no tradeHistory: its REST gives the last 100 trades alone (getRecentTrades), and all of them come by the trades stream',
    );
  }

  /** The last 100 trades at most, oldest first, without ids. */
  async getRecentTrades(symbol: string, options?: CallOptions): Promise<TradeColumns> {
    const call = this.#enter(options);
    const { contractSize } = await this.#instrument(symbol, call);
    return dealsToTrades((await this.#rest.market.deals(symbol, 100, call)).toReversed(), contractSize);
  }

  async getTicker(symbol: string, options?: CallOptions): Promise<Ticker> {
    const call = this.#enter(options);
    const instrument = await this.#instrument(symbol, call);
    const ticker = toTicker(await this.#rest.market.ticker(symbol, call), instrument, this.#rest.serverNowMs());
    if (ticker === null) throw new BadReplyError(`${symbol} has no last price: nothing was traded yet`);
    return ticker;
  }

  /** Of all linear perpetuals that were ever traded. */
  async getTickers(options?: CallOptions): Promise<readonly Ticker[]> {
    const call = this.#enter(options);
    const instruments = new Map((await this.#instruments.all(call)).map((one) => [one.symbol, one]));
    const tickers = await this.#rest.market.tickers(call);
    return tickers.flatMap((ticker) => {
      const instrument = instruments.get(ticker.symbol);
      return (instrument && toTicker(ticker, instrument, this.#rest.serverNowMs())) ?? [];
    });
  }

  /** @param depth at most 1,000, which is the default */
  async getOrderBook(symbol: string, depth = 1_000, options?: CallOptions): Promise<OrderBook> {
    const call = this.#enter(options);
    if (!(Number.isInteger(depth) && depth >= 1)) {
      throw new InvalidInputError(`depth must be a whole number of levels from 1 up, not ${shown(depth)}`);
    }
    const instrument = await this.#instrument(symbol, call);
    const book = await this.#rest.market.depth(symbol, Math.min(depth, 1_000), call);
    return toOrderBook(book, instrument, depth, this.#rest.serverNowMs());
  }

  async getFundingRate(symbol: string, options?: CallOptions): Promise<FundingRate> {
    const call = this.#enter(options);
    await this.#instrument(symbol, call);
    const rate = toFundingRate(await this.#rest.market.fundingRate(symbol, call));
    if (rate === null) throw new BadReplyError(`the funding rate of ${symbol} lacks nextSettleTime`);
    return rate;
  }

  async getFundingHistory(query: HistoryRange, options?: CallOptions): Promise<readonly FundingRate[]> {
    const call = this.#enter(options);
    checkObject('a query', query, '{ symbol, from, to }');
    ensureRange(query);
    await this.#instrument(query.symbol, call);
    return readFundingHistory(this.#rest.market, query, call);
  }

  trades(symbols: readonly string[], listener: Listener<TradesItem>, options?: SubscribeOptions): Subscription {
    return this.#stream(symbols, listener, options, this.#trades, '', (current, teller) =>
      openTradeFeed(this.#feedParts, current, teller),
    );
  }

  /** @throws NotSupportedError for an interval that MEXC does not have, and for months */
  candles(
    symbols: readonly string[],
    interval: IntervalInput,
    listener: Listener<CandlesItem>,
    options?: SubscribeOptions,
  ): Subscription {
    const kind = klineInterval(interval);
    if (kind.interval.text === MONTH) throw new NotSupportedError('months are not streamed: getCandles has them');
    const parts = { ...this.#feedParts, history: this.#history, prices: this.#prices };
    return this.#stream(symbols, listener, options, this.#candles, ` ${kind.wire}`, (current, teller) =>
      openCandleFeed(parts, current, kind, teller),
    );
  }

  tickers(symbols: readonly string[], listener: Listener<TickersItem>, options?: SubscribeOptions): Subscription {
    return this.#stream(symbols, listener, options, this.#tickers, '', (current, teller) =>
      openTickerFeed(this.#feedParts, current, teller),
    );
  }

  orderBook(symbols: readonly string[], listener: Listener<OrderBookItem>, options?: SubscribeOptions): Subscription {
    const serverTimeMs = (): number => this.#rest.serverNowMs();
    const parts = { ...this.#feedParts, random: this.#random, serverTimeMs, levels: this.#bookLevels };
    return this.#stream(symbols, listener, options, this.#books, '', (current, teller) =>
      openBookFeed(parts, current, teller),
    );
  }

  funding(symbols: readonly string[], listener: Listener<FundingItem>, options?: SubscribeOptions): Subscription {
    return this.#stream(symbols, listener, options, this.#funding, '', (current, teller) =>
      openFundingFeed(this.#feedParts, current(), teller),
    );
  }

  get #feedParts(): FeedParts {
    return { sockets: this.#sockets, market: this.#rest.market, clock: this.#clock };
  }

  /** The call's options, ended by `close()` too. */
  #enter(options: CallOptions | undefined): CallOptions {
    checkOptions(options);
    options?.signal?.throwIfAborted();
    const { signal } = this.#open;
    signal.throwIfAborted();
    return { signal: options?.signal === undefined ? signal : AbortSignal.any([options.signal, signal]) };
  }

  #instrument(symbol: string, options: CallOptions): Promise<MexcInstrument> {
    return this.#instruments.get(symbol, options);
  }

  #stream<Item extends { readonly kind: string }>(
    symbols: readonly string[],
    listener: Listener<Item | FeedFact>,
    options: SubscribeOptions | undefined,
    feeds: SharedFeeds<Item | FeedFact>,
    suffix: string,
    open: (current: CurrentInstrument, teller: Teller<Item | FeedFact>) => FeedSource,
  ): Subscription {
    checkOptions(options);
    this.#open.signal.throwIfAborted();
    if (!Array.isArray(symbols) || symbols.length === 0) {
      throw new InvalidInputError(
        `a stream takes an array of one symbol at least, such as ['BTC_USDT'], not ${shown(symbols)}`,
      );
    }
    if (typeof listener !== 'function') throw new InvalidInputError(`a listener is a function, not ${shown(listener)}`);
    const stream = new Stream<Item>(listener, options, async (signal) => {
      const instruments = await Promise.all(
        [...new Set(symbols)].map((symbol) => this.#instrument(symbol, { signal })),
      );
      // what is told of time needs the server's; without it the machine's has to do
      await this.#rest.serverTimeMs({ signal }).catch(() => signal?.throwIfAborted());
      return instruments.map(
        (instrument) => (follower) =>
          feeds.follow(`${instrument.symbol}${suffix}`, follower, (teller) =>
            open(() => this.#instruments.known(instrument.symbol) ?? instrument, teller),
          ),
      );
    });
    this.#streams.add(stream);
    stream.done.finally(() => this.#streams.delete(stream)).catch(() => {});
    return stream;
  }
}
