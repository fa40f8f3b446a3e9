import {
  type CandleColumns,
  Decimal,
  type DecimalInput,
  type FundingRate,
  type Instrument,
  NotSupportedError,
  type Side,
  toInterval,
} from '@prate/domain';
import { DecimalColumnBuilder, TradeColumnsBuilder } from '@prate/domain/candles';
import type {
  CandlesItem,
  FundingItem,
  HistoryRange,
  Listener,
  MarketDataCapability,
  MarketDataPort,
  OrderBookItem,
  Subscription,
  TickersItem,
  TradesItem,
} from '@prate/market-data-port';
import type { ManualClock } from '@prate/runtime';

export function instrumentOf(more: Partial<Instrument> = {}): Instrument {
  return {
    symbol: 'BTC_USDT',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    tickSize: new Decimal('0.1'),
    lotSize: new Decimal('0.001'),
    contractSize: new Decimal('0.001'),
    minQuantity: new Decimal('0.002'),
    maxQuantity: null,
    minNotional: null,
    maxLeverage: 50,
    riskTiers: [],
    makerFee: new Decimal('0.0002'),
    takerFee: new Decimal('0.0006'),
    ...more,
  };
}

export interface Print {
  readonly price: DecimalInput;
  readonly quantity: DecimalInput;
  readonly side: Side;
  readonly symbol?: string;
}

export interface CandleRow {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** What a venue tells of closed candles. */
export function candleColumns(rows: readonly CandleRow[], interval = '1m'): CandleColumns {
  const prices = (['open', 'high', 'low', 'close'] as const).map((name) => {
    const builder = new DecimalColumnBuilder('price');
    for (const row of rows) builder.push(row[name]);
    return builder;
  });
  const [open, high, low, close] = DecimalColumnBuilder.finishTogether('price', prices);
  const volume = new DecimalColumnBuilder('sum');
  for (const row of rows) volume.push(row.volume);
  const { values, decimals } = volume.finish();
  const numbers = (column: typeof open): Float64Array => column?.values as Float64Array;
  const { length } = rows;
  return {
    interval: toInterval(interval),
    length,
    openTime: Float64Array.from(rows, ({ openTime }) => openTime),
    priceDecimals: open?.decimals ?? null,
    open: numbers(open),
    high: numbers(high),
    low: numbers(low),
    close: numbers(close),
    volumeDecimals: decimals,
    volume: values,
    turnoverDecimals: 0,
    turnover: new Float64Array(length).fill(-1),
    trades: new Float64Array(length).fill(-1),
    source: new Uint8Array(length).fill(1),
    coverage: new Uint32Array(length).fill(60),
  };
}

export type Level = readonly [price: DecimalInput, quantity: DecimalInput];

/** A market whose every print, book and candle is told by the test. */
export class ScriptedMarket implements MarketDataPort {
  readonly venue = 'scripted';
  readonly capabilities: readonly MarketDataCapability[];
  readonly #instruments: readonly Instrument[];
  readonly #clock: ManualClock;
  readonly #trades = new Set<Listener<TradesItem>>();
  readonly #books = new Set<Listener<OrderBookItem>>();
  readonly #candles = new Set<Listener<CandlesItem>>();
  readonly #tickers = new Set<Listener<TickersItem>>();
  readonly #funding = new Set<Listener<FundingItem>>();
  readonly #failures = new Set<(error: unknown) => void>();

  constructor(
    clock: ManualClock,
    capabilities: readonly MarketDataCapability[],
    instruments: readonly Instrument[] = [instrumentOf()],
  ) {
    this.#clock = clock;
    this.capabilities = capabilities;
    this.#instruments = instruments;
  }

  get subscriptions(): number {
    const all = [this.#trades, this.#books, this.#candles, this.#tickers, this.#funding];
    return all.reduce((sum, { size }) => sum + size, 0);
  }

  print(...prints: readonly Print[]): void {
    const symbol = prints[0]?.symbol ?? 'BTC_USDT';
    const builder = new TradeColumnsBuilder();
    for (const { price, quantity, side } of prints) {
      builder.push(this.#clock.nowMs(), String(price), String(quantity), side, null);
    }
    const trades = builder.finish();
    for (const listener of [...this.#trades]) listener({ kind: 'trades', symbol, trades });
  }

  setBook(bids: readonly Level[], asks: readonly Level[], symbol = 'BTC_USDT'): void {
    const levels = (side: readonly Level[]) =>
      side.map(([price, quantity]) => ({ price: new Decimal(price), quantity: new Decimal(quantity) }));
    const book = { symbol, time: this.#clock.nowMs(), bids: levels(bids), asks: levels(asks), version: null };
    for (const listener of [...this.#books]) listener({ kind: 'orderBook', book });
  }

  /** The book's feed was down for the last second. */
  loseBook(symbols?: readonly string[]): void {
    const toMs = this.#clock.nowMs();
    for (const listener of [...this.#books]) listener({ kind: 'gap', fromMs: toMs - 1000, toMs, symbols });
  }

  candle(row: CandleRow, interval = '1m'): void {
    const candles = candleColumns([row], interval);
    for (const listener of [...this.#candles]) listener({ kind: 'candles', symbol: 'BTC_USDT', candles });
  }

  /** What a venue's ticker says; the last price of it is no trade. */
  ticker(markPrice: DecimalInput, indexPrice: DecimalInput | null = null, symbol = 'BTC_USDT'): void {
    const mark = new Decimal(markPrice);
    const ticker = {
      symbol,
      time: this.#clock.nowMs(),
      lastPrice: mark,
      bid: null,
      ask: null,
      markPrice: mark,
      indexPrice: indexPrice === null ? null : new Decimal(indexPrice),
      volume24h: null,
    };
    for (const listener of [...this.#tickers]) listener({ kind: 'tickers', tickers: [ticker] });
  }

  fund(rate: DecimalInput, settleTime: number, symbol = 'BTC_USDT'): void {
    const rates = [{ symbol, rate: new Decimal(rate), settleTime }];
    for (const listener of [...this.#funding]) listener({ kind: 'funding', rates });
  }

  heartbeat(): void {
    for (const listener of [...this.#trades]) listener({ kind: 'heartbeat', timeMs: this.#clock.nowMs() });
  }

  loseListeners(): void {
    for (const listeners of [this.#trades, this.#books, this.#candles, this.#tickers, this.#funding]) listeners.clear();
  }

  breakDown(error: unknown): void {
    for (const fail of [...this.#failures]) fail(error);
  }

  async getInstruments(): Promise<readonly Instrument[]> {
    return this.#instruments;
  }

  trades(_symbols: readonly string[], listener: Listener<TradesItem>): Subscription {
    return this.#subscribe(this.#trades, listener);
  }

  orderBook(_symbols: readonly string[], listener: Listener<OrderBookItem>): Subscription {
    return this.#subscribe(this.#books, listener);
  }

  candles(_symbols: readonly string[], _interval: unknown, listener: Listener<CandlesItem>): Subscription {
    return this.#subscribe(this.#candles, listener);
  }

  getServerTime(): Promise<never> {
    return unsupported();
  }
  getCandles(): Promise<never> {
    return unsupported();
  }
  getTrades(): Promise<never> {
    return unsupported();
  }
  getTicker(): Promise<never> {
    return unsupported();
  }
  getTickers(): Promise<never> {
    return unsupported();
  }
  getOrderBook(): Promise<never> {
    return unsupported();
  }
  /** The first settlement to come. */
  async getFundingRate(symbol: string): Promise<FundingRate> {
    const next = this.settlements.find((one) => one.symbol === symbol && one.settleTime > this.#clock.nowMs());
    return next ?? unsupported();
  }
  /** Past and to come. */
  readonly settlements: FundingRate[] = [];

  async getFundingHistory({ symbol, from, to }: HistoryRange): Promise<readonly FundingRate[]> {
    return this.settlements.filter((one) => one.symbol === symbol && one.settleTime >= from && one.settleTime < to);
  }

  tickers(_symbols: readonly string[], listener: Listener<TickersItem>): Subscription {
    return this.#subscribe(this.#tickers, listener);
  }

  funding(_symbols: readonly string[], listener: Listener<FundingItem>): Subscription {
    return this.#subscribe(this.#funding, listener);
  }

  #subscribe<Item>(listeners: Set<Listener<Item>>, listener: Listener<Item>): Subscription {
    listeners.add(listener);
    let end = (): void => {};
    let fail: (error: unknown) => void = () => {};
    const done = new Promise<void>((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
    this.#failures.add(fail);
    const close = (): void => {
      listeners.delete(listener);
      this.#failures.delete(fail);
      end();
    };
    return { ready: Promise.resolve(), done, close };
  }
}

const unsupported = (): Promise<never> => Promise.reject(new NotSupportedError('the scripted market only streams'));
