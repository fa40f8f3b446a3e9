import type { ClientOrderId } from './client-order-id.ts';
import type { Decimal } from './decimal.ts';
import type { OrderType, PositionSide, Side } from './enums.ts';
import { OrderStatus } from './enums.ts';
import { IllegalTransitionError, InvalidInputError } from './errors.ts';
import { ZERO } from './instrument.ts';

export interface Fee {
  readonly asset: string;
  /** Paid when positive, received when negative. */
  readonly amount: Decimal;
}

/** One order as the venue last told it: plain data, never changed in place. */
export interface Order {
  /** The venue's id; text, because ids exceed 2^53. */
  readonly id: string;
  readonly clientOrderId: ClientOrderId;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  /** Null for a market order. */
  readonly price: Decimal | null;
  /** Base asset. */
  readonly quantity: Decimal;
  readonly filledQuantity: Decimal;
  /** Null before the first fill. */
  readonly averagePrice: Decimal | null;
  readonly status: OrderStatus;
  readonly reduceOnly: boolean;
  /** Null in ONE_WAY mode. */
  readonly positionSide: PositionSide | null;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Of all fills so far; null before the first, where unknown, or where fills were charged in several assets. */
  readonly fee: Fee | null;
  /** quantity − filledQuantity. */
  readonly remaining: Decimal;
  /** Whether it can still trade: NEW, PARTIALLY_FILLED or UNKNOWN. */
  readonly isActive: boolean;
}

/** An order without what follows from the rest. */
export type OrderFields = Omit<Order, 'remaining' | 'isActive'>;

const NEXT: Record<OrderStatus, readonly OrderStatus[]> = {
  NEW: ['PARTIALLY_FILLED', 'FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED', 'UNKNOWN'],
  PARTIALLY_FILLED: ['PARTIALLY_FILLED', 'FILLED', 'CANCELLED', 'EXPIRED', 'UNKNOWN'],
  UNKNOWN: ['NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED'],
  FILLED: [],
  CANCELLED: [],
  REJECTED: [],
  EXPIRED: [],
};

export const isFinal = (status: OrderStatus): boolean => NEXT[status].length === 0;

export const canTransition = (from: OrderStatus, to: OrderStatus): boolean => NEXT[from].includes(to);

/** The one maker of orders. @throws InvalidInputError when what is filled contradicts the quantity or the status */
export function makeOrder(fields: OrderFields): Order {
  const remaining = fields.quantity.minus(fields.filledQuantity);
  if (remaining.isNegative() && !remaining.isZero()) {
    throw new InvalidInputError(
      `order ${fields.id}: filled ${fields.filledQuantity} of ${fields.quantity}, more than was ordered`,
    );
  }
  const problem = statusProblem(fields, remaining);
  if (problem !== null) throw new InvalidInputError(`order ${fields.id} cannot be ${fields.status}: ${problem}`);
  return Object.freeze({ ...fields, remaining, isActive: !isFinal(fields.status) });
}

function statusProblem({ status, filledQuantity }: OrderFields, remaining: Decimal): string | null {
  const untouched = status === OrderStatus.NEW || status === OrderStatus.REJECTED;
  if (untouched && !filledQuantity.isZero()) return `${filledQuantity} are filled`;
  if (status === OrderStatus.PARTIALLY_FILLED && filledQuantity.isZero()) return 'nothing is filled';
  if (status === OrderStatus.PARTIALLY_FILLED && remaining.isZero()) return 'all of it is filled';
  if (status === OrderStatus.FILLED && !remaining.isZero()) return `${remaining} are not filled`;
  return null;
}

/** @throws IllegalTransitionError when the status cannot follow the order's own */
export function withStatus(order: Order, status: OrderStatus, updatedAt: number): Order {
  if (!canTransition(order.status, status)) {
    throw new IllegalTransitionError(`order ${order.id} cannot go from ${order.status} to ${status}`);
  }
  return makeOrder({ ...order, status, updatedAt });
}

export interface FillFields {
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly fee: Fee;
  readonly time: number;
}

/**
 * The order after one more fill: filled quantity, average price, fee and status follow.
 * @throws IllegalTransitionError when the order is final; InvalidInputError when the fill is not above 0 or exceeds what remains
 */
export function withFill(order: Order, fill: FillFields): Order {
  if (!fill.quantity.gt(0))
    throw new InvalidInputError(`order ${order.id}: a fill must be above 0, not ${fill.quantity}`);
  const filledQuantity = order.filledQuantity.plus(fill.quantity);
  const status = filledQuantity.lt(order.quantity) ? OrderStatus.PARTIALLY_FILLED : OrderStatus.FILLED;
  if (!canTransition(order.status, status)) {
    throw new IllegalTransitionError(`order ${order.id} is ${order.status} and cannot fill`);
  }
  const before = (order.averagePrice ?? ZERO).mul(order.filledQuantity);
  return makeOrder({
    ...order,
    filledQuantity,
    averagePrice: before.plus(fill.price.mul(fill.quantity)).div(filledQuantity),
    fee: order.filledQuantity.isZero() ? fill.fee : sumOfFees(order.fee, fill.fee),
    status,
    updatedAt: fill.time,
  });
}

/** Fees in two assets have no sum, and one that is not known has none with any. */
const sumOfFees = (soFar: Fee | null, next: Fee): Fee | null =>
  soFar?.asset === next.asset ? { asset: next.asset, amount: soFar.amount.plus(next.amount) } : null;
