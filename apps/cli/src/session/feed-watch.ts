import type { VenueId } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import type { FeedHealthJson } from '@prate/http-api/wire';
import type {
  Gap,
  Listener,
  MarketDataPort,
  SubscribeOptions,
  Subscription,
  TradesItem,
} from '@prate/market-data-port';
import type { Clock } from '@prate/runtime';

/** A healthy feed tells at least a heartbeat in so much time. */
const SILENT_MS = 10_000;

/** Stands between a market's trades and who makes candles of them, and knows how the feed is. */
export class TradeFeedWatch implements Pick<MarketDataPort, 'trades' | 'venue'> {
  readonly venue: VenueId;
  readonly #market: Pick<MarketDataPort, 'trades'>;
  readonly #clock: Clock;
  /** Told of each gap as it is told. */
  onGap: (gap: Gap) => void = () => {};
  #itemAt: number | null = null;
  #heardMs: number | null = null;
  #latencyMs: number | null = null;
  #gaps = 0;

  /** @param clock the market's, which is the machine's where the market is live */
  constructor(market: Pick<MarketDataPort, 'trades' | 'venue'>, clock: Clock) {
    this.venue = market.venue;
    this.#market = market;
    this.#clock = clock;
  }

  trades(symbols: readonly string[], listener: Listener<TradesItem>, options?: SubscribeOptions): Subscription {
    return this.#market.trades(
      symbols,
      (item) => {
        this.#note(item);
        listener(item);
      },
      options,
    );
  }

  health(): FeedHealthJson {
    const silentMs = this.#heardMs === null ? Number.POSITIVE_INFINITY : this.#clock.monotonicMs() - this.#heardMs;
    return {
      stream: 'trades',
      connected: silentMs < SILENT_MS,
      lastItemAt: this.#itemAt,
      gaps: this.#gaps,
      latencyMs: this.#latencyMs,
    };
  }

  #note(item: TradesItem): void {
    this.#heardMs = this.#clock.monotonicMs();
    if (item.kind === 'trades') {
      const now = this.#clock.nowMs();
      const { time } = item.trades;
      this.#itemAt = now;
      // clocks differ by some ms
      this.#latencyMs = Math.max(0, Math.round(now - (time[item.trades.length - 1] as number)));
    } else if (item.kind === 'gap') {
      this.#gaps += 1;
      this.onGap(item);
    }
  }
}

/** How the account's own feed is. */
export class AccountFeedWatch {
  readonly #clock: Clock;
  readonly #isConnected: () => boolean;
  #itemAt: number | null = null;
  #gaps = 0;

  constructor(clock: Clock, isConnected: () => boolean) {
    this.#clock = clock;
    this.#isConnected = isConnected;
  }

  note(event: ExecutionEvent): void {
    this.#itemAt = this.#clock.nowMs();
    if (event.kind === 'gap') this.#gaps += 1;
  }

  health(): FeedHealthJson {
    const { stream, latencyMs } = { stream: 'account', latencyMs: null };
    return { stream, connected: this.#isConnected(), lastItemAt: this.#itemAt, gaps: this.#gaps, latencyMs };
  }
}
