import type {
  CandleBatch,
  CandleQuery,
  CandleStorePort,
  Fill,
  SeriesBatch,
  SeriesCoverage,
  WriteResult,
} from '@prate/candle-store-port';
import {
  type Interval,
  type IntervalInput,
  InvalidInputError,
  type SeriesInput,
  seriesKey,
  type TimeRange,
  toInterval,
  toSeries,
} from '@prate/domain';
import {
  type Candle,
  type CandleColumns,
  type CandleInput,
  candlesFromTrades,
  columnsFromCandles,
  type InterpolationInput,
  rowsOf,
  type TradeColumns,
  toInterpolation,
} from '@prate/domain/candles';
import type { CallOptions } from '@prate/runtime';
import { QueryCache } from './query-cache.ts';
import { joinSeconds, SECOND } from './seconds.ts';

export interface CandleAggregatorOptions {
  readonly store: CandleStorePort;
  /**
   * How many candles the cache of answers may hold, each answer counting for 32 more; 0 turns it off. Default 500,000, some
   * 40 MB. It notices the writes of this aggregator; where others write to the same store and must be seen at once, turn it
   * off.
   */
  readonly cachedCandles?: number | undefined;
}

export interface ProcessOptions extends CallOptions {
  /** Of the candles given. Default `1m`. */
  readonly interval?: IntervalInput | undefined;
  /** Which time the source covered; by default the candles' own spans. */
  readonly observed?: readonly TimeRange[] | undefined;
}

export interface CandleReadOptions extends CallOptions {
  readonly fill?: Fill | undefined;
  readonly observedOnly?: boolean | undefined;
  readonly interpolation?: InterpolationInput | undefined;
}

/** Candles at any timeframe over one store: takes them in, and answers at any interval from one second up. */
export class CandleAggregator {
  readonly #store: CandleStorePort;
  readonly #cache: QueryCache;

  /** @throws InvalidInputError for a `cachedCandles` that is no whole number from 0 up */
  constructor({ store, cachedCandles = 500_000 }: CandleAggregatorOptions) {
    if (!(Number.isSafeInteger(cachedCandles) && cachedCandles >= 0)) {
      throw new InvalidInputError(`cachedCandles must be a whole number from 0 up, not ${cachedCandles}`);
    }
    this.#store = store;
    this.#cache = new QueryCache(cachedCandles);
  }

  /**
   * Stores candles as they are: nothing is made up on disk. Finer ones are made when they are asked for.
   * @param candles ascending by open time, of one interval
   * @throws InvalidInputError that names the first candle that breaks a rule; then nothing is stored
   */
  async processAndStore(
    candles: Iterable<CandleInput>,
    series: SeriesInput,
    options: ProcessOptions = {},
  ): Promise<WriteResult> {
    const columns = columnsFromCandles(candles, toInterval(options.interval ?? '1m'));
    return this.store(series, { columns, observed: options.observed }, options);
  }

  /**
   * Stores trades as candles of one second.
   * @param trades in the order in which they were matched
   * @param observed which time the source covered; asked after the last batch, by default the seconds that have trades
   * @throws InvalidInputError when times descend; then nothing is stored
   */
  async processTrades(
    trades: Iterable<TradeColumns> | AsyncIterable<TradeColumns>,
    series: SeriesInput,
    options: CallOptions & { readonly observed?: (() => readonly TimeRange[]) | undefined } = {},
  ): Promise<WriteResult> {
    const seconds: CandleColumns[] = [];
    let last = Number.NEGATIVE_INFINITY;
    for await (const batch of trades) {
      if (batch.length === 0) continue;
      const first = batch.time[0] as number;
      if (first < last)
        throw new InvalidInputError(`a batch at ${first} comes after a trade at ${last}: trades must ascend`);
      last = batch.time[batch.length - 1] as number;
      seconds.push(candlesFromTrades(batch, SECOND));
    }
    return this.store(series, { columns: joinSeconds(seconds), observed: options.observed?.() }, options);
  }

  /** Stores columns: one batch, several, or a stream of them; all or nothing. */
  async store(
    series: SeriesInput,
    batches: CandleBatch | Iterable<CandleBatch> | AsyncIterable<CandleBatch>,
    options?: CallOptions,
  ): Promise<WriteResult> {
    const key = toSeries(series);
    try {
      return await this.#store.write(key, batches, options);
    } finally {
      // also after a failure: what became of a write that was cut off is not for the cache to know
      this.#cache.forget(seriesKey(key));
    }
  }

  /** Stores a few rows of many series at once; all or nothing. */
  async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
    try {
      await this.#store.append(batches, options);
    } finally {
      for (const { series } of batches) this.#cache.forget(seriesKey(toSeries(series)));
    }
  }

  /** Which time of `[from, to)` is stored of a series, one entry a step, finest first. */
  coverage(series: SeriesInput, { from, to }: TimeRange, options?: CallOptions): Promise<readonly SeriesCoverage[]> {
    return this.#store.coverage({ series, from, to }, options);
  }

  /**
   * The candles whose open lies in `[startMs, endMs)`, each whole, as rows.
   * @param interval seconds, or text such as `'5s'`
   */
  async getAggregatedCandles(
    series: SeriesInput,
    startMs: number,
    endMs: number,
    interval: IntervalInput,
    options: CandleReadOptions = {},
  ): Promise<Candle[]> {
    return [...rowsOf(await this.getColumns(series, startMs, endMs, interval, options))];
  }

  /** The same as columns: exact numbers, and no object per candle. The arrays belong to the cache: do not change them. */
  async getColumns(
    series: SeriesInput,
    startMs: number,
    endMs: number,
    interval: IntervalInput,
    options: CandleReadOptions = {},
  ): Promise<CandleColumns> {
    const { signal, ...shape } = options;
    signal?.throwIfAborted(); // a known answer asks no store
    const key = toSeries(series);
    const query: CandleQuery = { series: key, interval: toInterval(interval), from: startMs, to: endMs, ...shape };
    return this.#cache.get(seriesKey(key), queryKey(query), () => this.#store.readColumns(query, { signal }));
  }

  /** Any number of candles, oldest first, in batches; not cached. */
  read(
    series: SeriesInput,
    startMs: number,
    endMs: number,
    interval: IntervalInput,
    options: CandleReadOptions = {},
  ): AsyncIterable<CandleColumns> {
    const { signal, ...shape } = options;
    return this.#store.read({ series, interval, from: startMs, to: endMs, ...shape }, { signal });
  }
}

function queryKey({ interval, from, to, fill, observedOnly, interpolation }: CandleQuery): string {
  const { model, seed } = toInterpolation(interpolation);
  return [(interval as Interval).text, from, to, fill ?? 'none', observedOnly ?? false, model, seed].join(' ');
}
