import type { DeskFill, DeskFundingPayment, DeskOrder, DeskPosition, DeskTicket } from '@prate/in-memory-paper';
import type { AccountOrder, AccountPosition, Contract, Fill, FundingPayment, OrderTicket } from '@prate/mexc-sandbox';
import { fillIds, orderIds, positionIds } from './desk-ids.ts';
import { deskStops, stopPricesOf } from './trigger-values.ts';

/** An id of nothing: the exchange counts its orders and triggers from 1. */
export const NO_ORDER = '0';

/** What the wire asks for in contracts, in the base asset. */
export function ticketOf(ticket: OrderTicket, { contractSize }: Contract): DeskTicket {
  const { stopLoss, takeProfit } = deskStops(ticket);
  // written out: a spread would take a good part of the time of an order
  return {
    symbol: ticket.symbol,
    side: ticket.side,
    effect: ticket.effect,
    type: ticket.type,
    quantity: ticket.volume.mul(contractSize),
    price: ticket.price,
    marginMode: ticket.marginMode,
    leverage: ticket.leverage,
    clientOrderId: ticket.clientOrderId,
    positionMode: ticket.positionMode,
    reduceOnly: ticket.reduceOnly,
    stopLoss,
    takeProfit,
  };
}

/** What the exchange says in its base asset, in contracts. */

export const orderOf = (order: DeskOrder, { contractSize }: Contract): AccountOrder => ({
  id: orderIds.toWire(order.id),
  symbol: order.symbol,
  side: order.side,
  effect: order.effect,
  type: order.type,
  category: order.category,
  // divisions that most answers have no use for
  get volume() {
    return order.quantity.div(contractSize);
  },
  price: order.price,
  marginMode: order.marginMode,
  leverage: order.leverage,
  clientOrderId: order.clientOrderId,
  positionMode: order.positionMode,
  reduceOnly: order.reduceOnly,
  ...stopPricesOf(order),
  positionId: positionIds.toWire(order.positionId),
  status: order.status,
  end: order.end,
  get filledVolume() {
    return order.filledQuantity.div(contractSize);
  },
  averagePrice: order.averagePrice,
  frozenMargin: order.frozenMargin,
  usedMargin: order.usedMargin,
  makerFee: order.makerFee,
  takerFee: order.takerFee,
  feeCoin: order.feeAsset,
  realizedPnl: order.realizedPnl,
  version: order.version,
  createdAt: order.createdAt,
  updatedAt: order.updatedAt,
});

export const fillOf = (fill: DeskFill, contract: Contract): Fill => ({
  id: fillIds.toWire(fill.id),
  order: orderOf(fill.order, contract),
  price: fill.price,
  volume: fill.quantity.div(contract.contractSize),
  isTaker: fill.isTaker,
  fee: fill.fee,
  feeCoin: fill.feeAsset,
  realizedPnl: fill.realizedPnl,
  time: fill.time,
});

export function positionOf(position: DeskPosition, { contractSize }: Contract): AccountPosition {
  const { id, heldQuantity, frozenQuantity, closedQuantity, maintenanceMargin: _, ...same } = position;
  return {
    ...same,
    id: positionIds.toWire(id),
    heldVolume: heldQuantity.div(contractSize),
    frozenVolume: frozenQuantity.div(contractSize),
    closedVolume: closedQuantity.div(contractSize),
  };
}

export function paymentOf({ positionId: _, ...payment }: DeskFundingPayment): FundingPayment {
  return payment;
}
