import { bucketOpen, type IntervalInput, toInterval, type VenueId } from '@prate/domain';
import type { Candle } from '@prate/domain/candles';
import type { Clock } from '@prate/runtime';
import type { CandleAggregator } from './candle-aggregator.ts';
import type { LiveCandles } from './live-candles.ts';

export interface ClosedHistoryOptions {
  readonly aggregator: CandleAggregator;
  readonly venue: VenueId;
  /** What has closed by this clock is history, whatever else is stored. */
  readonly clock: Clock;
  /** A feed that is being stored: what has closed by the clock and not in the feed is no history yet. */
  readonly live?: Pick<LiveCandles, 'flush' | 'closedUntil'> | undefined;
}

/** The candles of one venue that have closed: what a strategy may know. In a replay the store holds the future too. */
export class ClosedHistory {
  readonly #options: ClosedHistoryOptions;

  constructor(options: ClosedHistoryOptions) {
    this.#options = options;
  }

  /** The buckets whose open lies in `[start, end)` (epoch ms) and that have closed, oldest first. */
  async getAggregatedCandles(symbol: string, start: number, end: number, interval: IntervalInput): Promise<Candle[]> {
    const { aggregator, venue, clock, live } = this.#options;
    const now = Math.min(clock.nowMs(), live?.closedUntil(symbol) ?? Number.POSITIVE_INFINITY);
    await live?.flush(); // until `now`, everything is stored then
    const closed = Math.min(end, bucketOpen(toInterval(interval), now));
    return closed > start ? aggregator.getAggregatedCandles({ venue, symbol }, start, closed, interval) : [];
  }
}
