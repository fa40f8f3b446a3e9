/** Orders and fills as the port tells them. */
import { type Decimal, makeOrder, type Order, type Trade } from '@prate/domain';
import type { FillFacts } from './fill-record.ts';
import type { SymbolMarket } from './market.ts';
import type { OrderRecord } from './order-record.ts';
import { fromMoney } from './units.ts';

export function orderView(order: OrderRecord, { grid, instrument }: SymbolMarket): Order {
  const filledQuantity = grid.quantity(order.filled);
  return makeOrder({
    id: String(order.id),
    clientOrderId: order.clientOrderId,
    symbol: instrument.symbol,
    side: order.side,
    type: order.type,
    price: order.ticks === 0 ? null : grid.price(order.ticks),
    quantity: grid.quantity(order.lots),
    filledQuantity,
    averagePrice: order.filled === 0 ? null : fromMoney(order.filledValue).div(filledQuantity),
    status: order.status,
    reduceOnly: order.terms.reduceOnly,
    positionSide: order.terms.positionSide,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    fee:
      order.filled === 0 ? null : { asset: instrument.quoteAsset, amount: fromMoney(order.makerFee + order.takerFee) },
  });
}

export const fillPrice = ({ ticks, value, lots }: FillFacts, { grid }: SymbolMarket): Decimal =>
  ticks === 0 ? fromMoney(value).div(grid.quantity(lots)) : grid.price(ticks);

export function tradeView(fill: FillFacts, order: OrderRecord, market: SymbolMarket): Trade {
  const { grid, instrument } = market;
  return Object.freeze({
    id: String(fill.id),
    orderId: String(order.id),
    clientOrderId: order.clientOrderId,
    symbol: instrument.symbol,
    side: order.side,
    positionSide: order.terms.positionSide,
    price: fillPrice(fill, market),
    quantity: grid.quantity(fill.lots),
    fee: { asset: instrument.quoteAsset, amount: fromMoney(fill.fee) },
    liquidity: fill.isTaker ? 'TAKER' : 'MAKER',
    realizedPnl: fromMoney(fill.realizedPnl),
    time: fill.time,
  });
}
