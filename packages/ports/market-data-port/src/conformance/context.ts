import type { IntervalInput, TimeRange } from '@prate/domain';
import type { ConformanceCase, ConformanceHarness } from '@prate/runtime/conformance';
import type { MarketDataCapability, MarketDataPort } from '../market-data-port.ts';

/** What an adapter hands to each case: a market, and what is known of it. A range counts only with its capability. */
export interface MarketDataContext {
  readonly port: MarketDataPort;
  /** A symbol that the market has. */
  readonly symbol: string;
  /** The interval of the candle cases. */
  readonly interval: IntervalInput;
  /** Whole buckets of `interval` in the past, with at least four candles. */
  readonly candleRange: TimeRange;
  /** In the past, with trades at four different times at least. */
  readonly tradeRange: TimeRange;
  /** In the past, with at least one settlement of funding. */
  readonly fundingRange: TimeRange;
  /** In so many milliseconds of the market's time every stream brings data of `symbol`. */
  readonly stepMs: number;
  /** Lets the market's time pass; resolves when what happened in it was delivered. */
  advance(durationMs: number): Promise<void>;
}

export type MarketDataCase = ConformanceCase<MarketDataContext, MarketDataCapability>;
export type MarketDataHarness = ConformanceHarness<MarketDataContext, MarketDataCapability>;

/** No market lists it. */
export const NO_SUCH_SYMBOL = 'NO_SUCH_SYMBOL_0';
