/**
 * What somebody did, from what happened: the first sight of an order was its creation, another price or quantity an amend,
 * the end of an order that rests a cancel. How IOC, FOK and market orders end is the venue's own doing.
 */
import { type Decimal, isClientOrderId, type Order, OrderStatus, OrderType } from '@prate/domain';
import type { OrderRequest } from '@prate/execution-port';
import type { Recording } from './recording.ts';
import type { LiveSession } from './session.ts';

interface ActionBase {
  /** Epoch ms. */
  readonly time: number;
  /** Whether it came before what the market did in this very millisecond. */
  readonly beforeMarket: boolean;
  /** The recorded order's id. */
  readonly orderId: string;
  readonly symbol: string;
}

export type Action = ActionBase &
  (
    | { readonly kind: 'create'; readonly request: OrderRequest }
    | { readonly kind: 'amend'; readonly price?: Decimal; readonly quantity?: Decimal }
    | { readonly kind: 'cancel' }
  );

/**
 * The actions of a session in the order in which they are done again; orders that the venue refused are not among them.
 * An action comes after the market of its millisecond, unless a fill of that millisecond was told after it and none before.
 */
export function actionsOf(recording: Recording, session: LiveSession): Action[] {
  const when = fillTimes(recording);
  const actions: { readonly action: Action; readonly index: number }[] = [];
  const states = new Map<string, Order>();
  const add = (index: number, action: PlainAction): void => {
    const told = when.get(`${action.symbol} ${action.time}`);
    actions.push({ index, action: { ...action, beforeMarket: told !== undefined && told > index } as Action });
  };
  recording.events.forEach(({ event }, index) => {
    if (event.kind !== 'order') return;
    const { order } = event;
    const before = states.get(order.id);
    if (before !== undefined && (!before.isActive || order.updatedAt < before.updatedAt)) return;
    states.set(order.id, order);
    const { symbol } = order;
    const known = session.orders.get(order.id);
    if (known?.last.status === OrderStatus.REJECTED) return;
    const base = { orderId: order.id, symbol };
    if (before === undefined)
      add(index, { ...base, kind: 'create', time: order.createdAt, request: requestOf(order, known?.filledBefore) });
    else if (hasChanged(before, order)) {
      const price = order.price !== null && before.price?.eq(order.price) !== true ? { price: order.price } : {};
      const quantity = before.quantity.eq(order.quantity)
        ? {}
        : { quantity: known === undefined ? order.quantity : order.quantity.minus(known.filledBefore) };
      add(index, { ...base, kind: 'amend', time: order.updatedAt, ...price, ...quantity });
    }
    if (endedByHand(order)) add(index, { ...base, kind: 'cancel', time: order.updatedAt });
  });
  return actions
    .sort(
      (a, b) =>
        a.action.time - b.action.time ||
        Number(b.action.beforeMarket) - Number(a.action.beforeMarket) ||
        a.index - b.index,
    )
    .map(({ action }) => action);
}

type PlainAction = { readonly time: number; readonly orderId: string; readonly symbol: string } & (
  | { readonly kind: 'create'; readonly request: OrderRequest }
  | { readonly kind: 'amend'; readonly price?: Decimal; readonly quantity?: Decimal }
  | { readonly kind: 'cancel' }
);

/** Where the first fill of a symbol in a millisecond was told. */
function fillTimes({ events }: Recording): Map<string, number> {
  const first = new Map<string, number>();
  events.forEach(({ event }, index) => {
    if (event.kind !== 'fill') return;
    const key = `${event.trade.symbol} ${event.trade.time}`;
    if (!first.has(key)) first.set(key, index);
  });
  return first;
}

const hasChanged = (before: Order, now: Order): boolean =>
  !before.quantity.eq(now.quantity) || (now.price !== null && before.price?.eq(now.price) !== true);

const RESTING: readonly OrderType[] = [OrderType.LIMIT, OrderType.POST_ONLY];
const ENDED: readonly OrderStatus[] = [OrderStatus.CANCELLED, OrderStatus.EXPIRED];

/** A post-only order that the venue ended because it would have taken is cancelled a moment after it came: that changes nothing. */
const endedByHand = ({ type, status }: Order): boolean => RESTING.includes(type) && ENDED.includes(status);

function requestOf(order: Order, filledBefore: Decimal | undefined): OrderRequest {
  const { symbol, side, type, price, clientOrderId, reduceOnly, positionSide } = order;
  return {
    ...{ symbol, side, type, reduceOnly },
    quantity: filledBefore === undefined ? order.quantity : order.quantity.minus(filledBefore),
    ...(price === null || type === OrderType.MARKET ? {} : { price }),
    ...(isClientOrderId(clientOrderId) ? { clientOrderId } : {}),
    ...(positionSide === null ? {} : { positionSide }),
  };
}
