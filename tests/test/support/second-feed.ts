import { CandleAggregator, LiveCandles } from '@prate/candle-aggregator';
import { type TradeColumns, TradeColumnsBuilder } from '@prate/domain/candles';
import type { Listener, SubscribeOptions, Subscription, TradesItem } from '@prate/market-data-port';
import { seededRandom } from '@prate/runtime';
import { SqliteCandleStore } from '@prate/sqlite-store';

/** 2024-01-01T00:00:00Z. */
export const FEED_START: number = Date.UTC(2024, 0);
export const FEED_VENUE = 'feed';
export const FEED_SYMBOLS: readonly string[] = ['A', 'B', 'C'];

/**
 * A market whose every second is a function of its time, so that it can be asked to begin anywhere and tells the same:
 * some trades of each symbol, quiet seconds, and now and then seconds of which it knows nothing.
 */
class SecondFeed {
  readonly venue = FEED_VENUE;
  #listener: Listener<TradesItem> | null = null;
  #end: (() => void) | null = null;

  trades(_symbols: readonly string[], listener: Listener<TradesItem>, _options?: SubscribeOptions): Subscription {
    this.#listener = listener;
    const done = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    return { ready: Promise.resolve(), done, close: () => this.end() };
  }

  /** All of the second that begins at `fromMs`. */
  tell(fromMs: number): void {
    const second = (fromMs - FEED_START) / 1000;
    if (second % 97 < 3) this.#listener?.({ kind: 'gap', fromMs, toMs: fromMs + 1000 });
    else {
      for (const [i, symbol] of FEED_SYMBOLS.entries()) {
        const trades = tradesOf(fromMs, second * FEED_SYMBOLS.length + i);
        if (trades.length > 0) this.#listener?.({ kind: 'trades', symbol, trades });
      }
    }
    this.heartbeat(fromMs + 1000);
  }

  heartbeat(timeMs: number): void {
    this.#listener?.({ kind: 'heartbeat', timeMs });
  }

  end(): void {
    this.#listener = null;
    this.#end?.();
  }
}

function tradesOf(fromMs: number, seed: number): TradeColumns {
  const random = seededRandom(seed + 1);
  const trades = new TradeColumnsBuilder();
  const count = Math.max(0, random.nextInt(-2, 5));
  const times = Array.from({ length: count }, () => fromMs + random.nextInt(0, 1000)).sort((a, b) => a - b);
  for (const time of times) {
    const price = 30_000 + random.nextInt(-500, 500);
    trades.push(time, price / 10, random.nextInt(1, 900) / 1000, random.nextInt(0, 2) === 0 ? 'BUY' : 'SELL', null);
  }
  return trades.finish();
}

/**
 * Ingests the feed from `fromMs` to `toMs` into a file.
 * @param acknowledge told up to when everything is stored, epoch ms, every few seconds
 */
export async function ingest(
  file: string,
  fromMs: number,
  toMs: number,
  acknowledge: (storedUntilMs: number) => void,
): Promise<void> {
  const store = SqliteCandleStore.open(file);
  const market = new SecondFeed();
  const aggregator = new CandleAggregator({ store, cachedCandles: 0 });
  const live = new LiveCandles({ market, symbols: FEED_SYMBOLS, aggregator, secondsPerWrite: 1 });
  const feed = live.start();
  market.heartbeat(fromMs);
  for (let at = fromMs; at < toMs; at += 1000) {
    market.tell(at);
    if ((at / 1000) % 3 !== 0) await live.idle();
    else {
      await live.flush();
      if (live.stats.to !== null) acknowledge(live.stats.to);
    }
  }
  market.end();
  await feed.done;
  await store.close();
}
