/**
 * What the desk of an account takes and gives. It is the account in full, synchronously and in plain terms: a server of a
 * venue's wire protocol maps it onto its own words. `ExecutionPort` is the narrower, asynchronous view of the same account.
 *
 * - Quantities are in the base asset and whole lots; prices are on the tick; money is exact; times are epoch ms.
 * - Ids of orders and fills are texts of whole numbers that rise; positions and payments have numbers of their own.
 * - What the exchange will not do is a `DeskRefusal`, and nothing has changed then.
 * - A snapshot is plain data: nothing that happens later changes it.
 */
import type { Decimal, MarginMode, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import type { TriggerPriceSource } from '@prate/execution-port';

/** Whether an order opens a position or ends one: in HEDGE mode side and effect say which. */
export type OrderEffect = 'OPEN' | 'CLOSE';

/** Which price of the market must come to it. */
export interface DeskStopPrice {
  readonly price: Decimal;
  readonly source: TriggerPriceSource;
}

/** An order as it is asked for. Steps and limits of the instrument are checked here too (INVALID_QUANTITY, INVALID_PRICE). */
export interface DeskTicket {
  readonly symbol: string;
  readonly side: Side;
  /** CLOSE only ever makes a position smaller; in ONE_WAY mode an OPEN may also turn one round. */
  readonly effect: OrderEffect;
  readonly type: OrderType;
  readonly quantity: Decimal;
  /** Null for a market order. */
  readonly price: Decimal | null;
  /** Null: that of the position, else the account's own for the symbol and side. */
  readonly marginMode: MarginMode | null;
  readonly leverage: number | null;
  readonly clientOrderId: string | null;
  /** The mode that the client believes the account is in; null where it does not say. */
  readonly positionMode: PositionMode | null;
  readonly reduceOnly: boolean;
  /** Attached: the position takes them over with every fill. Absent and null alike: none. Not for orders that only close. */
  readonly stopLoss?: DeskStopPrice | null | undefined;
  readonly takeProfit?: DeskStopPrice | null | undefined;
}

/** Why an order ended without having filled whole. */
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

/** Who made an order: its owner, a liquidation (takeover), or the netting of hedged positions before one. */
export type OrderCategory = 'USER' | 'LIQUIDATION' | 'NETTING';

export interface DeskOrder {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly effect: OrderEffect;
  readonly type: OrderType;
  readonly category: OrderCategory;
  readonly quantity: Decimal;
  /** Null for a market order. */
  readonly price: Decimal | null;
  readonly marginMode: MarginMode;
  readonly leverage: number;
  readonly clientOrderId: string;
  readonly positionMode: PositionMode;
  readonly reduceOnly: boolean;
  readonly stopLoss: DeskStopPrice | null;
  readonly takeProfit: DeskStopPrice | null;
  /** Of the position that it last traded for; 0 before the first fill. */
  readonly positionId: number;
  readonly status: 'OPEN' | 'FILLED' | 'CANCELLED';
  readonly end: OrderEnd;
  readonly filledQuantity: Decimal;
  /** Null before the first fill. */
  readonly averagePrice: Decimal | null;
  /** What is held for the rest (margin and fee), and the margin that its fills took. */
  readonly frozenMargin: Decimal;
  readonly usedMargin: Decimal;
  /** Paid when positive. */
  readonly makerFee: Decimal;
  readonly takerFee: Decimal;
  readonly feeAsset: string;
  readonly realizedPnl: Decimal;
  /** Grows with every change. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface DeskFill {
  readonly id: string;
  /** In events as it is after this fill, in histories as it is now. */
  readonly order: DeskOrder;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly isTaker: boolean;
  /** Paid when positive. */
  readonly fee: Decimal;
  readonly feeAsset: string;
  readonly realizedPnl: Decimal;
  readonly time: number;
}

export interface DeskPosition {
  readonly id: number;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly marginMode: MarginMode;
  readonly leverage: number;
  readonly open: boolean;
  readonly heldQuantity: Decimal;
  /** Kept for resting orders that close it. */
  readonly frozenQuantity: Decimal;
  readonly closedQuantity: Decimal;
  /** Of what is held, of everything that was opened, of what was closed; 0 where there is none. */
  readonly heldAveragePrice: Decimal;
  readonly openAveragePrice: Decimal;
  readonly closeAveragePrice: Decimal;
  /** On the tick; 0 where there is none (cross, closed, or nowhere above 0). */
  readonly liquidationPrice: Decimal;
  /** Initial margin of everything that was opened, and what the position has now. */
  readonly originalMargin: Decimal;
  readonly margin: Decimal;
  readonly autoAddMargin: boolean;
  /** Funding so far: received when positive. */
  readonly funding: Decimal;
  /** Profit of what was closed, without fees. */
  readonly closedPnl: Decimal;
  /** Paid when positive. */
  readonly fees: Decimal;
  /** At the mark price. */
  readonly unrealizedPnl: Decimal;
  readonly maintenanceMargin: Decimal;
  /** At 1 it is liquidated; 0 where it has no meaning. */
  readonly marginRatio: Decimal;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** `cash = available + frozen + positionMargin`. */
export interface DeskAsset {
  readonly asset: string;
  readonly cash: Decimal;
  readonly available: Decimal;
  readonly frozen: Decimal;
  readonly positionMargin: Decimal;
  readonly unrealizedPnl: Decimal;
}

export interface DeskLeverage {
  readonly side: PositionSide;
  readonly marginMode: MarginMode;
  readonly leverage: number;
}

export interface DeskFundingPayment {
  readonly id: number;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly positionId: number;
  /** At the mark price of the settlement. */
  readonly positionValue: Decimal;
  /** Received when positive. */
  readonly amount: Decimal;
  readonly rate: Decimal;
  /** When it was due, epoch ms. */
  readonly time: number;
}

/** Rows of the past in `[from, to]`, epoch ms, newest first; of every symbol where none is named. */
export interface DeskRange {
  readonly symbol: string | null;
  readonly from: number;
  readonly to: number;
}
