import { InvalidInputError, type Order } from '@prate/domain';
import { type AmendRequest, RejectReason, readStep, refuse, refuseStep } from '@prate/execution-port';
import type { Engine } from './engine/engine.ts';
import type { EngineOrder } from './engine/model.ts';
import { checkLots, checkNotional, checkPostOnly, readTickPrice, wholeLots } from './order-entry.ts';

/**
 * Gives an open order another price or quantity and lets it meet the market again, unless it only became smaller. A refused
 * change leaves it as it was.
 * @throws Refusal, EngineRefusal
 */
export function amend(order: EngineOrder, changes: AmendRequest, engine: Engine, nowMs: number): Order {
  const { seat, side, type, terms, filled } = order;
  const { market } = seat;
  const { grid, instrument } = market;
  if (changes.price === undefined && changes.quantity === undefined) {
    throw new InvalidInputError('amendOrder needs a new price, a new quantity, or both');
  }
  const ticks = changes.price === undefined ? order.ticks : newTicks(order, changes.price);
  const filledQuantity = grid.quantity(filled);
  const lots =
    changes.quantity === undefined
      ? order.lots
      : wholeLots(
          readStep(RejectReason.INVALID_QUANTITY, 'quantity', changes.quantity, (value) =>
            checkLots(terms, seat, value.minus(filledQuantity), value),
          ),
          market,
        );
  if (lots <= filled) {
    const above = filledQuantity.plus(instrument.lotSize);
    const message = `quantity ${grid.quantity(lots)} is not above the filled ${filledQuantity}: at least ${above}`;
    refuseStep(RejectReason.INVALID_QUANTITY, { message, below: null, above });
  }
  const keepsPlace = ticks === order.ticks && lots <= order.lots;
  // a position may have shrunk below its reducing order since; the order may then stay as large as it is, not grow
  const most = Math.max(seat.closable(terms), order.left);
  if (order.reduces && lots - filled > most) {
    const message = `quantity ${grid.quantity(lots)} is more than the position has left to close`;
    refuse(RejectReason.REDUCE_ONLY, message);
  }
  if (!order.reduces) checkNotional(seat, side, ticks, lots);
  if (!keepsPlace) checkPostOnly(type, seat, side, ticks);
  engine.change(order, ticks, lots, nowMs);
  return order.view();
}

function newTicks(order: EngineOrder, input: NonNullable<AmendRequest['price']>): number {
  if (order.ticks === 0) refuse(RejectReason.INVALID_PRICE, 'a MARKET order has no price');
  return readTickPrice('price', input, order.seat.market);
}
