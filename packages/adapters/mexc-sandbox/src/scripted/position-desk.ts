import { Decimal, OrderType, PositionSide, Side } from '@prate/domain';
import type { LeverageSetting, OrderTicket } from '../backend/account-values.ts';
import { BackendRefusal, RefusalReason } from '../backend/backend-refusal.ts';
import { type AccountState, opposite } from './account-state.ts';
import type { Holding } from './holding.ts';
import type { OrderDesk } from './order-desk.ts';
import type { ScriptedMarket } from './scripted-market.ts';
import { cutMoney, worthOf } from './worth.ts';

/** What is done to the positions of one account other than by orders: leverage, margin, funding, closing them. */
export class PositionDesk {
  readonly #state: AccountState;
  readonly #orders: OrderDesk;

  constructor(state: AccountState, orders: OrderDesk) {
    this.#state = state;
    this.#orders = orders;
  }

  /** Longs pay shorts where the rate is above 0. */
  settleFunding(market: ScriptedMarket, rate: Decimal): void {
    for (const holding of this.#state.openHoldings()) {
      if (holding.contract.symbol !== market.symbol) continue;
      const positionValue = worthOf(holding.contract, market.price('FAIR'), holding.volume);
      const paid = cutMoney(positionValue.mul(rate));
      const amount = holding.side === PositionSide.LONG ? paid.neg() : paid;
      const id = this.#state.parts.ids.nextSmall();
      const { symbol, settleCoin } = holding.contract;
      this.#state.payments.push({ id, symbol, side: holding.side, positionValue, amount, rate, time: this.#state.now });
      this.#state.pay(settleCoin, amount);
      holding.funding = holding.funding.plus(amount);
      this.#state.tellPosition(holding);
      this.#state.tellAsset(settleCoin);
    }
  }

  setLeverage(
    symbol: string,
    side: PositionSide,
    { leverage, marginMode }: { readonly leverage: number; readonly marginMode: LeverageSetting['marginMode'] | null },
  ): void {
    const state = this.#state;
    const before = state.leverage(symbol, side);
    if (state.openOrders(symbol).length > 0 && before.leverage !== leverage) {
      const message = 'leverage cannot change while orders are open';
      throw new BackendRefusal(RefusalReason.LEVERAGE_WITH_OPEN_ORDERS, message);
    }
    const holding = state.holding(symbol, side);
    const mode = marginMode ?? holding?.marginMode ?? before.marginMode;
    if (holding !== undefined) this.#relever(holding, leverage, mode);
    state.setLeverage(symbol, { side, marginMode: mode, leverage });
  }

  #relever(holding: Holding, leverage: number, mode: LeverageSetting['marginMode']): void {
    const state = this.#state;
    const { settleCoin } = holding.contract;
    if (mode !== holding.marginMode) {
      throw new BackendRefusal(RefusalReason.MARGIN_MODE_DIFFERS, `the position is ${holding.marginMode}`);
    }
    const margin = cutMoney(holding.cost.div(leverage));
    if (margin.minus(holding.margin).gt(state.asset(settleCoin).available)) {
      throw new BackendRefusal(RefusalReason.INSUFFICIENT_BALANCE, 'Balance insufficient');
    }
    holding.leverage = leverage;
    holding.margin = margin;
    state.tellPosition(holding);
    state.tellAsset(settleCoin);
  }

  changeMargin(positionId: number, amount: Decimal): void {
    const state = this.#state;
    const holding = this.#holding(positionId);
    const { settleCoin } = holding.contract;
    if (amount.gt(state.asset(settleCoin).available)) {
      throw new BackendRefusal(RefusalReason.INSUFFICIENT_BALANCE, 'Balance insufficient');
    }
    if (holding.margin.plus(amount).lt(holding.initialMargin) && amount.isNegative()) {
      const most = Decimal.max(holding.margin.minus(holding.initialMargin), 0);
      throw new BackendRefusal(RefusalReason.MARGIN_NOT_REMOVABLE, `at most ${most} can be removed`);
    }
    holding.margin = holding.margin.plus(amount);
    state.tellPosition(holding);
    state.tellAsset(settleCoin);
  }

  setAutoAddMargin(positionId: number, enabled: boolean): void {
    const holding = this.#holding(positionId);
    holding.autoAddMargin = enabled;
    this.#state.tellPosition(holding);
  }

  reverse(positionId: number, volume: Decimal): void {
    const holding = this.#holding(positionId);
    this.#close(holding, holding.volume);
    this.#orders.place({ ...marketOrder(holding, opposite(holding.side), 'OPEN'), volume });
  }

  closeAll(): void {
    for (const holding of this.#state.openHoldings()) {
      const free = holding.volume.minus(this.#state.frozenVolume(holding));
      if (free.gt(0)) this.#close(holding, free);
    }
  }

  #close(holding: Holding, volume: Decimal): void {
    this.#orders.place({ ...marketOrder(holding, holding.side, 'CLOSE'), volume });
  }

  #holding(positionId: number): Holding {
    const holding = this.#state.openHoldings().find(({ id }) => id === positionId);
    if (holding === undefined)
      throw new BackendRefusal(RefusalReason.NO_POSITION, `there is no position ${positionId}`);
    return holding;
  }
}

/** A market order for a position on `side`, its volume to be named. */
const marketOrder = (
  holding: Holding,
  side: PositionSide,
  effect: OrderTicket['effect'],
): Omit<OrderTicket, 'volume'> => ({
  symbol: holding.contract.symbol,
  side: (side === PositionSide.LONG) === (effect === 'OPEN') ? Side.BUY : Side.SELL,
  effect,
  type: OrderType.MARKET,
  price: null,
  marginMode: holding.marginMode,
  leverage: effect === 'OPEN' ? holding.leverage : null,
  clientOrderId: null,
  positionMode: null,
  reduceOnly: effect === 'CLOSE',
  stopLoss: null,
  takeProfit: null,
});
