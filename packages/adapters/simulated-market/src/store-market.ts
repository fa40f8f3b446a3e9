import type { CandleStorePort } from '@prate/candle-store-port';
import {
  bucketCeil,
  bucketEnd,
  bucketOpen,
  bucketSeconds,
  type CandleColumns,
  type Instrument,
  type Interval,
  type IntervalInput,
  InvalidInputError,
  normalizeRanges,
  type Series,
  type SeriesInput,
  sameInterval,
  subtractRanges,
  type TimeRange,
  toInterval,
  toSeries,
} from '@prate/domain';
import { INTERPOLATED_CODE, sliceColumns } from '@prate/domain/candles';
import type { CandlesQuery, Page } from '@prate/market-data-port';
import type { CallOptions, ManualClock } from '@prate/runtime';
import { instrumentFromDecimals } from './instruments.ts';
import { closedBuckets, ensureRange } from './pages.ts';
import { PlayedMarket } from './played-market.ts';

export interface StoreMarketOptions {
  readonly store: CandleStorePort;
  readonly series: SeriesInput;
  /** Of the candles that are played. */
  readonly interval: IntervalInput;
  /** Plays the buckets that open in `[from, to)`, epoch ms; what lies before is history. */
  readonly from: number;
  readonly to: number;
  readonly clock: ManualClock;
  /** Plays buckets too that were not watched whole, or are made up. Default false: the first of them ends the replay. */
  readonly allowInterpolated?: boolean | undefined;
  /** Default: tick and lot are the last decimal places that the first candles use. */
  readonly instrument?: Instrument | undefined;
}

const ROWS_A_PAGE = 2000;

type StoreEvent = { readonly timeMs: number } & (
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'gap'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'candle'; readonly candle: CandleColumns }
);

/**
 * A market made of one series of a candle store. Each candle is told at its close. Where there is no candle, time that was
 * watched is a heartbeat at its end, time that was not is a gap, told at its end. Memory does not grow with the range.
 */
export class StoreMarket extends PlayedMarket {
  readonly #options: StoreMarketOptions;
  readonly #series: Series;
  readonly #interval: Interval;
  readonly #observed: readonly TimeRange[];
  readonly #startMs: number;
  readonly #batches: AsyncIterator<CandleColumns>;
  /** Where the next bucket opens. */
  #expectedMs: number;
  #events: Iterator<StoreEvent>;
  #next: StoreEvent | null = null;
  #ended = false;

  private constructor(options: StoreMarketOptions, instrument: Instrument, observed: readonly TimeRange[]) {
    const series = toSeries(options.series);
    super({
      venue: series.venue,
      clock: options.clock,
      capabilities: ['candleHistory', 'candleStream'],
      instruments: [instrument],
    });
    this.#options = options;
    this.#series = series;
    this.#interval = toInterval(options.interval);
    this.#observed = observed;
    this.#startMs = options.clock.nowMs();
    this.#expectedMs = bucketCeil(this.#interval, options.from);
    this.#batches = this.#read(options.from, options.to)[Symbol.asyncIterator]();
    this.#events = [][Symbol.iterator]();
  }

  /** @throws InvalidInputError when the store has no candle in the range, or the range or interval is none */
  static async open(options: StoreMarketOptions): Promise<StoreMarket> {
    const { store, from, to } = options;
    const series = toSeries(options.series);
    const interval = toInterval(options.interval);
    ensureRange({ from, to });
    const coverage = await store.coverage({ series, from, to });
    const observed = normalizeRanges(coverage.flatMap((entry) => entry.observed));
    for await (const columns of store.read({ series, interval, from, to })) {
      if (columns.length === 0) continue;
      const { priceDecimals, volumeDecimals } = columns;
      const instrument = options.instrument ?? instrumentFromDecimals(series.symbol, priceDecimals, volumeDecimals);
      return new StoreMarket(options, instrument, observed);
    }
    throw new InvalidInputError(
      `the store has no candles of ${series.venue}/${series.symbol} from ${iso(from)} to ${iso(to)}; import or backfill them first`,
    );
  }

  nextTime(): number | null | Promise<number | null> {
    if (this.#next === null) {
      const { done, value } = this.#events.next();
      if (done === true) return this.#ended ? null : this.#fetch();
      this.#next = value;
    }
    if (this.#next.kind === 'candle') this.#ensureWatched(this.#next.candle);
    return this.#next.timeMs;
  }

  emitNext(): void {
    const event = this.#next;
    this.#next = null;
    const { symbol } = this.#series;
    const wants = (symbols: ReadonlySet<string>): boolean => symbols.has(symbol);
    if (event?.kind === 'candle') this.channels.candles.emit({ kind: 'candles', symbol, candles: event.candle }, wants);
    else if (event?.kind === 'heartbeat')
      this.channels.candles.emit({ kind: 'heartbeat', timeMs: event.timeMs }, wants);
    else if (event?.kind === 'gap') {
      this.channels.candles.emit({ kind: 'gap', fromMs: event.fromMs, toMs: event.toMs }, wants);
    }
  }

  /** History at any interval; candles that were not watched whole are refused here too. */
  override async getCandles(query: CandlesQuery, options?: CallOptions): Promise<Page<CandleColumns>> {
    this.ensureCall(query.symbol, options);
    const interval = toInterval(query.interval);
    const { from, to } = closedBuckets(interval, query, this.clock.nowMs());
    let page: CandleColumns | null = null;
    if (from < to) {
      for await (const columns of this.#read(from, to, interval, options)) {
        if (columns.length === 0) continue;
        // a second batch means only that there is a second page
        if (page !== null) return this.#page(page, true);
        page = sliceColumns(columns, 0, Math.min(columns.length, ROWS_A_PAGE));
        if (page.length < columns.length) return this.#page(page, true);
      }
    }
    return this.#page(
      page ?? (await this.#options.store.readColumns({ series: this.#series, interval, from, to: from }, options)),
      false,
    );
  }

  protected override ensureStreamInterval(input: IntervalInput): void {
    const interval = toInterval(input);
    if (sameInterval(interval, this.#interval)) return;
    throw new InvalidInputError(`this replay plays ${this.#interval.text} candles, not ${interval.text} ones`);
  }

  #page(columns: CandleColumns, more: boolean): Page<CandleColumns> {
    this.#ensureWatched(columns);
    const last = columns.openTime[columns.length - 1];
    return { columns, next: more && last !== undefined ? bucketEnd(columns.interval, last) : null };
  }

  #read(
    from: number,
    to: number,
    interval: Interval = this.#interval,
    options?: CallOptions,
  ): AsyncIterable<CandleColumns> {
    return this.#options.store.read({ series: this.#series, interval, from, to }, options);
  }

  async #fetch(): Promise<number | null> {
    const { done, value } = await this.#batches.next();
    if (done === true) {
      this.#ended = true;
      this.#events = this.#missing(bucketCeil(this.#interval, this.#options.to));
    } else {
      this.#events = this.#eventsOf(value);
    }
    return this.nextTime();
  }

  *#eventsOf(columns: CandleColumns): Generator<StoreEvent> {
    for (let row = 0; row < columns.length; row += 1) {
      const open = columns.openTime[row] as number;
      yield* this.#missing(open);
      const timeMs = bucketEnd(this.#interval, open);
      this.#expectedMs = timeMs;
      if (timeMs >= this.#startMs) yield { kind: 'candle', timeMs, candle: sliceColumns(columns, row, row + 1) };
    }
  }

  /** The time without candles up to `untilMs`. */
  *#missing(untilMs: number): Generator<StoreEvent> {
    if (this.#expectedMs >= untilMs) return;
    const stretch = { from: this.#expectedMs, to: untilMs };
    this.#expectedMs = untilMs;
    const gaps = subtractRanges([stretch], this.#observed);
    const quiet = subtractRanges([stretch], gaps);
    const pieces = [
      ...gaps.map((range) => ({ range, isGap: true })),
      ...quiet.map((range) => ({ range, isGap: false })),
    ].sort((a, b) => a.range.from - b.range.from);
    for (const { range, isGap } of pieces) {
      if (range.to < this.#startMs) continue;
      if (isGap) yield { kind: 'gap', timeMs: range.to, fromMs: range.from, toMs: range.to };
      else yield { kind: 'heartbeat', timeMs: range.to };
    }
  }

  /** The longest stretch that can be played as it is. */
  #wholeStretch(): string {
    const { from, to } = this.#options;
    let longest = { from: 0, to: 0 };
    for (const range of this.#observed) {
      const whole = {
        from: bucketCeil(this.#interval, Math.max(range.from, from)),
        to: bucketOpen(this.#interval, Math.min(range.to, to)),
      };
      if (whole.to - whole.from > longest.to - longest.from) longest = whole;
    }
    if (longest.to === longest.from) return '';
    return `whole are those from ${iso(longest.from)} to ${iso(longest.to)} (--from, --to); `;
  }

  #ensureWatched(columns: CandleColumns): void {
    if (this.#options.allowInterpolated === true) return;
    for (let row = 0; row < columns.length; row += 1) {
      const open = columns.openTime[row] as number;
      const share = (columns.coverage[row] as number) / bucketSeconds(columns.interval, open);
      const interpolated = columns.source[row] === INTERPOLATED_CODE;
      if (share >= 1 && !interpolated) continue;
      const what = interpolated ? 'is interpolated' : `was watched only in part (coverage ${share.toFixed(4)})`;
      throw new InvalidInputError(
        `the ${columns.interval.text} candle of ${iso(open)} ${what}: replays refuse it; ${this.#wholeStretch()}--allow-interpolated accepts such candles`,
      );
    }
  }
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
