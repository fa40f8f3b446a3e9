import {
  type IntervalInput,
  InvalidInputError,
  PrateError,
  type Series,
  toInterval,
  type VenueId,
} from '@prate/domain';
import { concatColumns, type TradeColumns } from '@prate/domain/candles';
import type {
  CandlesItem,
  Listener,
  MarketDataPort,
  SubscribeOptions,
  Subscription,
  TradesItem,
} from '@prate/market-data-port';
import type { CandleAggregator } from './candle-aggregator.ts';
import { CandleSubscription } from './candle-subscription.ts';
import { reviseSeconds, splitLate } from './late-trades.ts';
import { SECOND, SECOND_MS, secondOf } from './seconds.ts';
import { type ClosedSeconds, SymbolSeconds } from './symbol-seconds.ts';

export interface LiveCandlesOptions {
  readonly market: Pick<MarketDataPort, 'trades' | 'venue'>;
  readonly symbols: readonly string[];
  /** Where the seconds are stored. */
  readonly aggregator: CandleAggregator;
  /** How many seconds of market time wait in memory before they are stored together, from 1 up. Default 10. */
  readonly secondsPerWrite?: number | undefined;
}

/** What a live feed has come to so far. */
export interface LiveStats {
  readonly trades: number;
  /** Candles of one second that are stored. */
  readonly stored: number;
  /** Stored seconds that late trades changed. */
  readonly revised: number;
  readonly gaps: number;
  /** The time that the feed has told so far, in whole seconds, epoch ms; null before its first second has closed. */
  readonly from: number | null;
  readonly to: number | null;
}

interface Failure {
  readonly error: unknown;
}

/**
 * Turns a market's trades into candles while they happen: seconds go into the store, and closed candles of any interval
 * to whoever subscribes. A quiet stretch that the feed vouches for by heartbeats is watched time; a gap is not.
 *
 * A trade that comes after its second was closed revises the stored second; it never lands in another one. Candles that
 * subscribers have got already are not told again.
 *
 * One run over one feed. When the feed ends, everything is stored and the subscriptions end, as by `stop()`.
 */
export class LiveCandles implements Pick<MarketDataPort, 'candles'> {
  readonly venue: VenueId;
  readonly #market: LiveCandlesOptions['market'];
  readonly #aggregator: CandleAggregator;
  readonly #secondsPerWrite: number;
  readonly #seconds: ReadonlyMap<string, SymbolSeconds>;
  readonly #waiting = new Map<string, ClosedSeconds[]>();
  readonly #listeners = new Set<CandleSubscription>();
  #feed: Subscription | null = null;
  #writes: Promise<void> | null = null;
  #failure: Failure | null = null;
  #ending: Promise<void> | null = null;
  /** Writes in a row that the store could not take just then. */
  #refused = 0;
  readonly #stats = {
    trades: 0,
    stored: 0,
    revised: 0,
    gaps: 0,
    from: null as number | null,
    to: null as number | null,
  };

  /** @throws InvalidInputError for no symbol, or for a `secondsPerWrite` that is no whole number from 1 up */
  constructor({ market, symbols, aggregator, secondsPerWrite = 10 }: LiveCandlesOptions) {
    if (symbols.length === 0) throw new InvalidInputError("symbols must be one at least, such as ['BTC_USDT']");
    if (!(Number.isSafeInteger(secondsPerWrite) && secondsPerWrite > 0)) {
      throw new InvalidInputError(`secondsPerWrite must be a whole number from 1 up, not ${secondsPerWrite}`);
    }
    this.venue = market.venue;
    this.#market = market;
    this.#aggregator = aggregator;
    this.#secondsPerWrite = secondsPerWrite;
    this.#seconds = new Map(symbols.map((symbol) => [symbol, new SymbolSeconds()]));
  }

  /** As of now. */
  get stats(): LiveStats {
    return { ...this.#stats };
  }

  /**
   * Subscribes to the market's trades.
   * @returns the feed; its `done` resolves when all that it told is stored, and rejects when the feed or the store failed;
   *   `close()` is `stop()` without waiting
   * @throws TypeError when it was started or stopped before
   */
  start(options: SubscribeOptions = {}): Subscription {
    if (this.#feed !== null || this.#ending !== null) {
      throw new TypeError('a LiveCandles starts once: make a new one for another run');
    }
    const feed = this.#market.trades([...this.#seconds.keys()], (item) => this.#take(item), options);
    this.#feed = feed;
    const done = feed.done.then(
      () => this.#end(options.signal?.aborted === true || this.#failure !== null),
      (error: unknown) => this.#end(true, { error }),
    );
    // who does not look at it must not die of it: idle() and stop() tell the same
    done.catch(() => {});
    return { ready: feed.ready, done, close: () => void this.#end(true) };
  }

  /**
   * Resolves when the writes under way are done; undefined when none is. Rejects when the feed or the store failed. A
   * replaying market awaits it between events: then what is stored when is the same in every run, and no more than
   * `secondsPerWrite` seconds wait in memory.
   */
  idle(): Promise<void> | undefined {
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    return this.#writes?.then(() => this.#ensureNoFailure());
  }

  /**
   * Stores every closed second that waits: what is asked of the store next knows all that the feed has told.
   * @throws what made the feed or the store fail
   */
  async flush(): Promise<void> {
    for (const symbol of this.#seconds.keys()) this.#write(symbol);
    await this.idle();
  }

  /**
   * Ends the feed, stores everything, and ends the subscriptions. The second that was still open is stored as one that
   * was not watched whole. May be called twice.
   * @throws what made the feed or the store fail
   */
  async stop(): Promise<void> {
    await this.#end(true);
  }

  /**
   * Closed candles of any interval, as soon as the feed has told of a later second; buckets without a trade have none.
   * Ends with the feed.
   * @throws InvalidInputError for a symbol that is not among this one's, or a bad interval
   */
  candles(
    symbols: readonly string[],
    interval: IntervalInput,
    listener: Listener<CandlesItem>,
    { signal }: SubscribeOptions = {},
  ): Subscription {
    const known = [...this.#seconds.keys()];
    const strange = symbols.find((symbol) => !known.includes(symbol));
    if (symbols.length === 0 || strange !== undefined) {
      throw new InvalidInputError(`symbols must be some of ${known.join(', ')}, not '${strange ?? ''}'`);
    }
    const onClose = (closed: CandleSubscription): void => void this.#listeners.delete(closed);
    const subscription = new CandleSubscription({ symbols, interval: toInterval(interval), listener, signal, onClose });
    if (this.#ending !== null) subscription.close();
    if (subscription.isOpen) this.#listeners.add(subscription);
    return subscription;
  }

  #take(item: TradesItem): void {
    if (item.kind === 'trades') {
      const seconds = this.#seconds.get(item.symbol);
      if (seconds === undefined) return;
      this.#stats.trades += item.trades.length;
      this.#add(item.symbol, seconds, item.trades);
      this.#closed(item.symbol, seconds.close());
      return;
    }
    for (const [symbol, seconds] of this.#seconds) {
      if (item.kind === 'heartbeat') seconds.heartbeat(item.timeMs);
      else seconds.gap(item.fromMs, item.toMs);
      this.#closed(symbol, seconds.close());
    }
    if (item.kind === 'gap') this.#stats.gaps += 1;
    for (const listener of this.#listeners) listener.fact(item);
  }

  #add(symbol: string, seconds: SymbolSeconds, trades: TradeColumns): void {
    const closedUntil = seconds.closedUntil ?? Number.NEGATIVE_INFINITY;
    if (ascendsFrom(trades.time, closedUntil)) {
      seconds.add(trades);
      return;
    }
    const { late, timely } = splitLate(trades, closedUntil);
    seconds.add(timely);
    if (late.length > 0) {
      this.#write(symbol);
      this.#queue(() => this.#revise(symbol, late));
    }
  }

  #closed(symbol: string, closed: ClosedSeconds | null): void {
    if (closed === null) return;
    this.#stats.from = Math.min(this.#stats.from ?? closed.from, closed.from);
    this.#stats.to = Math.max(this.#stats.to ?? closed.to, closed.to);
    const waiting = this.#waiting.get(symbol) ?? [];
    waiting.push(closed);
    this.#waiting.set(symbol, waiting);
    for (const listener of this.#listeners) listener.seconds(symbol, closed);
    if (closed.to - (waiting[0] as ClosedSeconds).from >= this.#secondsPerWrite * SECOND_MS) this.#write(symbol);
  }

  #write(symbol: string): void {
    const waiting = this.#waiting.get(symbol);
    if (waiting === undefined) return;
    this.#waiting.delete(symbol);
    this.#queue(async () => {
      const columns = concatColumns(
        waiting.map((closed) => closed.columns),
        SECOND,
      );
      const observed = waiting.flatMap((closed) => closed.observed);
      try {
        const result = await this.#aggregator.store(this.#series(symbol), { columns, observed });
        this.#stats.stored += result.added + result.replaced + result.unchanged;
        this.#refused = 0;
      } catch (error) {
        this.#refused += 1;
        if (!isRetryable(error) || this.#refused > MAX_REFUSED || this.#ending !== null) throw error;
        // a lock that another process holds: with the next second it is tried again
        this.#waiting.set(symbol, [...waiting, ...(this.#waiting.get(symbol) ?? [])]);
      }
    });
  }

  async #revise(symbol: string, late: TradeColumns): Promise<void> {
    const from = secondOf(late.time[0] as number);
    const to = (late.time[late.length - 1] as number) + 1;
    const series = this.#series(symbol);
    const stored = await this.#aggregator.getColumns(series, from, to, SECOND, { observedOnly: true });
    const result = await this.#aggregator.store(series, { columns: reviseSeconds(stored, late) });
    this.#stats.revised += result.added + result.replaced;
  }

  /** One write after the other; the first failure ends the feed and stays. */
  #queue(work: () => Promise<void>): void {
    const done = (this.#writes ?? Promise.resolve())
      .then(() => (this.#failure === null ? work() : undefined))
      .catch((error: unknown) => {
        this.#failure ??= { error };
        this.#feed?.close();
      })
      .then(() => {
        if (this.#writes === done) this.#writes = null;
      });
    this.#writes = done;
  }

  #end(cutOff: boolean, feedFailure: Failure | null = null): Promise<void> {
    this.#ending ??= this.#finish(cutOff, feedFailure);
    this.#ending.catch(() => {}); // told to whoever awaits it
    return this.#ending;
  }

  async #finish(cutOff: boolean, feedFailure: Failure | null): Promise<void> {
    this.#feed?.close();
    for (const [symbol, seconds] of this.#seconds) {
      this.#closed(symbol, seconds.closeAll(cutOff));
      this.#write(symbol);
    }
    const failure = this.#failure ?? feedFailure;
    for (const listener of this.#listeners) {
      if (failure === null) listener.close();
      else listener.fail(failure.error);
    }
    await this.#writes;
    this.#failure ??= feedFailure; // only now: what a broken feed told is stored all the same
    this.#ensureNoFailure();
  }

  #ensureNoFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #series(symbol: string): Series {
    return { venue: this.venue, symbol };
  }
}

/** After so many in a row the store is taken to be gone. */
const MAX_REFUSED = 5;

const isRetryable = (error: unknown): boolean => PrateError.is(error) && error.retryable;

function ascendsFrom(times: Float64Array, from: number): boolean {
  let last = from;
  for (const time of times) {
    if (time < last) return false;
    last = time;
  }
  return true;
}
