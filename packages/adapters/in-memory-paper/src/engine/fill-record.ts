import type { Decimal, Trade } from '@prate/domain';
import type { OrderRecord, OrderSeat } from './order-record.ts';
import { type FillFacts, fillPrice, tradeView } from './port-views.ts';

/** One fill of an order; it never changes. */
export class FillRecord<Order extends OrderRecord<OrderSeat>> implements FillFacts {
  readonly id: number;
  readonly order: Order;
  readonly lots: number;
  readonly value: bigint;
  readonly ticks: number;
  readonly isTaker: boolean;
  readonly fee: bigint;
  readonly realizedPnl: bigint;
  readonly time: number;

  constructor(order: Order, facts: FillFacts) {
    this.id = facts.id;
    this.order = order;
    this.lots = facts.lots;
    this.value = facts.value;
    this.ticks = facts.ticks;
    this.isTaker = facts.isTaker;
    this.fee = facts.fee;
    this.realizedPnl = facts.realizedPnl;
    this.time = facts.time;
  }

  get price(): Decimal {
    return fillPrice(this, this.order.seat.market);
  }

  /** The fill as the port tells it. Not kept: an account has many fills, and asks for each of them a few times. */
  view(): Trade {
    return tradeView(this, this.order, this.order.seat.market);
  }
}
