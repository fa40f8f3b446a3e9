import { appendRange, bucketEnd, bucketOpen, type Interval, type TimeRange } from '@prate/domain';
import {
  type CandleColumns,
  concatColumns,
  foldRows,
  lowerBound,
  observedSeconds,
  sliceColumns,
} from '@prate/domain/candles';
import type { CandlesItem, FeedFact, Listener, Subscription } from '@prate/market-data-port';
import type { ClosedSeconds } from './symbol-seconds.ts';

/** What is known of one symbol's bucket that is still open. */
interface OpenBucket {
  rows: CandleColumns[];
  observed: TimeRange[];
}

interface Settle {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** So many chunks of an open bucket are folded into one, so that a day's candle does not keep a day's seconds. */
const MAX_CHUNKS = 64;

/** Closed seconds in, closed candles of one interval out. */
export class CandleSubscription implements Subscription {
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  readonly #interval: Interval;
  readonly #listener: Listener<CandlesItem>;
  readonly #open: ReadonlyMap<string, OpenBucket>;
  readonly #signal: AbortSignal | undefined;
  readonly #onClose: (subscription: CandleSubscription) => void;
  #settle: Settle | null = null;

  constructor(parts: {
    readonly symbols: readonly string[];
    readonly interval: Interval;
    readonly listener: Listener<CandlesItem>;
    readonly signal: AbortSignal | undefined;
    readonly onClose: (subscription: CandleSubscription) => void;
  }) {
    this.#interval = parts.interval;
    this.#listener = parts.listener;
    this.#open = new Map(parts.symbols.map((symbol) => [symbol, { rows: [], observed: [] }]));
    this.#signal = parts.signal;
    this.#onClose = parts.onClose;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const aborted = this.#signal?.aborted === true;
    this.ready = aborted ? Promise.reject(this.#signal?.reason) : Promise.resolve();
    // who does not look at them must not die of them
    this.ready.catch(() => {});
    this.done.catch(() => {});
    if (aborted) this.close();
    else this.#signal?.addEventListener('abort', this.#abort, { once: true });
  }

  get isOpen(): boolean {
    return this.#settle !== null;
  }

  seconds(symbol: string, { columns, observed, to }: ClosedSeconds): void {
    const bucket = this.#open.get(symbol);
    if (bucket === undefined) return;
    if (columns.length > 0) bucket.rows.push(columns);
    for (const range of observed) appendRange(bucket.observed, range.from, range.to);
    const end = bucketOpen(this.#interval, to); // buckets before this are over
    const first = bucket.rows[0]?.openTime[0];
    if (first !== undefined && first < end) this.#closeBefore(symbol, bucket, end);
    else if (bucket.rows.length > MAX_CHUNKS)
      bucket.rows = [foldRows(concatColumns(bucket.rows, this.#interval), this.#interval)];
    if (bucket.observed.length > 0 && (bucket.observed[0] as TimeRange).from < end)
      bucket.observed = since(bucket.observed, end);
  }

  #closeBefore(symbol: string, bucket: OpenBucket, end: number): void {
    const rows = concatColumns(bucket.rows, this.#interval);
    const split = lowerBound(rows.openTime, end, rows.length);
    bucket.rows = split < rows.length ? [sliceColumns(rows, split, rows.length)] : [];
    const candles = foldRows(sliceColumns(rows, 0, split), this.#interval);
    const coverage = observedSeconds(bucket.observed, candles.openTime, (open) => bucketEnd(this.#interval, open));
    this.#deliver({ kind: 'candles', symbol, candles: { ...candles, coverage } });
  }

  fact(item: FeedFact): void {
    this.#deliver(item);
  }

  #deliver(item: CandlesItem): void {
    if (this.#settle === null) return;
    try {
      this.#listener(item);
    } catch (error) {
      this.fail(error);
    }
  }

  close(): void {
    this.#end()?.resolve();
  }

  fail(error: unknown): void {
    this.#end()?.reject(error);
  }

  readonly #abort = (): void => this.close();

  #end(): Settle | null {
    const settle = this.#settle;
    this.#settle = null;
    this.#signal?.removeEventListener('abort', this.#abort);
    if (settle !== null) this.#onClose(this);
    return settle;
  }
}

const since = (ranges: readonly TimeRange[], from: number): TimeRange[] =>
  ranges.filter((range) => range.to > from).map((range) => ({ from: Math.max(range.from, from), to: range.to }));
