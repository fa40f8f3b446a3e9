/** What orders hold, and how they go. */
import { OrderStatus, Side } from '@prate/domain';
import type { OrderEnd } from '../desk/desk-types.ts';
import type { Hold } from './holds.ts';
import type { EngineOrder } from './model.ts';

export function cancelOrder(order: EngineOrder, end: OrderEnd, timeMs: number): void {
  const { seat } = order;
  const { frozen } = order;
  leave(order);
  setHold(order, { frozen: 0n, closing: 0, opening: 0n });
  seat.open.remove(order);
  order.status = OrderStatus.CANCELLED;
  order.end = end;
  order.touch(timeMs);
  seat.account.tellOrder(order);
  if (frozen !== 0n) seat.account.tellAsset(seat.wallet.asset);
}

/** Freezes or releases the difference, and keeps the sums of the seat. */
export function setHold(order: EngineOrder, hold: Hold): void {
  const { seat } = order;
  if (hold.frozen !== order.frozen) seat.wallet.freeze(hold.frozen - order.frozen);
  keepHold(order, hold);
}

/** As `setHold`, where the money has moved already. */
export function keepHold(order: EngineOrder, hold: Hold): void {
  const { seat } = order;
  const closing = hold.closing - order.closing;
  const opening = seat.market.tiers.isFlat ? 0n : hold.opening - order.opening;
  if (order.side === Side.BUY) {
    seat.closingBuy += closing;
    if (opening !== 0n) seat.openingBuy += opening;
  } else {
    seat.closingSell += closing;
    if (opening !== 0n) seat.openingSell += opening;
  }
  order.frozen = hold.frozen;
  order.closing = hold.closing;
  order.opening += opening;
}

/** Takes an order away from where it waits. */
export function leave(order: EngineOrder): void {
  const { seat, place } = order;
  order.place = 'NOWHERE';
  if (place === 'RESTING') (order.side === Side.BUY ? seat.bids : seat.asks).remove(order);
  else if (place === 'TAKING') seat.takers.splice(seat.takers.indexOf(order), 1);
  else if (place === 'COMING') seat.coming.splice(seat.coming.indexOf(order), 1);
}
