import { MarginMode } from '@prate/domain';
import type { EngineAccount } from './model.ts';

/** Profit of all positions that settle in the asset, or of the cross ones alone, at the mark prices. */
export function unrealizedOf(account: EngineAccount, asset: string, crossOnly = false): bigint {
  let sum = 0n;
  for (const position of account.positions.values()) {
    if (crossOnly && position.marginMode !== MarginMode.CROSS) continue;
    if (position.seat.wallet.asset === asset) sum += position.unrealizedPnl();
  }
  return sum;
}

/** What new orders and margins may take: losses of cross positions are not there a second time. */
export function usable(account: EngineAccount, asset: string): bigint {
  const { available } = account.purse.wallet(asset);
  if (account.crossPositions === 0) return available;
  const pnl = unrealizedOf(account, asset, true);
  return pnl < 0n ? available + pnl : available;
}
