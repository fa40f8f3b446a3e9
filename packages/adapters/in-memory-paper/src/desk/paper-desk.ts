import type { Decimal, MarginMode, PositionMode, PositionSide } from '@prate/domain';
import type {
  DeskAsset,
  DeskFill,
  DeskFundingPayment,
  DeskLeverage,
  DeskOrder,
  DeskPosition,
  DeskRange,
  DeskTicket,
} from './desk-types.ts';
import type { DeskTriggerEvent, DeskTriggers } from './trigger-types.ts';

/** What happened to the account; of a fill: order, fill, position (both where one was turned round), asset. */
export type DeskEvent =
  | { readonly kind: 'order'; readonly order: DeskOrder }
  | { readonly kind: 'fill'; readonly fill: DeskFill }
  | { readonly kind: 'position'; readonly position: DeskPosition }
  | { readonly kind: 'asset'; readonly asset: DeskAsset }
  | { readonly kind: 'positionMode'; readonly mode: PositionMode }
  | DeskTriggerEvent;

/** One account, synchronously; `PaperExchange.desk(name)` gives it. It works while the exchange is fed, see `PaperExchange.connect`. */
export interface PaperDesk {
  readonly name: string;
  readonly triggers: DeskTriggers;
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
  /** Refuses POSITION_MODE_IN_USE while there are positions, orders or triggers. */
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
   * TOO_MANY_ORDERS, NO_LIQUIDITY, RISK_LIMIT, INSUFFICIENT_BALANCE. An order that meets the market at once has done so when
   * this returns; a post-only order that would take is accepted, and cancelled.
   * @returns its id: who wants more asks for the order
   */
  placeOrder(ticket: DeskTicket): string;
  /** Refuses UNKNOWN_ORDER and ORDER_IS_FINAL. */
  cancelOrder(orderId: string): void;
  cancelAllOrders(symbol: string | null): void;
  /**
   * Replaces an order that has not traded by a new one, which takes its client order id; it goes to the back of its price.
   * @returns the id of the new one
   */
  replaceOrder(orderId: string, changes: { readonly price: Decimal; readonly quantity: Decimal }): string;
  order(orderId: string): DeskOrder | null;
  orderByClientId(symbol: string, clientOrderId: string): DeskOrder | null;
  /** Newest first. */
  openOrders(symbol: string | null): readonly DeskOrder[];
  /** By the time of their creation; open ones are not among them. */
  orderHistory(range: DeskRange): readonly DeskOrder[];
  fills(range: DeskRange): readonly DeskFill[];
  fillsOfOrder(orderId: string): readonly DeskFill[];
}
