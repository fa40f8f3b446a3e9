import { CandleAggregator, LiveCandles } from '@prate/candle-aggregator';
import type { CandleStorePort } from '@prate/candle-store-port';
import type { CandleColumns } from '@prate/domain/candles';
import type { Listener, Subscription, TradesItem } from '@prate/market-data-port';

/** A market whose feed is pushed by hand, synchronously: no socket and no clock takes part. */
export class PushedMarket {
  readonly venue = 'pushed' as LiveCandles['venue'];
  push: Listener<TradesItem> = () => {
    throw new Error('nobody has subscribed');
  };

  trades(_symbols: readonly string[], listener: Listener<TradesItem>): Subscription {
    this.push = listener;
    let close = (): void => {};
    const done = new Promise<void>((resolve) => {
      close = resolve;
    });
    return { ready: Promise.resolve(), done, close: () => close() };
  }
}

/** Keeps nothing: for works whose contenders store nothing either. */
export const storeOfNothing = {
  append: async () => {},
} as unknown as CandleStorePort;

export interface LiveRun {
  readonly market: PushedMarket;
  readonly live: LiveCandles;
  /** What the subscriptions were told, by interval. */
  readonly told: ReadonlyMap<string, CandleColumns[]>;
}

/** @param keep whether what subscribers are told is kept for the comparison */
export function startLive(
  symbols: readonly string[],
  intervals: readonly string[],
  store: CandleStorePort,
  keep: boolean,
): LiveRun {
  const market = new PushedMarket();
  const live = new LiveCandles({ market, symbols, aggregator: new CandleAggregator({ store, cachedCandles: 0 }) });
  const told = new Map<string, CandleColumns[]>();
  for (const interval of intervals) {
    const kept: CandleColumns[] = [];
    told.set(interval, kept);
    live.candles(symbols, interval, (item) => {
      if (keep && item.kind === 'candles') kept.push(item.candles);
    });
  }
  live.start();
  return { market, live, told };
}
