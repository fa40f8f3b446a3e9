import { backfill, type CandleAggregator } from '@prate/candle-aggregator';
import { PrateError, type TimeRange, unionRanges } from '@prate/domain';
import type { MarketDataPort } from '@prate/market-data-port';
import type { Clock, Logger } from '@prate/runtime';

const MINUTE_MS = 60_000;
/** The exchange's candle of a minute is there so long after its end. */
const SETTLE_MS = 5000;
const LOOK_EVERY_MS = 15_000;

export interface HistoryFillerOptions {
  readonly market: MarketDataPort;
  readonly aggregator: CandleAggregator;
  readonly symbols: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Fetches the exchange's minutes of what a session did not watch itself: before it began, and in the gaps of its feed. */
export class HistoryFiller {
  readonly #options: HistoryFillerOptions;
  /** Whole minutes, which are fetched when they are over. */
  #missed: readonly TimeRange[] = [];
  /** Candles that were stored. */
  added = 0;
  readonly problems: Set<string> = new Set();

  constructor(options: HistoryFillerOptions) {
    this.#options = options;
  }

  /** What is stored already is not asked for. */
  async fill(range: TimeRange, onProgress?: (done: number, total: number) => void): Promise<void> {
    const { market, aggregator, symbols, clock, signal, log } = this.#options;
    try {
      const report = await backfill({
        ...{ market, aggregator, symbols, clock, signal, ...range },
        intervals: ['1m'],
        onProgress: ({ done, total }) => onProgress?.(done, total),
      });
      for (const { symbol, added, replaced, failure } of report.symbols) {
        this.added += added + replaced;
        if (failure !== null) this.problems.add(`history of ${symbol}: ${failure.message}`);
      }
    } catch (error) {
      if (signal.aborted) throw error;
      // a session without its past is one all the same
      if (!PrateError.is(error)) throw error;
      log.warn({ error }, 'the history was not fetched');
      this.problems.add(`history: ${error.message}`);
    }
  }

  /** The feed has missed this. */
  missed(fromMs: number, toMs: number): void {
    const from = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS;
    const to = Math.ceil(toMs / MINUTE_MS) * MINUTE_MS;
    if (to > from) this.#missed = unionRanges(this.#missed, [{ from, to }]);
  }

  /** Fetches what was missed, until the signal aborts. */
  async run(): Promise<void> {
    const { clock, signal, log } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
      const settled = clock.nowMs() - SETTLE_MS;
      const due = this.#missed.filter(({ to }) => to <= settled);
      this.#missed = this.#missed.filter(({ to }) => to > settled);
      for (const range of due) {
        if (signal.aborted) return;
        await this.fill(range).catch((error: unknown) => {
          if (signal.aborted) return;
          log.error({ error }, 'what the feed missed was not fetched');
          this.problems.add(`what the feed missed: ${error instanceof Error ? error.message : String(error)}`);
        });
      }
    }
  }
}
