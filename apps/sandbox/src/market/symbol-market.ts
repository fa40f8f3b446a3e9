import {
  type BookLevel,
  Decimal,
  type FundingRate,
  type OrderBook,
  type Ticker as PortTicker,
  Side,
} from '@prate/domain';
import { type CandleColumns, formatScaled, type TradeColumns } from '@prate/domain/candles';
import type {
  Contract,
  Funding,
  FundingSettlement,
  Kline,
  KlineInterval,
  MarketEvent,
  PriceSource,
  Prices,
  PublicTrade,
  Ticker,
} from '@prate/mexc-sandbox';
import { LiveBook } from './live-book.ts';
import { type IntegerBar, MinuteBars } from './minute-bars.ts';

const HOUR_MS = 3_600_000;
const USUAL_CYCLE_HOURS = 8;
const MOST_TRADES = 1000;
/** Ids that say by their length whose they are: trades, of 18 digits above 2^53. */
const FIRST_TRADE_ID = 100_000_000_000_000_000n;
const MAX_RATE = new Decimal('0.003');
const ZERO = new Decimal(0);

/** What the world knows of one contract, as it happens. Prices and volumes inside are whole numbers of ticks and contracts. */
export class SymbolMarket {
  readonly contract: Contract;
  readonly book: LiveBook;
  readonly settlements: FundingSettlement[] = [];
  readonly #decimals: number;
  /** Of the contract, a tick and a contract at that: turnover is ticks × contracts × this. */
  readonly #unitWorth: Decimal;
  readonly #bars: Readonly<Record<PriceSource, MinuteBars>> = {
    LAST: new MinuteBars(),
    FAIR: new MinuteBars(),
    INDEX: new MinuteBars(),
  };
  readonly #trades: PublicTrade[] = [];
  readonly #emit: (event: MarketEvent) => void;
  #nextTradeId = FIRST_TRADE_ID;
  #funding: FundingRate | null = null;
  /** As it was asked for last. */
  #fair: { readonly ticks: number; readonly price: Decimal } | null = null;
  #cycleHours = USUAL_CYCLE_HOURS;

  constructor(contract: Contract, time: number, bookChanges: number, emit: (event: MarketEvent) => void) {
    this.contract = contract;
    this.#decimals = contract.tickSize.decimalPlaces();
    this.#unitWorth = new Decimal(10).pow(-this.#decimals).mul(contract.contractSize);
    this.book = new LiveBook(contract.symbol, contract.contractSize, time, bookChanges);
    this.#emit = emit;
  }

  get symbol(): string {
    return this.contract.symbol;
  }

  /** Newest first. */
  trades(limit: number): readonly PublicTrade[] {
    return this.#trades.slice(-limit).reverse();
  }

  onTrades(columns: TradeColumns): void {
    const volumeOf = this.#volumesOf(columns);
    const trades: PublicTrade[] = [];
    for (let i = 0; i < columns.length; i += 1) {
      const ticks = this.#ticksOf(columns.price[i] as number, columns.priceDecimals);
      const volume = volumeOf(columns.quantity[i] as number);
      trades.push(this.#print(columns.time[i] as number, ticks, volume, columns.side[i] === 1 ? Side.SELL : Side.BUY));
    }
    this.#emit({ kind: 'trades', symbol: this.symbol, trades });
  }

  /** A source without trades is told by its candles: each is one trade, of all its volume, at its close. */
  onCandles(columns: CandleColumns, now: number): void {
    for (let i = 0; i < columns.length; i += 1) {
      const ticks = (scaled: Float64Array): number => this.#ticksOf(scaled[i] as number, columns.priceDecimals);
      const [open, high, low, close] = [columns.open, columns.high, columns.low, columns.close].map(ticks) as [
        number,
        number,
        number,
        number,
      ];
      const base = new Decimal(formatScaled(Number(columns.volume[i]), columns.volumeDecimals));
      const volume = Math.round(base.div(this.contract.contractSize).toNumber());
      this.#bars.LAST.addBar(columns.openTime[i] as number, {
        open,
        high,
        low,
        close,
        volume,
        worth: BigInt(close) * BigInt(volume),
      });
      const trade = this.#remember(now, close, volume, close < open ? Side.SELL : Side.BUY);
      this.#emit({ kind: 'trades', symbol: this.symbol, trades: [trade] });
    }
  }

  onBook({ time, bids, asks }: Pick<OrderBook, 'time' | 'bids' | 'asks'>): void {
    const change = this.book.take(time, bids, asks);
    if (change !== null) this.#emit({ kind: 'book', symbol: this.symbol, change });
  }

  /** Fair and index price; sources without them have the last price for both. */
  onTicker({ time, lastPrice, markPrice, indexPrice }: PortTicker): void {
    const { symbol } = this;
    const told = [
      ['FAIR', 'fairPrice', markPrice ?? lastPrice],
      ['INDEX', 'indexPrice', indexPrice ?? lastPrice],
    ] as const;
    for (const [source, kind, price] of told) {
      const before = this.#bars[source].last?.close;
      const ticks = Math.round(price.toNumber() * 10 ** this.#decimals);
      this.#bars[source].add(time, ticks);
      if (ticks !== before) this.#emit({ kind, symbol });
    }
  }

  /** The settlement to come; the one before has happened when another one is told. */
  onFunding(next: FundingRate, now: number): void {
    const before = this.#funding;
    if (before !== null && next.settleTime > before.settleTime) {
      this.#cycleHours = Math.max(Math.round((next.settleTime - before.settleTime) / HOUR_MS), 1);
      this.addSettlement(before);
    }
    this.#funding = next;
    if (before === null || !before.rate.eq(next.rate) || before.settleTime !== next.settleTime) {
      this.#emit({ kind: 'funding', symbol: this.symbol, funding: this.funding(now) });
    }
  }

  addSettlement({ rate, settleTime }: FundingRate): void {
    if (this.settlements.some((row) => row.settleTime === settleTime)) return;
    this.settlements.push({ symbol: this.symbol, rate, settleTime, cycleHours: this.#cycleHours });
  }

  klines(interval: KlineInterval, source: PriceSource, from: number, to: number): readonly Kline[] {
    return this.#bars[source].read(interval, from, to).map((bar) => this.#klineOf(bar, source));
  }

  /** Every price before this minute was told. Not for a source of candles, which are told when they are over. */
  passTime(now: number): void {
    for (const bars of Object.values(this.#bars)) bars.passTime(now);
  }

  /** @param held on each side, in the base asset */
  ticker(now: number, held: Decimal): Ticker {
    const last = this.#bars.LAST.last?.close ?? 0;
    const day = this.#bars.LAST.day(now);
    const book = this.book.now;
    return {
      symbol: this.symbol,
      time: now,
      lastPrice: this.#price(last),
      bid: book.bids[0]?.price ?? null,
      ask: book.asks[0]?.price ?? null,
      fairPrice: this.#price(this.#bars.FAIR.last?.close ?? last),
      indexPrice: this.#price(this.#bars.INDEX.last?.close ?? last),
      fundingRate: this.#funding?.rate ?? ZERO,
      openPrice: this.#price(day?.open ?? last),
      highPrice: this.#price(day?.high ?? last),
      lowPrice: this.#price(day?.low ?? last),
      volume: new Decimal(day?.volume ?? 0),
      turnover: this.#worth(day?.worth ?? 0n),
      heldVolume: held.isZero() ? ZERO : held.div(this.contract.contractSize),
    };
  }

  funding(now: number): Funding {
    const cycleMs = this.#cycleHours * HOUR_MS;
    return {
      symbol: this.symbol,
      time: now,
      rate: this.#funding?.rate ?? ZERO,
      maxRate: MAX_RATE,
      minRate: MAX_RATE.neg(),
      cycleHours: this.#cycleHours,
      nextSettleTime: this.#funding?.settleTime ?? (Math.floor(now / cycleMs) + 1) * cycleMs,
    };
  }

  /** 0 before the first price. */
  get fairPrice(): Decimal {
    const ticks = this.#bars.FAIR.last?.close ?? this.#bars.LAST.last?.close ?? 0;
    if (this.#fair?.ticks !== ticks) this.#fair = { ticks, price: this.#price(ticks) };
    return this.#fair.price;
  }

  /** The last price in ticks; null before the first. */
  get lastTicks(): number | null {
    return this.#bars.LAST.last?.close ?? null;
  }

  priceOf(ticks: number): Decimal {
    return this.#price(ticks);
  }

  #print(time: number, ticks: number, volume: number, side: Side): PublicTrade {
    this.#bars.LAST.add(time, ticks, volume);
    return this.#remember(time, ticks, volume, side);
  }

  #remember(time: number, ticks: number, volume: number, side: Side): PublicTrade {
    this.#nextTradeId += 1n;
    const trade = { id: String(this.#nextTradeId), time, price: this.#price(ticks), volume: new Decimal(volume), side };
    this.#trades.push(trade);
    if (this.#trades.length > 2 * MOST_TRADES) this.#trades.splice(0, MOST_TRADES);
    return trade;
  }

  #klineOf(bar: IntegerBar, source: PriceSource): Kline {
    const prices = (open: number, high: number, low: number): Prices => ({
      open: this.#price(open),
      high: this.#price(high),
      low: this.#price(low),
      close: this.#price(bar.close),
    });
    const real = prices(bar.open, bar.high, bar.low);
    return {
      openTime: bar.openTime,
      chart: prices(bar.chartOpen, Math.max(bar.high, bar.chartOpen), Math.min(bar.low, bar.chartOpen)),
      real,
      volume: source === 'LAST' ? new Decimal(bar.volume) : ZERO,
      turnover: source === 'LAST' ? this.#worth(bar.worth) : ZERO,
    };
  }

  #price(ticks: number): Decimal {
    return new Decimal(formatScaled(ticks, this.#decimals));
  }

  #worth(ticksTimesContracts: bigint): Decimal {
    return new Decimal(ticksTimesContracts.toString()).mul(this.#unitWorth);
  }

  #ticksOf(scaled: number, decimals: number | null): number {
    if (decimals === this.#decimals) return scaled;
    return Math.round(new Decimal(formatScaled(scaled, decimals)).mul(10 ** this.#decimals).toNumber());
  }

  #volumesOf({ quantityDecimals }: TradeColumns): (scaled: number) => number {
    const unit = new Decimal(formatScaled(1, quantityDecimals)).div(this.contract.contractSize).toNumber();
    // one of the two is whole: quantities are on the contract's grid
    const perContract = Math.round(1 / unit);
    return unit >= 1 ? (scaled) => Math.round(scaled * unit) : (scaled) => Math.round(scaled / perContract);
  }
}

/** A book for a source that has none: levels around a price, whose sizes come from their prices alone. */
export function bookAround(market: SymbolMarket, ticks: number): Pick<OrderBook, 'bids' | 'asks'> {
  const tick = Math.max(Math.round(market.contract.tickSize.mul(10 ** market.contract.priceScale).toNumber()), 1);
  const side = (direction: 1 | -1): BookLevel[] => {
    const levels: BookLevel[] = [];
    for (let distance = 1; distance <= MADE_UP_LEVELS && ticks - distance * tick > 0; distance += 1) {
      const at = ticks + direction * distance * tick;
      const contracts = 10 + ((Math.imul(at, 0x9e3779b1) >>> 16) % 500);
      levels.push({ price: market.priceOf(at), quantity: market.contract.contractSize.mul(contracts) });
    }
    return levels;
  };
  return { bids: side(-1), asks: side(1) };
}
const MADE_UP_LEVELS = 50;
