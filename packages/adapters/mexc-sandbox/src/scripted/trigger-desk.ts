import { type Decimal, OrderType, PositionSide, Side } from '@prate/domain';
import type {
  OrderTicket,
  PlanOrder,
  PlanTicket,
  StopOrder,
  StopTicket,
  TrailingOrder,
  TrailingTicket,
  TriggerStatus,
} from '../backend/account-values.ts';
import { BackendRefusal, RefusalReason } from '../backend/backend-refusal.ts';
import type { StopPrices } from '../backend/sandbox-backend.ts';
import type { AccountState } from './account-state.ts';
import type { Holding } from './holding.ts';
import type { LiveOrder } from './live-order.ts';
import type { OrderDesk } from './order-desk.ts';
import type { ScriptedMarket } from './scripted-market.ts';

const HOUR_MS = 3_600_000;

/** Plans, stops and trailing orders of one account; they look at prices when a price has changed. */
export class TriggerDesk {
  readonly #state: AccountState;
  readonly #orders: OrderDesk;
  readonly plans: Map<string, PlanOrder> = new Map();
  readonly stops: Map<number, StopOrder> = new Map();
  readonly trailings: Map<string, TrailingOrder> = new Map();

  constructor(state: AccountState, orders: OrderDesk) {
    this.#state = state;
    this.#orders = orders;
  }

  get isEmpty(): boolean {
    const all = [...this.plans.values(), ...this.stops.values(), ...this.trailings.values()];
    return all.every(({ status }) => !isWaiting(status));
  }

  placePlan(plan: PlanTicket): PlanOrder {
    this.#checkRoom(plan.ticket.symbol);
    return this.#setPlan({ ...plan, ...this.#common(plan.ticket), status: 'WAITING', orderId: null });
  }

  changePlan(id: string, changes: Partial<Omit<PlanTicket, 'cycleHours'>>): void {
    this.#setPlan({ ...waiting(this.plans.get(id)), ...changes });
  }

  cancelPlan(id: string): void {
    this.#setPlan({ ...waiting(this.plans.get(id)), status: 'CANCELLED' });
  }

  placeStop(stop: StopTicket): StopOrder {
    const holding = this.#state.openHoldings().find(({ id }) => id === stop.positionId);
    if (holding === undefined) {
      throw new BackendRefusal(RefusalReason.NO_POSITION, `there is no position ${stop.positionId}`);
    }
    this.#checkStop(stop, holding);
    return this.#addStop(stop, holding, null);
  }

  changeStop(id: number, prices: StopPrices): void {
    const stop = this.stops.get(id);
    if (stop?.status !== 'WAITING') throw new BackendRefusal(RefusalReason.UNKNOWN_STOP, `there is no stop ${id}`);
    this.#setStop({ ...stop, ...prices });
  }

  cancelStop(id: number): void {
    const stop = this.stops.get(id);
    if (stop?.status !== 'WAITING') throw new BackendRefusal(RefusalReason.UNKNOWN_STOP, `there is no stop ${id}`);
    this.#setStop({ ...stop, status: 'CANCELLED' });
  }

  placeTrailing(trailing: TrailingTicket): TrailingOrder {
    this.#checkRoom(trailing.ticket.symbol);
    const status = trailing.activationPrice === null ? 'WAITING' : 'INACTIVE';
    return this.#setTrailing({
      ...trailing,
      ...this.#common(trailing.ticket),
      status,
      bestPrice: null,
      triggerPrice: null,
      orderId: null,
    });
  }

  changeTrailing(id: string, changes: Partial<Pick<TrailingTicket, 'activationPrice' | 'callback' | 'source'>>): void {
    this.#setTrailing({ ...waiting(this.trailings.get(id)), ...changes });
  }

  cancelTrailing(id: string): void {
    this.#setTrailing({ ...waiting(this.trailings.get(id)), status: 'CANCELLED' });
  }

  /** What is attached to an order that has traded becomes a stop of its position; what a closed position had ends. */
  afterOrder(order: LiveOrder): void {
    const { stopLoss, takeProfit, symbol } = order.ticket;
    const holding = this.#state.openHoldings().find(({ id }) => id === order.positionId);
    const attached = [...this.stops.values()].some((stop) => stop.orderId === order.id);
    const wanted = (stopLoss !== null || takeProfit !== null) && !order.closes;
    if (wanted && order.status !== 'OPEN' && !order.filled.isZero() && holding !== undefined && !attached) {
      this.#addStop({ positionId: holding.id, volume: order.filled, stopLoss, takeProfit }, holding, order.id);
    }
    this.#endStopsOfClosed(symbol);
  }

  /** Lets what the prices of a market have reached fire. */
  look(market: ScriptedMarket): void {
    const { now } = this.#state;
    for (const plan of this.plans.values()) {
      if (plan.status !== 'WAITING' || plan.ticket.symbol !== market.symbol) continue;
      if (plan.createdAt + plan.cycleHours * HOUR_MS <= now) this.#setPlan({ ...plan, status: 'EXPIRED' });
      else if (reached(market.price(plan.source), plan.triggerPrice, plan.direction)) {
        const clientOrderId = `planorder_${plan.id}_1`;
        this.#setPlan({ ...plan, ...this.#fire({ ...plan.ticket, clientOrderId }) });
      }
    }
    for (const stop of this.stops.values()) if (stop.symbol === market.symbol) this.#lookAtStop(stop, market);
    for (const trailing of this.trailings.values()) {
      if (trailing.ticket.symbol === market.symbol) this.#lookAtTrailing(trailing, market);
    }
  }

  #lookAtStop(stop: StopOrder, market: ScriptedMarket): void {
    if (stop.status !== 'WAITING') return;
    const { stopLoss, takeProfit, side } = stop;
    const long = side === PositionSide.LONG;
    const isLoss =
      stopLoss !== null && reached(market.price(stopLoss.source), stopLoss.price, long ? 'FALLS_TO' : 'RISES_TO');
    const isProfit =
      takeProfit !== null && reached(market.price(takeProfit.source), takeProfit.price, long ? 'RISES_TO' : 'FALLS_TO');
    const holding = this.#state.openHoldings().find(({ id }) => id === stop.positionId);
    if ((!isLoss && !isProfit) || holding === undefined) return;
    const volume = stop.volume?.lt(holding.volume) ? stop.volume : holding.volume;
    const triggered = isLoss ? 'STOP_LOSS' : 'TAKE_PROFIT';
    // told as executed before its order is sent, so that the end of the position does not cancel it
    this.#setStop({ ...stop, status: 'EXECUTED', triggered, closedVolume: volume });
    const { status, orderId } = this.#fire({
      symbol: stop.symbol,
      side: long ? Side.SELL : Side.BUY,
      effect: 'CLOSE',
      type: OrderType.MARKET,
      volume,
      price: null,
      marginMode: holding.marginMode,
      leverage: null,
      clientOrderId: null,
      positionMode: null,
      reduceOnly: true,
      stopLoss: null,
      takeProfit: null,
    });
    const executed = this.stops.get(stop.id);
    if (executed !== undefined) this.#setStop({ ...executed, status, placedOrderId: orderId });
  }

  #lookAtTrailing(trailing: TrailingOrder, market: ScriptedMarket): void {
    if (!isWaiting(trailing.status)) return;
    const price = market.price(trailing.source);
    const sells = trailing.ticket.side === Side.SELL;
    const { activationPrice, callback } = trailing;
    if (trailing.status === 'INACTIVE') {
      const active = activationPrice === null || reached(price, activationPrice, sells ? 'RISES_TO' : 'FALLS_TO');
      if (!active) return;
    }
    const before = trailing.bestPrice;
    const best = before !== null && (sells ? before.gte(price) : before.lte(price)) ? before : price;
    const back = callback.kind === 'SHARE' ? best.mul(callback.value) : callback.value;
    const triggerPrice = sells ? best.minus(back) : best.plus(back);
    const following: TrailingOrder = { ...trailing, status: 'WAITING', bestPrice: best, triggerPrice };
    if (reached(price, triggerPrice, sells ? 'FALLS_TO' : 'RISES_TO')) {
      this.#setTrailing({ ...following, ...this.#fire(trailing.ticket) });
    } else if (trailing.status === 'INACTIVE' || !best.eq(before ?? 0)) this.#setTrailing(following);
  }

  #fire(ticket: OrderTicket): { readonly status: TriggerStatus; readonly orderId: string | null } {
    try {
      return { status: 'EXECUTED', orderId: this.#orders.place(ticket).id };
    } catch (error) {
      if (error instanceof BackendRefusal) return { status: 'FAILED', orderId: null };
      throw error;
    }
  }

  #common(ticket: OrderTicket): Pick<PlanOrder, 'id' | 'leverage' | 'positionMode' | 'createdAt' | 'updatedAt'> {
    const { positionMode, now } = this.#state;
    if (ticket.positionMode !== null && ticket.positionMode !== positionMode) {
      throw new BackendRefusal(RefusalReason.POSITION_MODE_DIFFERS, `the account is in ${positionMode} mode`);
    }
    const side = ticket.side === Side.BUY ? PositionSide.LONG : PositionSide.SHORT;
    const leverage = ticket.leverage ?? this.#state.leverage(ticket.symbol, side).leverage;
    return { id: this.#state.parts.ids.next(), leverage, positionMode, createdAt: now, updatedAt: now };
  }

  #checkRoom(symbol: string): void {
    const { maxTriggers } = this.#state.parts.market(symbol).contract;
    const waitingHere = [...this.plans.values(), ...this.trailings.values()].filter(
      ({ status, ticket }) => isWaiting(status) && ticket.symbol === symbol,
    );
    if (waitingHere.length >= maxTriggers) {
      throw new BackendRefusal(RefusalReason.TOO_MANY_TRIGGERS, `at most ${maxTriggers} triggers`);
    }
  }

  #checkStop(stop: StopTicket, holding: Holding): void {
    if (stop.volume?.gt(holding.volume)) {
      throw new BackendRefusal(RefusalReason.STOP_TOO_LARGE, `the position has ${holding.volume} contracts`);
    }
    const whole = [...this.stops.values()].some(
      (other) => other.status === 'WAITING' && other.positionId === holding.id && other.volume === null,
    );
    if (stop.volume === null && whole) throw new BackendRefusal(RefusalReason.STOP_EXISTS, 'there is one already');
    const last = this.#state.parts.market(holding.contract.symbol).price('LAST');
    const wrongSide = (price: Decimal | undefined, above: boolean): boolean =>
      price !== undefined && !last.isZero() && (above ? price.lte(last) : price.gte(last));
    const long = holding.side === PositionSide.LONG;
    if (wrongSide(stop.stopLoss?.price, !long) || wrongSide(stop.takeProfit?.price, long)) {
      throw new BackendRefusal(RefusalReason.STOP_PRICE, `on the wrong side of the last price ${last}`);
    }
  }

  #addStop(stop: StopTicket, holding: Holding, orderId: string | null): StopOrder {
    const { now } = this.#state;
    return this.#setStop({
      ...stop,
      id: this.#state.parts.ids.nextSmall(),
      orderId,
      symbol: holding.contract.symbol,
      side: holding.side,
      status: 'WAITING',
      triggered: null,
      placedOrderId: null,
      closedVolume: holding.contract.minVolume.mul(0),
      version: 0,
      createdAt: now,
      updatedAt: now,
    });
  }

  #endStopsOfClosed(symbol: string): void {
    const open = new Set(this.#state.openHoldings().map(({ id }) => id));
    for (const stop of this.stops.values()) {
      if (stop.status === 'WAITING' && stop.symbol === symbol && !open.has(stop.positionId)) {
        this.#setStop({ ...stop, status: 'CANCELLED' });
      }
    }
  }

  #setPlan(plan: PlanOrder): PlanOrder {
    const now = { ...plan, updatedAt: this.#state.now };
    this.plans.set(plan.id, now);
    this.#state.parts.emit({ kind: 'plan', plan: now });
    return now;
  }

  #setStop(stop: StopOrder): StopOrder {
    const now = { ...stop, version: stop.version + 1, updatedAt: this.#state.now };
    this.stops.set(stop.id, now);
    this.#state.parts.emit({ kind: 'stop', stop: now });
    return now;
  }

  #setTrailing(trailing: TrailingOrder): TrailingOrder {
    const now = { ...trailing, updatedAt: this.#state.now };
    this.trailings.set(trailing.id, now);
    this.#state.parts.emit({ kind: 'trailing', trailing: now });
    return now;
  }
}

const isWaiting = (status: TriggerStatus): boolean => status === 'WAITING' || status === 'INACTIVE';

/** A price of 0 is none. */
const reached = (price: Decimal, at: Decimal, direction: PlanTicket['direction']): boolean =>
  !price.isZero() && (direction === 'RISES_TO' ? price.gte(at) : price.lte(at));

function waiting<T extends { readonly status: TriggerStatus }>(trigger: T | undefined): T {
  if (trigger === undefined) throw new BackendRefusal(RefusalReason.UNKNOWN_ORDER, 'order not exist');
  if (!isWaiting(trigger.status)) throw new BackendRefusal(RefusalReason.TRIGGER_IS_FINAL, 'the trigger is final');
  return trigger;
}
