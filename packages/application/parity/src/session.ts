import { type Decimal, type Order, type Trade, ZERO } from '@prate/domain';
import { fillOf, grouped, type Recording, type SessionFill, type SessionOrder, sumOf } from './recording.ts';

/** A recorded session, order by order. */
export interface LiveSession {
  /** By id, in the order in which they were first seen. */
  readonly orders: ReadonlyMap<string, SessionOrder>;
  /** Each fill once. */
  readonly trades: readonly Trade[];
  /** Fills whose order was never seen. */
  readonly strays: readonly Trade[];
  /** Time of which the recording knows nothing. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Until when it is known what became of orders that were still open, epoch ms. */
  readonly to: number;
}

/** Fills that are told twice count once; what an order traded without a fill that tells of it becomes one fill at its average. */
export function liveSession({ from, to, events }: Recording): LiveSession {
  const trades: Trade[] = [];
  const told = new Set<string>();
  const seenSoFar = new Map<string, Decimal>();
  const sights = new Map<string, { readonly first: Order; last: Order; readonly seenBefore: Decimal }>();
  for (const { event } of events) {
    if (event.kind === 'fill') {
      const { symbol, id, orderId, quantity } = event.trade;
      if (told.has(`${symbol} ${id}`)) continue;
      told.add(`${symbol} ${id}`);
      trades.push(event.trade);
      seenSoFar.set(orderId, (seenSoFar.get(orderId) ?? ZERO).plus(quantity));
    }
    if (event.kind !== 'order') continue;
    const { order } = event;
    const known = sights.get(order.id);
    if (known === undefined)
      sights.set(order.id, { first: order, last: order, seenBefore: seenSoFar.get(order.id) ?? ZERO });
    // an earlier state that is told late does not bring an order back
    else if (order.updatedAt >= known.last.updatedAt && (known.last.isActive || !order.isActive)) known.last = order;
  }
  const fills = grouped(trades, ({ orderId }) => orderId);
  const orders = new Map<string, SessionOrder>();
  for (const [id, { first, last, seenBefore }] of sights) {
    const own = (fills.get(id) ?? []).map(fillOf);
    const earlier = first.filledQuantity.minus(seenBefore);
    const filledBefore = from !== null && first.createdAt < from && earlier.gt(0) ? earlier : ZERO;
    orders.set(id, { first, last, filledBefore, fills: [...own, ...untoldFill(last, filledBefore, own)] });
  }
  return {
    orders,
    trades,
    strays: trades.filter(({ orderId }) => !orders.has(orderId)),
    gaps: events.flatMap(({ event }) => (event.kind === 'gap' ? [event] : [])),
    to: to ?? events.reduce((last, { time }) => Math.max(last, time), Number.NEGATIVE_INFINITY),
  };
}

/** What the order says that it traded, less what its fills say. */
function untoldFill(order: Order, filledBefore: Decimal, fills: readonly SessionFill[]): SessionFill[] {
  const quantity = order.filledQuantity.minus(filledBefore).minus(sumOf(fills.map((fill) => fill.quantity)));
  const average = order.averagePrice ?? order.price;
  if (quantity.lte(0) || average === null) return [];
  const { symbol, side, positionSide, filledQuantity, updatedAt: time } = order;
  // what it traded before the session is taken to have had the average price
  const value = average.mul(filledQuantity.minus(filledBefore));
  const price = value.minus(sumOf(fills.map((fill) => fill.price.mul(fill.quantity)))).div(quantity);
  const isKnown = filledBefore.isZero() && fills.every(({ fee }) => fee?.asset === order.fee?.asset);
  const paid = sumOf(fills.map(({ fee }) => fee?.amount ?? ZERO));
  const fee = order.fee === null || !isKnown ? null : { ...order.fee, amount: order.fee.amount.minus(paid) };
  return [{ symbol, side, positionSide, price, quantity, fee, liquidity: null, realizedPnl: null, time }];
}
