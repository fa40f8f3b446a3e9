/**
 * How orders meet the market. Orders never meet other accounts' orders, and the market does not feel them: every account
 * sees the whole of a print and of a book, and shares it out among its own orders.
 */
import { Decimal, OrderType, type PublicTrade, Side } from '@prate/domain';
import type { PaperAccount } from './account.ts';
import type { OpenOrder } from './open-orders.ts';
import { reaches, type SymbolMarket } from './symbol-market.ts';

/** One closed candle with exact prices. */
export interface CandleStep {
  readonly openTime: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
}

/** Whether an order at this price would trade at once: against the book, else against the last price. */
export function wouldTake(account: PaperAccount, market: SymbolMarket, side: Side, price: Decimal): boolean {
  const other = market.match === 'book' ? account.book.levels(market, side)[0]?.price : market.last;
  return other !== undefined && other !== null && reaches(side, price, other);
}

/** Lets a new or changed order meet the market as it is now. */
export function arrive(account: PaperAccount, open: OpenOrder, nowMs: number): void {
  const { market, order } = open;
  if (market.match !== 'book') {
    const crossing = order.price !== null && wouldTake(account, market, order.side, order.price);
    open.taking = isImmediate(order.type) || (order.type === OrderType.LIMIT && crossing);
    return;
  }
  if (order.type !== OrderType.POST_ONLY) takeFromBook(account, open, nowMs);
  if (isImmediate(order.type) && isOpen(account, open)) account.cancel(open, nowMs);
}

/** Walks the levels that the order reaches, at their prices. */
function takeFromBook(account: PaperAccount, open: OpenOrder, nowMs: number): void {
  const { market, order } = open;
  const { side, price } = order;
  const levels = account.book.levels(market, side);
  const beyond = price === null ? -1 : levels.findIndex((level) => !reaches(side, price, level.price));
  const within = beyond === -1 ? levels : levels.slice(0, beyond);
  if (order.type === OrderType.FOK && Decimal.sum(0, ...within.map((level) => level.quantity)).lt(order.remaining))
    return;
  for (const level of within) {
    if (!isOpen(account, open)) return;
    const filled = account.fill(open, level.price, level.quantity, 'TAKER', nowMs);
    account.book.take(market, side, level.price, filled);
  }
}

/**
 * One public trade. Its quantity is shared out: without a book first to the takers that wait for it, oldest first; then
 * to resting orders at or beyond its price, the side that it hit first, best price first, then oldest.
 */
export function meetTrade(account: PaperAccount, market: SymbolMarket, trade: PublicTrade): void {
  const open = account.openOrders(market.instrument.symbol);
  if (open.length === 0) return;
  let left = trade.quantity;
  const waiting = open.filter((one) => one.taking).sort(byAge);
  for (const taker of waiting) {
    if (!isOpen(account, taker)) continue;
    const { order } = taker;
    const within = order.price === null || reaches(order.side, order.price, trade.price);
    const enough = order.type === OrderType.FOK ? left.gte(order.remaining) : left.gt(0);
    if (within && enough) left = left.minus(account.fill(taker, trade.price, left, 'TAKER', trade.time));
    if (isOpen(account, taker)) afterFirstChance(account, taker, within, trade.time);
  }
  for (const side of trade.side === Side.SELL ? [Side.BUY, Side.SELL] : [Side.SELL, Side.BUY]) {
    for (const maker of restingReached(open, side, trade.price)) {
      if (left.lte(0)) return;
      if (isOpen(account, maker)) left = left.minus(account.fill(maker, priceOf(maker), left, 'MAKER', trade.time));
    }
  }
}

/**
 * The open of a candle, for orders that were there when it opened: waiting takers trade whole at the open price, oldest
 * first, then resting orders that the open reaches, at their own price. A candle without volume fills nothing.
 */
export function meetOpen(account: PaperAccount, market: SymbolMarket, candle: CandleStep): void {
  const { openTime, open: price } = candle;
  const there = presentFor(account, market, candle);
  for (const taker of there.filter((one) => one.taking).sort(byAge)) {
    if (!isOpen(account, taker)) continue;
    const { order } = taker;
    const within = order.price === null || reaches(order.side, order.price, price);
    if (within) account.fill(taker, price, order.remaining, 'TAKER', openTime);
    if (isOpen(account, taker)) afterFirstChance(account, taker, within, openTime);
  }
  for (const side of [Side.BUY, Side.SELL]) fillWhole(account, restingReached(there, side, price), openTime);
}

/** The rest of a candle, timed at its close: resting orders whose price its range goes through (low < buy, high > sell). */
export function meetRange(account: PaperAccount, market: SymbolMarket, candle: CandleStep, closeTime: number): void {
  const there = presentFor(account, market, candle);
  const buys = restingReached(there, Side.BUY, candle.low).filter((maker) => candle.low.lt(priceOf(maker)));
  fillWhole(account, buys, closeTime);
  const sells = restingReached(there, Side.SELL, candle.high).filter((maker) => candle.high.gt(priceOf(maker)));
  fillWhole(account, sells, closeTime);
}

/** Orders that came, or were last changed, before the candle began. */
const presentFor = (account: PaperAccount, market: SymbolMarket, candle: CandleStep): OpenOrder[] =>
  candle.volume.lte(0)
    ? []
    : account.openOrders(market.instrument.symbol).filter((one) => one.order.updatedAt <= candle.openTime);

function fillWhole(account: PaperAccount, makers: readonly OpenOrder[], time: number): void {
  for (const maker of makers) {
    if (isOpen(account, maker)) account.fill(maker, priceOf(maker), maker.order.remaining, 'MAKER', time);
  }
}

/** An IOC or FOK has had its chance; a limit order that the market has left rests from here on; the others wait on. */
function afterFirstChance(account: PaperAccount, taker: OpenOrder, within: boolean, time: number): void {
  const { type } = taker.order;
  if (type === OrderType.IOC || type === OrderType.FOK) account.cancel(taker, time);
  else if (!within) taker.taking = false;
}

const isImmediate = (type: OrderType): boolean =>
  type === OrderType.MARKET || type === OrderType.IOC || type === OrderType.FOK;

const isOpen = (account: PaperAccount, open: OpenOrder): boolean => account.openOrder(open.order.id) !== null;

const byAge = (a: OpenOrder, b: OpenOrder): number => a.sequence - b.sequence;

/** Resting orders have a price: a market order never rests. */
const priceOf = (open: OpenOrder): Decimal => open.order.price as Decimal;

/** Resting orders of a side whose price the market's price has reached, best price first, then oldest. */
function restingReached(open: readonly OpenOrder[], side: Side, price: Decimal): OpenOrder[] {
  return open
    .filter((one) => !one.taking && one.order.side === side && reaches(side, priceOf(one), price))
    .sort((a, b) => (side === Side.BUY ? priceOf(b).cmp(priceOf(a)) : priceOf(a).cmp(priceOf(b))) || byAge(a, b));
}
