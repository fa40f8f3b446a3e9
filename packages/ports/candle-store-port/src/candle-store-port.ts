import type { CandleColumns, Interval, IntervalInput, Series, SeriesInput, TimeRange } from '@prate/domain';
import type { CandleBuffers, InterpolationInput } from '@prate/domain/candles';
import { type CallOptions, type Token, token } from '@prate/runtime';

/** Candles of one fixed interval, ascending, and the time that their feed covered. */
export interface CandleBatch {
  readonly columns: CandleColumns;
  /**
   * Which time was watched: in it, a missing candle means that nothing traded; outside it, nothing is known.
   * Absent: as much of each row's own span as its `coverage` says. Of several batches of one write each tells the time up to
   * the next one: what an earlier one tells of a later one's rows counts as watched before them.
   */
  readonly observed?: readonly TimeRange[] | undefined;
}

/** A batch of one of several series. */
export interface SeriesBatch extends CandleBatch {
  readonly series: SeriesInput;
}

/** Rows by what the write did to them; `unchanged` were stored already, or weaker than what is stored. */
export interface WriteResult {
  readonly added: number;
  readonly replaced: number;
  readonly unchanged: number;
}

/** `none`: a bucket without a trade has no row. `flat`: where it was watched, it is a row at the last price. */
export type Fill = 'none' | 'flat';

export interface CandleQuery {
  readonly series: SeriesInput;
  readonly interval: IntervalInput;
  /** Epoch ms: the buckets whose open lies in `[from, to)`, each whole. */
  readonly from: number;
  readonly to: number;
  /** Default `none`. */
  readonly fill?: Fill | undefined;
  /** Leaves out every bucket that holds made-up seconds (INTERPOLATED). Default false. */
  readonly observedOnly?: boolean | undefined;
  /** How seconds are made from coarser candles: a model with its seed, or its name for seed 1. Default `linear`. */
  readonly interpolation?: InterpolationInput | undefined;
}

export interface ReadColumnsOptions extends CallOptions {
  /**
   * Where the store may put the answer, so that it needs no fresh memory: the columns are then views on these arrays, which
   * the next read into them overwrites.
   */
  readonly into?: CandleBuffers | undefined;
}

/** What is stored of one series at one step. */
export interface SeriesCoverage {
  readonly series: Series;
  /** The interval of the stored rows. */
  readonly step: Interval;
  readonly rows: number;
  /** Watched time, ascending, without overlaps. */
  readonly observed: readonly TimeRange[];
}

export interface CoverageQuery {
  readonly series?: SeriesInput | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Damage found by `verify`. */
export interface StoreFault {
  readonly series: Series | null;
  readonly step: Interval | null;
  /** The stretch of time that cannot be read, where it is known. */
  readonly range: TimeRange | null;
  readonly problem: string;
}

export interface VerifyReport {
  readonly blocks: number;
  readonly rows: number;
  readonly faults: readonly StoreFault[];
}

export interface StoreStats {
  readonly bytes: number;
  readonly rows: number;
  readonly blocks: number;
  readonly series: number;
}

/**
 * Keeps candles, and answers at any interval from what is kept: the finest data that covers a bucket whole, coarser
 * candles where finer data does not, and seconds made from them below their own width (never stored).
 *
 * Every method throws StoreClosedError (`STORE_CLOSED`) after `close()`, StoreBusyError, StoreFullError or
 * StoreCorruptError as their names say, and InvalidInputError or InvalidRowError for what breaks a rule of candles.
 */
export interface CandleStorePort {
  /**
   * Atomic as a whole: it gathers everything first, and a failure leaves the store as it was. Per row and step, watched
   * beats unwatched, then TRADES beats EXCHANGE, then the later write wins; INTERPOLATED rows are refused. Stored rows
   * that the write does not mention stay. What a batch holds must not change until the next one is asked for, or the write
   * has ended: from then on its arrays may be filled again.
   */
  write(
    series: SeriesInput,
    batches: CandleBatch | Iterable<CandleBatch> | AsyncIterable<CandleBatch>,
    options?: CallOptions,
  ): Promise<WriteResult>;

  /**
   * `write` for what a live feed makes: a few rows of many series at once. Atomic as a whole, kept when it resolves, and
   * cheap however few the rows are. What it did to which row is not told.
   */
  append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void>;

  /** Oldest first, in batches; memory does not grow with the range. A gap in the data is a gap in the result. */
  read(query: CandleQuery, options?: CallOptions): AsyncIterable<CandleColumns>;
  /** The same as one batch. */
  readColumns(query: CandleQuery, options?: ReadColumnsOptions): Promise<CandleColumns>;

  /** By venue and symbol. */
  series(options?: CallOptions): Promise<readonly Series[]>;
  /** One entry per series and step: series by series as `series()` has them, the finest step first. */
  coverage(query?: CoverageQuery, options?: CallOptions): Promise<readonly SeriesCoverage[]>;
  /** Forgets the rows that open in `[from, to)`, at every step, and that the time was watched. Returns how many. */
  delete(
    query: { readonly series: SeriesInput; readonly from: number; readonly to: number },
    options?: CallOptions,
  ): Promise<number>;
  /** Reads everything and reports all damage; it never throws StoreCorruptError. */
  verify(options?: CallOptions): Promise<VerifyReport>;
  stats(options?: CallOptions): Promise<StoreStats>;
  /** May be called twice. */
  close(): Promise<void>;
}

export const CANDLE_STORE_PORT: Token<CandleStorePort> = token('candle-store-port');
