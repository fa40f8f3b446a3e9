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

/** Whether an order opens a position or ends one: in HEDGE mode side and effect say which. */
export type OrderEffect = 'OPEN' | 'CLOSE';

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

/** What happened to the account; of a fill: order, fill, position (both where one was turned round), asset. */
export type DeskEvent =
  | { readonly kind: 'order'; readonly order: DeskOrder }
  | { readonly kind: 'fill'; readonly fill: DeskFill }
  | { readonly kind: 'position'; readonly position: DeskPosition }
  | { readonly kind: 'asset'; readonly asset: DeskAsset }
  | { readonly kind: 'positionMode'; readonly mode: PositionMode };

/** One account, synchronously; `PaperExchange.desk(name)` gives it. It works while the exchange is fed, see `PaperExchange.connect`. */
export interface PaperDesk {
  readonly name: string;
  /**
   * Calls with every event from now on, inside the call or the market item that caused it, until the returned function is
   * called. A listener must not throw and must not call the desk.
   */
  listen(listener: (event: DeskEvent) => void): () => void;

  assets(): readonly DeskAsset[];
  /** Shares of the traded value. */
  feeRates(symbol: string): { readonly maker: Decimal; readonly taker: Decimal };

  /** The open ones, in the order in which they were opened. */
  positions(): readonly DeskPosition[];
  /** Those that were closed, by the time of their closing. */
  positionHistory(range: DeskRange): readonly DeskPosition[];
  fundingPayments(range: DeskRange): readonly DeskFundingPayment[];
  positionMode(): PositionMode;
  /** Refuses POSITION_MODE_IN_USE while there are positions or orders. */
  setPositionMode(mode: PositionMode): void;
  /** Of both sides, the long one first. */
  leverage(symbol: string): readonly DeskLeverage[];
  /** Also of a position, whose margin then becomes what the new leverage needs. Margin mode null: as it is. */
  setLeverage(
    symbol: string,
    side: PositionSide,
    setting: { readonly leverage: number; readonly marginMode: MarginMode | null },
  ): void;
  /** Adds margin to an isolated position, or takes it away where `amount` is below 0. */
  changeMargin(positionId: number, amount: Decimal): void;
  setAutoAddMargin(positionId: number, enabled: boolean): void;
  /** Closes at the market, and opens as much the other way. */
  reversePosition(positionId: number, quantity: Decimal): void;
  /** At the market, what no resting order is kept to close. */
  closeAllPositions(): void;

  /**
   * Refuses, in this order: UNKNOWN_SYMBOL, INVALID_QUANTITY, INVALID_PRICE, DUPLICATE_CLIENT_ORDER_ID,
   * LEVERAGE_OUT_OF_RANGE, LEVERAGE_DIFFERS, MARGIN_MODE_DIFFERS, POSITION_MODE_DIFFERS, NO_POSITION, CLOSES_TOO_MUCH,
   * TOO_MANY_ORDERS, NO_LIQUIDITY, RISK_LIMIT, INSUFFICIENT_BALANCE. An order that meets the market at once comes back as it is
   * after that; a post-only order that would take is accepted, and cancelled.
   */
  placeOrder(ticket: DeskTicket): DeskOrder;
  /** Refuses UNKNOWN_ORDER and ORDER_IS_FINAL. */
  cancelOrder(orderId: string): void;
  cancelAllOrders(symbol: string | null): void;
  /** Replaces an order that has not traded by a new one, which takes its client order id; it goes to the back of its price. */
  replaceOrder(orderId: string, changes: { readonly price: Decimal; readonly quantity: Decimal }): DeskOrder;
  order(orderId: string): DeskOrder | null;
  orderByClientId(symbol: string, clientOrderId: string): DeskOrder | null;
  /** Newest first. */
  openOrders(symbol: string | null): readonly DeskOrder[];
  /** By the time of their creation; open ones are not among them. */
  orderHistory(range: DeskRange): readonly DeskOrder[];
  fills(range: DeskRange): readonly DeskFill[];
  fillsOfOrder(orderId: string): readonly DeskFill[];
}
