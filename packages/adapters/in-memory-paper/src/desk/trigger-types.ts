/**
 * What the desk of an account takes and gives of trigger orders: plans (an order that is sent when a price comes), stops
 * (stop-loss and take-profit of a position) and trailing orders (sent when the price comes back from its best). They stand
 * at the exchange, cost nothing while they wait, and fire once. Quantities are in the base asset, prices on the tick.
 */
import type { Decimal, PositionMode, PositionSide } from '@prate/domain';
import type { TriggerPriceSource } from '@prate/execution-port';
import type { DeskRefusalReason } from './desk-refusal.ts';
import type { DeskOrder, DeskRange, DeskStopPrice, DeskTicket } from './desk-types.ts';

/** Null where there is none. */
export interface DeskStopPrices {
  readonly stopLoss: DeskStopPrice | null;
  readonly takeProfit: DeskStopPrice | null;
}

/**
 * INACTIVE is a trailing order whose activation price was not reached, EXPIRED a plan whose hours have passed, and FAILED
 * one whose order was refused when it fired.
 */
export type TriggerStatus = 'INACTIVE' | 'WAITING' | 'CANCELLED' | 'EXECUTED' | 'EXPIRED' | 'FAILED';

/** What plans, stops and trailing orders have in common. */
interface DeskTriggerState {
  readonly status: TriggerStatus;
  /** Why its order was refused; null unless FAILED. */
  readonly failure: DeskRefusalReason | null;
  /** Of the order that it sent; null before, and where that was refused. */
  readonly orderId: string | null;
  /** What its owner calls it; null where it has no name. Not checked, and never the client order id of an order. */
  readonly clientOrderId: string | null;
  /** Grows with every change. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface DeskPlanTicket {
  /**
   * The order to send. Its steps, words and position mode are checked at once, its leverage, position and money when it
   * fires. Without a client order id it is sent as `plan_<id>`.
   */
  readonly ticket: DeskTicket;
  readonly triggerPrice: Decimal;
  readonly direction: 'RISES_TO' | 'FALLS_TO';
  readonly source: TriggerPriceSource;
  /** How long it waits, in hours. */
  readonly cycleHours: number;
  readonly clientOrderId?: string | null | undefined;
}

export interface DeskPlan extends Omit<DeskPlanTicket, 'clientOrderId'>, DeskTriggerState {
  readonly id: string;
  readonly leverage: number;
  readonly positionMode: PositionMode;
}

export interface DeskStopTicket extends DeskStopPrices {
  readonly positionId: number;
  /** Null: all of the position, whatever it is then. A part is closed as far as there still is so much. */
  readonly quantity: Decimal | null;
  readonly clientOrderId?: string | null | undefined;
}

/**
 * Take-profit and stop-loss of a position: what is reached first closes it at the market, by a reduce-only order that is sent
 * as `stop_<id>`. It ends with its position.
 */
export interface DeskStop extends Omit<DeskStopTicket, 'clientOrderId'>, Omit<DeskTriggerState, 'orderId'> {
  readonly id: number;
  /** Of the order that it was attached to; null where it was placed on the position. */
  readonly orderId: string | null;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly triggered: 'TAKE_PROFIT' | 'STOP_LOSS' | null;
  /** Of the order that it sent; null before, and where that was refused. */
  readonly placedOrderId: string | null;
  /** What that order was to close; 0 before. */
  readonly closedQuantity: Decimal;
}

/** How far the price must come back from its best: a share of it, between 0 and 1, or a distance in the quote asset. */
export interface DeskCallback {
  readonly kind: 'SHARE' | 'DISTANCE';
  readonly value: Decimal;
}

export interface DeskTrailingTicket {
  /** The market order to send; checked as that of a plan. Without a client order id it is sent as `trailing_<id>`. */
  readonly ticket: DeskTicket;
  readonly source: TriggerPriceSource;
  /** It begins to follow when the price has come here: up for a sale, down for a purchase. Null: at once. */
  readonly activationPrice: Decimal | null;
  readonly callback: DeskCallback;
  readonly clientOrderId?: string | null | undefined;
}

export interface DeskTrailing extends Omit<DeskTrailingTicket, 'clientOrderId'>, DeskTriggerState {
  readonly id: string;
  readonly leverage: number;
  readonly positionMode: PositionMode;
  /** Best price since it became active, and where it fires now, both on the tick; null before. */
  readonly bestPrice: Decimal | null;
  readonly triggerPrice: Decimal | null;
}

/** Told after the events of the order that a trigger has sent. */
export type DeskTriggerEvent =
  | { readonly kind: 'plan'; readonly plan: DeskPlan }
  | { readonly kind: 'stop'; readonly stop: DeskStop }
  /** What is attached to an open order is new, or has changed. */
  | { readonly kind: 'attachedStop'; readonly order: DeskOrder }
  | { readonly kind: 'trailing'; readonly trailing: DeskTrailing };

/** What is attached to orders is told by the exchange itself. */
export type TriggerEvent = Exclude<DeskTriggerEvent, { readonly kind: 'attachedStop' }>;

/** What of a plan can change while it waits; its symbol cannot. */
export type DeskPlanChanges = Partial<Pick<DeskPlanTicket, 'ticket' | 'triggerPrice' | 'direction' | 'source'>>;
export type DeskTrailingChanges = Partial<Pick<DeskTrailingTicket, 'activationPrice' | 'callback' | 'source'>>;

/** The trigger orders of one account; `PaperDesk.triggers`. */
export interface DeskTriggers {
  /**
   * Refuses, in this order: UNKNOWN_SYMBOL, INVALID_QUANTITY, INVALID_PRICE, INVALID_TRIGGER, POSITION_MODE_DIFFERS,
   * TOO_MANY_TRIGGERS. A plan whose price is reached already fires with the next price.
   */
  placePlan(plan: DeskPlanTicket): DeskPlan;
  /** Refuses UNKNOWN_ORDER, TRIGGER_IS_FINAL, and as placing does. */
  changePlan(planId: string, changes: DeskPlanChanges): DeskPlan;
  /** Refuses UNKNOWN_ORDER and TRIGGER_IS_FINAL. */
  cancelPlan(planId: string): void;
  plan(planId: string): DeskPlan | null;
  /** By the time of their creation, those that have ended among them. */
  plans(range: DeskRange): readonly DeskPlan[];

  /**
   * Refuses, in this order: NO_POSITION, INVALID_QUANTITY, STOP_TOO_LARGE, INVALID_TRIGGER (no price at all), INVALID_PRICE,
   * STOP_PRICE (on the wrong side of the price that it follows), STOP_EXISTS (a second one for all of the position),
   * TOO_MANY_TRIGGERS.
   */
  placeStop(stop: DeskStopTicket): DeskStop;
  /** Both prices anew. Refuses UNKNOWN_STOP where it does not wait, and INVALID_TRIGGER, INVALID_PRICE, STOP_PRICE. */
  changeStop(stopId: number, prices: DeskStopPrices): DeskStop;
  /**
   * What is attached to an open order, with the stop that its fills have made; both null removes it. Refuses UNKNOWN_ORDER,
   * UNKNOWN_STOP where the order is final, INVALID_PRICE, STOP_PRICE.
   */
  changeAttachedStop(orderId: string, prices: DeskStopPrices): void;
  /** Refuses UNKNOWN_STOP where it does not wait. */
  cancelStop(stopId: number): void;
  stop(stopId: number): DeskStop | null;
  /** By the time of their creation, those that have ended among them. */
  stops(range: DeskRange): readonly DeskStop[];

  /** Refuses as `placePlan` does. */
  placeTrailing(trailing: DeskTrailingTicket): DeskTrailing;
  /** An active one goes on from its best price. Refuses UNKNOWN_ORDER, TRIGGER_IS_FINAL, and as placing does. */
  changeTrailing(trailingId: string, changes: DeskTrailingChanges): DeskTrailing;
  /** Refuses UNKNOWN_ORDER and TRIGGER_IS_FINAL. */
  cancelTrailing(trailingId: string): void;
  trailing(trailingId: string): DeskTrailing | null;
  /** By the time of their creation, those that have ended among them. */
  trailings(range: DeskRange): readonly DeskTrailing[];
}
