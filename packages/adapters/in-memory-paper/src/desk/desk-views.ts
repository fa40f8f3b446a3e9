/** Snapshots of what the engine keeps, in the desk's words. */
import { type Decimal, ZERO } from '@prate/domain';
import { unrealizedOf } from '../engine/funds.ts';
import {
  directionOf,
  type EngineAccount,
  type EngineFill,
  type EngineFunding,
  type EngineOrder,
  type EnginePosition,
  type Seat,
} from '../engine/model.ts';
import { liquidationPrice, maintenanceMargin, marginRatio, nearestTick, unrealizedPnl } from '../engine/risk.ts';
import { fromMoney, shareOfRate } from '../engine/units.ts';
import type { DeskAsset, DeskFill, DeskFundingPayment, DeskOrder, DeskPosition } from './desk-types.ts';

export function deskOrder(order: EngineOrder): DeskOrder {
  const { terms, seat } = order;
  const { grid, instrument } = seat.market;
  const filledQuantity = grid.quantity(order.filled);
  return {
    id: String(order.id),
    symbol: instrument.symbol,
    side: order.side,
    effect: order.reduces ? 'CLOSE' : 'OPEN',
    type: order.type,
    category: terms.category,
    quantity: grid.quantity(order.lots),
    price: order.ticks === 0 ? null : grid.price(order.ticks),
    marginMode: terms.marginMode,
    leverage: terms.leverage,
    clientOrderId: order.clientOrderId,
    positionMode: terms.positionSide === null ? 'ONE_WAY' : 'HEDGE',
    reduceOnly: terms.reduceOnly,
    stopLoss: order.stops?.stopLoss ?? null,
    takeProfit: order.stops?.takeProfit ?? null,
    positionId: order.positionId,
    status: order.isOpen ? 'OPEN' : order.status === 'FILLED' ? 'FILLED' : 'CANCELLED',
    end: order.end,
    filledQuantity,
    averagePrice: order.filled === 0 ? null : fromMoney(order.filledValue).div(filledQuantity),
    frozenMargin: fromMoney(order.live.frozen),
    usedMargin: fromMoney(order.usedMargin),
    makerFee: fromMoney(order.makerFee),
    takerFee: fromMoney(order.takerFee),
    feeAsset: instrument.quoteAsset,
    realizedPnl: fromMoney(order.realizedPnl),
    version: order.version,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
  };
}

export function deskFill(fill: EngineFill): DeskFill {
  const { grid, instrument } = fill.order.seat.market;
  return {
    id: String(fill.id),
    order: deskOrder(fill.order),
    price: fill.price,
    quantity: grid.quantity(fill.lots),
    isTaker: fill.isTaker,
    fee: fromMoney(fill.fee),
    feeAsset: instrument.quoteAsset,
    realizedPnl: fromMoney(fill.realizedPnl),
    time: fill.time,
  };
}

/** What open orders are kept to close of a position, in lots; `except` is left out. */
export function frozenLots(seat: Seat, side: EnginePosition['side'], except: EngineOrder | null = null): number {
  let lots = 0;
  if (seat.open.reducing === 0) return 0;
  for (const order of seat.open.list()) {
    if (order !== except && order.reduces && directionOf(order.side) !== side) lots += order.left;
  }
  return lots;
}

export function deskPosition(position: EnginePosition): DeskPosition {
  const { seat } = position;
  const { grid, instrument } = seat.market;
  const average = (value: bigint, lots: number): Decimal =>
    lots === 0 ? ZERO : fromMoney(value).div(grid.quantity(lots));
  const liquidation = liquidationPrice(position);
  const isOpen = position.lots > 0;
  return {
    id: position.id,
    symbol: instrument.symbol,
    side: position.side,
    marginMode: position.marginMode,
    leverage: position.leverage,
    open: isOpen,
    heldQuantity: grid.quantity(position.lots),
    frozenQuantity: grid.quantity(Math.min(isOpen ? frozenLots(seat, position.side) : 0, position.lots)),
    closedQuantity: grid.quantity(position.closedLots),
    heldAveragePrice: average(position.cost, position.lots),
    openAveragePrice: average(position.openedValue, position.openedLots),
    closeAveragePrice: average(position.closedValue, position.closedLots),
    liquidationPrice: liquidation === null ? ZERO : nearestTick(liquidation, instrument.tickSize),
    originalMargin: fromMoney(position.originalMargin),
    margin: fromMoney(position.margin),
    autoAddMargin: position.autoAddMargin,
    funding: fromMoney(position.funding),
    closedPnl: fromMoney(position.realizedPnl),
    fees: fromMoney(position.fees),
    unrealizedPnl: isOpen ? fromMoney(unrealizedPnl(position)) : ZERO,
    maintenanceMargin: fromMoney(maintenanceMargin(position)),
    marginRatio: isOpen ? (marginRatio(position) ?? ZERO) : ZERO,
    version: position.version,
    createdAt: position.createdAt,
    updatedAt: position.updatedAt,
  };
}

export function deskAsset(account: EngineAccount, asset: string): DeskAsset {
  const { available, frozen, positionMargin } = account.purse.wallet(asset);
  return {
    asset,
    cash: fromMoney(available + frozen + positionMargin),
    available: fromMoney(available),
    frozen: fromMoney(frozen),
    positionMargin: fromMoney(positionMargin),
    unrealizedPnl: fromMoney(unrealizedOf(account, asset)),
  };
}

export const deskFunding = ({ id, position, value, amount, rate, time }: EngineFunding): DeskFundingPayment => ({
  id,
  symbol: position.seat.market.instrument.symbol,
  side: position.side,
  positionId: position.id,
  positionValue: fromMoney(value),
  amount: fromMoney(amount),
  rate: shareOfRate(rate),
  time,
});
