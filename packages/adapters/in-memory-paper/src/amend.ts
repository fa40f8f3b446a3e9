import { checkPrice, Decimal, InvalidInputError, type Order, OrderType } from '@prate/domain';
import { type AmendRequest, type FeeRates, RejectReason, readStep, refuse, refuseStep } from '@prate/execution-port';
import type { PaperAccount } from './account.ts';
import { isClosing } from './holdings.ts';
import { arrive, wouldTake } from './matching.ts';
import type { OpenOrder } from './open-orders.ts';
import { checkFunds, checkLots, holdFor } from './order-entry.ts';
import { checkNotional, referencePrice } from './valuation.ts';

/**
 * Gives an open order another price or quantity and lets it meet the market again, unless it only became smaller. A refused
 * change leaves it as it was.
 * @throws Refusal
 */
export function amend(
  account: PaperAccount,
  open: OpenOrder,
  changes: AmendRequest,
  fees: FeeRates,
  nowMs: number,
): Order {
  const { order, market } = open;
  const { instrument } = market;
  if (changes.price === undefined && changes.quantity === undefined) {
    throw new InvalidInputError('amendOrder needs a new price, a new quantity, or both');
  }
  const price = changes.price === undefined ? order.price : newPrice(open, changes.price);
  const quantity =
    changes.quantity === undefined
      ? order.quantity
      : readStep(RejectReason.INVALID_QUANTITY, 'quantity', changes.quantity, (value) =>
          checkLots(account, order, value.minus(order.filledQuantity), instrument, value),
        );
  if (quantity.lte(order.filledQuantity)) {
    const above = order.filledQuantity.plus(instrument.lotSize);
    const message = `quantity ${quantity} is not above the filled ${order.filledQuantity}: at least ${above}`;
    refuseStep(RejectReason.INVALID_QUANTITY, { message, below: null, above });
  }
  const samePrice = price === order.price || (price !== null && order.price?.eq(price) === true);
  const keepsPlace = samePrice && quantity.lte(order.quantity);
  const reducing = order.reduceOnly || isClosing(order.side, order.positionSide);
  // a position may have shrunk below its reducing order since; the order may then stay as large as it is, not grow
  const most = Decimal.max(account.holdings.closable(order), order.remaining);
  if (reducing && quantity.minus(order.filledQuantity).gt(most)) {
    refuse(RejectReason.REDUCE_ONLY, `quantity ${quantity} is more than the position has left to close`);
  }
  if (!reducing) {
    checkNotional(instrument, quantity, price ?? referencePrice(market, account, order.side, null, quantity));
  }
  if (
    !keepsPlace &&
    order.type === OrderType.POST_ONLY &&
    price !== null &&
    wouldTake(account, market, order.side, price)
  ) {
    refuse(RejectReason.POST_ONLY_WOULD_TAKE, `a post-only ${order.side} at ${price} would take`);
  }
  const changed = { ...order, ...account.holdings.terms(market), market, price, quantity };
  const needed = holdFor(changed, quantity.minus(order.filledQuantity), account, fees, open);
  // a smaller order needs no more than before, wherever the market is now
  const hold = keepsPlace ? { ...needed, frozen: Decimal.min(needed.frozen, open.hold.frozen) } : needed;
  checkFunds(account, market, hold.frozen, open.hold.frozen);
  account.change(open, { price, quantity, hold, keepsPlace }, nowMs);
  if (!keepsPlace) arrive(account, open, nowMs);
  return open.order;
}

function newPrice(open: OpenOrder, input: NonNullable<AmendRequest['price']>): Decimal {
  if (open.order.price === null) refuse(RejectReason.INVALID_PRICE, 'a MARKET order has no price');
  return readStep(RejectReason.INVALID_PRICE, 'price', input, (price) => checkPrice(open.market.instrument, price));
}
