import type { SeriesCoverage, WriteResult } from '@prate/candle-store-port';
import {
  bucketCeil,
  bucketOpen,
  clipRanges,
  type Interval,
  InvalidInputError,
  normalizeRanges,
  type PrateError,
  type Series,
  sameInterval,
  subtractRanges,
  type TimeRange,
  totalMs,
} from '@prate/domain';
import type { MarketDataPort } from '@prate/market-data-port';
import {
  type Answer,
  candleAnswers,
  checkCandles,
  checkTrades,
  type MissingRows,
  tradeAnswers,
} from './backfill-answers.ts';
import type { CandleAggregator } from './candle-aggregator.ts';
import { ReadFailedError, type RequestGate } from './request-gate.ts';
import { SECOND } from './seconds.ts';

/** What backfill asks of a market. */
export type BackfillMarket = Pick<
  MarketDataPort,
  'venue' | 'capabilities' | 'getServerTime' | 'getCandles' | 'getTrades'
>;

/** What became of one symbol at one interval. */
export interface BackfilledSeries {
  readonly symbol: string;
  readonly interval: string;
  /** Buckets that the store lacked when the run began. */
  readonly asked: number;
  /** Rows by what storing them did, as in WriteResult. */
  readonly added: number;
  readonly replaced: number;
  readonly unchanged: number;
  /** Time of the range that is not watched in the store at this interval, now that the run is over. */
  readonly gaps: readonly TimeRange[];
  /** Why the market could not be read to the end; null where it was. */
  readonly failure: PrateError | null;
}

export interface BackfillJobOptions {
  readonly market: BackfillMarket;
  readonly aggregator: CandleAggregator;
  readonly gate: RequestGate;
  readonly symbol: string;
  /** Of fixed width. */
  readonly interval: Interval;
  /** Whole buckets, all of them closed. */
  readonly range: TimeRange;
  readonly missing: MissingRows;
  readonly idGaps: boolean;
  readonly signal: AbortSignal;
}

/** Whether candles of the interval are made of the market's trades. */
export const fromTrades = ({ capabilities }: BackfillMarket, interval: Interval): boolean =>
  sameInterval(interval, SECOND) && capabilities.includes('tradeHistory');

/** One symbol at one interval: what the store lacks, one request after the other. */
export class BackfillJob {
  readonly symbol: string;
  readonly interval: Interval;
  readonly #options: BackfillJobOptions;
  readonly #series: Series;
  readonly #stepMs: number;
  #stretches: readonly TimeRange[] = [];
  #written: WriteResult = { added: 0, replaced: 0, unchanged: 0 };
  #failure: PrateError | null = null;

  constructor(options: BackfillJobOptions) {
    this.#options = options;
    this.symbol = options.symbol;
    this.interval = options.interval;
    this.#series = { venue: options.market.venue, symbol: options.symbol };
    this.#stepMs = (options.interval.seconds as number) * 1000;
  }

  /** Buckets that the store lacks, as of `plan()`. */
  get asked(): number {
    return totalMs(this.#stretches) / this.#stepMs;
  }

  /** Looks what the store lacks. A bucket that was not watched whole is asked for whole. */
  async plan(): Promise<void> {
    const { range, interval } = this.#options;
    const buckets = (await this.#gaps()).map(({ from, to }) => ({
      from: bucketOpen(interval, from),
      to: bucketCeil(interval, to),
    }));
    this.#stretches = clipRanges(normalizeRanges(buckets), range.from, range.to);
  }

  /**
   * Fetches and stores. Tells after each answer how many buckets it was about.
   * @throws the signal's reason, or what made the store fail; what made the market fail is for the report
   */
  async *run(): AsyncGenerator<number> {
    const { aggregator, signal } = this.#options;
    try {
      for (const stretch of this.#stretches) {
        let from = stretch.from;
        for await (const { batch, until } of this.#answers(stretch)) {
          if (batch !== null) this.#count(await aggregator.store(this.#series, batch, { signal }));
          yield (until - from) / this.#stepMs;
          from = until;
        }
      }
    } catch (error) {
      if (error instanceof ReadFailedError) this.#failure = error.cause;
      else if (error instanceof InvalidInputError) this.#failure = error;
      else throw error;
    }
  }

  #answers(stretch: TimeRange): AsyncGenerator<Answer> {
    const { market, gate, missing, idGaps, signal } = this.#options;
    const { symbol, interval } = this;
    if (fromTrades(market, interval)) {
      const ask = (range: TimeRange) =>
        gate.ask(async () => {
          const page = await market.getTrades({ symbol, ...range }, { signal });
          checkTrades(page, range);
          return page;
        });
      return tradeAnswers(ask, stretch, missing, idGaps);
    }
    const ask = (range: TimeRange) =>
      gate.ask(async () => {
        const page = await market.getCandles({ symbol, interval, ...range }, { signal });
        checkCandles(page, range, interval);
        return page;
      });
    return candleAnswers(ask, stretch, interval, missing);
  }

  async report(): Promise<BackfilledSeries> {
    return {
      symbol: this.symbol,
      interval: this.interval.text,
      asked: this.asked,
      ...this.#written,
      gaps: await this.#gaps(),
      failure: this.#failure,
    };
  }

  /** What is not watched at this interval, in the store as it is now. */
  async #gaps(): Promise<TimeRange[]> {
    const { aggregator, range, signal } = this.#options;
    if (range.from >= range.to) return [];
    const isOwn = ({ step }: SeriesCoverage): boolean => sameInterval(step, this.interval);
    const stored = (await aggregator.coverage(this.#series, range, { signal })).find(isOwn);
    return subtractRanges([range], stored?.observed ?? []);
  }

  #count({ added, replaced, unchanged }: WriteResult): void {
    const before = this.#written;
    this.#written = {
      added: before.added + added,
      replaced: before.replaced + replaced,
      unchanged: before.unchanged + unchanged,
    };
  }
}
