import { Decimal, type DecimalInput, Side } from '@prate/domain';
import type { Clock } from '@prate/runtime';
import type { MarketEvent } from '../backend/backend-event.ts';
import type {
  Book,
  BookChange,
  BookLevel,
  Contract,
  Funding,
  FundingSettlement,
  PriceSource,
  PublicTrade,
  Ticker,
} from '../backend/market-values.ts';
import { Bars } from './bars.ts';
import { worthOf } from './worth.ts';

const ZERO = new Decimal(0);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MOST_CHANGES = 1000;

/** A level of a script: contracts at a price. */
export interface ScriptedLevel {
  readonly price: DecimalInput;
  readonly volume: DecimalInput;
}

/** What a taking order got at one price. */
export interface Taken {
  readonly price: Decimal;
  readonly volume: Decimal;
}

/** The market of one contract: a book that a script sets and orders take from, trades, and the prices that follow them. */
export class ScriptedMarket {
  readonly contract: Contract;
  readonly #clock: Clock;
  readonly #emit: (event: MarketEvent) => void;
  readonly #bars: Record<PriceSource, Bars> = { LAST: new Bars(), FAIR: new Bars(), INDEX: new Bars() };
  readonly #trades: PublicTrade[] = [];
  readonly #changes: BookChange[] = [];
  readonly settlements: FundingSettlement[] = [];
  #prices: Record<PriceSource, Decimal> = { LAST: ZERO, FAIR: ZERO, INDEX: ZERO };
  #pinned: Partial<Record<PriceSource, Decimal>> = {};
  #rate = new Decimal('0.0001');
  #book: Book;

  constructor(contract: Contract, clock: Clock, emit: (event: MarketEvent) => void) {
    this.contract = contract;
    this.#clock = clock;
    this.#emit = emit;
    this.#book = { symbol: contract.symbol, time: clock.nowMs(), version: 1, bids: [], asks: [] };
  }

  get symbol(): string {
    return this.contract.symbol;
  }

  get book(): Book {
    return this.#book;
  }

  changes(limit: number): readonly BookChange[] {
    return this.#changes.slice(-limit);
  }

  /** Newest first. */
  trades(limit: number): readonly PublicTrade[] {
    return this.#trades.slice(-limit).reverse();
  }

  bars(source: PriceSource): Bars {
    return this.#bars[source];
  }

  /** 0 before the first trade. */
  price(source: PriceSource): Decimal {
    return this.#prices[source];
  }

  /** The whole book from now on. */
  setBook(bids: readonly ScriptedLevel[], asks: readonly ScriptedLevel[]): void {
    const level = ({ price, volume }: ScriptedLevel): BookLevel => ({
      price: new Decimal(price),
      volume: new Decimal(volume),
      orders: 1,
    });
    this.#change(bids.map(level), asks.map(level));
  }

  /** Fair and index follow the last price until they are given one of their own; null lets them follow again. */
  pin(prices: { readonly fair?: DecimalInput | null; readonly index?: DecimalInput | null }): void {
    const pinned = (price: DecimalInput | null | undefined, before: Decimal | undefined): Decimal | undefined =>
      price === undefined ? before : price === null ? undefined : new Decimal(price);
    const fair = pinned(prices.fair, this.#pinned.FAIR);
    const index = pinned(prices.index, this.#pinned.INDEX);
    this.#pinned = { ...(fair && { FAIR: fair }), ...(index && { INDEX: index }) };
    this.#follow();
  }

  /** A public trade; fair and index price follow it. */
  print(id: string, price: Decimal, volume: Decimal, side: Side): void {
    const time = this.#clock.nowMs();
    const trade: PublicTrade = { id, time, price, volume, side };
    this.#trades.push(trade);
    this.#bars.LAST.add(time, price, volume, worthOf(this.contract, price, volume));
    this.#prices.LAST = price;
    this.#emit({ kind: 'trades', symbol: this.symbol, trades: [trade] });
    this.#follow();
  }

  /** What the book offers to a taker within its limit, without taking it. */
  offered(side: Side, volume: Decimal, limit: Decimal | null): readonly Taken[] {
    const taken: Taken[] = [];
    let left = volume;
    for (const level of side === Side.BUY ? this.#book.asks : this.#book.bids) {
      const within = limit === null || (side === Side.BUY ? level.price.lte(limit) : level.price.gte(limit));
      if (!within || left.isZero()) break;
      const part = Decimal.min(left, level.volume);
      taken.push({ price: level.price, volume: part });
      left = left.minus(part);
    }
    return taken;
  }

  /** Takes it out of the book. */
  take(side: Side, volume: Decimal, limit: Decimal | null): readonly Taken[] {
    const taken = this.offered(side, volume, limit);
    if (taken.length === 0) return taken;
    const rest = (levels: readonly BookLevel[]): readonly BookLevel[] =>
      levels.flatMap((level) => {
        const part = taken.find(({ price }) => price.eq(level.price));
        const left = level.volume.minus(part?.volume ?? ZERO);
        return left.isZero() ? [] : [{ ...level, volume: left }];
      });
    if (side === Side.BUY) this.#change(this.#book.bids, rest(this.#book.asks));
    else this.#change(rest(this.#book.bids), this.#book.asks);
    return taken;
  }

  ticker(): Ticker {
    const now = this.#clock.nowMs();
    const day = this.#bars.LAST.read('Min1', now - DAY_MS, now);
    const last = this.#prices.LAST;
    return {
      symbol: this.symbol,
      time: now,
      lastPrice: last,
      bid: this.#book.bids[0]?.price ?? null,
      ask: this.#book.asks[0]?.price ?? null,
      fairPrice: this.#prices.FAIR,
      indexPrice: this.#prices.INDEX,
      fundingRate: this.#rate,
      openPrice: day[0]?.real.open ?? last,
      highPrice: day.reduce((most, { real }) => Decimal.max(most, real.high), last),
      lowPrice: day.reduce((least, { real }) => Decimal.min(least, real.low), last),
      volume: day.reduce((sum, { volume }) => sum.plus(volume), ZERO),
      turnover: day.reduce((sum, { turnover }) => sum.plus(turnover), ZERO),
      heldVolume: ZERO,
    };
  }

  funding(): Funding {
    const cycleHours = 8;
    const cycleMs = cycleHours * HOUR_MS;
    const now = this.#clock.nowMs();
    return {
      symbol: this.symbol,
      time: now,
      rate: this.#rate,
      maxRate: new Decimal('0.003'),
      minRate: new Decimal('-0.003'),
      cycleHours,
      nextSettleTime: (Math.floor(now / cycleMs) + 1) * cycleMs,
    };
  }

  setFundingRate(rate: Decimal): void {
    this.#rate = rate;
    this.#emit({ kind: 'funding', symbol: this.symbol, funding: this.funding() });
  }

  #follow(): void {
    const before = this.#prices;
    const fair = this.#pinned.FAIR ?? before.LAST;
    const index = this.#pinned.INDEX ?? before.LAST;
    this.#prices = { LAST: before.LAST, FAIR: fair, INDEX: index };
    const now = this.#clock.nowMs();
    if (!fair.isZero()) this.#bars.FAIR.add(now, fair);
    if (!index.isZero()) this.#bars.INDEX.add(now, index);
    if (!fair.eq(before.FAIR)) this.#emit({ kind: 'fairPrice', symbol: this.symbol });
    if (!index.eq(before.INDEX)) this.#emit({ kind: 'indexPrice', symbol: this.symbol });
  }

  #change(bids: readonly BookLevel[], asks: readonly BookLevel[]): void {
    const before = this.#book;
    const change = {
      symbol: this.symbol,
      time: this.#clock.nowMs(),
      version: before.version + 1,
      bids: changed(before.bids, bids),
      asks: changed(before.asks, asks),
    };
    if (change.bids.length + change.asks.length === 0) return;
    this.#book = { ...change, bids, asks };
    this.#changes.push(change);
    if (this.#changes.length > MOST_CHANGES) this.#changes.shift();
    this.#emit({ kind: 'book', symbol: this.symbol, change });
  }
}

/** Levels that are new or have another volume, and those that are gone, with volume 0. */
function changed(before: readonly BookLevel[], after: readonly BookLevel[]): readonly BookLevel[] {
  const at = (levels: readonly BookLevel[], { price }: BookLevel): BookLevel | undefined =>
    levels.find((level) => level.price.eq(price));
  const gone = before.filter((level) => at(after, level) === undefined);
  const touched = after.filter((level) => !at(before, level)?.volume.eq(level.volume));
  return [...gone.map((level) => ({ ...level, volume: ZERO, orders: 0 })), ...touched];
}
