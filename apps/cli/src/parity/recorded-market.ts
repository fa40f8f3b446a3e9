import { type Decimal, Decimal as DecimalOf, type Instrument, type Side } from '@prate/domain';
import { TradeColumnsBuilder } from '@prate/domain/candles';
import type { Listener, MarketDataPort, SubscribeOptions, Subscription, TradesItem } from '@prate/market-data-port';
import { type Tape, TapeWatch } from '@prate/parity';
import type { ManualClock } from '@prate/runtime';
import type { PlayedMarket } from '@prate/simulated-market';

/** What is known of an instrument beside its file: the recording may be finer than the tape. */
export type InstrumentTerms = Partial<Pick<Instrument, 'makerFee' | 'takerFee'>> & {
  /** Prices and quantities that were ordered. */
  readonly prices: readonly Decimal[];
  readonly quantities: readonly Decimal[];
  readonly leverage: number;
};

interface Subscriber {
  readonly symbols: readonly string[];
  readonly listener: Listener<TradesItem>;
}

/** A market of files, played by hand, that tells what it showed and can print a trade of its own. */
export class RecordedMarket implements Tape {
  /** What the paper account sees. */
  readonly port: MarketDataPort;
  readonly instruments: readonly Instrument[];
  readonly #market: PlayedMarket;
  readonly #clock: ManualClock;
  readonly #signal: AbortSignal;
  readonly #watches = new Map<string, TapeWatch>();
  readonly #subscribers = new Set<Subscriber>();

  private constructor(
    market: PlayedMarket,
    clock: ManualClock,
    instruments: readonly Instrument[],
    signal: AbortSignal,
    sessionEnd: number,
  ) {
    this.#market = market;
    this.#clock = clock;
    this.#signal = signal;
    this.instruments = instruments;
    for (const { symbol } of instruments) {
      const watch = new TapeWatch(symbol, sessionEnd);
      this.#watches.set(symbol, watch);
      market.trades([symbol], (item) => watch.see(item));
    }
    this.port = portOf(market, instruments, (symbols, listener, options) =>
      this.#subscribe(symbols, listener, options),
    );
  }

  /**
   * @param termsOf what the recording says of a symbol
   * @param sessionEnd epoch ms
   */
  static async open(
    market: PlayedMarket,
    clock: ManualClock,
    termsOf: (symbol: string) => InstrumentTerms,
    signal: AbortSignal,
    sessionEnd: number,
  ): Promise<RecordedMarket> {
    const instruments = await market.getInstruments({ signal });
    const patched = instruments.map((instrument) => withTerms(instrument, termsOf(instrument.symbol)));
    return new RecordedMarket(market, clock, patched, signal, sessionEnd);
  }

  watch(symbol: string): TapeWatch | undefined {
    return this.#watches.get(symbol);
  }

  async playTo(timeMs: number): Promise<void> {
    await this.#market.play({ until: timeMs, signal: this.#signal });
  }

  async playOut(): Promise<void> {
    await this.#market.play({ signal: this.#signal });
  }

  standAt(timeMs: number): void {
    if (timeMs > this.#clock.nowMs()) this.#clock.advanceTo(timeMs);
  }

  last(symbol: string): Decimal | null {
    return this.#watches.get(symbol)?.last ?? null;
  }

  print(symbol: string, price: Decimal, quantity: Decimal, taker: Side): void {
    const trades = new TradeColumnsBuilder();
    trades.push(this.#clock.nowMs(), price.toString(), quantity.toString(), taker, null);
    const item = { kind: 'trades', symbol, trades: trades.finish() } as const;
    for (const { symbols, listener } of this.#subscribers) if (symbols.includes(symbol)) listener(item);
  }

  #subscribe(symbols: readonly string[], listener: Listener<TradesItem>, options?: SubscribeOptions): Subscription {
    const subscription = this.#market.trades(symbols, listener, options);
    const subscriber = { symbols, listener };
    this.#subscribers.add(subscriber);
    return {
      ready: subscription.ready,
      done: subscription.done,
      close: () => {
        this.#subscribers.delete(subscriber);
        subscription.close();
      },
    };
  }
}

/** The market with other instruments, and with trades that go through our hands. */
const portOf = (
  market: PlayedMarket,
  instruments: readonly Instrument[],
  trades: MarketDataPort['trades'],
): MarketDataPort => ({
  venue: market.venue,
  capabilities: market.capabilities,
  getInstruments: async (options) => {
    options?.signal?.throwIfAborted();
    return instruments;
  },
  getServerTime: (options) => market.getServerTime(options),
  getCandles: (query, options) => market.getCandles(query, options),
  getTrades: (query, options) => market.getTrades(query, options),
  getTicker: (symbol, options) => market.getTicker(symbol, options),
  getTickers: (options) => market.getTickers(options),
  getOrderBook: (symbol, depth, options) => market.getOrderBook(symbol, depth, options),
  getFundingRate: (symbol, options) => market.getFundingRate(symbol, options),
  getFundingHistory: (query, options) => market.getFundingHistory(query, options),
  trades,
  candles: (symbols, interval, listener, options) => market.candles(symbols, interval, listener, options),
  tickers: (symbols, listener, options) => market.tickers(symbols, listener, options),
  orderBook: (symbols, listener, options) => market.orderBook(symbols, listener, options),
  funding: (symbols, listener, options) => market.funding(symbols, listener, options),
});

function withTerms(instrument: Instrument, terms: InstrumentTerms): Instrument {
  const { makerFee = instrument.makerFee, takerFee = instrument.takerFee, leverage } = terms;
  const tickSize = finest(instrument.tickSize, terms.prices);
  const lotSize = finest(instrument.lotSize, terms.quantities);
  const maxLeverage = Math.max(instrument.maxLeverage, leverage);
  const riskTiers = instrument.riskTiers.map((tier) => ({
    ...tier,
    maxLeverage: Math.max(tier.maxLeverage, leverage),
  }));
  return { ...instrument, makerFee, takerFee, tickSize, lotSize, minQuantity: lotSize, maxLeverage, riskTiers };
}

/** The step, or the last decimal place of the values where that is smaller. */
function finest(step: Decimal, values: readonly Decimal[]): Decimal {
  const decimals = values.reduce((most, value) => Math.max(most, value.decimalPlaces()), 0);
  return DecimalOf.min(step, new DecimalOf(10).pow(-decimals));
}
