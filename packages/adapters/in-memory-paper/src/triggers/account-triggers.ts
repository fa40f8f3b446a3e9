import type { DeskRange } from '../desk/desk-types.ts';
import type {
  DeskPlan,
  DeskPlanChanges,
  DeskPlanTicket,
  DeskStop,
  DeskStopPrices,
  DeskStopTicket,
  DeskTrailing,
  DeskTrailingChanges,
  DeskTrailingTicket,
  DeskTriggers,
} from '../desk/trigger-types.ts';
import { PlanOrders } from './plan-orders.ts';
import { PriceWatch } from './price-watch.ts';
import { StopOrders } from './stop-orders.ts';
import { checkAttached } from './stop-prices.ts';
import { TrailingOrders } from './trailing-orders.ts';
import type { TriggerHost } from './trigger-host.ts';
import type { TriggerParts } from './trigger-parts.ts';

/** The trigger orders of one account. What fires, and when, is in price-watch.ts; what that does is with each kind. */
export class AccountTriggers implements DeskTriggers {
  readonly stopOrders: StopOrders;
  readonly #watches = new Map<string, PriceWatch>();
  readonly #makeWatch: (symbol: string) => PriceWatch;
  readonly #host: TriggerHost;
  readonly #names = new Set<string>();
  readonly #plans: PlanOrders;
  readonly #trailings: TrailingOrders;

  /** @param onWatch is told of the watch of a symbol when it is made */
  constructor(host: TriggerHost, onWatch: (symbol: string, watch: PriceWatch) => void) {
    this.#host = host;
    this.#makeWatch = (symbol) => {
      const watch = new PriceWatch(() => host.disturb(symbol, this.soonestEnd));
      this.#watches.set(symbol, watch);
      onWatch(symbol, watch);
      return watch;
    };
    const parts: TriggerParts = {
      host,
      watch: (symbol) => this.watch(symbol),
      waitingAt: (symbol) =>
        [...this.#plans.waiting(), ...this.#trailings.waiting()].filter(({ ticket }) => ticket.symbol === symbol)
          .length,
    };
    this.#plans = new PlanOrders(parts);
    this.stopOrders = new StopOrders(parts);
    this.#trailings = new TrailingOrders(parts);
  }

  /** @throws DeskRefusal INVALID_PRICE, STOP_PRICE */
  checkAttached(order: Parameters<typeof checkAttached>[1]): void {
    checkAttached(this.#host, order);
  }

  /** Made at the first call. */
  watch(symbol: string): PriceWatch {
    return this.#watches.get(symbol) ?? this.#makeWatch(symbol);
  }

  /** No plan expires before this, epoch ms. */
  get soonestEnd(): number {
    return this.#plans.soonestEnd;
  }

  expire(nowMs: number): void {
    this.#plans.expire(nowMs);
  }

  /** Whether any waits. */
  get isEngaged(): boolean {
    return [this.#plans, this.stopOrders, this.#trailings].some((kind) => kind.waiting().length > 0);
  }

  /** Whether one of them, waiting or not, is called so by its owner. */
  hasName(clientOrderId: string): boolean {
    return this.#names.has(clientOrderId);
  }

  placePlan(plan: DeskPlanTicket): DeskPlan {
    return this.#named(this.#plans.place(plan));
  }

  changePlan(planId: string, changes: DeskPlanChanges): DeskPlan {
    return this.#plans.change(planId, changes);
  }

  cancelPlan(planId: string): void {
    this.#plans.cancel(planId);
  }

  plan(planId: string): DeskPlan | null {
    return this.#plans.find(planId);
  }

  plans(range: DeskRange): readonly DeskPlan[] {
    return within(this.#plans.all(), range, ({ ticket }) => ticket.symbol);
  }

  placeStop(stop: DeskStopTicket): DeskStop {
    return this.#named(this.stopOrders.place(stop));
  }

  changeStop(stopId: number, prices: DeskStopPrices): DeskStop {
    return this.stopOrders.change(stopId, prices);
  }

  changeAttachedStop(orderId: string, prices: DeskStopPrices): void {
    this.stopOrders.changeAttached(orderId, prices);
  }

  cancelStop(stopId: number): void {
    this.stopOrders.cancel(stopId);
  }

  stop(stopId: number): DeskStop | null {
    return this.stopOrders.find(stopId);
  }

  stops(range: DeskRange): readonly DeskStop[] {
    return within(this.stopOrders.all(), range, ({ symbol }) => symbol);
  }

  placeTrailing(trailing: DeskTrailingTicket): DeskTrailing {
    return this.#named(this.#trailings.place(trailing));
  }

  changeTrailing(trailingId: string, changes: DeskTrailingChanges): DeskTrailing {
    return this.#trailings.change(trailingId, changes);
  }

  cancelTrailing(trailingId: string): void {
    this.#trailings.cancel(trailingId);
  }

  trailing(trailingId: string): DeskTrailing | null {
    return this.#trailings.find(trailingId);
  }

  trailings(range: DeskRange): readonly DeskTrailing[] {
    return within(this.#trailings.all(), range, ({ ticket }) => ticket.symbol);
  }

  save(): SavedTriggers {
    return { plans: this.#plans.all(), stops: this.stopOrders.all(), trailings: this.#trailings.all() };
  }

  /** Into an account that has none. The markets of what waits must be known. */
  restore({ plans, stops, trailings }: SavedTriggers): void {
    this.#plans.restore(plans);
    this.stopOrders.restore(stops);
    this.#trailings.restore(trailings);
    for (const one of [...plans, ...stops, ...trailings]) this.#named(one);
  }

  #named<T extends { readonly clientOrderId: string | null }>(placed: T): T {
    if (placed.clientOrderId !== null) this.#names.add(placed.clientOrderId);
    return placed;
  }
}

/** Oldest first. */
export interface SavedTriggers {
  readonly plans: readonly DeskPlan[];
  readonly stops: readonly DeskStop[];
  readonly trailings: readonly DeskTrailing[];
}

/** Newest first. */
function within<T extends { readonly createdAt: number }>(
  all: readonly T[],
  { symbol, from, to }: DeskRange,
  symbolOf: (one: T) => string,
): readonly T[] {
  return all
    .filter((one) => one.createdAt >= from && one.createdAt <= to && (symbol === null || symbolOf(one) === symbol))
    .reverse();
}
