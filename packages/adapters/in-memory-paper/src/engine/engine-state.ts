/** An engine as plain JSON: what is written and read. */
import type { MarginMode, OrderStatus, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import type { OrderCategory, OrderEnd } from '../desk/desk-types.ts';
import type { OrderPlace } from './live-state.ts';
import type { MatchKind } from './market.ts';
import type { BookSide } from './market-book.ts';
import type { Terms } from './position-record.ts';

/** Of the format; another one is not read. */
export const VERSION = 1;

/** Plain JSON: money and decimals as text, times in epoch ms, prices in ticks and quantities in lots. */
export interface EngineState {
  readonly version: number;
  readonly seed: number;
  readonly drawn: number;
  readonly lastId: number;
  readonly lastPositionId: number;
  readonly ledger: readonly (readonly [account: string, asset: string, amount: string])[];
  readonly markets: readonly MarketState[];
  readonly accounts: readonly AccountState[];
  /** What `Triggers.save` gave; null without any. */
  readonly triggers: unknown;
}

export interface RateState {
  readonly num: string;
  readonly den: string;
}

export interface MarketState {
  readonly instrument: Record<string, unknown>;
  readonly match: MatchKind;
  readonly isCalibrated: boolean;
  readonly last: number;
  readonly toldMark: number;
  readonly toldIndex: number;
  readonly settledAt: number | null;
  readonly fundings: readonly (RateState & { readonly settleTime: number })[];
  readonly bids: BookSide;
  readonly asks: BookSide;
}

export interface AccountState {
  readonly name: string;
  readonly fees: { readonly maker: RateState; readonly taker: RateState } | null;
  readonly assets: readonly string[];
  readonly positionMode: PositionMode;
  readonly seats: readonly SeatState[];
  readonly positions: readonly PositionState[];
  /** Ids in the order of their closing. */
  readonly closed: readonly number[];
  readonly orders: readonly OrderState[];
  readonly fills: readonly FillState[];
  readonly fundings: readonly FundingState[];
}

interface SeatState {
  readonly symbol: string;
  readonly terms: Record<PositionSide, Terms>;
  readonly bidsLeft: readonly number[] | null;
  readonly asksLeft: readonly number[] | null;
}

export interface OrderState {
  readonly id: number;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly positionSide: PositionSide | null;
  readonly reduces: boolean;
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly clientOrderId: string;
  readonly category: OrderCategory;
  readonly asked: readonly [ticks: number, lots: number];
  readonly ticks: number;
  readonly lots: number;
  readonly filled: number;
  readonly status: OrderStatus;
  readonly end: OrderEnd;
  /** frozen, opening, filledValue, makerFee, takerFee, usedMargin, realizedPnl */
  readonly money: readonly string[];
  readonly closing: number;
  readonly positionId: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: number;
  readonly arrivesAt: number;
  readonly place: OrderPlace;
  readonly sequence: number;
  readonly ahead: number;
  /** What is attached to it; null where there is nothing. */
  readonly stops: unknown;
}

export interface PositionState {
  readonly id: number;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly marginMode: MarginMode;
  readonly leverage: number;
  readonly lots: number;
  /** cost, margin, originalMargin, realizedPnl, funding, fees, openedValue, closedValue */
  readonly money: readonly string[];
  readonly openedLots: number;
  readonly closedLots: number;
  readonly autoAddMargin: boolean;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface FillState {
  readonly id: number;
  readonly orderId: number;
  readonly lots: number;
  readonly ticks: number;
  readonly isTaker: boolean;
  /** value, fee, realizedPnl */
  readonly money: readonly string[];
  readonly time: number;
}

interface FundingState {
  readonly id: number;
  readonly positionId: number;
  /** value, amount */
  readonly money: readonly string[];
  readonly rate: RateState;
  readonly time: number;
}
