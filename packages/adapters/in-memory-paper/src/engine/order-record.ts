import { type ClientOrderId, type Order, OrderStatus, type OrderType, type Side } from '@prate/domain';
import type { OrderEnd } from '../desk/desk-types.ts';
import type { DeskStopPrices } from '../desk/trigger-types.ts';
import { ENDED, LiveState } from './live-state.ts';
import type { SymbolMarket } from './market.ts';
import type { OrderTerms } from './order-terms.ts';
import { orderView } from './port-views.ts';
import type { SeatTerms } from './seat-terms.ts';

/** What differs from order to order. */
interface Asked {
  /** 0 for a market order. */
  readonly ticks: number;
  readonly lots: number;
  readonly clientOrderId: ClientOrderId;
  /** Attached: the position takes them over with every fill. Absent: none. */
  readonly stops?: DeskStopPrices | null | undefined;
}

/** What orders need of the seat that they stand at. */
export interface OrderSeat {
  readonly market: SymbolMarket;
  readonly terms: SeatTerms;
}

/** An order that passed the checks of steps and words; prices in ticks, quantities in lots. */
export interface TicketAt<Seat extends OrderSeat> extends OrderTerms, Asked {
  readonly seat: Seat;
}

/**
 * An order as it changes; prices in ticks, quantities in lots. What it has only while it is open is in `live`, so that what is
 * kept of it then is small: there are many.
 */
export class OrderRecord<Seat extends OrderSeat> {
  readonly id: number;
  readonly seat: Seat;
  readonly terms: OrderTerms;
  readonly clientOrderId: ClientOrderId;
  readonly createdAt: number;
  /** 0 for a market order. */
  ticks: number;
  lots: number;
  filled = 0;
  status: OrderStatus = OrderStatus.NEW;
  end: OrderEnd = 'NONE';
  /** What is attached to it now: the position takes it over with every fill. */
  stops: DeskStopPrices | null;
  /** Sum of price × quantity of its fills. */
  filledValue = 0n;
  makerFee = 0n;
  takerFee = 0n;
  usedMargin = 0n;
  realizedPnl = 0n;
  positionId = 0;
  updatedAt: number;
  version = 0;
  /** `ENDED` when it has ended. */
  live: LiveState<this>;
  #view: Order | null = null;

  constructor(id: number, ticket: TicketAt<Seat>, nowMs: number) {
    this.id = id;
    this.seat = ticket.seat;
    this.terms = ticket.seat.terms.shared(ticket);
    this.clientOrderId = ticket.clientOrderId;
    this.createdAt = nowMs;
    this.ticks = ticket.ticks;
    this.lots = ticket.lots;
    this.stops = ticket.stops ?? null;
    this.updatedAt = nowMs;
    this.live = new LiveState<this>(id, nowMs);
  }

  get side(): Side {
    return this.terms.side;
  }

  get type(): OrderType {
    return this.terms.type;
  }

  get reduces(): boolean {
    return this.terms.reduces;
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

  /** It is where nothing waits any more, and holds nothing. */
  finish(status: OrderStatus, end: OrderEnd): void {
    this.status = status;
    this.end = end;
    this.live = ENDED;
    this.#view = null;
  }

  /** An order of the exchange itself, which is filled as soon as it is made. */
  fillBySystem(value: bigint, realizedPnl: bigint, positionId: number, timeMs: number): void {
    this.filled = this.lots;
    this.filledValue = value;
    this.realizedPnl = realizedPnl;
    this.positionId = positionId;
    this.finish(OrderStatus.FILLED, 'NONE');
    this.touch(timeMs);
  }

  /** The order as the port tells it; while it is open, made once a change. */
  view(): Order {
    if (this.#view !== null) return this.#view;
    const view = orderView(this, this.seat.market);
    if (this.isOpen) this.#view = view;
    return view;
  }
}
