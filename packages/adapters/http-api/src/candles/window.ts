import { bucketCeil, bucketEnd, type Interval, type Series, type TimeRange } from '@prate/domain';
import { type CandleColumns, concatColumns, emptyColumns, sliceColumns } from '@prate/domain/candles';
import type { CallOptions } from '@prate/runtime';
import type { StoredCandles } from '../candle-sources.ts';
import { MOST_ROWS } from '../schema/requests.ts';
import { ApiError } from '../server/api-error.ts';

export interface WindowShape {
  readonly fill: 'none' | 'flat';
  readonly observedOnly: boolean;
}

/** A stretch of time and its candles. */
export interface CandleWindow {
  readonly from: number;
  readonly to: number;
  readonly columns: CandleColumns;
  /** Whole buckets of which nothing is known. */
  readonly gaps: readonly TimeRange[];
  /** The end of what is stored before `from`, at most `from`; null where nothing is. */
  readonly earlier: number | null;
}

/** How far back is looked at first for what is stored before a window; then twice as far, and so on. */
const FIRST_LOOK_MS = 3_600_000;
/** More holes than this are looked at in one go. */
const MOST_HOLES = 8;
/** A window that reaches back over stretches without candles is made of at most so many. */
const MOST_PARTS = 8;

/** Windows of the candles of one series, out of the store. */
export class WindowReader {
  readonly #stored: StoredCandles;
  readonly #series: Series;
  readonly #interval: Interval;
  readonly #shape: WindowShape;
  readonly #options: CallOptions;

  constructor(stored: StoredCandles, series: Series, interval: Interval, shape: WindowShape, options: CallOptions) {
    this.#stored = stored;
    this.#series = series;
    this.#interval = interval;
    this.#shape = shape;
    this.#options = options;
  }

  /** The buckets whose open lies in `[from, to)`. @throws ApiError for more than MOST_ROWS of them */
  async range(from: number, to: number): Promise<CandleWindow> {
    const end = Math.max(from, to);
    if (bucketsIn(this.#interval, from, end) > MOST_ROWS) {
      const message = `a window holds at most ${MOST_ROWS} buckets: ask for a shorter one, or for a wider interval`;
      throw new ApiError(400, 'WINDOW_TOO_LARGE', message);
    }
    const part = await this.#read(from, end);
    return { from, to: end, ...part, earlier: await this.#storedBefore(from) };
  }

  /** The last `count` candles that open before `before`; stretches of which nothing is known are stepped over. */
  async last(count: number, before: number): Promise<CandleWindow> {
    const to = bucketCeil(this.#interval, before);
    const parts: { readonly columns: CandleColumns; readonly gaps: readonly TimeRange[] }[] = [];
    let from = to;
    let end: number | null = to;
    for (let left = count; end !== null && left > 0 && parts.length < MOST_PARTS; ) {
      if (end < from) parts.unshift({ columns: emptyColumns(this.#interval), gaps: [{ from: end, to: from }] });
      const start = Math.max(0, bucketsBack(this.#interval, end, left));
      const part = await this.#read(start, end);
      parts.unshift(part);
      left -= part.columns.length;
      from = start;
      const earlier = await this.#storedBefore(start);
      end = earlier === null ? null : bucketCeil(this.#interval, earlier);
    }
    const columns = concatColumns(
      parts.map((part) => part.columns).filter(({ length }) => length > 0),
      this.#interval,
    );
    const kept = sliceColumns(columns, Math.max(0, columns.length - count), columns.length);
    const isCut = kept.length < columns.length;
    const start = isCut ? (kept.openTime[0] as number) : from;
    return {
      from: start,
      to,
      columns: kept,
      gaps: joined(parts.flatMap(({ gaps }) => gaps)).filter((gap) => gap.to > start),
      earlier: isCut ? start : end,
    };
  }

  async #read(from: number, to: number): Promise<{ columns: CandleColumns; gaps: TimeRange[] }> {
    if (from >= to) return { columns: emptyColumns(this.#interval), gaps: [] };
    const columns = await this.#ask(from, to, this.#shape.fill);
    const holes = missing(columns, from, to);
    return { columns, gaps: this.#shape.fill === 'flat' ? holes : await this.#gapsAmong(holes) };
  }

  /** Filled flat, a bucket that was watched is a row. That costs more to read, so only where there are holes. */
  async #gapsAmong(holes: readonly TimeRange[]): Promise<TimeRange[]> {
    const [first, last] = [holes[0], holes.at(-1)];
    if (first === undefined || last === undefined) return [];
    const gaps: TimeRange[] = [];
    for (const { from, to } of holes.length <= MOST_HOLES ? holes : [{ from: first.from, to: last.to }]) {
      gaps.push(...missing(await this.#ask(from, to, 'flat'), from, to));
    }
    return gaps;
  }

  #ask(from: number, to: number, fill: 'none' | 'flat'): Promise<CandleColumns> {
    const { observedOnly } = this.#shape;
    return this.#stored.getColumns(this.#series, from, to, this.#interval, { fill, observedOnly, ...this.#options });
  }

  /** The end of the watched time before `time`, at most `time`. */
  async #storedBefore(time: number): Promise<number | null> {
    let to = time;
    for (let lookMs = FIRST_LOOK_MS; to > 0; lookMs *= 2) {
      const from = Math.max(0, time - lookMs);
      const steps = await this.#stored.coverage(this.#series, { from, to }, this.#options);
      const ends = steps.flatMap(({ observed }) => observed.at(-1)?.to ?? []);
      if (ends.length > 0) return Math.max(...ends);
      to = from;
    }
    return null;
  }
}

/** The open of the bucket `count` before the one that opens at `open`. */
export function bucketsBack(interval: Interval, open: number, count: number): number {
  if (interval.seconds !== null) return open - count * interval.seconds * 1000;
  const date = new Date(open);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - count, 1);
}

/** How many buckets open in `[from, to)`, of a month about. */
const bucketsIn = (interval: Interval, from: number, to: number): number =>
  (to - from) / ((interval.seconds ?? 28 * 86_400) * 1000);

/** The stretches of buckets in `[from, to)` that have no row. */
function missing(columns: CandleColumns, from: number, to: number): TimeRange[] {
  const { interval, openTime, length } = columns;
  const gaps: TimeRange[] = [];
  let next = bucketCeil(interval, from);
  for (let i = 0; i < length; i += 1) {
    const open = openTime[i] as number;
    if (open > next) gaps.push({ from: next, to: open });
    next = bucketEnd(interval, open);
  }
  const end = bucketCeil(interval, to);
  if (end > next) gaps.push({ from: next, to: end });
  return gaps;
}

function joined(gaps: readonly TimeRange[]): TimeRange[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of gaps) {
    const last = result.at(-1);
    if (last?.to === from) last.to = to;
    else result.push({ from, to });
  }
  return result;
}
