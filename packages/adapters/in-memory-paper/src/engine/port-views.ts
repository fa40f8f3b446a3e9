/** Orders and fills as the port tells them. */
import { type ClientOrderId, type Decimal, makeOrder, type Order, type OrderStatus, type Trade } from '@prate/domain';
import type { SymbolMarket } from './market.ts';
import type { OrderTerms } from './order-terms.ts';
import { fromMoney } from './units.ts';

/** What the port tells of an order; prices in ticks, quantities in lots. */
export interface OrderFacts {
  readonly id: number;
  readonly terms: OrderTerms;
  readonly clientOrderId: ClientOrderId;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly ticks: number;
  readonly lots: number;
  readonly filled: number;
  readonly filledValue: bigint;
  readonly status: OrderStatus;
  readonly makerFee: bigint;
  readonly takerFee: bigint;
}

export function orderView(order: OrderFacts, { grid, instrument }: SymbolMarket): Order {
  const filledQuantity = grid.quantity(order.filled);
  return makeOrder({
    id: String(order.id),
    clientOrderId: order.clientOrderId,
    symbol: instrument.symbol,
    side: order.terms.side,
    type: order.terms.type,
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

/** What a fill is, whatever order it is of; it never changes. */
export interface FillFacts {
  readonly id: number;
  readonly lots: number;
  /** price × quantity, cut. */
  readonly value: bigint;
  /** 0 where the price is off the tick: a takeover at the bankruptcy price. */
  readonly ticks: number;
  readonly isTaker: boolean;
  readonly fee: bigint;
  readonly realizedPnl: bigint;
  readonly time: number;
}

export const fillPrice = ({ ticks, value, lots }: FillFacts, { grid }: SymbolMarket): Decimal =>
  ticks === 0 ? fromMoney(value).div(grid.quantity(lots)) : grid.price(ticks);

export function tradeView(fill: FillFacts, order: OrderFacts, market: SymbolMarket): Trade {
  const { grid, instrument } = market;
  return Object.freeze({
    id: String(fill.id),
    orderId: String(order.id),
    clientOrderId: order.clientOrderId,
    symbol: instrument.symbol,
    side: order.terms.side,
    positionSide: order.terms.positionSide,
    price: fillPrice(fill, market),
    quantity: grid.quantity(fill.lots),
    fee: { asset: instrument.quoteAsset, amount: fromMoney(fill.fee) },
    liquidity: fill.isTaker ? 'TAKER' : 'MAKER',
    realizedPnl: fromMoney(fill.realizedPnl),
    time: fill.time,
  });
}
