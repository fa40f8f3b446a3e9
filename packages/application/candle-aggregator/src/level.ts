import { appendRange, bucketEnd, bucketOpen, type Interval, normalizeRanges, type TimeRange } from '@prate/domain';
import { type CandleColumns, observedSeconds, scalesOf, TRADES_CODE } from '@prate/domain/candles';
import type { CandlesItem } from '@prate/market-data-port';
import type { LiveSubscription, PartialItem } from './live-subscription.ts';
import { larger, SMALL_PRICE, smaller } from './small-prices.ts';
import { mergeTimed, sliceTimed, type TimedColumns } from './timed-columns.ts';
import { isPlain, TimedRows } from './timed-rows.ts';

const NOTHING: TimeRange = { from: 0, to: 0 };

/**
 * The candles of one symbol at one interval, made of the closed candles of the level below it; of closed seconds where
 * there is none. Keeps one row: the bucket that is not over.
 */
export class Level {
  readonly interval: Interval;
  readonly below: Level | null;
  readonly listeners: Set<LiveSubscription<CandlesItem>> = new Set();
  readonly partialListeners: Set<LiveSubscription<PartialItem>> = new Set();
  /** By how many subscriptions and questions. */
  uses = 0;
  /** The bucket that is not over, where something traded in it; within `take`, those that are over before it. */
  readonly #timed = new TimedRows();
  /** Where the last bucket of the rows ends. */
  #end: number = Number.NEGATIVE_INFINITY;
  /** Watched time since the bucket began. */
  #observed: TimeRange[] = [];
  /** What the last `take` closed, for the levels above. */
  closed: TimedColumns | null = null;

  constructor(interval: Interval, below: Level | null) {
    this.interval = interval;
    this.below = below;
  }

  openOf(timeMs: number): number {
    return bucketOpen(this.interval, timeMs);
  }

  /**
   * Takes closed candles of the level below.
   * @param to everything before it is closed
   * @param observed which of the time since the last call was watched
   * @returns the candles that are over now, null for none; their times are good until the next call
   */
  take(given: TimedColumns | null, to: number, observed: readonly TimeRange[]): TimedColumns | null {
    const isEmpty = given === null || given.columns.length === 0;
    if (this.interval.seconds === 1) {
      this.closed = isEmpty ? null : given;
      return this.closed;
    }
    for (const range of observed) appendRange(this.#observed, range.from, range.to);
    if (!isEmpty) {
      const taken = this.#fold(given);
      if (taken < given.columns.length) this.add(sliceTimed(given, taken, given.columns.length));
    }
    this.closed = this.#closeBefore(to);
    if (to >= this.#end) this.#forgetBefore(this.openOf(to));
    return this.closed;
  }

  #closeBefore(to: number): TimedColumns | null {
    const { length } = this.#timed;
    const over = to >= this.#end ? length : length - 1;
    if (over <= 0) return null;
    const taken = this.#timed.take(over, this.interval);
    const { openTime, coverage } = taken.columns;
    const watched = this.#observed.length === 1 ? (this.#observed[0] as TimeRange) : NOTHING;
    const end = bucketEnd(this.interval, openTime[over - 1] as number);
    if (this.interval.seconds !== null && watched.from <= (openTime[0] as number) && end <= watched.to) {
      for (let row = 0; row < over; row += 1) coverage[row] = this.interval.seconds; // few rows: `fill` takes longer
    } else coverage.set(observedSeconds(this.#observed, openTime, (open) => bucketEnd(this.interval, open)));
    return taken;
  }

  #forgetBefore(open: number): void {
    let over = 0;
    while (over < this.#observed.length && (this.#observed[over] as TimeRange).to <= open) over += 1;
    if (over > 0) this.#observed.splice(0, over);
    const first = this.#observed[0];
    if (first !== undefined && first.from < open) this.#observed[0] = { from: open, to: first.to };
  }

  /**
   * Adds rows as whole numbers in doubles, bucket by bucket, each as a whole or not at all.
   * @returns the index of the first row that was not added: a sum might leave the 53 bits of doubles, or is not known;
   *   0 where rows are not simple
   */
  #fold({ columns, first, last, timesAt, areSimple }: TimedColumns): number {
    const { length, openTime, open, high, low, close, volume, turnover, trades } = columns;
    if (!areSimple || !this.#prepare(columns)) return 0;
    const { interval } = this;
    const timed = this.#timed;
    timed.reserve(mostBuckets(interval, columns));
    const { piece, first: firsts, last: lasts } = timed;
    const {
      openTime: openTimes,
      open: opens,
      high: highs,
      low: lows,
      close: closes,
      volume: volumeSums,
      turnover: turnoverSums,
      trades: tradeSums,
      source: sources,
    } = piece;
    const widthMs = (interval.seconds ?? 0) * 1000;
    let { end: rows } = timed;
    let end = this.#end;
    let at = 0;
    while (at < length) {
      const from = openTime[at] as number;
      const isOpen = rows > timed.start && from < end;
      const row = isOpen ? rows - 1 : rows;
      let bucket: number;
      let bucketTo = end;
      let highest: number;
      let lowest: number;
      let source = TRADES_CODE;
      let volumes = 0;
      let turnovers = 0;
      let count = 0;
      if (isOpen) {
        bucket = openTimes[row] as number;
        highest = highs[row] as number;
        lowest = lows[row] as number;
        source = Math.min(sources[row] as number, source);
        volumes = volumeSums[row] as number;
        turnovers = turnoverSums[row] as number;
        count = tradeSums[row] as number;
        if (!(turnovers >= 0 && count >= 0 && highest < SMALL_PRICE)) break;
      } else {
        // mostly the bucket after the one before, which needs no division
        bucket = from >= end && from < end + widthMs ? end : bucketOpen(interval, from);
        bucketTo = bucketEnd(interval, bucket);
        highest = high[at] as number;
        lowest = low[at] as number;
      }
      highest |= 0;
      lowest |= 0;
      let i = at;
      for (; i < length && (openTime[i] as number) < bucketTo; i += 1) {
        highest = larger(highest, (high[i] as number) | 0);
        lowest = smaller(lowest, (low[i] as number) | 0);
        volumes += volume[i] as number;
        turnovers += turnover[i] as number;
        count += trades[i] as number;
      }
      if (volumes + turnovers + count > Number.MAX_SAFE_INTEGER) break;
      if (!isOpen) {
        rows += 1;
        openTimes[row] = bucket;
        opens[row] = open[at] as number;
        firsts[row] = first[timesAt + at] as number;
        end = bucketTo;
      }
      highs[row] = highest;
      lows[row] = lowest;
      closes[row] = close[i - 1] as number;
      volumeSums[row] = volumes;
      turnoverSums[row] = turnovers;
      tradeSums[row] = count;
      sources[row] = source;
      lasts[row] = last[timesAt + i - 1] as number;
      at = i;
    }
    timed.end = rows;
    this.#end = end;
    return at;
  }

  /** Whether simple rows on these scales can be added to what is here. */
  #prepare(columns: CandleColumns): boolean {
    const { scales, length } = this.#timed;
    const isSame =
      columns.priceDecimals === scales.priceDecimals &&
      columns.volumeDecimals === scales.volumeDecimals &&
      columns.turnoverDecimals === scales.turnoverDecimals &&
      isPlain(scales);
    if (isSame) return true;
    if (length > 0) return false;
    this.#timed.clear(scalesOf(columns));
    return true;
  }

  /** Adds rows of whatever numbers and order that are in no bucket that is over: late trades, or a start that was missed. */
  add(more: TimedColumns): void {
    if (more.columns.length === 0) return;
    const merged = mergeTimed([this.#timed.view(this.interval), more], this.interval);
    this.#timed.replace(merged);
    this.#end = bucketEnd(this.interval, merged.columns.openTime.at(-1) as number);
  }

  /** Ends the subscriptions to it with an error. */
  fail(error: unknown): void {
    for (const listener of [...this.listeners, ...this.partialListeners]) listener.fail(error);
  }

  /** Adds watched time of the open bucket that was not known. */
  watch(observed: readonly TimeRange[]): void {
    this.#observed = normalizeRanges([...this.#observed, ...observed]);
  }

  /** The rows of this and the levels below that make up the bucket that opens at `open`, as far as it is closed. */
  rowsSince(open: number): TimedColumns[] {
    const own = this.#timed.view(this.interval);
    const isOwn = own.columns.length > 0 && (own.columns.openTime[0] as number) >= open;
    return [...(isOwn ? [own] : []), ...(this.below?.rowsSince(open) ?? [])];
  }

  /** How many seconds of the bucket that opens at `open` were watched. */
  coverage(open: number, sinceClosed: readonly TimeRange[]): Uint32Array {
    const ranges = normalizeRanges([...this.#observed, ...sinceClosed]);
    return observedSeconds(ranges, Float64Array.of(open), (at) => bucketEnd(this.interval, at));
  }
}

/** No more buckets than this hold ascending rows. */
function mostBuckets({ seconds }: Interval, { openTime, length }: CandleColumns): number {
  if (seconds === null) return length;
  const spanMs = (openTime[length - 1] as number) - (openTime[0] as number);
  return Math.min(length, Math.ceil(spanMs / (seconds * 1000)) + 1);
}
