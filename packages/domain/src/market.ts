import type { Decimal } from './decimal.ts';
import type { Side } from './enums.ts';

/** A trade that the venue published. */
export interface PublicTrade {
  /** The venue's id, or null where it gives none. */
  readonly id: string | null;
  readonly symbol: string;
  /** Epoch ms at which the venue matched it. */
  readonly time: number;
  readonly price: Decimal;
  /** Base asset. */
  readonly quantity: Decimal;
  /** The side of the taker. */
  readonly side: Side;
}

export interface Ticker {
  readonly symbol: string;
  /** Epoch ms. */
  readonly time: number;
  readonly lastPrice: Decimal;
  /** Null where the venue tells none, as for the rest. */
  readonly bid: Decimal | null;
  readonly ask: Decimal | null;
  readonly markPrice: Decimal | null;
  readonly indexPrice: Decimal | null;
  /** Base asset traded in the last 24 hours. */
  readonly volume24h: Decimal | null;
}

export interface BookLevel {
  readonly price: Decimal;
  /** Base asset. */
  readonly quantity: Decimal;
}

export interface OrderBook {
  readonly symbol: string;
  /** Epoch ms. */
  readonly time: number;
  /** Best first: descending. */
  readonly bids: readonly BookLevel[];
  /** Best first: ascending. */
  readonly asks: readonly BookLevel[];
  /** Grows with every change, or null where the venue counts none. */
  readonly version: number | null;
}

export interface FundingRate {
  readonly symbol: string;
  /** Share of the position value; longs pay shorts when positive. */
  readonly rate: Decimal;
  /** The settlement it belongs to, in epoch ms. */
  readonly settleTime: number;
}
