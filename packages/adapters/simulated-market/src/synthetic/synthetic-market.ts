import {
  bucketEnd,
  type CandleColumns,
  type FundingRate,
  InvalidInputError,
  type OrderBook,
  type Ticker,
  toInterval,
  type VenueId,
} from '@prate/domain';
import { candlesFromTrades, sliceTrades, type TradeColumns } from '@prate/domain/candles';
import type { CandlesQuery, HistoryRange, Page } from '@prate/market-data-port';
import type { CallOptions, ManualClock } from '@prate/runtime';
import { closedBuckets, ensureRange } from '../pages.ts';
import { PlayedMarket } from '../played-market.ts';
import { BOOK_LEVELS, BOOK_STEP_MS } from './synthetic-book.ts';
import { syntheticInstrument, syntheticSymbol } from './synthetic-symbols.ts';
import { FUNDING_MS, SyntheticTape } from './synthetic-tape.ts';

export interface SyntheticMarketOptions {
  /** A whole number in [0, 2^32). */
  readonly seed: number;
  /** BTC_USDT, ETH_USDT, SOL_USDT, XRP_USDT, DOGE_USDT, LTC_USDT, and any other name of capitals and digits before _USDT. */
  readonly symbols: readonly string[];
  /** Of all symbols together, on average, above 0; each has its share by its activity. Default: some three a symbol. */
  readonly tradesPerSecond?: number | undefined;
  readonly clock: ManualClock;
  /** Epoch ms at which playing begins: the clock is moved there. Default: where it stands. */
  readonly start?: number | undefined;
  /** Default `'synthetic'`. */
  readonly venue?: VenueId | undefined;
}

/** Trades a second, of all symbols together. */
const MOST_TRADES = 100_000;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** A page holds the trades of so much time; a page of candles at least one bucket. */
const TRADES_PAGE_MS = 3_600_000;
const CANDLES_PAGE_MS = 6 * 3_600_000;

interface SyntheticEvent {
  readonly timeMs: number;
  emit(): void;
}

/**
 * A market made up from a seed: any two of one seed agree about any second, whatever their start. It never ends by itself:
 * play it `until` some time, or abort.
 *
 * At each whole second come the tickers, the order books and (each minute) the funding rates of all symbols in their order,
 * then a heartbeat on every stream, which says that everything before it was told; then the trades as they happen, those of
 * one symbol and one moment as one item, symbols of one moment in their order. Books come every 200 ms, before the trades of
 * their moment.
 */
export class SyntheticMarket extends PlayedMarket {
  readonly #tapes: ReadonlyMap<string, SyntheticTape>;
  /** The second whose events are told next. */
  #second: number;
  #events: SyntheticEvent[] = [];
  #index = 0;
  /** Whether books are told at whole seconds alone, for playing far ahead: five times as many take that much longer. */
  hurries = false;

  /** @throws InvalidInputError for a bad seed or rate, an impossible symbol, or a start before the clock's time */
  constructor({ seed, symbols, tradesPerSecond, clock, start, venue }: SyntheticMarketOptions) {
    if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
      throw new InvalidInputError(`seed must be a whole number from 0 to 4294967295, not ${seed}`);
    }
    if (symbols.length === 0) throw new InvalidInputError('a synthetic market needs one symbol at least');
    if (tradesPerSecond !== undefined && !(tradesPerSecond > 0 && tradesPerSecond <= MOST_TRADES)) {
      throw new InvalidInputError(`tradesPerSecond must be above 0, up to ${MOST_TRADES}; not ${tradesPerSecond}`);
    }
    const specs = [...new Set(symbols)].map(syntheticSymbol);
    super({
      venue: venue ?? 'synthetic',
      clock,
      capabilities: [
        'candleHistory',
        'tradeHistory',
        'ticker',
        'orderBook',
        'funding',
        'tradeStream',
        'tickerStream',
        'orderBookStream',
        'fundingStream',
      ],
      instruments: specs.map(syntheticInstrument),
    });
    if (start !== undefined) {
      if (!(Number.isSafeInteger(start) && start >= clock.nowMs())) {
        throw new InvalidInputError(
          `start must be whole epoch milliseconds, not before the clock's ${clock.nowMs()}; not ${start}`,
        );
      }
      clock.advanceTo(start);
    }
    const activity = specs.reduce((sum, spec) => sum + spec.activity, 0);
    this.#tapes = new Map(
      specs.map((spec) => {
        const rate = tradesPerSecond === undefined ? null : (tradesPerSecond * spec.activity) / activity;
        return [spec.symbol, new SyntheticTape(seed, spec, rate)];
      }),
    );
    this.#second = Math.floor(clock.nowMs() / SECOND_MS);
    this.#plan(clock.nowMs());
  }

  nextTime(): number {
    while (this.#index >= this.#events.length) this.#plan(Number.NEGATIVE_INFINITY);
    return (this.#events[this.#index] as SyntheticEvent).timeMs;
  }

  emitNext(): void {
    this.nextTime();
    const event = this.#events[this.#index] as SyntheticEvent;
    this.#index += 1;
    event.emit();
  }

  /** Closed candles of its own trades; a bucket without a trade has no row. */
  override async getCandles(query: CandlesQuery, options?: CallOptions): Promise<Page<CandleColumns>> {
    const tape = this.#tape(query.symbol, options);
    const interval = toInterval(query.interval);
    const { from, to } = closedBuckets(interval, query, this.clock.nowMs());
    let end = from;
    while (end < to && (end === from || end - from < CANDLES_PAGE_MS)) end = bucketEnd(interval, end);
    return { columns: candlesFromTrades(tape.trades(from, end, false), interval), next: end < to ? end : null };
  }

  override async getTrades(query: HistoryRange, options?: CallOptions): Promise<Page<TradeColumns>> {
    const tape = this.#tape(query.symbol, options);
    ensureRange(query);
    const to = Math.min(query.to, this.clock.nowMs() + 1);
    const end = Math.min(to, query.from + TRADES_PAGE_MS);
    return { columns: tape.trades(query.from, end, true), next: end < to ? end : null };
  }

  override async getTicker(symbol: string, options?: CallOptions): Promise<Ticker> {
    return this.#tape(symbol, options).ticker(this.clock.nowMs());
  }

  override async getOrderBook(symbol: string, depth: number = BOOK_LEVELS, options?: CallOptions): Promise<OrderBook> {
    const tape = this.#tape(symbol, options);
    if (!(Number.isInteger(depth) && depth > 0)) {
      throw new InvalidInputError(`depth must be a whole number of levels above 0, not ${depth}`);
    }
    return tape.book(this.clock.nowMs(), depth);
  }

  override async getFundingRate(symbol: string, options?: CallOptions): Promise<FundingRate> {
    return this.#tape(symbol, options).fundingAfter(this.clock.nowMs());
  }

  override async getFundingHistory(query: HistoryRange, options?: CallOptions): Promise<readonly FundingRate[]> {
    const tape = this.#tape(query.symbol, options);
    ensureRange(query);
    const to = Math.min(query.to, this.clock.nowMs() + 1);
    const rates: FundingRate[] = [];
    for (let time = Math.ceil(query.from / FUNDING_MS) * FUNDING_MS; time < to; time += FUNDING_MS) {
      rates.push(tape.fundingOf(time));
    }
    return rates;
  }

  #tape(symbol: string, options: CallOptions | undefined): SyntheticTape {
    this.ensureCall(symbol, options);
    return this.#tapes.get(symbol) as SyntheticTape;
  }

  /** Lays out the events of the next second, those at or after `fromMs`. */
  #plan(fromMs: number): void {
    const startMs = this.#second * SECOND_MS;
    this.#second += 1;
    const within = this.#bookEvents(startMs);
    for (const tape of this.#tapes.values()) within.push(...this.#tradeEvents(tape, startMs));
    // a stable sort keeps symbols of one moment in their order
    within.sort((a, b) => a.timeMs - b.timeMs);
    const all = [{ timeMs: startMs, emit: () => this.#emitSecond(startMs) }, ...within];
    this.#events = all.filter(({ timeMs }) => timeMs >= fromMs);
    this.#index = 0;
  }

  #tradeEvents(tape: SyntheticTape, startMs: number): SyntheticEvent[] {
    const { symbol } = tape.spec;
    const second = tape.trades(startMs, startMs + SECOND_MS, true);
    const events: SyntheticEvent[] = [];
    for (let first = 0; first < second.length; ) {
      const timeMs = second.time[first] as number;
      let end = first + 1;
      while (end < second.length && second.time[end] === timeMs) end += 1;
      const item = { kind: 'trades', symbol, trades: sliceTrades(second, first, end) } as const;
      events.push({ timeMs, emit: () => this.channels.trades.emit(item, (symbols) => symbols.has(symbol)) });
      first = end;
    }
    return events;
  }

  /** The steps between the whole seconds, where somebody listens to books when the second begins. */
  #bookEvents(startMs: number): SyntheticEvent[] {
    const events: SyntheticEvent[] = [];
    if (this.channels.orderBook.isEmpty || this.hurries) return events;
    for (let timeMs = startMs + BOOK_STEP_MS; timeMs < startMs + SECOND_MS; timeMs += BOOK_STEP_MS) {
      events.push({ timeMs, emit: () => this.#emitBooks(timeMs) });
    }
    return events;
  }

  #emitBooks(timeMs: number): void {
    for (const [symbol, tape] of this.#tapes) {
      this.channels.orderBook.emit({ kind: 'orderBook', book: tape.book(timeMs, BOOK_LEVELS) }, (symbols) =>
        symbols.has(symbol),
      );
    }
  }

  #emitSecond(timeMs: number): void {
    const { tickers, orderBook, funding } = this.channels;
    for (const [symbol, tape] of this.#tapes) {
      const wants = (symbols: ReadonlySet<string>): boolean => symbols.has(symbol);
      // what nobody listens to is not made
      if (!tickers.isEmpty) tickers.emit({ kind: 'tickers', tickers: [tape.ticker(timeMs)] }, wants);
      if (!orderBook.isEmpty) orderBook.emit({ kind: 'orderBook', book: tape.book(timeMs, BOOK_LEVELS) }, wants);
      if (timeMs % MINUTE_MS === 0) funding.emit({ kind: 'funding', rates: [tape.fundingAfter(timeMs)] }, wants);
    }
    const heartbeat = { kind: 'heartbeat', timeMs } as const;
    for (const channel of [this.channels.trades, tickers, orderBook, funding]) channel.emit(heartbeat, () => true);
  }
}
