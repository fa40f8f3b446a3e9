/** What orders are worth before they trade, and what they hold. */
import { OrderType, Side } from '@prate/domain';
import { EngineRefusal } from './engine-refusal.ts';
import { usable } from './funds.ts';
import { reaches } from './market.ts';
import { directionOf, type EngineOrder, type Seat } from './model.ts';
import type { OrderTerms } from './order-terms.ts';
import { ceilDiv, fromMoney } from './units.ts';

/** What an order ties up. */
export interface Hold {
  /** Margin, reserve and taker fee of the part that would open. */
  readonly frozen: bigint;
  /** Lots that would close: they are spoken for. */
  readonly closing: number;
  /** Value of the part that would open, where the instrument has tiers. */
  readonly opening: bigint;
}

/** What is valued: an order, or one to be. */
export type Valued = Pick<OrderTerms, 'side' | 'positionSide' | 'reduces' | 'leverage'> & {
  readonly seat: Seat;
  readonly ticks: number;
};

/** Whether an order at this price would trade at once: against the book, else against the last price. */
export function wouldTake(seat: Seat, side: Side, ticks: number): boolean {
  const other = seat.bestOffer(side);
  return other !== 0 && reaches(side, ticks, other);
}

/**
 * The value at which an order is held for. A buy costs at most its limit; a sell may be met at a better price than its
 * limit, where its margin is larger. A market order costs what the book asks for it (what it lacks, at its last level), else
 * the last price.
 * @throws EngineRefusal NO_LIQUIDITY when a market order has nothing to trade against
 */
export const worth = (seat: Seat, side: Side, ticks: number, lots: number): bigint =>
  seat.market.grid.valueOf(worthProduct(seat, side, ticks, lots));

/** The same in ticks × lots. */
function worthProduct(seat: Seat, side: Side, ticks: number, lots: number): bigint {
  const { market } = seat;
  if (ticks !== 0) {
    const best = side === Side.SELL || market.match !== 'book' ? seat.bestOffer(side) : 0;
    return market.grid.product(best !== 0 && reaches(side, ticks, best) ? Math.max(ticks, best) : ticks, lots);
  }
  if (seat.bestOffer(side) === 0) noLiquidity(seat, side);
  if (market.match !== 'book') return market.grid.product(market.last, lots);
  const offers = seat.book.offers(side);
  let left = lots;
  let product = 0n;
  let worst = 0;
  for (let i = 0; i < offers.ticks.length && left > 0; i += 1) {
    const part = Math.min(left, offers.lots[i] as number);
    if (part === 0) continue;
    worst = offers.ticks[i] as number;
    product += BigInt(part) * BigInt(worst);
    left -= part;
  }
  return product + BigInt(left) * BigInt(worst);
}

function noLiquidity({ market }: Seat, side: Side): never {
  const { symbol } = market.instrument;
  const message =
    market.match === 'book'
      ? `the book of ${symbol} offers nothing to a ${side}`
      : `${symbol} has not traded yet, so there is no price`;
  throw new EngineRefusal('NO_LIQUIDITY', message);
}

/**
 * The most lots whose value is no more than `quote`: at the order's own price, else along the levels of the book (what it
 * lacks at its last level), else at the last price.
 * @throws EngineRefusal NO_LIQUIDITY when a market order has nothing to trade against
 */
export function lotsFor(seat: Seat, side: Side, ticks: number, quote: bigint): number {
  const { market } = seat;
  let last = ticks === 0 ? seat.bestOffer(side) : ticks;
  if (last === 0) noLiquidity(seat, side);
  let left = quote;
  let lots = 0;
  if (ticks === 0 && market.match === 'book') {
    const offers = seat.book.offers(side);
    for (let i = 0; i < offers.ticks.length; i += 1) {
      if (offers.lots[i] === 0) continue;
      last = offers.ticks[i] as number;
      const value = market.grid.value(last, offers.lots[i] as number);
      if (value > left) break;
      left -= value;
      lots += offers.lots[i] as number;
    }
  }
  return lots + market.grid.lotsWithin(left, last);
}

/** What an order with so many lots to trade must hold; `except` is the same order as it stands. */
export function holdFor(order: Valued, lots: number, except: EngineOrder | null): Hold {
  const { seat, side, ticks, leverage } = order;
  if (order.reduces) return { frozen: 0n, closing: lots, opening: 0n };
  const closing = Math.min(lots, seat.unclaimed(order, except));
  if (closing === lots) return { frozen: 0n, closing, opening: 0n };
  const { grid, tiers } = seat.market;
  const costs = seat.terms.costs(leverage);
  const product = worthProduct(seat, side, ticks, lots);
  if (closing === 0) {
    return { frozen: costs.held(product), closing, opening: tiers.isFlat ? 0n : grid.valueOf(product) };
  }
  const opening = ceilDiv(grid.valueOf(product) * BigInt(lots - closing), BigInt(lots));
  return { frozen: costs.heldFor(opening), closing, opening };
}

/** @throws EngineRefusal when less is available; `alreadyHeld` counts as available */
export function checkFunds(seat: Seat, needed: bigint, alreadyHeld: bigint): void {
  if (needed <= 0n) return;
  const { asset } = seat.wallet;
  const free = usable(seat.account, asset);
  const available = alreadyHeld === 0n ? free : free + alreadyHeld;
  if (needed <= available) return;
  const message = `margin and fee need ${fromMoney(needed)} ${asset}, ${fromMoney(available)} are available`;
  throw new EngineRefusal('INSUFFICIENT_BALANCE', message);
}

/** @throws EngineRefusal when position and orders of one side would be larger than their leverage allows */
export function checkRisk(order: Valued, hold: Hold, except: EngineOrder | null): void {
  const { seat, side, leverage } = order;
  if (hold.opening === 0n || seat.market.tiers.isFlat) return;
  const others = (side === Side.BUY ? seat.openingBuy : seat.openingSell) - (except?.live.opening ?? 0n);
  const value = (seat.held(directionOf(side))?.cost ?? 0n) + others + hold.opening;
  const problem = seat.market.tiers.problem(value, leverage);
  if (problem === null) return;
  const { symbol, quoteAsset } = seat.market.instrument;
  throw new EngineRefusal(
    'RISK_LIMIT',
    `a position of ${fromMoney(value)} ${quoteAsset} in ${symbol}, open orders included, is too large: ${problem}`,
  );
}

export const isImmediate = (type: OrderType): boolean =>
  type === OrderType.MARKET || type === OrderType.IOC || type === OrderType.FOK;
