import type { Decimal, Instrument } from '@prate/domain';
import type { MarketDataPort } from '@prate/market-data-port';
import type {
  Book,
  BookChange,
  Contract,
  Funding,
  FundingSettlement,
  InsuranceFund,
  Kline,
  KlineInterval,
  MarketEvent,
  PriceSource,
  PublicTrade,
  SandboxMarket,
  Ticker,
} from '@prate/mexc-sandbox';
import type { Clock } from '@prate/runtime';
import { contractOf } from './contracts.ts';
import { bookAround, SymbolMarket } from './symbol-market.ts';

/** How far back settlements are told. */
const FUNDING_HISTORY_MS = 30 * 86_400_000;

export interface LiveMarketOptions {
  readonly market: MarketDataPort;
  /** The market's time. */
  readonly clock: Clock;
  /** The interval of a source that tells candles and no trades. */
  readonly candles: string | null;
  /** What the insurance fund of a settlement coin holds; contracts of one coin share it. */
  readonly insurance: (coin: string) => Decimal;
  /** What is held of a symbol on each side, in its base asset. */
  readonly openInterest: (symbol: string) => Decimal;
}

/** As many as MEXC tells of one book; of many books fewer each, since a thousand changes take up to 9 MB. */
const MOST_BOOK_CHANGES = 1000;
const ALL_BOOK_CHANGES = 20_000;

/**
 * The market half of the sandbox's exchange, made of what any market tells: trades, tickers, books and funding rates as they
 * come, counted in contracts. It knows what it has seen since it was opened, and two weeks of minutes at most.
 */
export class LiveMarket implements SandboxMarket {
  readonly #source: MarketDataPort;
  readonly #clock: Clock;
  readonly #contracts: readonly Contract[];
  readonly #markets: ReadonlyMap<string, SymbolMarket>;
  readonly #listeners = new Set<(event: MarketEvent) => void>();
  readonly #insurance: (coin: string) => Decimal;
  readonly #openInterest: (symbol: string) => Decimal;
  /** Whether books are told by the source; else they are made up around the last price, once anybody wants them. */
  #followsBooks = false;

  private constructor(
    { market, clock, insurance, openInterest }: LiveMarketOptions,
    instruments: readonly Instrument[],
  ) {
    this.#source = market;
    this.#clock = clock;
    this.#insurance = insurance;
    this.#openInterest = openInterest;
    this.#contracts = instruments.map(contractOf);
    const bookChanges = Math.min(MOST_BOOK_CHANGES, Math.ceil(ALL_BOOK_CHANGES / this.#contracts.length));
    this.#markets = new Map(
      this.#contracts.map((contract) => [
        contract.symbol,
        new SymbolMarket(contract, clock.nowMs(), bookChanges, (event) => this.#emit(event)),
      ]),
    );
  }

  /** Listens to everything but books, which `followBooks` begins. */
  static async open(options: LiveMarketOptions): Promise<LiveMarket> {
    const { market, clock, candles } = options;
    const live = new LiveMarket(options, await market.getInstruments());
    const symbols = live.#contracts.map(({ symbol }) => symbol);
    if (market.capabilities.includes('tradeStream')) {
      market.trades(symbols, (item) => {
        if (item.kind === 'trades') live.#at(item.symbol).onTrades(item.trades);
      });
    } else if (candles !== null) {
      market.candles(symbols, candles, (item) => {
        if (item.kind === 'candles') live.#at(item.symbol).onCandles(item.candles, clock.nowMs());
      });
    }
    if (market.capabilities.includes('tickerStream')) {
      market.tickers(symbols, (item) => {
        if (item.kind === 'tickers') for (const ticker of item.tickers) live.#at(ticker.symbol).onTicker(ticker);
      });
    }
    if (market.capabilities.includes('fundingStream')) await live.#followFunding(symbols);
    return live;
  }

  /** From here on there are books: those of the source, or made-up ones around each new price. */
  followBooks(): void {
    if (this.#followsBooks) return;
    this.#followsBooks = true;
    const symbols = [...this.#markets.keys()];
    if (this.#source.capabilities.includes('orderBookStream')) {
      this.#source.orderBook(symbols, (item) => {
        if (item.kind === 'orderBook') this.#at(item.book.symbol).onBook(item.book);
      });
      return;
    }
    for (const market of this.#markets.values()) this.#makeUpBook(market);
  }

  subscribe(listener: (event: MarketEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  contracts(): readonly Contract[] {
    return this.#contracts;
  }

  contract(symbol: string): Contract {
    return this.#at(symbol).contract;
  }

  book(symbol: string): Book {
    return this.#at(symbol).book.now;
  }

  bookChanges(symbol: string, limit: number): readonly BookChange[] {
    return this.#at(symbol).book.changes(limit);
  }

  trades(symbol: string, limit: number): readonly PublicTrade[] {
    return this.#at(symbol).trades(limit);
  }

  klines(
    symbol: string,
    interval: KlineInterval,
    source: PriceSource,
    { from, to }: { readonly from: number; readonly to: number },
  ): readonly Kline[] {
    const market = this.#at(symbol);
    if (this.#source.capabilities.includes('tradeStream')) market.passTime(this.#clock.nowMs());
    return market.klines(interval, source, from, to);
  }

  ticker(symbol: string): Ticker {
    return this.#at(symbol).ticker(this.#clock.nowMs(), this.#openInterest(symbol));
  }

  fairPrice(symbol: string): Decimal {
    return this.#at(symbol).fairPrice;
  }

  funding(symbol: string): Funding {
    return this.#at(symbol).funding(this.#clock.nowMs());
  }

  fundingHistory(symbol: string): readonly FundingSettlement[] {
    return this.#at(symbol).settlements.toReversed();
  }

  insuranceFund(symbol: string): InsuranceFund {
    const { settleCoin } = this.#at(symbol).contract;
    return { symbol, currency: settleCoin, available: this.#insurance(settleCoin), time: this.#clock.nowMs() };
  }

  async #followFunding(symbols: readonly string[]): Promise<void> {
    const now = this.#clock.nowMs();
    for (const symbol of symbols) {
      const past = await this.#source.getFundingHistory({ symbol, from: now - FUNDING_HISTORY_MS, to: now + 1 });
      for (const rate of past) this.#at(symbol).addSettlement(rate);
      this.#at(symbol).onFunding(await this.#source.getFundingRate(symbol), now);
    }
    this.#source.funding(symbols, (item) => {
      if (item.kind !== 'funding') return;
      for (const rate of item.rates) this.#at(rate.symbol).onFunding(rate, this.#clock.nowMs());
    });
  }

  #makeUpBook(market: SymbolMarket): void {
    const ticks = market.lastTicks;
    if (ticks !== null) market.onBook({ time: this.#clock.nowMs(), ...bookAround(market, ticks) });
  }

  #emit(event: MarketEvent): void {
    for (const listener of this.#listeners) listener(event);
    const makesUpBooks = this.#followsBooks && !this.#source.capabilities.includes('orderBookStream');
    if (makesUpBooks && event.kind === 'trades') this.#makeUpBook(this.#at(event.symbol));
  }

  #at(symbol: string): SymbolMarket {
    const market = this.#markets.get(symbol);
    if (market === undefined) throw new TypeError(`there is no contract ${symbol}`);
    return market;
  }
}
