import {
  type ClientOrderId,
  type MarginMode,
  OrderStatus,
  type OrderType,
  type PositionSide,
  type Side,
} from '@prate/domain';
import type { OrderCategory, OrderEnd } from '../desk/desk-types.ts';
import type { DeskStopPrices } from '../desk/trigger-types.ts';

/** What an order was asked for with beside price, quantity and name; orders of one seat that are alike share one. */
export interface OrderTerms {
  readonly side: Side;
  readonly type: OrderType;
  /** Null in ONE_WAY mode. */
  readonly positionSide: PositionSide | null;
  /** Only ever makes a position smaller; also where side and position side say so in HEDGE mode. */
  readonly reduces: boolean;
  /** What the order was asked for with. */
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly category: OrderCategory;
}

/** Terms alone, of something that has more. */
export const termsOf = (more: OrderTerms): OrderTerms => {
  const { side, type, positionSide, reduces, reduceOnly, leverage, marginMode, category } = more;
  return { side, type, positionSide, reduces, reduceOnly, leverage, marginMode, category };
};

export const areSameTerms = (one: OrderTerms, other: OrderTerms): boolean =>
  one.side === other.side &&
  one.type === other.type &&
  one.positionSide === other.positionSide &&
  one.reduces === other.reduces &&
  one.reduceOnly === other.reduceOnly &&
  one.leverage === other.leverage &&
  one.marginMode === other.marginMode &&
  one.category === other.category;

/** What is kept of an order when it has ended, too; prices in ticks, quantities in lots. Small, because there are many. */
export class OrderRecord {
  readonly id: number;
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

  constructor(id: number, terms: OrderTerms, asked: Asked, nowMs: number) {
    this.id = id;
    this.terms = terms;
    this.clientOrderId = asked.clientOrderId;
    this.createdAt = nowMs;
    this.ticks = asked.ticks;
    this.lots = asked.lots;
    this.stops = asked.stops ?? null;
    this.updatedAt = nowMs;
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
}

/** What differs from order to order. */
export interface Asked {
  /** 0 for a market order. */
  readonly ticks: number;
  readonly lots: number;
  readonly clientOrderId: ClientOrderId;
  /** Attached: the position takes them over with every fill. Absent: none. */
  readonly stops?: DeskStopPrices | null | undefined;
}
