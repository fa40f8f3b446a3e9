import {
  type ClientOrderId,
  type MarginMode,
  makeOrder,
  type Order,
  OrderStatus,
  type OrderType,
  type PositionSide,
  type Side,
} from '@prate/domain';
import type { OrderCategory, OrderEnd } from '../desk/desk-types.ts';
import type { Level } from './resting-side.ts';
import type { Seat } from './seat.ts';
import { fromMoney } from './units.ts';

/** An order that passed the checks of steps and words; prices in ticks, quantities in lots. */
export interface Ticket {
  readonly seat: Seat;
  readonly side: Side;
  readonly type: OrderType;
  /** 0 for a market order. */
  readonly ticks: number;
  readonly lots: number;
  /** Null in ONE_WAY mode. */
  readonly positionSide: PositionSide | null;
  /** Only ever makes a position smaller; also where side and position side say so in HEDGE mode. */
  readonly reduces: boolean;
  /** What the order was asked for with. */
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly clientOrderId: ClientOrderId;
  readonly category: OrderCategory;
}

/** Where an open order is. */
export type OrderPlace =
  /** On its way, until `arrivesAt`. */
  | 'COMING'
  /** Waiting for the next print or candle, which it takes. */
  | 'TAKING'
  | 'RESTING'
  /** It is at the market now, or has ended. */
  | 'NOWHERE';

/** An order as it changes. */
export class EngineOrder {
  readonly id: number;
  readonly ticket: Ticket;
  readonly seat: Seat;
  readonly side: Side;
  readonly type: OrderType;
  readonly reduces: boolean;
  readonly createdAt: number;
  ticks: number;
  lots: number;
  filled = 0;
  status: OrderStatus = OrderStatus.NEW;
  end: OrderEnd = 'NONE';
  /** Margin and fee that are kept for the rest. */
  frozen = 0n;
  /** The part that would close: it is spoken for, so that two orders do not count on closing the same. */
  closing = 0;
  /** Value of the part that would open, where the instrument has tiers. */
  opening = 0n;
  /** Sum of price × quantity of its fills. */
  filledValue = 0n;
  makerFee = 0n;
  takerFee = 0n;
  usedMargin = 0n;
  realizedPnl = 0n;
  positionId = 0;
  updatedAt: number;
  version = 0;
  /** From then on it meets the market. */
  arrivesAt: number;
  place: OrderPlace = 'NOWHERE';
  /** Its place among orders of one price; the younger the larger. */
  sequence: number;
  /** Lots of the market that stood at its price when it came, and still do. */
  ahead = 0;
  /** Its neighbours among the open orders of its seat. */
  older: EngineOrder | null = null;
  younger: EngineOrder | null = null;
  /** Its neighbours at its price, while it rests. */
  level: Level | null = null;
  before: EngineOrder | null = null;
  after: EngineOrder | null = null;
  #view: Order | null = null;

  constructor(id: number, ticket: Ticket, nowMs: number) {
    this.id = id;
    this.ticket = ticket;
    this.seat = ticket.seat;
    this.side = ticket.side;
    this.type = ticket.type;
    this.reduces = ticket.reduces;
    this.ticks = ticket.ticks;
    this.lots = ticket.lots;
    this.sequence = id;
    this.createdAt = nowMs;
    this.updatedAt = nowMs;
    this.arrivesAt = nowMs;
  }

  get left(): number {
    return this.lots - this.filled;
  }

  get isOpen(): boolean {
    return this.status === OrderStatus.NEW || this.status === OrderStatus.PARTIALLY_FILLED;
  }

  /** To be called with every change. */
  touch(timeMs: number): void {
    this.updatedAt = timeMs;
    this.version += 1;
    this.#view = null;
  }

  /** An order of the exchange itself, which is filled as soon as it is made. */
  fillBySystem(value: bigint, realizedPnl: bigint, positionId: number, timeMs: number): void {
    this.filled = this.lots;
    this.filledValue = value;
    this.realizedPnl = realizedPnl;
    this.positionId = positionId;
    this.status = OrderStatus.FILLED;
    this.touch(timeMs);
  }

  /** The order as the port tells it; made once a change. */
  view(): Order {
    this.#view ??= this.#make();
    return this.#view;
  }

  #make(): Order {
    const { grid, instrument } = this.seat.market;
    const filledQuantity = grid.quantity(this.filled);
    return makeOrder({
      id: String(this.id),
      clientOrderId: this.ticket.clientOrderId,
      symbol: instrument.symbol,
      side: this.side,
      type: this.type,
      price: this.ticks === 0 ? null : grid.price(this.ticks),
      quantity: grid.quantity(this.lots),
      filledQuantity,
      averagePrice: this.filled === 0 ? null : fromMoney(this.filledValue).div(filledQuantity),
      status: this.status,
      reduceOnly: this.ticket.reduceOnly,
      positionSide: this.ticket.positionSide,
      createdAt: this.createdAt,
      updatedAt: this.updatedAt,
      fee:
        this.filled === 0 ? null : { asset: instrument.quoteAsset, amount: fromMoney(this.makerFee + this.takerFee) },
    });
  }
}
