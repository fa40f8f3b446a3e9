import type { Interval, IntervalInput, Series, TimeRange } from '@prate/domain';
import type { CandleColumns } from '@prate/domain/candles';
import type { CandlesItem, Listener, Subscription } from '@prate/market-data-port';
import type { CallOptions } from '@prate/runtime';

/** Stored candles; a CandleAggregator is one. */
export interface StoredCandles {
  /** The buckets whose open lies in `[from, to)`, each whole. The arrays are not changed here. */
  getColumns(
    series: Series,
    from: number,
    to: number,
    interval: IntervalInput,
    options?: CallOptions & {
      readonly fill?: 'none' | 'flat' | undefined;
      readonly observedOnly?: boolean | undefined;
    },
  ): Promise<CandleColumns>;
  /** Watched time in the range, one entry a step, finest first. */
  coverage(
    series: Series,
    range: TimeRange,
    options?: CallOptions,
  ): Promise<readonly { readonly step: Interval; readonly rows: number; readonly observed: readonly TimeRange[] }[]>;
}

/** Candles while they happen; a LiveCandles is one. */
export interface LiveCandleFeed {
  /** `to`: what the feed has told of so far, epoch ms; null before its first second. */
  readonly stats: { readonly to: number | null };
  candles(symbols: readonly string[], interval: IntervalInput, listener: Listener<CandlesItem>): Subscription;
  /** The candle that is not over; null where nothing has traded in it. */
  partial(symbol: string, interval: IntervalInput): Promise<CandleColumns | null>;
  /** Stores what was told and not stored yet. */
  flush(): Promise<void>;
}
