/** What orders hold, and how they go. */
import { OrderStatus, Side } from '@prate/domain';
import type { OrderEnd } from '../desk/desk-types.ts';
import type { Hold } from './holds.ts';
import type { EngineOrder } from './model.ts';

/** What an order holds that has ended. */
export const NOTHING: Hold = { frozen: 0n, closing: 0, opening: 0n };

export function cancelOrder(order: EngineOrder, end: OrderEnd, timeMs: number): void {
  const { seat } = order;
  const { frozen } = order.live;
  leave(order);
  setHold(order, NOTHING);
  seat.open.remove(order);
  order.finish(OrderStatus.CANCELLED, end);
  order.touch(timeMs);
  seat.account.tellOrder(order);
  if (frozen !== 0n) seat.account.tellAsset(seat.wallet.asset);
}

/** Freezes or releases the difference, and keeps the sums of the seat. */
export function setHold(order: EngineOrder, hold: Hold): void {
  const { frozen } = order.live;
  const { wallet } = order.seat;
  if (frozen === 0n) wallet.freeze(hold.frozen);
  else if (hold.frozen === 0n) wallet.release(frozen);
  else if (hold.frozen !== frozen) wallet.freeze(hold.frozen - frozen);
  keepHold(order, hold);
}

/** As `setHold`, where the money has moved already. */
export function keepHold(order: EngineOrder, hold: Hold): void {
  const { seat, live } = order;
  const closing = hold.closing - live.closing;
  const opening = seat.market.tiers.isFlat ? 0n : hold.opening - live.opening;
  if (order.side === Side.BUY) {
    seat.closingBuy += closing;
    if (opening !== 0n) seat.openingBuy += opening;
  } else {
    seat.closingSell += closing;
    if (opening !== 0n) seat.openingSell += opening;
  }
  live.frozen = hold.frozen;
  live.closing = hold.closing;
  if (opening !== 0n) live.opening += opening;
}

/** Takes an order away from where it waits. */
export function leave(order: EngineOrder): void {
  const { seat, live } = order;
  const { place } = live;
  live.place = 'NOWHERE';
  if (place === 'RESTING') (order.side === Side.BUY ? seat.bids : seat.asks).remove(order);
  else if (place === 'TAKING') seat.takers.splice(seat.takers.indexOf(order), 1);
  else if (place === 'COMING') seat.coming.splice(seat.coming.indexOf(order), 1);
}
