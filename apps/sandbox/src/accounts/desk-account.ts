import type { Decimal, MarginMode, PositionMode, PositionSide } from '@prate/domain';
import type { DeskEvent, PaperDesk } from '@prate/in-memory-paper';
import type {
  AccountAsset,
  AccountEvent,
  AccountOrder,
  AccountPosition,
  Contract,
  FeeRates,
  Fill,
  FundingPayment,
  HistoryRange,
  LeverageSetting,
  OrderTicket,
  SandboxAccount,
} from '@prate/mexc-sandbox';
import { orderIds, positionIds } from './desk-ids.ts';
import { deskTriggers, type TriggerDesk } from './desk-triggers.ts';
import { fillOf, NO_ORDER, orderOf, paymentOf, positionOf, ticketOf } from './desk-values.ts';
import { asked } from './refusals.ts';
import { planOf, stopOf, trailingOf } from './trigger-values.ts';

/** An account of the exchange as the wire speaks of it: contracts for base quantities, ids of 18 digits, refusals in its words. */
export class DeskAccount implements SandboxAccount {
  readonly #desk: PaperDesk;
  readonly #contract: (symbol: string) => Contract;
  readonly placePlan: TriggerDesk['placePlan'];
  readonly changePlan: TriggerDesk['changePlan'];
  readonly cancelPlan: TriggerDesk['cancelPlan'];
  readonly plans: TriggerDesk['plans'];
  readonly placeStop: TriggerDesk['placeStop'];
  readonly changeStop: TriggerDesk['changeStop'];
  readonly changeAttachedStop: TriggerDesk['changeAttachedStop'];
  readonly cancelStop: TriggerDesk['cancelStop'];
  readonly stops: TriggerDesk['stops'];
  readonly placeTrailing: TriggerDesk['placeTrailing'];
  readonly changeTrailing: TriggerDesk['changeTrailing'];
  readonly cancelTrailing: TriggerDesk['cancelTrailing'];
  readonly trailings: TriggerDesk['trailings'];

  constructor(desk: PaperDesk, contract: (symbol: string) => Contract) {
    this.#desk = desk;
    this.#contract = contract;
    const triggers = deskTriggers(desk, contract);
    this.placePlan = triggers.placePlan;
    this.changePlan = triggers.changePlan;
    this.cancelPlan = triggers.cancelPlan;
    this.plans = triggers.plans;
    this.placeStop = triggers.placeStop;
    this.changeStop = triggers.changeStop;
    this.changeAttachedStop = triggers.changeAttachedStop;
    this.cancelStop = triggers.cancelStop;
    this.stops = triggers.stops;
    this.placeTrailing = triggers.placeTrailing;
    this.changeTrailing = triggers.changeTrailing;
    this.cancelTrailing = triggers.cancelTrailing;
    this.trailings = triggers.trailings;
  }

  /** What the desk tells, as the wire's events. */
  listen(apiKey: string, listener: (event: AccountEvent) => void): () => void {
    return this.#desk.listen((event) => listener({ account: apiKey, ...this.#eventOf(event) }));
  }

  assets(): readonly AccountAsset[] {
    return this.#desk.assets().map(({ asset, ...money }) => ({ currency: asset, ...money }));
  }

  feeRates(symbol: string): FeeRates {
    return this.#desk.feeRates(symbol);
  }

  positions(): readonly AccountPosition[] {
    return this.#desk.positions().map((position) => positionOf(position, this.#contract(position.symbol)));
  }

  positionHistory(range: HistoryRange): readonly AccountPosition[] {
    return this.#desk.positionHistory(range).map((position) => positionOf(position, this.#contract(position.symbol)));
  }

  fundingPayments(range: HistoryRange): readonly FundingPayment[] {
    return this.#desk.fundingPayments(range).map(paymentOf);
  }

  positionMode(): PositionMode {
    return this.#desk.positionMode();
  }

  setPositionMode(mode: PositionMode): void {
    asked(() => this.#desk.setPositionMode(mode));
  }

  leverage(symbol: string): readonly LeverageSetting[] {
    return this.#desk.leverage(symbol);
  }

  setLeverage(
    symbol: string,
    side: PositionSide,
    setting: { readonly leverage: number; readonly marginMode: MarginMode | null },
  ): void {
    asked(() => this.#desk.setLeverage(symbol, side, setting));
  }

  changeMargin(positionId: number, amount: Decimal): void {
    asked(() => this.#desk.changeMargin(positionIds.toDesk(positionId), amount));
  }

  setAutoAddMargin(positionId: number, enabled: boolean): void {
    asked(() => this.#desk.setAutoAddMargin(positionIds.toDesk(positionId), enabled));
  }

  reversePosition(positionId: number, volume: Decimal): void {
    const id = positionIds.toDesk(positionId);
    const symbol = this.#desk.positions().find((position) => position.id === id)?.symbol;
    const quantity = symbol === undefined ? volume : volume.mul(this.#contract(symbol).contractSize);
    asked(() => this.#desk.reversePosition(id, quantity));
  }

  closeAllPositions(): void {
    asked(() => this.#desk.closeAllPositions());
  }

  placeOrder(ticket: OrderTicket): string {
    const asks = ticketOf(ticket, this.#contract(ticket.symbol));
    return orderIds.toWire(asked(() => this.#desk.placeOrder(asks)));
  }

  cancelOrder(orderId: string): void {
    asked(() => this.#desk.cancelOrder(orderIds.toDesk(orderId) ?? NO_ORDER));
  }

  cancelAllOrders(symbol: string | null): void {
    asked(() => this.#desk.cancelAllOrders(symbol));
  }

  replaceOrder(orderId: string, { price, volume }: { readonly price: Decimal; readonly volume: Decimal }): string {
    const id = orderIds.toDesk(orderId) ?? NO_ORDER;
    const symbol = this.#desk.order(id)?.symbol;
    const quantity = symbol === undefined ? volume : volume.mul(this.#contract(symbol).contractSize);
    return orderIds.toWire(asked(() => this.#desk.replaceOrder(id, { price, quantity })));
  }

  order(orderId: string): AccountOrder | null {
    const order = this.#desk.order(orderIds.toDesk(orderId) ?? NO_ORDER);
    return order === null ? null : orderOf(order, this.#contract(order.symbol));
  }

  orderByClientId(symbol: string, clientOrderId: string): AccountOrder | null {
    const order = this.#desk.orderByClientId(symbol, clientOrderId);
    return order === null ? null : orderOf(order, this.#contract(symbol));
  }

  openOrders(symbol: string | null): readonly AccountOrder[] {
    return this.#desk.openOrders(symbol).map((order) => orderOf(order, this.#contract(order.symbol)));
  }

  orderHistory(range: HistoryRange): readonly AccountOrder[] {
    return this.#desk.orderHistory(range).map((order) => orderOf(order, this.#contract(order.symbol)));
  }

  fills(range: HistoryRange): readonly Fill[] {
    return this.#desk.fills(range).map((fill) => fillOf(fill, this.#contract(fill.order.symbol)));
  }

  fillsOfOrder(orderId: string): readonly Fill[] {
    const fills = this.#desk.fillsOfOrder(orderIds.toDesk(orderId) ?? NO_ORDER);
    return fills.map((fill) => fillOf(fill, this.#contract(fill.order.symbol)));
  }

  #eventOf(event: DeskEvent): EventOfAccount {
    switch (event.kind) {
      case 'order':
        return { kind: 'order', order: orderOf(event.order, this.#contract(event.order.symbol)) };
      case 'fill':
        return { kind: 'fill', fill: fillOf(event.fill, this.#contract(event.fill.order.symbol)) };
      case 'position':
        return { kind: 'position', position: positionOf(event.position, this.#contract(event.position.symbol)) };
      case 'asset': {
        const { asset, ...money } = event.asset;
        return { kind: 'asset', asset: { currency: asset, ...money } };
      }
      case 'plan':
        return { kind: 'plan', plan: planOf(event.plan, this.#contract(event.plan.ticket.symbol)) };
      case 'stop':
        return { kind: 'stop', stop: stopOf(event.stop, this.#contract(event.stop.symbol)) };
      case 'attachedStop':
        return { kind: 'attachedStop', order: orderOf(event.order, this.#contract(event.order.symbol)) };
      case 'trailing':
        return { kind: 'trailing', trailing: trailingOf(event.trailing, this.#contract(event.trailing.ticket.symbol)) };
      case 'positionMode':
        return event;
    }
  }
}

type EventOfAccount = AccountEvent extends infer E ? (E extends AccountEvent ? Omit<E, 'account'> : never) : never;
