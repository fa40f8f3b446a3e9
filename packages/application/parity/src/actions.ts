/**
 * What somebody did, from what happened: the first sight of an order was its creation, another price or quantity an amend,
 * the end of an order that rests a cancel. How IOC, FOK and market orders end is the venue's own doing.
 */
import { type Decimal, isClientOrderId, type Order, OrderStatus, OrderType } from '@prate/domain';
import type { OrderRequest } from '@prate/execution-port';
import type { Recording } from './recording.ts';
import type { LiveSession } from './session.ts';

export type Action = ActionBase & Deed;

interface ActionBase {
  /** Epoch ms. */
  readonly time: number;
  /** Whether it comes before what the market did in this very millisecond. */
  readonly beforeMarket: boolean;
  /** The recorded order's id. */
  readonly orderId: string;
  readonly symbol: string;
}

type Deed =
  | { readonly kind: 'create'; readonly request: OrderRequest }
  | { readonly kind: 'amend'; readonly price?: Decimal; readonly quantity?: Decimal }
  | { readonly kind: 'cancel' };

/**
 * The actions of a session in the order in which they are done again; orders that the venue refused are not among them.
 *
 * Whether an action came before or after the market of its millisecond shows in what its order traded then: a new order that
 * traded at once came before, an order that was cancelled without trading was gone before. What was told ahead of all fills of
 * that millisecond came before them, too. Where nothing shows it, after.
 */
export function actionsOf({ from, events }: Recording, session: LiveSession): Action[] {
  const actions: Action[] = [];
  const states = new Map<string, Order>();
  const tradedAt = new Map<string, number>();
  const latest = new Map<string, Action>();
  const firstFill = firstFills(events);
  const add = ({ id: orderId, symbol }: Order, time: number, deed: Deed, isBefore: boolean): void => {
    // what comes later of an order cannot come before what came earlier
    const earlier = latest.get(orderId);
    const beforeMarket = isBefore && (earlier === undefined || earlier.time < time || earlier.beforeMarket);
    const action: Action = { time, beforeMarket, orderId, symbol, ...deed };
    latest.set(orderId, action);
    actions.push(action);
  };
  for (const [index, { event }] of events.entries()) {
    if (event.kind === 'fill') tradedAt.set(event.trade.orderId, event.trade.time);
    if (event.kind !== 'order') continue;
    const { order } = event;
    const before = states.get(order.id);
    if (before !== undefined && (!before.isActive || order.updatedAt < before.updatedAt)) continue;
    states.set(order.id, order);
    const known = session.orders.get(order.id);
    if (known === undefined || known.last.status === OrderStatus.REJECTED) continue;
    const { filledBefore, fills, last } = known;
    const isAhead = (time: number): boolean => (firstFill.get(`${order.symbol} ${time}`) ?? -1) > index;
    if (before === undefined) {
      const atOnce = fills.some(({ time }) => time === order.createdAt) || endedAtOnce(last);
      // what was open already comes when the recording begins: what it did before is not known
      const time = Math.max(order.createdAt, from ?? order.createdAt);
      add(order, time, { kind: 'create', request: requestOf(order, filledBefore) }, atOnce || isAhead(time));
    }
    // what was told of this millisecond so far is what it traded before it was changed
    const untouched = tradedAt.get(order.id) !== order.updatedAt;
    if (before !== undefined && hasChanged(before, order)) {
      const tradesAfter = fills.some(({ time }) => time === order.updatedAt);
      add(
        order,
        order.updatedAt,
        changesOf(before, order, filledBefore),
        untouched && (tradesAfter || isAhead(order.updatedAt)),
      );
    }
    if (endedByHand(order)) add(order, order.updatedAt, { kind: 'cancel' }, untouched);
  }
  // stable: at one moment in the order in which they were told
  return actions.sort((a, b) => a.time - b.time || Number(b.beforeMarket) - Number(a.beforeMarket));
}

/** Where the first fill of a symbol in a millisecond was told. */
function firstFills(events: Recording['events']): Map<string, number> {
  const first = new Map<string, number>();
  for (const [index, { event }] of events.entries()) {
    const key = event.kind === 'fill' ? `${event.trade.symbol} ${event.trade.time}` : null;
    if (key !== null && !first.has(key)) first.set(key, index);
  }
  return first;
}

function changesOf(before: Order, order: Order, filledBefore: Decimal): Deed {
  const price = order.price === null || before.price?.eq(order.price) === true ? {} : { price: order.price };
  const quantity = before.quantity.eq(order.quantity) ? {} : { quantity: order.quantity.minus(filledBefore) };
  return { kind: 'amend', ...price, ...quantity };
}

const hasChanged = (before: Order, now: Order): boolean =>
  !before.quantity.eq(now.quantity) || (now.price !== null && before.price?.eq(now.price) !== true);

const RESTING: readonly OrderType[] = [OrderType.LIMIT, OrderType.POST_ONLY];
const ENDED: readonly OrderStatus[] = [OrderStatus.CANCELLED, OrderStatus.EXPIRED];

/** A post-only order that the venue ended because it would have taken is cancelled a moment after it came: that changes nothing. */
const endedByHand = ({ type, status }: Order): boolean => RESTING.includes(type) && ENDED.includes(status);

/** It met the market of its millisecond, and found nothing there. */
const endedAtOnce = ({ type, status, createdAt, updatedAt }: Order): boolean =>
  !RESTING.includes(type) && ENDED.includes(status) && updatedAt === createdAt;

function requestOf(order: Order, filledBefore: Decimal): OrderRequest {
  const { symbol, side, type, price, quantity, clientOrderId, reduceOnly, positionSide } = order;
  return {
    ...{ symbol, side, type, reduceOnly, quantity: quantity.minus(filledBefore) },
    ...(price === null || type === OrderType.MARKET ? {} : { price }),
    ...(isClientOrderId(clientOrderId) ? { clientOrderId } : {}),
    ...(positionSide === null ? {} : { positionSide }),
  };
}
