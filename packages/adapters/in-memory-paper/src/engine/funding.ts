import { MarginMode } from '@prate/domain';
import type { FundingDue } from './market.ts';
import type { EnginePosition, Seat } from './model.ts';
import { larger, shareOf, smaller } from './units.ts';

/** Longs pay shorts where the rate is positive: the position's value at the mark price × rate. */
export function settleFunding(seat: Seat, { rate, settleTime }: FundingDue): void {
  for (const position of [seat.long, seat.short]) {
    if (position !== null && position.lots > 0) pay(position, rate, settleTime);
  }
}

/**
 * Who has too little available pays the rest from the position's margin, where it is isolated, and no more than that; a cross
 * account pays what is available into the red, which counts against its equity.
 */
function pay(position: EnginePosition, rate: FundingDue['rate'], settleTime: number): void {
  const { seat } = position;
  const { account, market, wallet } = seat;
  const value = market.grid.value(market.mark(), position.lots);
  const due = shareOf(value, rate);
  let amount = position.isLong ? -due : due;
  let fromMargin = 0n;
  if (amount < 0n && position.marginMode === MarginMode.ISOLATED) {
    const available = larger(wallet.available, 0n);
    fromMargin = -smaller(larger(-amount - available, 0n), position.margin);
    amount = larger(amount, fromMargin - available);
  }
  wallet.fund(amount, fromMargin);
  position.margin += fromMargin;
  position.funding += amount;
  position.touch(settleTime);
  account.fundings.push({ id: account.engine.nextPositionId(), position, value, amount, rate, time: settleTime });
  market.disturb();
  account.tellPosition(position);
  account.tellAsset(wallet.asset);
}
