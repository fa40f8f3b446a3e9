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
import { CandleRow, emptyColumns, INTERPOLATED_CODE, sliceColumns } from '@prate/domain/candles';
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

/** Time without candles. */
interface Stretch {
  readonly range: TimeRange;
  /** Nobody watched it: it is a gap, else a heartbeat. */
  readonly isGap: boolean;
}

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
  readonly #wants: (symbols: ReadonlySet<string>) => boolean;
  readonly #batches: AsyncIterator<CandleColumns>;
  /** What is played, from `#row` on. */
  #columns: CandleColumns;
  #row = 0;
  /** No row from `#row` up to this one is refused. */
  #refused = 0;
  /** Where the next bucket opens. */
  #expectedMs: number;
  /** Told before the next row. */
  #missing: Stretch[] = [];
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
    this.#wants = (symbols) => symbols.has(series.symbol);
    this.#columns = emptyColumns(this.#interval);
    this.#batches = this.#read(options.from, options.to)[Symbol.asyncIterator]();
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
    for (;;) {
      const missing = this.#missing[0];
      if (missing !== undefined) return missing.range.to;
      if (this.#row === this.#columns.length) return this.#ended ? null : this.#fetch();
      const open = this.#columns.openTime[this.#row] as number;
      if (open > this.#expectedMs) {
        this.#miss(open);
        continue;
      }
      const closeMs = bucketEnd(this.#interval, open);
      if (closeMs >= this.#startMs) {
        if (this.#row >= this.#refused) this.#refused = this.#firstUnwatched(this.#columns, this.#row);
        if (this.#row === this.#refused) this.#refuse(this.#columns, this.#row);
        return closeMs;
      }
      this.#pass(closeMs);
    }
  }

  emitNext(): void {
    const { candles } = this.channels;
    const missing = this.#missing.shift();
    if (missing !== undefined) {
      const { range, isGap } = missing;
      const symbols = [this.#series.symbol];
      if (isGap) candles.emit({ kind: 'gap', fromMs: range.from, toMs: range.to, symbols }, this.#wants);
      else candles.emit({ kind: 'heartbeat', timeMs: range.to }, this.#wants);
      return;
    }
    const row = new CandleRow(this.#columns, this.#row);
    this.#pass(bucketEnd(this.#interval, this.#columns.openTime[this.#row] as number));
    candles.emit({ kind: 'candles', symbol: this.#series.symbol, candles: row }, this.#wants);
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
      this.#miss(bucketCeil(this.#interval, this.#options.to));
    } else {
      this.#columns = value;
      this.#row = 0;
      this.#refused = 0;
    }
    return this.nextTime();
  }

  /** The row is told, or lies before the start. */
  #pass(closeMs: number): void {
    this.#row += 1;
    this.#expectedMs = closeMs;
  }

  /** The time without candles up to `untilMs`. */
  #miss(untilMs: number): void {
    if (this.#expectedMs >= untilMs) return;
    const stretch = { from: this.#expectedMs, to: untilMs };
    this.#expectedMs = untilMs;
    const gaps = subtractRanges([stretch], this.#observed);
    const quiet = subtractRanges([stretch], gaps);
    this.#missing = [
      ...gaps.map((range): Stretch => ({ range, isGap: true })),
      ...quiet.map((range): Stretch => ({ range, isGap: false })),
    ]
      .filter(({ range }) => range.to >= this.#startMs)
      .sort((a, b) => a.range.from - b.range.from);
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
    const row = this.#firstUnwatched(columns);
    if (row < columns.length) this.#refuse(columns, row);
  }

  /** The first row from `from` on that was not watched whole or is interpolated, where that matters; else the length. */
  #firstUnwatched(columns: CandleColumns, from = 0): number {
    const { length, interval, openTime, coverage, source } = columns;
    if (this.#options.allowInterpolated === true) return length;
    for (let row = from; row < length; row += 1) {
      const seconds = bucketSeconds(interval, openTime[row] as number);
      if ((coverage[row] as number) < seconds || source[row] === INTERPOLATED_CODE) return row;
    }
    return length;
  }

  #refuse(columns: CandleColumns, row: number): never {
    const open = columns.openTime[row] as number;
    const share = (columns.coverage[row] as number) / bucketSeconds(columns.interval, open);
    const what =
      columns.source[row] === INTERPOLATED_CODE
        ? 'is interpolated'
        : `was watched only in part (coverage ${share.toFixed(4)})`;
    throw new InvalidInputError(
      `the ${columns.interval.text} candle of ${iso(open)} ${what}: replays refuse it; ${this.#wholeStretch()}--allow-interpolated accepts such candles`,
    );
  }
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
