import { backfill, type CandleAggregator } from '@prate/candle-aggregator';
import { PrateError, type TimeRange, unionRanges } from '@prate/domain';
import type { Gap, MarketDataPort } from '@prate/market-data-port';
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
  /** Whole minutes of each symbol, which are fetched when they are over. */
  readonly #missed = new Map<string, readonly TimeRange[]>();
  /** Candles that were stored. */
  added = 0;
  readonly problems: Set<string> = new Set();

  constructor(options: HistoryFillerOptions) {
    this.#options = options;
  }

  /** What is stored already is not asked for. */
  async fill(
    range: TimeRange,
    onProgress?: (done: number, total: number) => void,
    symbols: readonly string[] = this.#options.symbols,
  ): Promise<void> {
    const { market, aggregator, clock, signal, log } = this.#options;
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
  missed({ fromMs, toMs, symbols = this.#options.symbols }: Omit<Gap, 'kind'>): void {
    const from = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS;
    const to = Math.ceil(toMs / MINUTE_MS) * MINUTE_MS;
    if (to <= from) return;
    for (const symbol of symbols) this.#missed.set(symbol, unionRanges(this.#missed.get(symbol) ?? [], [{ from, to }]));
  }

  /** Fetches what was missed, until the signal aborts. */
  async run(): Promise<void> {
    const { clock, signal, log } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
      for (const { range, symbols } of this.#takeDue(clock.nowMs() - SETTLE_MS)) {
        if (signal.aborted) return;
        await this.fill(range, undefined, symbols).catch((error: unknown) => {
          if (signal.aborted) return;
          log.error({ error }, 'what the feed missed was not fetched');
          this.problems.add(`what the feed missed: ${error instanceof Error ? error.message : String(error)}`);
        });
      }
    }
  }

  /** What was over by then; symbols that have missed the same come together. */
  #takeDue(settledMs: number): { readonly range: TimeRange; readonly symbols: string[] }[] {
    const due = new Map<string, { readonly range: TimeRange; readonly symbols: string[] }>();
    for (const [symbol, ranges] of this.#missed) {
      for (const range of ranges) {
        if (range.to > settledMs) continue;
        const key = `${range.from} ${range.to}`;
        const known = due.get(key) ?? { range, symbols: [] };
        known.symbols.push(symbol);
        due.set(key, known);
      }
      const left = ranges.filter(({ to }) => to > settledMs);
      if (left.length === 0) this.#missed.delete(symbol);
      else this.#missed.set(symbol, left);
    }
    return [...due.values()];
  }
}
