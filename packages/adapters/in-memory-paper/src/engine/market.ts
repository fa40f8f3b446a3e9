import { type Instrument, Side } from '@prate/domain';
import { Grid, tradeable } from './grid.ts';
import { MarketBook } from './market-book.ts';
import { RiskTable } from './risk-table.ts';
import { type Rate, rateOf } from './units.ts';

/** How the orders of a symbol meet the market; see matching.ts. */
export type MatchKind = 'book' | 'trades' | 'candles';

/** What a settlement of funding will pay; longs pay shorts where it is positive. */
export interface FundingDue {
  readonly settleTime: number;
  readonly rate: Rate;
}

/** Prices strictly between these, in ticks. */
export interface PriceRange {
  readonly low: number;
  readonly high: number;
}

/** Whether a price reaches another from its side: a buy at or above it, a sell at or below it. */
export const reaches = (side: Side, ticks: number, other: number): boolean =>
  side === Side.BUY ? ticks >= other : ticks <= other;

/** What is known of one symbol's market now. Prices in ticks; 0 is none. */
export class SymbolMarket {
  /** Candles while missed time is played. */
  match: MatchKind;
  readonly book: MarketBook = new MarketBook();
  readonly fees: { readonly maker: Rate; readonly taker: Rate };
  /** Settlements to come, soonest first. */
  readonly fundings: FundingDue[] = [];
  /** Whether the steps are fixed. */
  isCalibrated = false;
  /** When funding was last settled, epoch ms. */
  settledAt: number = Number.NEGATIVE_INFINITY;
  /** The last trade or candle price. */
  last = 0;
  /** What tickers told; 0 where they told none. */
  toldMark = 0;
  toldIndex = 0;
  /** A last price strictly between these concerns nobody. */
  low: number = Number.POSITIVE_INFINITY;
  high: number = Number.NEGATIVE_INFINITY;
  /** From this moment on something is due: an order that arrives, a settlement of funding. */
  dueAt: number = Number.POSITIVE_INFINITY;
  #instrument: Instrument;
  #grid: Grid;
  #tiers: RiskTable;

  constructor(instrument: Instrument, match: MatchKind) {
    this.match = match;
    this.#instrument = instrument;
    this.#grid = new Grid(instrument);
    this.#tiers = new RiskTable(instrument);
    this.fees = { maker: rateOf(instrument.makerFee), taker: rateOf(instrument.takerFee) };
  }

  /** With steps that can be counted in, which may be larger than the market's own. */
  get instrument(): Instrument {
    return this.#instrument;
  }

  get grid(): Grid {
    return this.#grid;
  }

  get tiers(): RiskTable {
    return this.#tiers;
  }

  /** To be called with the first price of the market, whoever names it. */
  calibrate(price: number): void {
    if (this.isCalibrated || !(price > 0)) return;
    this.isCalibrated = true;
    const instrument = tradeable(this.#instrument, price);
    if (instrument === this.#instrument) return;
    this.#instrument = instrument;
    this.#grid = new Grid(instrument);
  }

  /** What positions are valued at: the mark price of tickers, else the last price, before the first the middle of the book. */
  mark(): number {
    if (this.toldMark !== 0) return this.toldMark;
    if (this.last !== 0) return this.last;
    const bid = this.book.bids(this.#grid).ticks[0];
    const ask = this.book.asks(this.#grid).ticks[0];
    return bid === undefined || ask === undefined ? 0 : Math.floor((bid + ask) / 2);
  }

  index(): number {
    return this.toldIndex !== 0 ? this.toldIndex : this.last;
  }

  /** Nothing is known any more of which prices concern nobody. */
  disturb(): void {
    this.low = Number.POSITIVE_INFINITY;
    this.high = Number.NEGATIVE_INFINITY;
  }
}
