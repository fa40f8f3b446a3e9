import { appendRange, bucketEnd, bucketOpen, type Interval, normalizeRanges, type TimeRange } from '@prate/domain';
import { type CandleColumns, ColumnsWriter, observedSeconds, type Scales, scalesOf } from '@prate/domain/candles';
import type { CandlesItem } from '@prate/market-data-port';
import type { LiveSubscription, PartialItem } from './live-subscription.ts';
import { mergeTimed, sliceTimed, type TimedColumns } from './timed-columns.ts';

const NO_SCALES: Scales = {
  priceDecimals: 0,
  volumeDecimals: 0,
  turnoverDecimals: 0,
  bigVolume: false,
  bigTurnover: false,
};

/**
 * The candles of one symbol at one interval, made of the closed candles of the level below it; of closed seconds where
 * there is none. Keeps one row: the bucket that is not over.
 */
export class Level {
  readonly interval: Interval;
  readonly below: Level | null;
  readonly listeners: Set<LiveSubscription<CandlesItem>> = new Set();
  readonly partialListeners: Set<LiveSubscription<PartialItem>> = new Set();
  /** The bucket that is not over in its first row, where something traded in it; before it, for a moment, closed ones. */
  #rows = new ColumnsWriter(NO_SCALES, 1);
  #first: Float64Array = new Float64Array(1);
  #last: Float64Array = new Float64Array(1);
  #bucketEnd = Number.NEGATIVE_INFINITY;
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

  /** The open bucket as one row, or none; views that the next call overwrites. */
  get row(): TimedColumns {
    const { length } = this.#rows;
    return {
      columns: this.#rows.finish(this.interval),
      first: this.#first.subarray(0, length),
      last: this.#last.subarray(0, length),
    };
  }

  /**
   * Takes closed candles of the level below.
   * @param to   everything before it is closed
   * @param observed which of the time since the last call was watched
   * @returns the candles that are over now, null for none
   */
  take(given: TimedColumns | null, to: number, observed: readonly TimeRange[]): TimedColumns | null {
    if (this.interval.seconds === 1) {
      this.closed = given !== null && given.columns.length > 0 ? given : null;
      return this.closed;
    }
    for (const range of observed) appendRange(this.#observed, range.from, range.to);
    if (given !== null && given.columns.length > 0) {
      if (!this.#fold(given)) this.#keep(mergeTimed([this.row, given], this.interval));
    }
    this.closed = this.#rows.length > 0 ? this.#closeBefore(to) : null;
    const open = this.openOf(to);
    if (this.#observed.length > 0 && (this.#observed[0] as TimeRange).from < open) this.#observed = since(this.#observed, open);
    return this.closed;
  }

  #closeBefore(to: number): TimedColumns | null {
    const rows = this.#rows;
    const over = to >= this.#bucketEnd ? rows.length : rows.length - 1;
    if (over === 0) return null;
    const { columns, first, last } = this.row;
    const copy = new ColumnsWriter(rows.scales, over);
    copy.append(columns, 0, over);
    const closed = copy.finish(this.interval);
    const coverage = observedSeconds(this.#observed, closed.openTime, (open) => bucketEnd(this.interval, open));
    const taken = { columns: { ...closed, coverage }, first: first.slice(0, over), last: last.slice(0, over) };
    if (over < rows.length) this.#moveLastToFront();
    else rows.length = 0;
    return taken;
  }

  #moveLastToFront(): void {
    const rows = this.#rows;
    const { openTime, open, high, low, close, volume, turnover, trades, source, length } = rows;
    for (const values of [openTime, open, high, low, close, volume, turnover, trades, source, this.#first, this.#last])
      values.copyWithin(0, length - 1, length);
    rows.length = 1;
  }

  #keep({ columns, first, last }: TimedColumns): void {
    this.#rows = new ColumnsWriter(scalesOf(columns), columns.length);
    this.#rows.append(columns);
    this.#first = first;
    this.#last = last;
    this.#bucketEnd = bucketEnd(this.interval, columns.openTime[columns.length - 1] as number);
  }

  /** Adds rows as whole numbers in doubles. Returns false, with nothing done, where a sum might leave their 53 bits. */
  #fold({ columns, first, last }: TimedColumns): boolean {
    if (!this.#canFold(columns)) return false;
    const { length, openTime, open, high, low, close, volume, turnover, trades, source } = columns;
    const rows = this.#rows;
    this.#reserve(length);
    let row = rows.length - 1;
    let end = row < 0 ? Number.NEGATIVE_INFINITY : this.#bucketEnd;
    for (let i = 0; i < length; i += 1) {
      const at = openTime[i] as number;
      if (at >= end) {
        row += 1;
        const bucket = bucketOpen(this.interval, at);
        end = bucketEnd(this.interval, bucket);
        rows.openTime[row] = bucket;
        rows.open[row] = open[i] as number;
        rows.high[row] = high[i] as number;
        rows.low[row] = low[i] as number;
        rows.volume[row] = volume[i] as number;
        rows.turnover[row] = turnover[i] as number;
        rows.trades[row] = trades[i] as number;
        rows.source[row] = source[i] as number;
        this.#first[row] = first[i] as number;
      } else {
        if ((high[i] as number) > (rows.high[row] as number)) rows.high[row] = high[i] as number;
        if ((low[i] as number) < (rows.low[row] as number)) rows.low[row] = low[i] as number;
        rows.volume[row] = (rows.volume[row] as number) + (volume[i] as number);
        rows.turnover[row] = (rows.turnover[row] as number) + (turnover[i] as number);
        rows.trades[row] = (rows.trades[row] as number) + (trades[i] as number);
        if ((source[i] as number) < (rows.source[row] as number)) rows.source[row] = source[i] as number;
      }
      rows.close[row] = close[i] as number;
      this.#last[row] = last[i] as number;
    }
    rows.length = row + 1;
    this.#bucketEnd = end;
    return true;
  }

  #canFold(columns: CandleColumns): boolean {
    const scales = scalesOf(columns);
    const now = this.#rows;
    if (scales.bigVolume || scales.bigTurnover) return false;
    const same =
      scales.priceDecimals === now.scales.priceDecimals &&
      scales.volumeDecimals === now.scales.volumeDecimals &&
      scales.turnoverDecimals === now.scales.turnoverDecimals &&
      !now.scales.bigVolume &&
      !now.scales.bigTurnover;
    if (now.length > 0 && (!same || (now.turnover[0] as number) < 0 || (now.trades[0] as number) < 0)) return false;
    let volumes = now.length > 0 ? (now.volume[0] as number) : 0;
    let turnovers = now.length > 0 ? (now.turnover[0] as number) : 0;
    for (let i = 0; i < columns.length; i += 1) {
      volumes += columns.volume[i] as number;
      turnovers += columns.turnover[i] as number;
      if ((columns.turnover[i] as number) < 0 || (columns.trades[i] as number) < 0) return false;
    }
    if (volumes > Number.MAX_SAFE_INTEGER || turnovers > Number.MAX_SAFE_INTEGER) return false;
    if (!same) this.#rows = new ColumnsWriter(scales, this.#first.length);
    return true;
  }

  #reserve(count: number): void {
    this.#rows.reserve(count);
    const capacity = this.#rows.openTime.length;
    if (this.#first.length >= capacity) return;
    const [first, last] = [this.#first, this.#last];
    this.#first = new Float64Array(capacity);
    this.#last = new Float64Array(capacity);
    this.#first.set(first);
    this.#last.set(last);
  }

  /** Adds late trades of the open bucket, or what the store knows of its beginning. */
  add(more: TimedColumns): void {
    if (more.columns.length > 0) this.#keep(mergeTimed([this.row, more], this.interval));
  }

  watch(observed: readonly TimeRange[]): void {
    this.#observed = normalizeRanges([...this.#observed, ...observed]);
  }

  /** The rows of this and the levels below that make up the bucket that opens at `open`, as far as it is closed. */
  rowsSince(open: number): TimedColumns[] {
    const own = this.row;
    const isOwn = own.columns.length > 0 && (own.columns.openTime[0] as number) >= open;
    return [...(isOwn ? [own] : []), ...(this.below?.rowsSince(open) ?? [])];
  }

  /** How many seconds of the bucket that opens at `open` were watched. */
  coverage(open: number, sinceClosed: readonly TimeRange[]): Uint32Array {
    const ranges = normalizeRanges([...this.#observed, ...sinceClosed]);
    return observedSeconds(ranges, Float64Array.of(open), (at) => bucketEnd(this.interval, at));
  }
}

const since = (ranges: readonly TimeRange[], from: number): TimeRange[] =>
  ranges.filter((range) => range.to > from).map((range) => ({ from: Math.max(range.from, from), to: range.to }));
