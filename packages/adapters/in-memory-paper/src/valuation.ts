/** What orders are worth before they trade. */
import { Decimal, type Instrument, Side, ZERO } from '@prate/domain';
import { RejectReason, refuse } from '@prate/execution-port';
import type { PaperAccount } from './account.ts';
import { reaches, type SymbolMarket } from './symbol-market.ts';

/**
 * The price at which an order is valued. A buy costs at most its limit; a sell may be met at a better price than its limit,
 * where its margin is larger. A market order costs what the book asks for it, else the last price.
 * @throws Refusal NO_LIQUIDITY when a market order has nothing to trade against
 */
export function referencePrice(
  market: SymbolMarket,
  account: PaperAccount,
  side: Side,
  price: Decimal | null,
  quantity: Decimal,
): Decimal {
  const { symbol } = market.instrument;
  if (market.match !== 'book') {
    if (price !== null)
      return market.last !== null && reaches(side, price, market.last) ? Decimal.max(price, market.last) : price;
    return market.last ?? refuse(RejectReason.NO_LIQUIDITY, `${symbol} has not traded yet, so there is no price`);
  }
  const levels = account.book.levels(market, side);
  const best = levels[0]?.price;
  if (price !== null) return side === Side.SELL && best !== undefined ? Decimal.max(price, best) : price;
  if (best === undefined) refuse(RejectReason.NO_LIQUIDITY, `the book of ${symbol} offers nothing to a ${side}`);
  let left = quantity;
  let worst = best;
  let cost = ZERO;
  for (const level of levels) {
    if (left.lte(0)) break;
    const part = Decimal.min(left, level.quantity);
    cost = cost.plus(part.mul(level.price));
    left = left.minus(part);
    worst = level.price;
  }
  return quantity.isZero() ? worst : cost.plus(Decimal.max(left, ZERO).mul(worst)).div(quantity);
}

/**
 * The most whole lots whose value is no more than `quote`: at the order's own price, else along the levels of the book (what
 * it lacks at its last level), else at the last price.
 * @throws Refusal NO_LIQUIDITY when a market order has nothing to trade against
 */
export function lotsFor(
  quote: Decimal,
  market: SymbolMarket,
  account: PaperAccount,
  side: Side,
  price: Decimal | null,
): Decimal {
  const { lotSize } = market.instrument;
  const levels = price === null && market.match === 'book' ? account.book.levels(market, side) : [];
  let last = price ?? referencePrice(market, account, side, null, ZERO);
  let left = quote;
  let quantity = ZERO;
  for (const level of levels) {
    last = level.price;
    const value = level.price.mul(level.quantity);
    if (value.gt(left)) break;
    left = left.minus(value);
    quantity = quantity.plus(level.quantity);
  }
  return quantity.plus(left.divToInt(last.mul(lotSize)).mul(lotSize));
}

/** @throws Refusal when the order is worth less than the instrument's minimum */
export function checkNotional(instrument: Instrument, quantity: Decimal, price: Decimal): void {
  const value = price.mul(quantity);
  if (instrument.minNotional !== null && value.lt(instrument.minNotional)) {
    const message = `order value ${value} ${instrument.quoteAsset} is below the minimum ${instrument.minNotional}`;
    refuse(RejectReason.INVALID_QUANTITY, message);
  }
}
