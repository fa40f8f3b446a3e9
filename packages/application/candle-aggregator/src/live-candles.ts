import { type IntervalInput, InvalidInputError, toInterval, type VenueId } from '@prate/domain';
import type { CandleColumns, TradeColumns } from '@prate/domain/candles';
import {
  type CandlesItem,
  type Gap,
  gapAmong,
  type Heartbeat,
  isGapOf,
  type Listener,
  type MarketDataPort,
  type SubscribeOptions,
  type Subscription,
  type TradesItem,
} from '@prate/market-data-port';
import type { CandleAggregator } from './candle-aggregator.ts';
import type { Level } from './level.ts';
import { isRetryable, LiveStore } from './live-store.ts';
import { LiveSubscription, type PartialItem } from './live-subscription.ts';
import { SECOND_MS } from './seconds.ts';
import { SymbolCandles } from './symbol-candles.ts';
import type { ClosedSeconds } from './symbol-seconds.ts';

export interface LiveCandlesOptions {
  readonly market: Pick<MarketDataPort, 'trades' | 'venue'>;
  readonly symbols: readonly string[];
  /** Where the seconds are stored. */
  readonly aggregator: CandleAggregator;
  /**
   * How long a second waits for its trades after its end, in ms of market time, from 0 up: so long, trades may come in any
   * order, and so much later candles are told. Default 1000: venues send trades in batches of some 100 ms, and from more
   * machines than one. 0 for a feed that is in order, such as a file.
   */
  readonly latenessMs?: number | undefined;
  /**
   * Whether the feed begins in the middle of what happens, as every live one does: then the second of a symbol's first trade
   * is not watched whole. Default false: a file tells its first second from its beginning.
   */
  readonly joinsMidway?: boolean | undefined;
  /** How many seconds of market time wait in memory before they are stored together, from 1 up. Default 10. */
  readonly secondsPerWrite?: number | undefined;
}

/** What a live feed has come to so far. */
export interface LiveStats {
  /** Trades that were taken, each once. */
  readonly trades: number;
  /** Trades that were told again, and left out. */
  readonly duplicates: number;
  /** Trades that came when their second was closed. */
  readonly late: number;
  /** Candles of one second that are stored. */
  readonly stored: number;
  /** Seconds that were stored again with late trades in them. */
  readonly revised: number;
  /** Late trades that were not stored: what is stored of their second is damaged. */
  readonly lost: number;
  readonly gaps: number;
  /** The time that the feed has told so far, in whole seconds, epoch ms; null before its first second has closed. */
  readonly from: number | null;
  readonly to: number | null;
}

/**
 * Turns a market's trades into candles while they happen: seconds go into the store, and closed candles of any interval
 * to whoever subscribes. A quiet stretch that the feed vouches for by heartbeats is watched time; a gap is not.
 *
 * Within `latenessMs` trades may come in any order: open and close follow their time, and at one time the order in which
 * they came. A later one revises the stored second, and the candles that hold it: those that are over are told again as
 * revisions. Where its second closed no more than 512 seconds before, the outcome is that of a trade in time; in an older
 * one, or one of an earlier run, open and close stay. No trade lands in the wrong candle.
 *
 * A trade whose id was told before is left out (see SeenIds for how many ids are remembered).
 *
 * One run over one feed. When the feed ends, everything is stored and the subscriptions end, as by `stop()`.
 */
export class LiveCandles implements Pick<MarketDataPort, 'candles'> {
  readonly venue: VenueId;
  readonly #market: LiveCandlesOptions['market'];
  readonly #waitMs: number;
  readonly #symbols: ReadonlyMap<string, SymbolCandles>;
  readonly #store: LiveStore;
  /** And their symbols. */
  readonly #listeners = new Map<LiveSubscription<CandlesItem>, ReadonlySet<string>>();
  readonly #partialListeners = new Set<LiveSubscription<PartialItem>>();
  #feed: Subscription | null = null;
  #ending: Promise<void> | null = null;
  readonly #stats = {
    trades: 0,
    duplicates: 0,
    late: 0,
    gaps: 0,
    from: null as number | null,
    to: null as number | null,
  };

  /** @throws InvalidInputError for no symbol, or for a `latenessMs` or `secondsPerWrite` that is out of its range */
  constructor(options: LiveCandlesOptions) {
    const { market, symbols, aggregator, latenessMs = 1000, joinsMidway = false, secondsPerWrite = 10 } = options;
    if (symbols.length === 0) throw new InvalidInputError("symbols must be one at least, such as ['BTC_USDT']");
    if (!(Number.isSafeInteger(latenessMs) && latenessMs >= 0)) {
      throw new InvalidInputError(`latenessMs must be a whole number from 0 up, not ${latenessMs}`);
    }
    if (!(Number.isSafeInteger(secondsPerWrite) && secondsPerWrite > 0)) {
      throw new InvalidInputError(`secondsPerWrite must be a whole number from 1 up, not ${secondsPerWrite}`);
    }
    this.venue = market.venue;
    this.#market = market;
    this.#waitMs = secondsPerWrite * SECOND_MS;
    this.#symbols = new Map(symbols.map((symbol) => [symbol, new SymbolCandles(symbol, latenessMs, joinsMidway)]));
    this.#store = new LiveStore(aggregator, market.venue, () => this.#feed?.close());
  }

  /** As of now. */
  get stats(): LiveStats {
    const { stored, revised, lost } = this.#store;
    return { ...this.#stats, stored, revised, lost };
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
    const feed = this.#market.trades([...this.#symbols.keys()], (item) => this.#take(item), options);
    this.#feed = feed;
    const done = feed.done.then(
      () => this.#end(options.signal?.aborted === true || this.#store.failure !== null),
      (error: unknown) => this.#end(true, { error }),
    );
    // who does not look at it must not die of it: idle() and stop() tell the same
    done.catch(() => {});
    return { ready: feed.ready, done, close: () => void this.#end(true) };
  }

  /**
   * Resolves when the work with the store that is under way is done; undefined when none is. Rejects when the feed or the
   * store failed. A replaying market awaits it between events: then what is stored and told when is the same in every run,
   * and no more than `secondsPerWrite` seconds wait in memory.
   */
  idle(): Promise<void> | undefined {
    return this.#store.idle();
  }

  /**
   * Stores every closed second that waits: what is asked of the store next knows all that the feed has told.
   * @throws what made the feed or the store fail; a retryable error, such as STORE_BUSY, where the store refused it just
   *   now: then the seconds wait on
   */
  async flush(): Promise<void> {
    await this.#store.flush();
  }

  /** Everything of a symbol before this time, epoch ms, is closed; null where the feed has told nothing of it. */
  closedUntil(symbol: string): number | null {
    return this.#symbols.get(symbol)?.seconds.closedUntil ?? null;
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
   * Closed candles of any interval, as soon as the feed has told of a time `latenessMs` after their end; buckets without a
   * trade have none. A candle that a late trade changes afterwards is told again as a revision, when it is stored. Of a
   * bucket that was open when the subscription or the run began, the candle holds what the store knew of its start; where
   * it ends before the store has answered (see `idle`), its coverage says what is missing. Ends with the feed, and fails where
   * the store cannot read what it needs, such as a damaged block.
   * @throws InvalidInputError for a symbol that is not among this one's, or a bad interval
   */
  candles(
    symbols: readonly string[],
    interval: IntervalInput,
    listener: Listener<CandlesItem>,
    { signal }: SubscribeOptions = {},
  ): Subscription {
    const levels = this.#levelsOf(symbols, interval);
    const subscription = new LiveSubscription(listener, signal, (closed) => {
      this.#listeners.delete(closed);
      for (const level of levels) level.listeners.delete(closed);
      this.#release(symbols, levels);
    });
    if (this.#ending !== null) subscription.close();
    if (subscription.isOpen) {
      this.#listeners.set(subscription, new Set(symbols));
      for (const level of levels) level.listeners.add(subscription);
    }
    return subscription;
  }

  /**
   * The candle of the current bucket after each word of trades that came for its symbol, over or not; otherwise as
   * `candles`. Late trades of buckets before are not told here.
   * @throws InvalidInputError for a symbol that is not among this one's, or a bad interval
   */
  partials(
    symbols: readonly string[],
    interval: IntervalInput,
    listener: Listener<PartialItem>,
    { signal }: SubscribeOptions = {},
  ): Subscription {
    const levels = this.#levelsOf(symbols, interval);
    const subscription = new LiveSubscription(listener, signal, (closed) => {
      this.#partialListeners.delete(closed);
      for (const level of levels) level.partialListeners.delete(closed);
      this.#release(symbols, levels);
    });
    if (this.#ending !== null) subscription.close();
    if (subscription.isOpen) {
      this.#partialListeners.add(subscription);
      for (const level of levels) level.partialListeners.add(subscription);
    }
    return subscription;
  }

  /**
   * The candle of the bucket that holds the latest time told of a symbol, as one row: every trade so far, and what the
   * store knew of the bucket's start. Its coverage is the share watched so far. Null where nothing has traded in it.
   * @throws InvalidInputError for a symbol that is not among this one's, or a bad interval, and what made the feed or the
   *   store fail
   */
  async partial(symbol: string, interval: IntervalInput): Promise<CandleColumns | null> {
    const levels = this.#levelsOf([symbol], interval);
    try {
      await this.idle();
      return (this.#symbols.get(symbol) as SymbolCandles).partial(levels[0] as Level);
    } finally {
      this.#release([symbol], levels);
    }
  }

  #levelsOf(symbols: readonly string[], input: IntervalInput): Level[] {
    const strange = symbols.find((symbol) => !this.#symbols.has(symbol));
    if (symbols.length === 0 || strange !== undefined) {
      throw new InvalidInputError(
        `symbols must be some of ${[...this.#symbols.keys()].join(', ')}, not '${strange ?? ''}'`,
      );
    }
    const interval = toInterval(input);
    return symbols.map((name) => {
      const symbol = this.#symbols.get(name) as SymbolCandles;
      const { level, isNew } = symbol.level(interval);
      const { hasClosed, closedUntil } = symbol.seconds;
      if (isNew && hasClosed) this.#lookUpStart(symbol, level, closedUntil as number);
      return level;
    });
  }

  #release(symbols: readonly string[], levels: readonly Level[]): void {
    if (this.#ending !== null) return; // what was told last can still be asked for
    for (const [i, name] of symbols.entries()) this.#symbols.get(name)?.release(levels[i] as Level);
  }

  /** Asks the store for what happened in a level's first bucket before `to`. */
  #lookUpStart(symbol: SymbolCandles, level: Level, to: number): void {
    const missed = symbol.missedStart(level, to);
    if (missed === null) return;
    this.#readFor(level, async () => {
      const { rows, observed } = await this.#store.known(symbol.symbol, missed);
      symbol.addMissed(missed, rows, observed);
    });
  }

  /** Reads the store for a level. What cannot be read, such as a damaged block, is told to its listeners alone. */
  #readFor(level: Level, read: () => Promise<void>): void {
    this.#store.afterwards(async () => {
      try {
        await read();
      } catch (error) {
        if (isRetryable(error)) throw error;
        level.fail(error);
      }
    });
  }

  #take(item: TradesItem): void {
    if (item.kind === 'trades') {
      const symbol = this.#symbols.get(item.symbol);
      if (symbol !== undefined) this.#takeTrades(symbol, item.trades);
      return;
    }
    if (item.kind === 'gap') this.#takeGap(item);
    else this.#takeHeartbeat(item);
  }

  #takeHeartbeat(item: Heartbeat): void {
    for (const symbol of this.#symbols.values()) {
      symbol.seconds.heartbeat(item.timeMs);
      this.#closed(symbol, symbol.seconds.close());
    }
    for (const listener of this.#listeners.keys()) listener.deliver(item);
  }

  #takeGap(gap: Gap): void {
    for (const symbol of this.#symbols.values()) {
      if (!isGapOf(gap, symbol.symbol)) continue;
      symbol.seconds.gap(gap.fromMs, gap.toMs);
      this.#closed(symbol, symbol.seconds.close());
    }
    this.#stats.gaps += 1;
    for (const [listener, symbols] of this.#listeners) {
      const own = gapAmong(gap, symbols);
      if (own !== null) listener.deliver(own);
    }
  }

  #takeTrades(symbol: SymbolCandles, told: TradeColumns): void {
    const trades = symbol.seen.fresh(told);
    this.#stats.trades += trades.length;
    this.#stats.duplicates += told.length - trades.length;
    const late = symbol.seconds.add(trades);
    if (late !== null) this.#revise(symbol, late);
    this.#closed(symbol, symbol.seconds.close());
    symbol.tellPartials();
  }

  #revise(symbol: SymbolCandles, late: TradeColumns): void {
    this.#stats.late += late.length;
    const revised = symbol.addLate(late);
    this.#store.revise(symbol.symbol, late, symbol.seconds.edges);
    for (const { level, opens } of revised) {
      this.#readFor(level, async () => {
        const candles = await this.#store.candlesAt(symbol.symbol, level.interval, opens);
        if (candles.length === 0) return;
        for (const listener of level.listeners) listener.deliver({ kind: 'revision', symbol: symbol.symbol, candles });
      });
    }
  }

  #closed(symbol: SymbolCandles, closed: ClosedSeconds | null): void {
    if (closed === null) return;
    this.#stats.from = Math.min(this.#stats.from ?? closed.from, closed.from);
    this.#stats.to = Math.max(this.#stats.to ?? closed.to, closed.to);
    const waitingMs = this.#store.add(symbol.symbol, closed);
    if (symbol.close(closed)) for (const level of symbol.levels) this.#lookUpStart(symbol, level, closed.from);
    if (waitingMs >= this.#waitMs) this.#store.commit();
  }

  #end(cutOff: boolean, feedFailure: { readonly error: unknown } | null = null): Promise<void> {
    this.#ending ??= this.#finish(cutOff, feedFailure);
    this.#ending.catch(() => {}); // told to whoever awaits it
    return this.#ending;
  }

  async #finish(cutOff: boolean, feedFailure: { readonly error: unknown } | null): Promise<void> {
    this.#feed?.close();
    for (const symbol of this.#symbols.values()) this.#closed(symbol, symbol.seconds.closeAll(cutOff));
    const written = this.#store.end();
    await written;
    if (feedFailure !== null) this.#store.fail(feedFailure); // only now: what a broken feed told is stored all the same
    const { failure } = this.#store;
    for (const listener of [...this.#listeners.keys(), ...this.#partialListeners]) {
      if (failure === null) listener.close();
      else listener.fail(failure.error);
    }
    this.#store.ensureNoFailure();
  }
}
