import { clipRanges, subtractRanges, type TimeRange, unionRanges } from '@prate/domain';
import {
  type CandleColumns,
  candlesFromTrades,
  lowerBound,
  sliceColumns,
  type TradeColumns,
} from '@prate/domain/candles';
import { joinSeconds, SECOND, SECOND_MS, secondOf } from './seconds.ts';
import { TradeBuffer } from './trade-buffer.ts';

/** Items of more trades are not gathered: they become candles as they are. */
const MAX_GATHERED = 256;

/** Seconds that are over: their candles, and which of the time was watched (the candles' own coverage says nothing). */
export interface ClosedSeconds {
  readonly from: number;
  readonly to: number;
  readonly columns: CandleColumns;
  readonly observed: readonly TimeRange[];
}

/**
 * Folds the trades of one symbol into candles of one second. A second is closed when the feed has told of a later one.
 *
 * Watched time begins with the feed's first word and leaves out its gaps, with every second that they touch. A first
 * trade counts for its whole second, as in a file of trades; a first heartbeat only for what comes after it.
 */
export class SymbolSeconds {
  /** What is not closed, first as candles, a second perhaps spread over several, then as trades. */
  #open: CandleColumns[] = [];
  readonly #gathered = new TradeBuffer();
  #unwatched: readonly TimeRange[] = [];
  /** Everything before this second is closed; null before the feed's first word. */
  #closedUntil: number | null = null;
  #toldUntil = Number.NEGATIVE_INFINITY;

  get closedUntil(): number | null {
    return this.#closedUntil;
  }

  /** Takes trades of seconds that are not closed yet, in the order in which they were matched. */
  add(trades: TradeColumns): void {
    if (trades.length === 0) return;
    if (trades.length > MAX_GATHERED || !this.#gathered.append(trades)) {
      this.#fold();
      this.#open.push(candlesFromTrades(trades, SECOND));
    }
    this.#tell(trades.time[0] as number);
    this.#tell(trades.time[trades.length - 1] as number);
  }

  #fold(): void {
    const trades = this.#gathered.take();
    if (trades !== null) this.#open.push(candlesFromTrades(trades, SECOND));
  }

  /** The feed has told everything before `timeMs`. */
  heartbeat(timeMs: number): void {
    if (this.#closedUntil === null) this.#miss(secondOf(timeMs), timeMs);
    this.#tell(timeMs);
  }

  /** Nothing is known of this time. Its end closes nothing: trades from before it may follow, where it was rounded up. */
  gap(fromMs: number, toMs: number): void {
    this.#miss(fromMs, toMs);
    if (this.#closedUntil !== null) this.#tell(fromMs);
  }

  #miss(fromMs: number, toMs: number): void {
    const to = Math.ceil(toMs / SECOND_MS) * SECOND_MS;
    this.#unwatched = unionRanges(this.#unwatched, [{ from: secondOf(fromMs), to }]);
  }

  #tell(timeMs: number): void {
    this.#closedUntil ??= secondOf(timeMs);
    this.#toldUntil = Math.max(this.#toldUntil, timeMs);
  }

  /** The seconds that are over since the last call; null when none is. */
  close(): ClosedSeconds | null {
    return this.#closeBefore(secondOf(this.#toldUntil));
  }

  /**
   * Closes a second that has trades and is still open too: for the end of a feed.
   * @param cutOff whether the feed would have had more to tell: then that second was not watched to its end
   */
  closeAll(cutOff: boolean): ClosedSeconds | null {
    const last = secondOf(this.#toldUntil);
    this.#fold();
    if (this.#open.length === 0) return this.#closeBefore(last);
    if (cutOff) this.#miss(last, last + SECOND_MS);
    return this.#closeBefore(last + SECOND_MS);
  }

  #closeBefore(to: number): ClosedSeconds | null {
    const from = this.#closedUntil;
    if (from === null || to <= from) return null;
    this.#closedUntil = to;
    const columns = this.#takeBefore(to);
    if (this.#unwatched.length === 0) return { from, to, columns, observed: [{ from, to }] };
    const observed = subtractRanges([{ from, to }], this.#unwatched);
    this.#unwatched = clipRanges(this.#unwatched, to, Number.MAX_SAFE_INTEGER);
    return { from, to, columns, observed };
  }

  #takeBefore(to: number): CandleColumns {
    this.#fold();
    const taken: CandleColumns[] = [];
    const kept: CandleColumns[] = [];
    for (const chunk of this.#open) {
      const end = lowerBound(chunk.openTime, to, chunk.length);
      if (end === chunk.length) taken.push(chunk);
      else if (end === 0) kept.push(chunk);
      else {
        taken.push(sliceColumns(chunk, 0, end));
        kept.push(sliceColumns(chunk, end, chunk.length));
      }
    }
    this.#open = kept;
    return joinSeconds(taken);
  }
}
