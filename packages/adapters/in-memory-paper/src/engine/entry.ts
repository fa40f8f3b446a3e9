/** How orders come, change and go. What is called here is done when it returns; prices and lots are legal already. */
import { OrderType, Side } from '@prate/domain';
import type { OrderEnd } from '../desk/desk-types.ts';
import { EngineRefusal } from './engine-refusal.ts';
import { fillOrder } from './filling.ts';
import { forgetOldest } from './history.ts';
import { checkFunds, checkRisk, type Hold, holdFor, isImmediate, wouldTake } from './holds.ts';
import { cancelOrder, leave, setHold } from './leaving.ts';
import { reaches } from './market.ts';
import { EngineOrder, type Ticket } from './model.ts';
import type { Spread } from './rules.ts';
import { smaller } from './units.ts';

/**
 * Checks what an order needs and may, and puts it on its way.
 * @param latency of the exchange's rules, unless the order is sent at the exchange
 * @throws EngineRefusal
 */
export function placeOrder(
  ticket: Ticket,
  nowMs: number,
  latency: Spread = ticket.seat.account.engine.rules.latency,
): EngineOrder {
  const { seat } = ticket;
  const { account, market } = seat;
  const { engine } = account;
  const { maxOpenOrders, maxHistory } = engine.rules;
  if (maxOpenOrders !== null && seat.open.size >= maxOpenOrders) {
    const message = `${market.instrument.symbol} has ${seat.open.size} open orders, which is the most`;
    throw new EngineRefusal('TOO_MANY_ORDERS', message);
  }
  if (maxHistory !== null) forgetOldest(account, maxHistory);
  const hold = holdFor(ticket, ticket.lots, null);
  checkRisk(ticket, hold, null);
  checkFunds(seat, hold.frozen, 0n);
  const order = new EngineOrder(engine.nextId(), ticket, nowMs);
  engine.take(seat);
  account.orders.add(order);
  seat.open.add(order);
  setHold(order, hold);
  account.tellOrder(order);
  if (hold.frozen !== 0n) account.tellAsset(seat.wallet.asset);
  if (order.stops !== null) account.tellAttached(order);
  order.live.arrivesAt = nowMs + engine.chance.between(latency.from, latency.to);
  if (order.live.arrivesAt > nowMs && market.match !== 'candles') comeLater(order);
  else arrive(order, nowMs);
  return order;
}

/** Another price and quantity for an open order; legal already. A refused change leaves it as it was. @throws EngineRefusal */
export function changeOrder(order: EngineOrder, ticks: number, lots: number, nowMs: number): void {
  const { seat } = order;
  const keepsPlace = ticks === order.ticks && lots <= order.lots;
  const isComing = order.live.place === 'COMING';
  const hold = checkChange(order, ticks, lots);
  if (!keepsPlace) {
    leave(order);
    order.live.sequence = seat.account.engine.nextId();
  }
  setHold(order, hold);
  order.ticks = ticks;
  order.lots = lots;
  // what it was before cannot meet a candle that has begun
  if (!isComing) order.live.arrivesAt = nowMs;
  order.touch(nowMs);
  seat.account.tellOrder(order);
  seat.account.tellAsset(seat.wallet.asset);
  if (keepsPlace) return;
  if (isComing) comeLater(order);
  else arrive(order, nowMs);
}

/** What the order would hold with another price and quantity. @throws EngineRefusal when it may not have them */
export function checkChange(order: EngineOrder, ticks: number, lots: number): Hold {
  const { seat, side } = order;
  const { positionSide, reduces, leverage } = order.terms;
  const valued = { seat, side, ticks, positionSide, reduces, leverage };
  const needed = holdFor(valued, lots - order.filled, order);
  if (ticks === order.ticks && lots <= order.lots) {
    // a smaller order needs no more than before, wherever the market is now
    return { ...needed, frozen: smaller(needed.frozen, order.live.frozen) };
  }
  checkRisk(valued, needed, order);
  checkFunds(seat, needed.frozen, order.live.frozen);
  return needed;
}

/** Behind those that arrive at the same time. */
export function comeLater(order: EngineOrder): void {
  const { seat } = order;
  let at = seat.coming.length;
  while (at > 0 && (seat.coming[at - 1] as EngineOrder).live.arrivesAt > order.live.arrivesAt) at -= 1;
  seat.coming.splice(at, 0, order);
  order.live.place = 'COMING';
  seat.market.dueAt = Math.min(seat.market.dueAt, order.live.arrivesAt);
}

/** Lets an order that has come, or was changed, meet the market as it is now. */
export function arrive(order: EngineOrder, timeMs: number): void {
  const { seat, type, side } = order;
  if (type === OrderType.POST_ONLY && wouldTake(seat, side, order.ticks)) {
    cancelOrder(order, 'POST_ONLY_WOULD_TAKE', timeMs);
    return;
  }
  if (seat.market.match !== 'book') {
    const crosses = type === OrderType.LIMIT && wouldTake(seat, side, order.ticks);
    if (isImmediate(type) || crosses) waitToTake(order);
    else rest(order);
    return;
  }
  const end = type === OrderType.POST_ONLY ? 'NONE' : takeFromBook(order, timeMs);
  if (!order.isOpen) return;
  if (isImmediate(type)) cancelOrder(order, end, timeMs);
  else rest(order);
}

export function waitToTake(order: EngineOrder): void {
  const { takers, market } = order.seat;
  let at = takers.length;
  while (at > 0 && (takers[at - 1] as EngineOrder).live.sequence > order.live.sequence) at -= 1;
  takers.splice(at, 0, order);
  order.live.place = 'TAKING';
  market.disturb();
}

export function rest(order: EngineOrder): void {
  const { seat, side, ticks } = order;
  const { market } = seat;
  order.live.place = 'RESTING';
  if (side === Side.BUY) {
    seat.bids.add(order);
    if (ticks > market.low) market.low = ticks;
  } else {
    seat.asks.add(order);
    if (ticks < market.high) market.high = ticks;
  }
  order.live.ahead = market.match === 'book' ? (market.book.standing(side, ticks, market.grid) ?? 0) : 0;
}

/** Walks the levels that the order reaches, at their prices or worse by the slippage. Tells how an immediate order ends. */
function takeFromBook(order: EngineOrder, timeMs: number): OrderEnd {
  const { seat, side } = order;
  const offers = seat.book.offers(side);
  const count = offers.ticks.length;
  const within = (i: number): boolean => order.ticks === 0 || reaches(side, order.ticks, offers.ticks[i] as number);
  if (order.type === OrderType.FOK) {
    let offered = 0;
    for (let i = 0; i < count && within(i); i += 1) offered += offers.lots[i] as number;
    if (offered < order.left) return 'FOK_NOT_FILLED';
  }
  for (let i = 0; i < count && order.isOpen && within(i); i += 1) {
    // asked for anew: what is taken is not in what was offered at first
    const lots = seat.book.offers(side).lots[i] as number;
    if (lots === 0) continue;
    const filled = fillOrder(order, slipped(order, offers.ticks[i] as number), lots, true, timeMs);
    if (filled > 0) seat.book.take(side, i, filled);
  }
  return endOfRest(order.type);
}

export const endOfRest = (type: OrderType): OrderEnd =>
  type === OrderType.FOK ? 'FOK_NOT_FILLED' : type === OrderType.IOC ? 'IOC_REST' : 'MARKET_REST';

/** The price at which a taker trades where the market shows `ticks`: worse by a drawn slippage, within its own limit. */
export function slipped(order: EngineOrder, ticks: number): number {
  const { rules, chance } = order.seat.account.engine;
  const worse = chance.between(rules.slippage.from, rules.slippage.to);
  if (worse === 0) return ticks;
  if (order.side === Side.BUY) return order.ticks === 0 ? ticks + worse : Math.min(ticks + worse, order.ticks);
  return Math.max(ticks - worse, order.ticks, 1);
}
