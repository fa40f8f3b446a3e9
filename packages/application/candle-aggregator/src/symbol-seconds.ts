import { clipRanges, subtractRanges, type TimeRange, unionRanges } from '@prate/domain';
import { type CandleColumns, observedSeconds, pickTrades, sliceTrades, type TradeColumns } from '@prate/domain/candles';
import { OpenSeconds } from './open-seconds.ts';
import { SECOND_MS, secondOf } from './seconds.ts';
import { SecondEdges, type TimedColumns } from './timed-columns.ts';

/** Seconds that are over: their candles, and which of the time was watched. */
export interface WatchedSeconds {
  readonly columns: CandleColumns;
  readonly from: number;
  readonly to: number;
  readonly observed: readonly TimeRange[];
}

/** The same with the times of their opens and closes, which are good until the next trades are taken. */
export interface ClosedSeconds extends WatchedSeconds, TimedColumns {}

/**
 * Folds the trades of one symbol into candles of one second. A second is closed when the feed has told of a time that lies
 * `latenessMs` after its end; until then its trades may come in any order.
 *
 * Watched time begins with the feed's first word and leaves out its gaps, with every second that they touch. A first
 * trade counts for its whole second, as in a file of trades, unless the feed joins a market that goes on already; a first
 * heartbeat only for what comes after it.
 */
export class SymbolSeconds {
  readonly #latenessMs: number;
  readonly #joinsMidway: boolean;
  readonly #open = new OpenSeconds();
  readonly edges: SecondEdges = new SecondEdges();
  #unwatched: readonly TimeRange[] = [];
  /** Everything before this second is closed; null before the feed's first word. */
  #closedUntil: number | null = null;
  /** Until something has closed, the window reaches back behind the feed's first word. */
  #hasClosed = false;
  #beganWatched = true;
  #toldUntil = Number.NEGATIVE_INFINITY;

  constructor(latenessMs = 0, joinsMidway = false) {
    this.#latenessMs = latenessMs;
    this.#joinsMidway = joinsMidway;
  }

  get closedUntil(): number | null {
    return this.#closedUntil;
  }

  get hasClosed(): boolean {
    return this.#hasClosed;
  }

  /** The latest time that the feed has told of. */
  get toldUntil(): number {
    return this.#toldUntil;
  }

  /** Takes trades in the order in which they came, and returns those that come too late, null for none. */
  add(trades: TradeColumns): TradeColumns | null {
    if (trades.length === 0) return null;
    const limit = this.#hasClosed ? (this.#closedUntil as number) : this.#windowStart();
    const second = secondOf(trades.time[0] as number);
    if (second < limit) return this.#addAnyhow(trades, limit);
    this.#beginWithTrade(second);
    const taken = this.#open.add(trades, this.#closedUntil as number);
    this.#told(this.#open.latest);
    return taken === trades.length ? null : this.#addAnyhow(sliceTrades(trades, taken, trades.length), limit);
  }

  /** Takes what is not before `limit`, whatever its order and numbers, and returns the rest. */
  #addAnyhow(trades: TradeColumns, limit: number): TradeColumns | null {
    const rows = Array.from(trades.time, (_, i) => i);
    const isLate = (row: number): boolean => (trades.time[row] as number) < limit;
    const late = rows.filter(isLate);
    const timely =
      late.length === 0
        ? trades
        : pickTrades(
            trades,
            rows.filter((row) => !isLate(row)),
          );
    if (timely.length > 0) {
      this.#beginWithTrade(secondOf(timely.time.reduce((a, b) => Math.min(a, b))));
      const taken = this.#open.add(timely, this.#closedUntil as number);
      if (taken < timely.length) this.#open.addAnyhow(sliceTrades(timely, taken, timely.length));
      this.#told(this.#open.latest);
    }
    return late.length === 0 ? null : pickTrades(trades, late);
  }

  #told(timeMs: number): void {
    if (timeMs > this.#toldUntil) this.#toldUntil = timeMs;
  }

  #windowStart(): number {
    return secondOf(this.#toldUntil - this.#latenessMs);
  }

  #beginWithTrade(second: number): void {
    if (this.#joinsMidway && this.#closedUntil === null) this.#miss(second, second + SECOND_MS);
    this.#begin(second, !this.#joinsMidway);
  }

  /** The feed's first word, or one from before it that is in time. */
  #begin(second: number, watched: boolean): void {
    if (this.#closedUntil === null) this.#beganWatched = watched;
    else if (second >= this.#closedUntil) return;
    else if (!this.#beganWatched) this.#miss(second, this.#closedUntil);
    this.#closedUntil = second;
  }

  /** The feed has told everything before `timeMs`. */
  heartbeat(timeMs: number): void {
    if (this.#closedUntil === null) {
      this.#begin(secondOf(timeMs), false);
      this.#miss(secondOf(timeMs), timeMs);
    }
    this.#told(timeMs);
  }

  /** Nothing is known of this time. Its end closes nothing: trades from before it may follow, where it was rounded up. */
  gap(fromMs: number, toMs: number): void {
    this.#miss(fromMs, toMs);
    if (this.#closedUntil !== null) this.#told(fromMs);
  }

  #miss(fromMs: number, toMs: number): void {
    const to = Math.ceil(toMs / SECOND_MS) * SECOND_MS;
    this.#unwatched = unionRanges(this.#unwatched, [{ from: secondOf(fromMs), to }]);
  }

  /** The seconds that are over since the last call; null when none is. */
  close(): ClosedSeconds | null {
    return this.#closeBefore(this.#windowStart());
  }

  /**
   * Closes everything, with the second that has trades and is not over: for the end of a feed.
   * @param cutOff whether the feed would have had more to tell: then that second was not watched to its end
   */
  closeAll(cutOff: boolean): ClosedSeconds | null {
    const last = secondOf(this.#toldUntil);
    if (this.#open.length === 0 || this.#open.lastOpen < last) return this.#closeBefore(last);
    if (cutOff) this.#miss(last, last + SECOND_MS);
    return this.#closeBefore(this.#open.lastOpen + SECOND_MS);
  }

  #closeBefore(to: number): ClosedSeconds | null {
    const from = this.#closedUntil;
    if (from === null || to <= from) return null;
    this.#closedUntil = to;
    this.#hasClosed = true;
    const taken = this.#open.takeBefore(to);
    this.edges.remember(taken);
    const { columns, first, last, timesAt, areSimple } = taken;
    if (this.#unwatched.length === 0) {
      columns.coverage.fill(1);
      return { columns, first, last, timesAt, areSimple, from, to, observed: [{ from, to }] };
    }
    const observed = subtractRanges([{ from, to }], this.#unwatched);
    this.#unwatched = clipRanges(this.#unwatched, to, Number.MAX_SAFE_INTEGER);
    columns.coverage.set(observedSeconds(observed, columns.openTime, (open) => open + SECOND_MS));
    return { columns, first, last, timesAt, areSimple, from, to, observed };
  }

  /** What is not closed yet, as views that the next call overwrites. */
  open(): TimedColumns {
    return this.#open.view();
  }

  /** Which of the time that is not closed yet was watched, in whole seconds. */
  observedSinceClosed(): readonly TimeRange[] {
    const from = this.#closedUntil;
    const to = secondOf(this.#toldUntil);
    return from === null || from >= to ? [] : subtractRanges([{ from, to }], this.#unwatched);
  }
}
