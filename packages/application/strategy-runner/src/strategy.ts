import type { Candle, Instrument, Interval, PublicTrade } from '@prate/domain';
import type { ExecutionEvent, ExecutionPort } from '@prate/execution-port';
import type { Gap } from '@prate/market-data-port';
import type { Clock, Logger } from '@prate/runtime';

/** Stored candles at any timeframe: what a strategy warms up from. The candle aggregator is one. */
export interface CandleHistory {
  /**
   * The buckets whose open lies in `[start, end)`, oldest first; those without data are missing.
   *
   * @param start    epoch ms, inclusive
   * @param end      epoch ms, exclusive
   * @param interval seconds, or text such as `'5s'`
   */
  getAggregatedCandles(symbol: string, start: number, end: number, interval: number | string): Promise<Candle[]>;
}

/** A closed candle of one of the run's symbols. */
export interface CandleEvent extends Candle {
  readonly symbol: string;
  /** Epoch ms at which it closed: the open of the bucket after it. */
  readonly closeTime: number;
}

/** What a strategy works with. One object for the whole run. */
export interface StrategyContext {
  readonly execution: ExecutionPort;
  readonly candles: CandleHistory;
  /** At least one; the first is the main one. */
  readonly symbols: readonly string[];
  /** Of the candles that `onCandle` gets. */
  readonly interval: Interval;
  readonly clock: Clock;
  readonly log: Logger;
  /** The last stretch of time that the market feeds missed, as of the event at hand; null while there was none. */
  readonly feed: { readonly lastGap: Gap | null };
  /**
   * Tick, lot and fees of one of the run's symbols, by default the first.
   * @throws InvalidInputError for a symbol that is not the run's
   */
  instrument(symbol?: string): Instrument;
}

/**
 * A trading strategy: any of these callbacks, each of which may be async.
 *
 * They are called one at a time, in the order of events, and the next waits until the last has finished. What they throw
 * ends the run. In a replay time moves by the data alone, so a callback must not wait for time (`clock.sleep`) to pass.
 */
export interface Strategy {
  readonly name: string;
  /** Once, before any other; feeds are live, and what comes meanwhile waits. */
  onStart?(context: StrategyContext): void | Promise<void>;
  /** Every closed candle. */
  onCandle?(candle: CandleEvent, context: StrategyContext): void | Promise<void>;
  /** Every public trade; the trades feed is subscribed only if this is there. */
  onTrade?(trade: PublicTrade, context: StrategyContext): void | Promise<void>;
  /** What happened to the account: events of the run's symbols, balances and gaps. They overtake waiting market events. */
  onExecution?(event: ExecutionEvent, context: StrategyContext): void | Promise<void>;
  /** Once, last, unless the strategy itself threw; open orders are still there, and the end policy comes after it. */
  onStop?(reason: string, context: StrategyContext): void | Promise<void>;
}

export type StrategyCallback = 'onStart' | 'onCandle' | 'onTrade' | 'onExecution' | 'onStop';

/** Gives the type to a strategy written as a plain object: `export default defineStrategy({ name: 'mine', … })`. */
export const defineStrategy = (strategy: Strategy): Strategy => strategy;
