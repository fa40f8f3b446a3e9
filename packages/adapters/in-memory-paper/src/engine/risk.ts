/** Margins and liquidation of positions; docs/paper.md has the formulas. */
import { Decimal, MarginMode } from '@prate/domain';
import type { EngineAccount, EnginePosition } from './model.ts';
import { fromMoney, shareOf } from './units.ts';

export const unrealizedPnl = (position: EnginePosition): bigint => position.unrealizedPnl();

/** Cost × the rate of its tier. */
export const maintenanceMargin = (position: EnginePosition): bigint =>
  shareOf(position.cost, position.seat.market.tiers.tierOf(position.cost).maintenance);

/** What margin and unrealized profit must stay above. */
export function requirement(position: EnginePosition): bigint {
  const { cost, leverage, isLong, seat } = position;
  const fee = seat.terms.costs(leverage).liquidationFee(cost, isLong);
  const maintenance = maintenanceMargin(position);
  return maintenance === 0n ? fee : maintenance + fee;
}

/** The value at which an isolated position is liquidated: at or below it for a long one, at or above for a short one. */
function liquidationValue(position: EnginePosition): bigint {
  const room = position.margin - requirement(position);
  return position.isLong ? position.cost - room : position.cost + room;
}

/** The first mark price, in ticks, at which an isolated position is liquidated; 0 for a long one that never is. */
export function liquidationTicks(position: EnginePosition): number {
  const { grid } = position.seat.market;
  const value = liquidationValue(position);
  if (position.isLong) return value <= 0n ? 0 : grid.ticksWithin(value, position.lots);
  if (value <= 0n) return 1;
  const below = grid.ticksWithin(value, position.lots);
  return grid.value(below, position.lots) >= value ? below : below + 1;
}

/** Exactly; null for a cross position, and for a long one that never is. */
export function liquidationPrice(position: EnginePosition): Decimal | null {
  if (position.marginMode === MarginMode.CROSS || position.lots === 0) return null;
  const value = liquidationValue(position);
  if (value <= 0n) return null;
  return fromMoney(value).div(position.seat.market.grid.quantity(position.lots));
}

/** The cross positions of an account in one asset, and what they have between them. */
export interface CrossPool {
  readonly positions: readonly EnginePosition[];
  /** Available, margins of cross positions and their unrealized profit; what orders hold is not in it. */
  readonly equity: bigint;
  readonly requirement: bigint;
}

export function crossPool(account: EngineAccount, asset: string): CrossPool {
  const positions: EnginePosition[] = [];
  let equity = account.purse.wallet(asset).available;
  let needed = 0n;
  for (const position of account.positions.values()) {
    if (position.marginMode !== MarginMode.CROSS || position.seat.wallet.asset !== asset) continue;
    positions.push(position);
    equity += position.margin + unrealizedPnl(position);
    needed += requirement(position);
  }
  return { positions, equity, requirement: needed };
}

/** Whether an isolated position is to be liquidated at the mark price as it is. */
export function isBreached(position: EnginePosition): boolean {
  if (position.lots === 0 || position.seat.market.mark() === 0) return false;
  return position.margin + unrealizedPnl(position) <= requirement(position);
}

/** Requirement ÷ what stands against it; at 1 it is liquidated. Null where nothing stands against it. */
export function marginRatio(position: EnginePosition): Decimal | null {
  const { seat, marginMode } = position;
  const isCross = marginMode === MarginMode.CROSS;
  const pool = isCross ? crossPool(seat.account, seat.wallet.asset) : null;
  const against = pool?.equity ?? position.margin + unrealizedPnl(position);
  const needed = pool?.requirement ?? requirement(position);
  return against <= 0n ? null : fromMoney(needed).div(fromMoney(against));
}

/** The shown price lies on the tick: the nearest, half up. */
export function nearestTick(price: Decimal, tickSize: Decimal): Decimal {
  return price.div(tickSize).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).mul(tickSize);
}
