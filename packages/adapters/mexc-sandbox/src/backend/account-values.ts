import { type Decimal, type MarginMode, type OrderType, type PositionMode, PositionSide, Side } from '@prate/domain';
import type { PriceSource } from './market-values.ts';

/** Whether an order opens a position or ends one: in HEDGE mode side and effect say which. */
export type OrderEffect = 'OPEN' | 'CLOSE';

export interface Direction {
  readonly side: Side;
  readonly effect: OrderEffect;
}

/** Of the position that an order is for. */
export const positionSideOf = ({ side, effect }: Direction): PositionSide =>
  (side === Side.BUY) === (effect === 'OPEN') ? PositionSide.LONG : PositionSide.SHORT;

export interface StopPrice {
  readonly price: Decimal;
  readonly source: PriceSource;
}

/** An order as it is asked for, checked against its contract: volume and price are legal. */
export interface OrderTicket {
  readonly symbol: string;
  readonly side: Side;
  /** CLOSE only ever makes a position smaller; in ONE_WAY mode an OPEN may also turn one round. */
  readonly effect: OrderEffect;
  readonly type: OrderType;
  readonly volume: Decimal;
  /** Null for a market order. */
  readonly price: Decimal | null;
  readonly marginMode: MarginMode;
  /** Null: the account's own. */
  readonly leverage: number | null;
  readonly clientOrderId: string | null;
  /** The mode that the client believes the account is in; null where it does not say. */
  readonly positionMode: PositionMode | null;
  readonly reduceOnly: boolean;
  readonly stopLoss: StopPrice | null;
  readonly takeProfit: StopPrice | null;
}

/** Why an order ended without having filled. */
export type OrderEnd =
  | 'NONE'
  | 'BY_USER'
  | 'INSUFFICIENT_BALANCE'
  | 'NO_POSITION'
  | 'LIQUIDATION'
  | 'IOC_REST'
  | 'FOK_NOT_FILLED'
  | 'POST_ONLY_WOULD_TAKE'
  | 'MARKET_REST';

/** Who made an order: its owner, a liquidation that takes a position over, or the netting of hedged positions before one. */
export type OrderCategory = 'USER' | 'LIQUIDATION' | 'NETTING';

export interface AccountOrder extends Omit<OrderTicket, 'leverage' | 'positionMode'> {
  /** 18 digits, above 2^53, rising. */
  readonly id: string;
  readonly leverage: number;
  readonly category: OrderCategory;
  readonly positionMode: PositionMode;
  /** 0 before the first fill. */
  readonly positionId: number;
  readonly status: 'OPEN' | 'FILLED' | 'CANCELLED' | 'INVALID';
  readonly end: OrderEnd;
  readonly filledVolume: Decimal;
  /** Null before the first fill. */
  readonly averagePrice: Decimal | null;
  /** What is held for the rest, and what its fills used. */
  readonly frozenMargin: Decimal;
  readonly usedMargin: Decimal;
  readonly makerFee: Decimal;
  readonly takerFee: Decimal;
  readonly feeCoin: string;
  readonly realizedPnl: Decimal;
  /** Grows with every change. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Fill {
  readonly id: string;
  readonly order: AccountOrder;
  readonly price: Decimal;
  readonly volume: Decimal;
  readonly isTaker: boolean;
  /** Paid when positive. */
  readonly fee: Decimal;
  readonly feeCoin: string;
  readonly realizedPnl: Decimal;
  readonly time: number;
}

export interface AccountPosition {
  readonly id: number;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly marginMode: MarginMode;
  readonly leverage: number;
  readonly open: boolean;
  readonly heldVolume: Decimal;
  /** Kept for resting orders that close it. */
  readonly frozenVolume: Decimal;
  readonly closedVolume: Decimal;
  /** Of what is held, of everything that was opened, of what was closed; 0 where there is none. */
  readonly heldAveragePrice: Decimal;
  readonly openAveragePrice: Decimal;
  readonly closeAveragePrice: Decimal;
  /** 0 where there is none. */
  readonly liquidationPrice: Decimal;
  readonly originalMargin: Decimal;
  readonly margin: Decimal;
  readonly autoAddMargin: boolean;
  /** Funding so far: received when positive. */
  readonly funding: Decimal;
  /** Profit of what was closed, without fees. */
  readonly closedPnl: Decimal;
  /** Paid when positive. */
  readonly fees: Decimal;
  /** At the fair price. */
  readonly unrealizedPnl: Decimal;
  /** Maintenance margin as a share of margin and unrealized profit. */
  readonly marginRatio: Decimal;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** `cash = available + frozen + positionMargin`. */
export interface AccountAsset {
  readonly currency: string;
  readonly cash: Decimal;
  readonly available: Decimal;
  readonly frozen: Decimal;
  readonly positionMargin: Decimal;
  readonly unrealizedPnl: Decimal;
}

export interface FeeRates {
  /** Shares of the traded value. */
  readonly maker: Decimal;
  readonly taker: Decimal;
}

export interface LeverageSetting {
  readonly side: PositionSide;
  readonly marginMode: MarginMode;
  readonly leverage: number;
}

export interface FundingPayment {
  readonly id: number;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly positionValue: Decimal;
  /** Received when positive. */
  readonly amount: Decimal;
  readonly rate: Decimal;
  readonly time: number;
}

/** Of plans, stops and trailing orders; INACTIVE is a trailing order whose activation price was not reached. */
export type TriggerStatus = 'INACTIVE' | 'WAITING' | 'CANCELLED' | 'EXECUTED' | 'EXPIRED' | 'FAILED';

export interface PlanTicket {
  readonly ticket: OrderTicket;
  readonly triggerPrice: Decimal;
  readonly direction: 'RISES_TO' | 'FALLS_TO';
  readonly source: PriceSource;
  readonly cycleHours: number;
}

/** An order that is sent when a price is reached. */
export interface PlanOrder extends PlanTicket {
  readonly id: string;
  readonly leverage: number;
  readonly positionMode: PositionMode;
  readonly status: TriggerStatus;
  /** Of what it sent; null before. */
  readonly orderId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StopTicket {
  readonly positionId: number;
  /** Null: the whole position. */
  readonly volume: Decimal | null;
  readonly stopLoss: StopPrice | null;
  readonly takeProfit: StopPrice | null;
}

/** Take-profit and stop-loss of a position: what is reached first closes it. */
export interface StopOrder extends StopTicket {
  readonly id: number;
  /** Of the order that it was attached to. */
  readonly orderId: string | null;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly status: TriggerStatus;
  readonly triggered: 'TAKE_PROFIT' | 'STOP_LOSS' | null;
  readonly placedOrderId: string | null;
  readonly closedVolume: Decimal;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface TrailingTicket {
  readonly ticket: OrderTicket;
  readonly source: PriceSource;
  /** Null: active at once. */
  readonly activationPrice: Decimal | null;
  /** How far the price must come back from its best: a share of it, or a distance. */
  readonly callback: { readonly kind: 'SHARE' | 'DISTANCE'; readonly value: Decimal };
}

export interface TrailingOrder extends TrailingTicket {
  readonly id: string;
  readonly leverage: number;
  readonly positionMode: PositionMode;
  readonly status: TriggerStatus;
  /** Best price since it became active, and where it fires now; null before. */
  readonly bestPrice: Decimal | null;
  readonly triggerPrice: Decimal | null;
  readonly orderId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}
