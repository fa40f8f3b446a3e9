import type { CandleColumns, FundingRate, Instrument, IntervalInput, OrderBook, Ticker, VenueId } from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';
import { type CallOptions, type Token, token } from '@prate/runtime';
import type { CandlesItem, FundingItem, OrderBookItem, TickersItem, TradesItem } from './feed-items.ts';
import type { Listener, SubscribeOptions, Subscription } from './subscription.ts';

/** What a market has, as data. A method whose word is missing here throws NotSupportedError (`NOT_SUPPORTED`). */
export type MarketDataCapability =
  | 'candleHistory'
  | 'tradeHistory'
  | 'ticker'
  | 'orderBook'
  | 'funding'
  | 'tradeStream'
  | 'candleStream'
  | 'tickerStream'
  | 'orderBookStream'
  | 'fundingStream';

/** Half-open `[from, to)` in epoch ms: candles by their open, trades by their time. */
export interface CandlesQuery {
  readonly symbol: string;
  readonly interval: IntervalInput;
  readonly from: number;
  readonly to: number;
}

export interface HistoryRange {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
}

/** One page, oldest first; `next` is the `from` of the page after it, or null at the end. */
export interface Page<Columns> {
  readonly columns: Columns;
  readonly next: number | null;
}

/** Public market data of one venue. A symbol that the venue does not have is an InvalidInputError. */
export interface MarketDataPort {
  readonly venue: VenueId;
  readonly capabilities: readonly MarketDataCapability[];

  getInstruments(options?: CallOptions): Promise<readonly Instrument[]>;
  /** The venue's clock, epoch ms. */
  getServerTime(options?: CallOptions): Promise<number>;
  /** Closed candles only. */
  getCandles(query: CandlesQuery, options?: CallOptions): Promise<Page<CandleColumns>>;
  getTrades(query: HistoryRange, options?: CallOptions): Promise<Page<TradeColumns>>;
  getTicker(symbol: string, options?: CallOptions): Promise<Ticker>;
  getTickers(options?: CallOptions): Promise<readonly Ticker[]>;
  /** @param depth levels a side at most */
  getOrderBook(symbol: string, depth?: number, options?: CallOptions): Promise<OrderBook>;
  getFundingRate(symbol: string, options?: CallOptions): Promise<FundingRate>;
  getFundingHistory(query: HistoryRange, options?: CallOptions): Promise<readonly FundingRate[]>;

  trades(symbols: readonly string[], listener: Listener<TradesItem>, options?: SubscribeOptions): Subscription;
  candles(
    symbols: readonly string[],
    interval: IntervalInput,
    listener: Listener<CandlesItem>,
    options?: SubscribeOptions,
  ): Subscription;
  tickers(symbols: readonly string[], listener: Listener<TickersItem>, options?: SubscribeOptions): Subscription;
  orderBook(symbols: readonly string[], listener: Listener<OrderBookItem>, options?: SubscribeOptions): Subscription;
  funding(symbols: readonly string[], listener: Listener<FundingItem>, options?: SubscribeOptions): Subscription;
}

export const MARKET_DATA_PORT: Token<MarketDataPort> = token('market-data-port');
