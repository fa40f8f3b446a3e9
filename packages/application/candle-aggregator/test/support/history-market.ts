import { bucketOpen, type CandleColumns, PrateError, toInterval } from '@prate/domain';
import { lowerBound, sliceColumns, sliceTrades, type TradeColumns } from '@prate/domain/candles';
import type { CandlesQuery, HistoryRange, MarketDataCapability, Page } from '@prate/market-data-port';
import type { CallOptions, Random } from '@prate/runtime';
import type { BackfillMarket } from '../../src/index.ts';

export class ShakyError extends PrateError {
  readonly code = 'SHAKY';
  override readonly retryable = true;
}

export interface HistoryOptions {
  /** By symbol, of one interval; rows from `nowMs` on are told too, though no honest market would. */
  readonly candles?: Readonly<Record<string, CandleColumns>>;
  readonly trades?: Readonly<Record<string, TradeColumns>>;
  readonly nowMs: number;
  /** Where faults, odd pages and their lengths come from; null for a market that works, with pages of two rows. */
  readonly random?: Random | null;
  /** Called before each answer. */
  readonly onAsk?: (query: HistoryRange & { readonly interval: string }) => unknown;
}

/** A market that has nothing but history, and answers as markets do: in pages that overlap, repeat, or do not come. */
export class HistoryMarket implements BackfillMarket {
  readonly venue = 'scripted';
  readonly capabilities: readonly MarketDataCapability[];
  readonly #options: HistoryOptions;
  inFlight = 0;
  mostInFlight = 0;
  readonly asked: (HistoryRange & { readonly interval: string })[] = [];

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.capabilities = [
      ...(options.candles === undefined ? [] : (['candleHistory'] as const)),
      ...(options.trades === undefined ? [] : (['tradeHistory'] as const)),
    ];
  }

  async getServerTime(): Promise<number> {
    return this.#options.nowMs;
  }

  async getCandles(query: CandlesQuery, options?: CallOptions): Promise<Page<CandleColumns>> {
    const all = this.#options.candles?.[query.symbol];
    if (all === undefined) throw new TypeError(`no candles of ${query.symbol}`);
    const interval = toInterval(query.interval);
    const stepMs = (interval.seconds ?? 0) * 1000;
    return this.#answer({ ...query, interval: interval.text }, all.openTime, options, {
      // time without a row has its pages too
      boundary: (wanted) => bucketOpen(interval, query.from + stepMs * (1 + wanted)),
      columns: (first, end) => sliceColumns(all, first, end),
    });
  }

  async getTrades(query: HistoryRange, options?: CallOptions): Promise<Page<TradeColumns>> {
    const all = this.#options.trades?.[query.symbol];
    if (all === undefined) throw new TypeError(`no trades of ${query.symbol}`);
    return this.#answer({ ...query, interval: 'trades' }, all.time, options, {
      boundary: (wanted) => query.from + 1 + wanted * 700,
      columns: (first, end) => sliceTrades(all, first, end),
    });
  }

  async #answer<Columns>(
    query: HistoryRange & { readonly interval: string },
    times: Float64Array,
    options: CallOptions | undefined,
    page: { readonly boundary: (wanted: number) => number; readonly columns: (first: number, end: number) => Columns },
  ): Promise<Page<Columns>> {
    const { random = null, onAsk } = this.#options;
    const chance = (share: number): boolean => random !== null && random.next() < share;
    this.asked.push(query);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      await onAsk?.(query);
      for (let turns = random?.nextInt(0, 5) ?? 1; turns > 0; turns -= 1) await Promise.resolve();
      options?.signal?.throwIfAborted();
      if (chance(0.2)) throw new ShakyError('the line broke');
      const boundary = page.boundary(random?.nextInt(0, 5) ?? 1);
      const next = boundary < query.to ? boundary : null;
      const first = lowerBound(times, query.from);
      // the last page tells what is still forming, and what is not there yet
      const end = next === null ? times.length : lowerBound(times, next);
      if (chance(0.1)) return { columns: page.columns(first, end), next: query.from };
      const [before, after] = chance(0.3) ? [2, 2] : [0, 0];
      return { columns: page.columns(Math.max(0, first - before), Math.min(times.length, end + after)), next };
    } finally {
      this.inFlight -= 1;
    }
  }
}
