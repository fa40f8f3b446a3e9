import type { Decimal, MarginMode, PositionMode, PositionSide, Side } from '@prate/domain';
import type { TriggerPriceSource } from '@prate/execution-port';
import type { DeskTicket } from '../desk/desk-types.ts';
import type { DeskStopPrices, TriggerEvent } from '../desk/trigger-types.ts';
import type { Moment } from './alarm-heap.ts';

/** What the triggers of one account need of its exchange. */
export interface TriggerHost {
  /** Plans and trailing orders that may wait at one symbol; null for any number. */
  readonly maxTriggers: number | null;
  nowMs(): number;
  nextId(): number;
  positionMode(): PositionMode;
  /** @throws DeskRefusal UNKNOWN_SYMBOL */
  market(symbol: string): TriggerMarket;
  /** Steps, limits and words of an order. @throws DeskRefusal UNKNOWN_SYMBOL, INVALID_QUANTITY, INVALID_PRICE, POSITION_MODE_DIFFERS */
  checkTicket(ticket: DeskTicket): void;
  /** What the order would be sent with now. */
  terms(ticket: DeskTicket): { readonly leverage: number; readonly marginMode: MarginMode };
  /** Null where it is not open. */
  position(id: number): TriggerPosition | null;
  /** Null where there never was one. */
  order(id: string): TriggerOrder | null;
  /** Other prices for what is attached to an open order; tells so. */
  attach(orderId: string, prices: DeskStopPrices): void;
  /** Sends an order at this moment, and gives its id. @param name its client order id where the ticket has none @throws DeskRefusal */
  send(ticket: DeskTicket, name: string, moment: Moment): string;
  /** Sends a market order that closes so much of a position, whatever other orders would close. @throws DeskRefusal */
  close(position: TriggerPosition, quantity: Decimal, name: string, moment: Moment): string;
  tell(event: TriggerEvent): void;
  /** Prices of this symbol that rang nothing may ring something now, and something ends at this time. */
  disturb(symbol: string, endsAt: number): void;
}

export interface TriggerMarket {
  /** @throws DeskRefusal INVALID_PRICE off the tick */
  ticks(price: Decimal): number;
  price(ticks: number): Decimal;
  /** How many ticks this distance has, rounded up. */
  ticksWithin(distance: Decimal): number;
  /** @throws DeskRefusal INVALID_QUANTITY unless it is a whole number of lots above 0 */
  checkLots(quantity: Decimal): void;
  /** In ticks; 0 where there is none yet. */
  current(source: TriggerPriceSource): number;
}

export interface TriggerPosition {
  readonly id: number;
  readonly symbol: string;
  readonly side: PositionSide;
  readonly quantity: Decimal;
}

export interface TriggerOrder {
  readonly symbol: string;
  readonly side: Side;
  /** Null for a market order. */
  readonly price: Decimal | null;
  readonly isOpen: boolean;
}

/** A fill that has opened something. */
export interface Opened extends DeskStopPrices {
  readonly orderId: string;
  readonly positionId: number;
  readonly quantity: Decimal;
}
