import { type Balance, makeBalance, type Position, ZERO } from '@prate/domain';
import { unrealizedOf } from './engine/funds.ts';
import type { EngineAccount, EnginePosition } from './engine/model.ts';
import { liquidationPrice, maintenanceMargin, marginRatio, unrealizedPnl } from './engine/risk.ts';
import { fromMoney } from './engine/units.ts';

/** The position as the port tells it, at the mark price of this moment. */
export function viewPosition(position: EnginePosition): Position {
  const { market } = position.seat;
  const { grid, instrument } = market;
  const quantity = grid.quantity(position.lots);
  const entryPrice = fromMoney(position.cost).div(quantity);
  const mark = market.mark();
  return Object.freeze({
    symbol: instrument.symbol,
    positionSide: position.side,
    quantity,
    entryPrice,
    markPrice: mark === 0 ? entryPrice : grid.price(mark),
    liquidationPrice: liquidationPrice(position),
    leverage: position.leverage,
    marginMode: position.marginMode,
    margin: fromMoney(position.margin),
    maintenanceMargin: fromMoney(maintenanceMargin(position)),
    unrealizedPnl: mark === 0 ? ZERO : fromMoney(unrealizedPnl(position)),
    realizedPnl: fromMoney(position.realizedPnl),
    marginRatio: marginRatio(position),
    updatedAt: position.updatedAt,
  });
}

export function viewBalance(account: EngineAccount, asset: string): Balance {
  const wallet = account.purse.wallet(asset);
  return makeBalance({
    asset,
    available: fromMoney(wallet.available),
    frozen: fromMoney(wallet.frozen),
    positionMargin: fromMoney(wallet.positionMargin),
    unrealizedPnl: fromMoney(unrealizedOf(account, asset)),
  });
}
