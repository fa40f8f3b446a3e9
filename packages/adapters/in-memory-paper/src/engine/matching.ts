/**
 * How orders meet the market. Orders never meet other accounts' orders, and the market does not feel them: every account
 * sees the whole of a print and of a book, and shares it out among its own orders.
 */
import { OrderType, Side } from '@prate/domain';
import { arrive, endOfRest, rest, slipped } from './entry.ts';
import { fillOrder } from './filling.ts';
import { cancelOrder, leave } from './leaving.ts';
import { reaches } from './market.ts';
import type { EngineOrder, Seat } from './model.ts';
import type { RestingSide } from './resting-side.ts';

/** One closed candle in ticks. */
export interface CandleStep {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * One public trade. Its lots are shared out: without a book first to the takers that wait for it, oldest first; then to
 * resting orders at or beyond its price, the side that it hit first, best price first, then oldest.
 */
export function meetPrint(seat: Seat, ticks: number, lots: number, side: Side, timeMs: number): void {
  let left = seat.takers.length === 0 ? lots : meetTakers(seat, ticks, lots, timeMs);
  if (side === Side.SELL) {
    left = meetResting(seat.bids, Side.BUY, ticks, lots, left, timeMs);
    meetResting(seat.asks, Side.SELL, ticks, lots, left, timeMs);
  } else {
    left = meetResting(seat.asks, Side.SELL, ticks, lots, left, timeMs);
    meetResting(seat.bids, Side.BUY, ticks, lots, left, timeMs);
  }
}

function meetTakers(seat: Seat, ticks: number, lots: number, timeMs: number): number {
  let left = lots;
  for (const taker of [...seat.takers]) {
    if (!taker.isOpen) continue;
    const price = slipped(taker, ticks);
    const within = taker.ticks === 0 || reaches(taker.side, taker.ticks, ticks);
    const enough = taker.type === OrderType.FOK ? left >= taker.left : left > 0;
    if (within && enough) left -= fillOrder(taker, price, left, true, timeMs);
    if (taker.isOpen) afterFirstChance(taker, within, timeMs);
  }
  return left;
}

/**
 * @param lots of the whole print, which eats what stands ahead of orders at its price
 * @param left of it, for orders
 */
function meetResting(
  resting: RestingSide<EngineOrder>,
  side: Side,
  ticks: number,
  lots: number,
  left: number,
  timeMs: number,
): number {
  for (;;) {
    const level = resting.top();
    if (level === null || level.head === null || !reaches(side, level.ticks, ticks)) return left;
    if (level.ticks === ticks && level.tail?.live.ahead !== 0) break;
    // nothing stands ahead of them, or the print went through their price, and so through all that did
    if (left === 0) return 0;
    left -= fillOrder(level.head, level.ticks, left, false, timeMs);
  }
  const queue: EngineOrder[] = [];
  for (let order = resting.top()?.head ?? null; order !== null; order = order.live.after) queue.push(order);
  let given = 0;
  for (const order of queue) {
    if (!order.isOpen) continue;
    const reached = lots - order.live.ahead - given;
    order.live.ahead = Math.max(order.live.ahead - lots, 0);
    if (reached <= 0 || left === 0) continue;
    const filled = fillOrder(order, ticks, Math.min(left, reached), false, timeMs);
    given += filled;
    left -= filled;
  }
  return left;
}

/**
 * The open of a candle, for orders that were there when it opened: waiting takers trade whole at the open price, oldest
 * first, then resting orders that the open reaches, at their own price.
 */
export function meetOpen(seat: Seat, { openTime, open }: CandleStep): void {
  for (const taker of [...seat.takers]) {
    if (taker.isOpen && taker.live.arrivesAt <= openTime) takeWhole(taker, open, openTime);
  }
  fillWhole(seat.bids.reached(open), openTime, openTime);
  fillWhole(seat.asks.reached(open), openTime, openTime);
}

/** A taker that waits trades whole at a price of a candle, worse by the slippage, if that is within its limit. */
export function takeWhole(taker: EngineOrder, ticks: number, timeMs: number): void {
  const within = taker.ticks === 0 || reaches(taker.side, taker.ticks, ticks);
  if (within) fillOrder(taker, slipped(taker, ticks), taker.left, true, timeMs);
  if (taker.isOpen) afterFirstChance(taker, within, timeMs);
}

/** The rest of a candle, timed at its close: resting orders whose price its range goes through (low < buy, high > sell). */
export function meetRange(seat: Seat, { openTime, high, low }: CandleStep, closeTime: number): void {
  fillWhole(seat.bids.reached(low + 1), openTime, closeTime);
  fillWhole(seat.asks.reached(high - 1), openTime, closeTime);
}

/** Those that came, or were last changed, before the candle began. */
function fillWhole(makers: readonly EngineOrder[], openTime: number, timeMs: number): void {
  for (const maker of makers) {
    if (maker.isOpen && maker.live.arrivesAt <= openTime) fillOrder(maker, maker.ticks, maker.left, false, timeMs);
  }
}

/** An IOC or FOK has had its chance; a limit order that the market has left rests from here on; the others wait on. */
function afterFirstChance(taker: EngineOrder, within: boolean, timeMs: number): void {
  const { type } = taker;
  if (type === OrderType.IOC || type === OrderType.FOK) cancelOrder(taker, endOfRest(type), timeMs);
  else if (!within) {
    leave(taker);
    rest(taker);
  }
}

/** Orders whose time has come meet the market as it is. */
export function arriveDue(seat: Seat, timeMs: number): void {
  for (let order = seat.coming[0]; order !== undefined && order.live.arrivesAt <= timeMs; order = seat.coming[0]) {
    seat.coming.shift();
    order.live.place = 'NOWHERE';
    arrive(order, order.live.arrivesAt);
  }
}

/** A new book: a level that shrank has less ahead of the orders that wait there. */
export function moveUp(seat: Seat): void {
  const { book, grid } = seat.market;
  for (const [resting, side] of [
    [seat.bids, Side.BUY],
    [seat.asks, Side.SELL],
  ] as const) {
    for (const level of resting.levels()) {
      if (level.tail === null || level.tail.live.ahead === 0) continue; // who came last has the most ahead
      const standing = book.standing(side, level.ticks, grid);
      if (standing === null) continue;
      for (let order = level.head; order !== null; order = order.live.after) {
        if (order.live.ahead > standing) order.live.ahead = standing;
      }
    }
  }
}
