import { type Decimal, type PositionMode, PositionSide } from '@prate/domain';
import type {
  AccountAsset,
  AccountOrder,
  AccountPosition,
  FeeRates,
  Fill,
  FundingPayment,
  LeverageSetting,
  OrderTicket,
  PlanOrder,
  PlanTicket,
  StopOrder,
  StopTicket,
  TrailingOrder,
  TrailingTicket,
} from '../backend/account-values.ts';
import { BackendRefusal, RefusalReason } from '../backend/backend-refusal.ts';
import type { HistoryRange, SandboxAccount, StopPrices } from '../backend/sandbox-backend.ts';
import { type AccountParts, AccountState } from './account-state.ts';
import { clientKey, OrderDesk } from './order-desk.ts';
import { PositionDesk } from './position-desk.ts';
import type { ScriptedMarket } from './scripted-market.ts';
import { TriggerDesk } from './trigger-desk.ts';

/** One account of a ScriptedBackend. */
export class ScriptedAccount implements SandboxAccount {
  readonly #state: AccountState;
  readonly #orders: OrderDesk;
  readonly #positions: PositionDesk;
  readonly #triggers: TriggerDesk;
  readonly #editsInOneWay: boolean;

  constructor(parts: AccountParts, editsInOneWay: boolean) {
    this.#state = new AccountState(parts);
    this.#orders = new OrderDesk(this.#state, (order) => this.#triggers.afterOrder(order));
    this.#positions = new PositionDesk(this.#state, this.#orders);
    this.#triggers = new TriggerDesk(this.#state, this.#orders);
    this.#editsInOneWay = editsInOneWay;
  }

  /** A public trade: resting orders first, then what its price sets off. */
  meet(market: ScriptedMarket, price: Decimal, volume: Decimal): void {
    this.#orders.meet(market.symbol, price, volume);
    this.look(market);
  }

  look(market: ScriptedMarket): void {
    this.#triggers.look(market);
  }

  settleFunding(market: ScriptedMarket, rate: Decimal): void {
    this.#positions.settleFunding(market, rate);
  }

  assets(): readonly AccountAsset[] {
    return [...this.#state.cash.keys()].map((currency) => this.#state.asset(currency));
  }

  feeRates(): FeeRates {
    return this.#state.parts.fees;
  }

  positions(): readonly AccountPosition[] {
    return this.#state.openHoldings().map((holding) => this.#state.positionOf(holding));
  }

  positionHistory(range: HistoryRange): readonly AccountPosition[] {
    const closed = this.#state.holdings.filter(({ volume }) => volume.isZero());
    return within(
      closed.map((holding) => this.#state.positionOf(holding)),
      range,
      ({ updatedAt }) => updatedAt,
      ({ symbol }) => symbol,
    );
  }

  fundingPayments(range: HistoryRange): readonly FundingPayment[] {
    return within(
      this.#state.payments,
      range,
      ({ time }) => time,
      ({ symbol }) => symbol,
    );
  }

  positionMode(): PositionMode {
    return this.#state.positionMode;
  }

  setPositionMode(mode: PositionMode): void {
    const state = this.#state;
    if (mode === state.positionMode) return;
    if (state.openHoldings().length + state.openOrders().length > 0 || !this.#triggers.isEmpty) {
      const message = 'close positions, orders and triggers before changing the position mode';
      throw new BackendRefusal(RefusalReason.POSITION_MODE_IN_USE, message);
    }
    state.positionMode = mode;
    state.parts.emit({ kind: 'positionMode', mode });
  }

  leverage(symbol: string): readonly LeverageSetting[] {
    return [PositionSide.LONG, PositionSide.SHORT].map((side) => this.#state.leverage(symbol, side));
  }

  setLeverage(
    symbol: string,
    side: PositionSide,
    setting: { readonly leverage: number; readonly marginMode: LeverageSetting['marginMode'] | null },
  ): void {
    this.#positions.setLeverage(symbol, side, setting);
  }

  changeMargin(positionId: number, amount: Decimal): void {
    this.#positions.changeMargin(positionId, amount);
  }

  setAutoAddMargin(positionId: number, enabled: boolean): void {
    this.#positions.setAutoAddMargin(positionId, enabled);
  }

  reversePosition(positionId: number, volume: Decimal): void {
    this.#positions.reverse(positionId, volume);
  }

  closeAllPositions(): void {
    this.#positions.closeAll();
  }

  placeOrder(ticket: OrderTicket): string {
    const order = this.#orders.place(ticket);
    if (ticket.stopLoss !== null || ticket.takeProfit !== null) {
      this.#state.parts.emit({ kind: 'attachedStop', order: order.snapshot() });
    }
    return order.id;
  }

  cancelOrder(orderId: string): void {
    this.#orders.cancel(orderId);
  }

  cancelAllOrders(symbol: string | null): void {
    for (const { id } of this.#state.openOrders(symbol)) this.#orders.cancel(id);
  }

  replaceOrder(orderId: string, changes: { readonly price: Decimal; readonly volume: Decimal }): string {
    return this.#orders.replace(orderId, changes, this.#editsInOneWay).id;
  }

  order(orderId: string): AccountOrder | null {
    return this.#state.orders.get(orderId)?.snapshot() ?? null;
  }

  orderByClientId(symbol: string, clientOrderId: string): AccountOrder | null {
    return this.#state.byClientId.get(clientKey(symbol, clientOrderId))?.snapshot() ?? null;
  }

  openOrders(symbol: string | null): readonly AccountOrder[] {
    return this.#state
      .openOrders(symbol)
      .map((order) => order.snapshot())
      .reverse();
  }

  orderHistory(range: HistoryRange): readonly AccountOrder[] {
    const final = [...this.#state.orders.values()].filter(({ status }) => status !== 'OPEN');
    return within(
      final.map((order) => order.snapshot()),
      range,
      ({ createdAt }) => createdAt,
      ({ symbol }) => symbol,
    );
  }

  fills(range: HistoryRange): readonly Fill[] {
    return within(
      this.#state.fills,
      range,
      ({ time }) => time,
      ({ order }) => order.symbol,
    );
  }

  fillsOfOrder(orderId: string): readonly Fill[] {
    return this.#state.fills.filter(({ order }) => order.id === orderId);
  }

  placePlan(plan: PlanTicket): PlanOrder {
    return this.#triggers.placePlan(plan);
  }

  changePlan(planId: string, changes: Partial<Omit<PlanTicket, 'cycleHours'>>): void {
    this.#triggers.changePlan(planId, changes);
  }

  cancelPlan(planId: string): void {
    this.#triggers.cancelPlan(planId);
  }

  plans(range: HistoryRange): readonly PlanOrder[] {
    return within(
      [...this.#triggers.plans.values()],
      range,
      ({ createdAt }) => createdAt,
      ({ ticket }) => ticket.symbol,
    );
  }

  placeStop(stop: StopTicket): StopOrder {
    return this.#triggers.placeStop(stop);
  }

  changeStop(stopId: number, prices: StopPrices): void {
    this.#triggers.changeStop(stopId, prices);
  }

  changeAttachedStop(orderId: string, prices: StopPrices): void {
    const order = this.#orders.find(orderId);
    if (order.status !== 'OPEN') throw new BackendRefusal(RefusalReason.UNKNOWN_STOP, 'the order is final');
    order.ticket = { ...order.ticket, ...prices };
    this.#state.tellOrder(order);
    this.#state.parts.emit({ kind: 'attachedStop', order: order.snapshot() });
  }

  cancelStop(stopId: number): void {
    this.#triggers.cancelStop(stopId);
  }

  stops(range: HistoryRange): readonly StopOrder[] {
    return within(
      [...this.#triggers.stops.values()],
      range,
      ({ createdAt }) => createdAt,
      ({ symbol }) => symbol,
    );
  }

  placeTrailing(trailing: TrailingTicket): TrailingOrder {
    return this.#triggers.placeTrailing(trailing);
  }

  changeTrailing(
    trailingId: string,
    changes: Partial<Pick<TrailingTicket, 'activationPrice' | 'callback' | 'source'>>,
  ): void {
    this.#triggers.changeTrailing(trailingId, changes);
  }

  cancelTrailing(trailingId: string): void {
    this.#triggers.cancelTrailing(trailingId);
  }

  trailings(range: HistoryRange): readonly TrailingOrder[] {
    return within(
      [...this.#triggers.trailings.values()],
      range,
      ({ createdAt }) => createdAt,
      ({ ticket }) => ticket.symbol,
    );
  }
}

/** Newest first; rows of one time in the reverse of their order. */
function within<T>(
  rows: readonly T[],
  range: HistoryRange,
  timeOf: (row: T) => number,
  symbolOf: (row: T) => string,
): readonly T[] {
  return rows
    .filter((row) => range.symbol === null || symbolOf(row) === range.symbol)
    .filter((row) => timeOf(row) >= range.from && timeOf(row) <= range.to)
    .toReversed()
    .toSorted((a, b) => timeOf(b) - timeOf(a));
}
