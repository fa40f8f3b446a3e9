import { type Balance, Decimal, makeBalance, type Position, PositionSide, toBaseQuantity, ZERO } from '@prate/domain';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import { maintenanceRate } from '../instruments/risk-tiers.ts';
import type { WireAsset, WirePosition } from '../wire/account.ts';
import { heldSideOf, marginModeOf } from './codes.ts';

/**
 * A position of MEXC in the words of the port, valued at a mark price. Profit is that of the mark; maintenance margin is the
 * value at entry times the rate of its tier, as MEXC documents it.
 *
 * @param markPrice MEXC's fair price; null: what the pushed profit says, else the entry price
 */
export function decodePosition(wire: WirePosition, contract: MexcInstrument, markPrice: Decimal | null): Position {
  const positionSide = heldSideOf(wire.positionType);
  const quantity = toBaseQuantity(contract, wire.holdVol);
  const entryPrice = new Decimal(wire.holdAvgPrice);
  const direction = positionSide === PositionSide.LONG ? 1 : -1;
  const pushed = wire.pnl === null || quantity.isZero() ? null : new Decimal(wire.pnl);
  const mark =
    markPrice ??
    (pushed === null ? entryPrice : onTick(entryPrice.plus(pushed.mul(direction).div(quantity)), contract));
  const unrealizedPnl =
    markPrice === null && pushed !== null ? pushed : mark.minus(entryPrice).mul(quantity).mul(direction);
  const margin = new Decimal(wire.im);
  const value = entryPrice.mul(quantity);
  const maintenanceMargin = value.mul(maintenanceRate(contract.contract, new Decimal(wire.holdVol), value));
  const worth = margin.plus(unrealizedPnl);
  return Object.freeze({
    symbol: wire.symbol,
    positionSide,
    quantity,
    entryPrice,
    markPrice: mark,
    liquidationPrice: wire.liquidatePrice === null ? null : new Decimal(wire.liquidatePrice),
    leverage: wire.leverage,
    marginMode: marginModeOf(wire.openType),
    margin,
    maintenanceMargin,
    unrealizedPnl,
    realizedPnl: new Decimal(wire.closeProfitLoss ?? wire.realised),
    marginRatio: worth.gt(0) ? maintenanceMargin.div(worth) : null,
    updatedAt: wire.updateTime ?? wire.createTime ?? 0,
  });
}

/** The profit that pushes tell is cut at four decimals, so the price behind it is right to the tick at best. */
const onTick = (price: Decimal, { tickSize }: MexcInstrument): Decimal => price.div(tickSize).round().mul(tickSize);

/** @param heldPnl of the positions in this asset, for pushes that do not tell what is unrealized */
export function decodeBalance(wire: WireAsset, heldPnl: Decimal = ZERO): Balance {
  return makeBalance({
    asset: wire.currency,
    available: new Decimal(wire.availableBalance),
    frozen: new Decimal(wire.frozenBalance),
    positionMargin: new Decimal(wire.positionMargin),
    unrealizedPnl: wire.unrealized === null ? heldPnl : new Decimal(wire.unrealized),
  });
}

export const noBalance = (asset: string): Balance =>
  makeBalance({ asset, available: ZERO, frozen: ZERO, positionMargin: ZERO, unrealizedPnl: ZERO });
