import {
  Decimal,
  type Fee,
  makeOrder,
  type Order,
  OrderType,
  PositionMode,
  type Trade,
  toBaseQuantity,
  ZERO,
} from '@prate/domain';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import { WireOrderState } from '../wire/enums.ts';
import type { WireFill, WireOrder } from '../wire/orders.ts';
import { directionOf, orderStatusOf, orderTypeOf, positionModeOf, positionSideOf } from './codes.ts';

/** What an order does not always say of itself. */
export interface OrderContext {
  readonly contract: MexcInstrument;
  /** Of the account now. */
  readonly positionMode: PositionMode;
}

/**
 * An order of MEXC in the words of the port. What is filled may lag behind the state; an order that MEXC calls filled is
 * filled whole. In HEDGE mode an order that closes can only reduce, and is told as `reduceOnly`.
 *
 * @throws BadReplyError for a side, type or state that MEXC does not document
 */
export function decodeOrder(wire: WireOrder, { contract, positionMode }: OrderContext): Order {
  const { side, closes } = directionOf(wire.side);
  const type = orderTypeOf(wire.orderType);
  const mode = positionModeOf(wire.positionMode) ?? positionMode;
  const quantity = toBaseQuantity(contract, wire.vol);
  const told = Decimal.min(toBaseQuantity(contract, wire.dealVol), quantity);
  const filledQuantity = wire.state === WireOrderState.FILLED ? quantity : told;
  const filled = filledQuantity.isZero() ? 'nothing' : filledQuantity.eq(quantity) ? 'all' : 'part';
  const average = new Decimal(wire.dealAvgPrice);
  const createdAt = wire.createTime ?? wire.updateTime ?? 0;
  return makeOrder({
    id: wire.orderId,
    clientOrderId: wire.externalOid,
    symbol: wire.symbol,
    side,
    type,
    price: type === OrderType.MARKET ? null : new Decimal(wire.price),
    quantity,
    filledQuantity,
    averagePrice: average.isZero() ? null : average,
    status: orderStatusOf(wire.state, filled),
    reduceOnly: closes || wire.reduceOnly === true,
    positionSide: mode === PositionMode.HEDGE ? positionSideOf({ side, closes }) : null,
    createdAt,
    // rows of a history are cut to whole seconds, and may then lie before their creation
    updatedAt: Math.max(wire.updateTime ?? createdAt, createdAt),
    fee: feeOf(wire, told),
  });
}

function feeOf({ makerFee, takerFee, feeCurrency }: WireOrder, filled: Decimal): Fee | null {
  if (filled.isZero() || feeCurrency === null || feeCurrency === '') return null;
  return { asset: feeCurrency, amount: ZERO.plus(makerFee).plus(takerFee) };
}

/** @param clientOrderId of its order, which rows of REST do not name */
export function decodeTrade(wire: WireFill, clientOrderId: string, { contract, positionMode }: OrderContext): Trade {
  const direction = directionOf(wire.side);
  const mode = positionModeOf(wire.positionMode) ?? positionMode;
  return {
    id: wire.id,
    orderId: wire.orderId,
    clientOrderId,
    symbol: wire.symbol,
    side: direction.side,
    positionSide: mode === PositionMode.HEDGE ? positionSideOf(direction) : null,
    price: new Decimal(wire.price),
    quantity: toBaseQuantity(contract, wire.vol),
    fee: { asset: wire.feeCurrency, amount: new Decimal(wire.fee) },
    liquidity: wire.isTaker ? 'TAKER' : 'MAKER',
    realizedPnl: new Decimal(wire.profit),
    time: wire.timestamp,
  };
}
