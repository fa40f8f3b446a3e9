import { type CandleBatch, type SeriesBatch, StoreCorruptError } from '@prate/candle-store-port';
import {
  type Interval,
  PrateError,
  type Series,
  type TimeRange,
  toInterval,
  unionRanges,
  type VenueId,
} from '@prate/domain';
import {
  type CandleColumns,
  concatColumns,
  pickTrades,
  rowAt,
  sliceColumns,
  type TradeColumns,
} from '@prate/domain/candles';
import type { CandleAggregator } from './candle-aggregator.ts';
import { SECOND, SECOND_MS, secondOf } from './seconds.ts';
import type { MissedStart } from './symbol-candles.ts';
import type { WatchedSeconds } from './symbol-seconds.ts';
import { mergeTimed, type SecondEdges, spannedColumns, type TimedColumns, timedSeconds } from './timed-columns.ts';

interface Failure {
  readonly error: unknown;
}

/** Seconds with late trades in them. */
interface RevisedSeconds {
  readonly rows: TimedColumns;
  readonly coverage: Uint32Array;
}

/** After so many in a row the store is taken to be gone. */
const MAX_REFUSED = 5;

/** Something that is done when the closed seconds that were told before it are stored. */
interface Step {
  readonly run: () => Promise<void>;
  /** How many sets of closed seconds had been told. */
  readonly after: number;
}

/** What a live run asks of its store, one after the other: closed seconds of all symbols first, then what needs them. */
export class LiveStore {
  readonly #aggregator: CandleAggregator;
  readonly #venue: VenueId;
  readonly #onFailure: () => void;
  #waiting = new Map<string, WatchedSeconds[]>();
  readonly #steps: Step[] = [];
  /** How many sets of closed seconds have been told, and how many of them, from the first on, are stored. */
  #told = 0;
  #done = 0;
  #work: Promise<void> | null = null;
  #commits = 0;
  #failure: Failure | null = null;
  /** What the store said when it could not do it just then, how often in a row, and how much had been told at the last time. */
  #refusal: Failure | null = null;
  #refused = 0;
  #refusedAt = -1;
  #isEnding = false;
  stored = 0;
  revised = 0;
  lost = 0;

  constructor(aggregator: CandleAggregator, venue: VenueId, onFailure: () => void) {
    this.#aggregator = aggregator;
    this.#venue = venue;
    this.#onFailure = onFailure;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  fail(failure: Failure): void {
    this.#failure ??= failure;
  }

  ensureNoFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Resolves when the work under way is done; undefined when none is. */
  idle(): Promise<void> | undefined {
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    return this.#work?.then(() => this.ensureNoFailure());
  }

  /**
   * Stores what waits, and waits for it.
   * @throws what the store refused it with, or what made the run fail
   */
  async flush(): Promise<void> {
    this.commit();
    await this.idle();
    if (this.#refusal !== null) throw this.#refusal.error;
  }

  /** Keeps closed seconds for the next commit, and returns how much market time of the symbol waits, in ms. */
  add(symbol: string, closed: WatchedSeconds): number {
    this.#told += 1;
    const waiting = this.#waiting.get(symbol);
    if (waiting === undefined) this.#waiting.set(symbol, [closed]);
    else waiting.push(closed);
    return closed.to - (waiting?.[0] ?? closed).from;
  }

  /** Does something when everything told so far is stored; again, should the store refuse it just then. */
  afterwards(run: () => Promise<void>): void {
    this.#steps.push({ run, after: this.#told });
    this.commit();
  }

  /** Stores what waits. */
  commit(): void {
    if (this.#waiting.size === 0 && this.#steps.length === 0) return;
    this.#commits += 1;
    this.#work = this.#commitAfter(this.#work, this.#commits);
  }

  async #commitAfter(before: Promise<void> | null, number: number): Promise<void> {
    await before;
    try {
      if (this.#failure === null) await this.#commit();
    } catch (error) {
      this.fail({ error });
      this.#onFailure();
    }
    if (this.#commits === number) this.#work = null;
  }

  /** The last commit: what the store refuses now is a failure. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.commit();
    await this.#work;
  }

  async #commit(): Promise<void> {
    try {
      await this.#append();
      for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
        // since the last append, more may have been told, and then this step
        if (step.after > this.#done) await this.#append();
        await step.run();
        this.#steps.shift();
      }
      this.#refused = 0;
      this.#refusal = null;
    } catch (error) {
      this.#refusal = { error };
      if (this.#refusedAt !== this.#told) this.#refused += 1;
      this.#refusedAt = this.#told;
      // a lock that another process holds: it is tried again, and counts again when more seconds have closed
      if (!isRetryable(error) || this.#refused > MAX_REFUSED || this.#isEnding) throw error;
    }
  }

  async #append(): Promise<void> {
    const waiting = this.#waiting;
    if (waiting.size === 0) return;
    this.#waiting = new Map();
    const told = this.#told;
    const batches = this.#batches(waiting);
    try {
      await this.#aggregator.append(batches);
    } catch (error) {
      this.#keep(waiting);
      throw error;
    }
    this.#done = told;
    this.stored += batches.reduce((rows, { columns }) => rows + columns.length, 0);
  }

  #batches(waiting: ReadonlyMap<string, readonly WatchedSeconds[]>): SeriesBatch[] {
    const batches: SeriesBatch[] = [];
    for (const [symbol, closed] of waiting) {
      const { columns, observed } = joined(closed);
      batches.push({ series: this.#series(symbol), columns, observed });
    }
    return batches;
  }

  /** Puts what could not be stored before what has come since. */
  #keep(waiting: ReadonlyMap<string, readonly WatchedSeconds[]>): void {
    for (const [symbol, closed] of waiting)
      this.#waiting.set(symbol, [...closed, ...(this.#waiting.get(symbol) ?? [])]);
  }

  /**
   * Adds late trades to stored seconds, once they are stored; those of a second that is damaged are lost. Which time was
   * watched stays as it is: a late trade does not tell that nothing else is missing, so a second that had no row and was not
   * watched stays unwatched.
   */
  revise(symbol: string, late: TradeColumns, edges: SecondEdges): void {
    const waiting = [late];
    let revised: RevisedSeconds | null = null;
    this.afterwards(async () => {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        try {
          // kept for another try: the store may have done what it did not answer
          revised ??= await this.#revised(symbol, next, edges);
        } catch (error) {
          if (!(error instanceof StoreCorruptError)) throw error;
          const seconds = bySecond(next);
          // beside a damaged second others may be sound
          if (seconds.length > 1) waiting.splice(0, 1, ...seconds);
          else this.lost += (waiting.shift() as TradeColumns).length;
          continue;
        }
        const { rows, coverage } = revised;
        await this.#aggregator.append([{ series: this.#series(symbol), columns: { ...rows.columns, coverage } }]);
        edges.revise(rows);
        this.revised += rows.columns.length;
        revised = null;
        waiting.shift();
      }
    });
  }

  async #revised(symbol: string, late: TradeColumns, edges: SecondEdges): Promise<RevisedSeconds> {
    const additions = timedSeconds(late);
    const { openTime, length } = additions.columns;
    const [from, to] = [openTime[0] as number, (openTime[length - 1] as number) + SECOND_MS];
    const stored = await this.#aggregator.getColumns(this.#series(symbol), from, to, SECOND, { observedOnly: true });
    const touched: CandleColumns[] = [];
    const coverage = new Uint32Array(length);
    for (const [i, open] of openTime.entries()) {
      const row = rowAt({ rows: stored, observed: [] }, open);
      if (row < 0) continue;
      touched.push(sliceColumns(stored, row, row + 1));
      coverage[i] = stored.coverage[row] as number;
    }
    return { rows: mergeTimed([edges.timed(concatColumns(touched, SECOND)), additions], SECOND), coverage };
  }

  /** Stored candles as they are now, of the buckets that open at `opens`. */
  async candlesAt(symbol: string, interval: Interval, opens: readonly number[]): Promise<CandleColumns> {
    const found: CandleColumns[] = [];
    for (const open of opens)
      found.push(await this.#aggregator.getColumns(this.#series(symbol), open, open + 1, interval));
    return concatColumns(found, interval);
  }

  /** What the store knows of the start of a bucket; nothing that is made up. */
  async known(
    symbol: string,
    { level, from, rowsTo, to }: MissedStart,
  ): Promise<{ readonly rows: TimedColumns; readonly observed: readonly TimeRange[] }> {
    const series = this.#series(symbol);
    const entries = await this.#aggregator.coverage(series, { from, to });
    let observed: readonly TimeRange[] = [];
    for (const entry of entries) observed = unionRanges(observed, entry.observed);
    const rows: TimedColumns[] = [];
    if (entries.some((entry) => entry.rows > 0)) {
      for (const span of spansOf(from, rowsTo)) {
        const read = this.#aggregator.getColumns(series, span.from, span.to, span.step, { observedOnly: true });
        rows.push(spannedColumns(await read));
      }
    }
    return { rows: mergeTimed(rows, level.interval), observed };
  }

  #series(symbol: string): Series {
    return { venue: this.#venue, symbol };
  }
}

function bySecond(trades: TradeColumns): TradeColumns[] {
  const rows = new Map<number, number[]>();
  for (let i = 0; i < trades.length; i += 1) {
    const second = secondOf(trades.time[i] as number);
    const known = rows.get(second);
    if (known === undefined) rows.set(second, [i]);
    else known.push(i);
  }
  return [...rows.values()].map((own) => pickTrades(trades, own));
}

function joined(closed: readonly WatchedSeconds[]): CandleBatch {
  const [only] = closed;
  if (only !== undefined && closed.length === 1) return { columns: only.columns, observed: only.observed };
  const columns = concatColumns(
    closed.map((seconds) => seconds.columns),
    SECOND,
  );
  return { columns, observed: closed.flatMap((seconds) => seconds.observed) };
}

export const isRetryable = (error: unknown): boolean => PrateError.is(error) && error.retryable;

/** Coarse first: a day is read as its hours, and only the ends as minutes and seconds. */
const STEPS = ['1h', '1m', '1s'].map((text) => toInterval(text));
const widthOf = (step: Interval): number => (step.seconds as number) * 1000;

/** Whole seconds `[from, to)` in as few candles as there can be. */
function spansOf(from: number, to: number): (TimeRange & { readonly step: Interval })[] {
  const spans: (TimeRange & { readonly step: Interval })[] = [];
  for (let at = secondOf(from); at < to; ) {
    const step = STEPS.find((each) => at % widthOf(each) === 0 && at + widthOf(each) <= to) as Interval;
    const last = spans.at(-1);
    if (last?.step === step) spans[spans.length - 1] = { ...last, to: at + widthOf(step) };
    else spans.push({ step, from: at, to: at + widthOf(step) });
    at += widthOf(step);
  }
  return spans;
}
