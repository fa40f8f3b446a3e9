/** What is done to margins other than by orders. */
import type { EnginePosition } from './model.ts';
import { initialMargin } from './unit-costs.ts';
import { larger } from './units.ts';

/** How much can be taken from a position: what is above its initial margin. */
export function marginToSpare({ seat, cost, leverage, margin }: EnginePosition): bigint {
  return larger(margin - initialMargin(cost, leverage, seat.account.engine.rules.feeReserve), 0n);
}

/** Margin added to a position, or below 0 taken from it; what may be moved was checked. */
export function moveMargin(position: EnginePosition, amount: bigint, nowMs: number): void {
  const { account, wallet } = position.seat;
  wallet.addMargin(amount);
  position.margin += amount;
  position.touch(nowMs);
  account.tellPosition(position);
  account.tellAsset(wallet.asset);
}

/** Another leverage: the margin becomes the initial margin at it, and what was added is given back. */
export function relever(position: EnginePosition, leverage: number, nowMs: number): void {
  const { feeReserve } = position.seat.account.engine.rules;
  position.leverage = leverage;
  moveMargin(position, initialMargin(position.cost, leverage, feeReserve) - position.margin, nowMs);
}
