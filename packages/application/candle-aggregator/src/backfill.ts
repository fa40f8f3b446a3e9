import {
  bucketCeil,
  bucketOpen,
  type Interval,
  type IntervalInput,
  InvalidInputError,
  NotSupportedError,
  type TimeRange,
  toInterval,
} from '@prate/domain';
import type { CallOptions, Clock } from '@prate/runtime';
import type { MissingRows } from './backfill-answers.ts';
import { type BackfilledSeries, BackfillJob, type BackfillMarket, fromTrades } from './backfill-job.ts';
import type { CandleAggregator } from './candle-aggregator.ts';
import { ReadFailedError, RequestGate, type RetryPolicy } from './request-gate.ts';

export interface BackfillOptions extends CallOptions {
  readonly market: BackfillMarket;
  /** Where the candles go, under the market's venue, and what says which of them are there already. */
  readonly aggregator: CandleAggregator;
  readonly symbols: readonly string[];
  /** Of the candles that are asked for and stored. `1s` is made of trades where the market has their history. */
  readonly intervals: readonly IntervalInput[];
  /** Epoch ms: the buckets that open in `[from, to)`. */
  readonly from: number;
  /** Default, and latest: the market's own time. The bucket that is still forming is left out. */
  readonly to?: number | undefined;
  /** For back-off and the pace of requests. */
  readonly clock: Clock;
  /** How many symbols are fetched at a time, and so how many requests are in flight at most. Default 4. */
  readonly parallel?: number | undefined;
  /** How many requests begin in a second at most, all symbols together. Default: no limit. */
  readonly requestsPerSecond?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** What a row that an answer lacks means. Default `unobserved`. */
  readonly missing?: MissingRows | undefined;
  /** False where the ids of trades have no order: then a jump from one to the next means nothing. Default true. */
  readonly idGaps?: boolean | undefined;
  readonly onProgress?: ((progress: BackfillProgress) => void) | undefined;
}

/** In buckets, of all symbols and intervals together. */
export interface BackfillProgress {
  readonly done: number;
  readonly total: number;
  /** What the last answer was about. */
  readonly symbol: string;
  readonly interval: string;
}

export interface BackfillReport {
  /** One entry per symbol and interval, in the order in which they were given. */
  readonly symbols: readonly BackfilledSeries[];
  /** No gap is left, and nothing failed. */
  readonly complete: boolean;
}

/**
 * Fetches what a store lacks from the history of a market: per symbol and interval only the buckets that are not watched
 * whole at that interval, page by page, each page stored before the next is asked for. So a run that was interrupted, by
 * an abort or by the end of the process, goes on where it ended, and running it again asks for gaps alone.
 *
 * Reads that fail with a `retryable` error are tried again. A symbol that cannot be read ends there and says so in the
 * report; the others go on.
 *
 * @throws InvalidInputError for options that cannot be meant; NotSupportedError (`NOT_SUPPORTED`) when the market has no
 *   such history; the reason of the signal; what made the store fail. When it throws, every answer is stored whole or not
 *   at all, and nothing is under way any more.
 */
export async function backfill(options: BackfillOptions): Promise<BackfillReport> {
  const { market, aggregator, symbols, clock, parallel = 4, onProgress } = options;
  const intervals = options.intervals.map(toInterval);
  ensureMeant(options, intervals, parallel);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const gate = new RequestGate({ ...options, clock, signal });
  const now = await serverTime(market, gate, signal);
  const jobs = symbols.map((symbol) =>
    intervals.map(
      (interval) =>
        new BackfillJob({
          ...{ market, aggregator, gate, symbol, interval, signal },
          range: closedBuckets(interval, options, now),
          missing: options.missing ?? 'unobserved',
          idGaps: options.idGaps ?? true,
        }),
    ),
  );
  for (const job of jobs.flat()) await job.plan();
  const total = jobs.flat().reduce((sum, job) => sum + job.asked, 0);
  let done = 0;
  const run = async (job: BackfillJob): Promise<void> => {
    for await (const buckets of job.run()) {
      done += buckets;
      onProgress?.({ done, total, symbol: job.symbol, interval: job.interval.text });
    }
  };
  const queue = jobs.values();
  const worker = async (): Promise<void> => {
    try {
      for (const ofSymbol of queue) for (const job of ofSymbol) await run(job);
    } catch (error) {
      stop.abort(error); // ends the others too; it is thrown when all have ended
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, jobs.length) }, worker));
  signal.throwIfAborted();
  const reports: BackfilledSeries[] = [];
  for (const job of jobs.flat()) reports.push(await job.report());
  return {
    symbols: reports,
    complete: reports.every(({ gaps, failure }) => gaps.length === 0 && failure === null),
  };
}

/** @throws the market's own error: without its time nothing can be asked */
async function serverTime(market: BackfillMarket, gate: RequestGate, signal: AbortSignal): Promise<number> {
  try {
    return await gate.ask(() => market.getServerTime({ signal }));
  } catch (error) {
    throw error instanceof ReadFailedError ? error.cause : error;
  }
}

/** The buckets that open in `[from, to)` and are closed at `now`. */
function closedBuckets(interval: Interval, { from, to }: BackfillOptions, now: number): TimeRange {
  const first = bucketCeil(interval, from);
  return { from: first, to: Math.max(first, Math.min(bucketCeil(interval, to ?? now), bucketOpen(interval, now))) };
}

function ensureMeant(options: BackfillOptions, intervals: readonly Interval[], parallel: number): void {
  const { market, symbols, from, to } = options;
  ensureSet('symbols', symbols, "['BTC_USDT']");
  ensureSet(
    'intervals',
    intervals.map(({ text }) => text),
    "['1m']",
  );
  for (const { text, seconds } of intervals) {
    if (seconds === null) throw new InvalidInputError(`${text} cannot be stored: fetch 1d, and query it at ${text}`);
  }
  if (!(Number.isSafeInteger(from) && (to === undefined || (Number.isSafeInteger(to) && from <= to)))) {
    throw new InvalidInputError(`a range must be whole epoch milliseconds from ≤ to, not ${from} to ${to}`);
  }
  if (!(Number.isSafeInteger(parallel) && parallel > 0)) {
    throw new InvalidInputError(`parallel must be a whole number from 1 up, not ${parallel}`);
  }
  if (market.capabilities.includes('candleHistory')) return;
  const strange = intervals.find((interval) => !fromTrades(market, interval));
  if (strange === undefined) return;
  throw new NotSupportedError(`${market.venue} has no history of candles: ${strange.text} cannot be fetched`);
}

function ensureSet(what: string, names: readonly string[], example: string): void {
  if (names.length > 0 && new Set(names).size === names.length) return;
  throw new InvalidInputError(`${what} must be one at least, none of them twice, such as ${example}; not '${names}'`);
}
