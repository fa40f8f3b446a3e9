import { bucketOpen, type IntervalInput, toInterval, type VenueId } from '@prate/domain';
import type { Candle } from '@prate/domain/candles';
import type { Clock } from '@prate/runtime';
import type { CandleAggregator } from './candle-aggregator.ts';

export interface ClosedHistoryOptions {
  readonly aggregator: CandleAggregator;
  readonly venue: VenueId;
  /** What has closed by this clock is history, whatever else is stored. */
  readonly clock: Clock;
  /** Stores what a live feed has told and not stored yet; awaited before each answer. */
  readonly flush?: (() => Promise<void>) | undefined;
}

/** The candles of one venue that have closed: what a strategy may know. In a replay the store holds the future too. */
export class ClosedHistory {
  readonly #options: ClosedHistoryOptions;

  constructor(options: ClosedHistoryOptions) {
    this.#options = options;
  }

  /** The buckets whose open lies in `[start, end)` (epoch ms) and that have closed, oldest first. */
  async getAggregatedCandles(symbol: string, start: number, end: number, interval: IntervalInput): Promise<Candle[]> {
    const { aggregator, venue, clock, flush } = this.#options;
    await flush?.();
    const closed = Math.min(end, bucketOpen(toInterval(interval), clock.nowMs()));
    return closed > start ? aggregator.getAggregatedCandles({ venue, symbol }, start, closed, interval) : [];
  }
}
