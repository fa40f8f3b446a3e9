import type { DeskPlan, DeskPlanChanges, DeskPlanTicket } from '../desk/trigger-types.ts';
import { Alarm, type Moment } from './alarm-heap.ts';
import { checkAttached, stopsOf } from './stop-prices.ts';
import { checkRoom, fired, isWaiting, needWaiting, notATrigger, type TriggerParts } from './trigger-parts.ts';

const HOUR_MS = 3_600_000;

/** Orders of one account that are sent when a price comes. */
export class PlanOrders {
  readonly #parts: TriggerParts;
  readonly #plans = new Map<string, DeskPlan>();
  /** Of those that wait. */
  readonly #alarms = new Map<string, Alarm>();
  #soonestEnd: number = Number.POSITIVE_INFINITY;

  constructor(parts: TriggerParts) {
    this.#parts = parts;
  }

  /** No plan expires before this, epoch ms. */
  get soonestEnd(): number {
    return this.#soonestEnd;
  }

  /** Oldest first. */
  all(): readonly DeskPlan[] {
    return [...this.#plans.values()];
  }

  waiting(): readonly DeskPlan[] {
    return [...this.#alarms.keys()].map((id) => this.#plans.get(id) as DeskPlan);
  }

  find(id: string): DeskPlan | null {
    return this.#plans.get(id) ?? null;
  }

  place(plan: DeskPlanTicket): DeskPlan {
    const { host } = this.#parts;
    const { ticket, triggerPrice, direction, source, cycleHours, clientOrderId = null } = plan;
    this.#check(plan);
    if (!(cycleHours > 0)) throw notATrigger(`cycleHours must be above 0, not ${cycleHours}`);
    checkRoom(this.#parts, ticket.symbol);
    const nowMs = host.nowMs();
    const placed: DeskPlan = {
      id: String(host.nextId()),
      ticket,
      triggerPrice,
      direction,
      source,
      cycleHours,
      clientOrderId,
      leverage: host.terms(ticket).leverage,
      positionMode: host.positionMode(),
      status: 'WAITING',
      failure: null,
      orderId: null,
      version: 1,
      createdAt: nowMs,
      updatedAt: nowMs,
    };
    this.#keep(placed);
    this.#watch(placed);
    return placed;
  }

  change(id: string, changes: DeskPlanChanges): DeskPlan {
    const { host } = this.#parts;
    this.expire(host.nowMs());
    const before = needWaiting(id, this.#plans.get(id));
    const plan = { ...before, ...changes };
    if (plan.ticket.symbol !== before.ticket.symbol) throw notATrigger(`the symbol of plan ${id} cannot change`);
    this.#check(plan);
    this.#unwatch(id);
    const changed = this.#change({ ...plan, leverage: host.terms(plan.ticket).leverage }, host.nowMs());
    this.#watch(changed);
    return changed;
  }

  cancel(id: string): void {
    const nowMs = this.#parts.host.nowMs();
    this.expire(nowMs);
    const plan = needWaiting(id, this.#plans.get(id));
    this.#unwatch(id);
    this.#change({ ...plan, status: 'CANCELLED' }, nowMs);
  }

  /** Ends those whose hours have passed. */
  expire(nowMs: number): void {
    if (nowMs < this.#soonestEnd) return;
    this.#soonestEnd = Number.POSITIVE_INFINITY;
    for (const plan of this.waiting()) {
      if (endOf(plan) > nowMs) {
        this.#soonestEnd = Math.min(this.#soonestEnd, endOf(plan));
        continue;
      }
      this.#unwatch(plan.id);
      this.#change({ ...plan, status: 'EXPIRED' }, endOf(plan));
    }
  }

  restore(plans: readonly DeskPlan[]): void {
    for (const plan of plans) {
      this.#plans.set(plan.id, plan);
      if (isWaiting(plan)) this.#watch(plan);
    }
  }

  #check({ ticket, triggerPrice, direction }: Pick<DeskPlanTicket, 'ticket' | 'triggerPrice' | 'direction'>): void {
    const { host } = this.#parts;
    host.checkTicket(ticket);
    host.market(ticket.symbol).ticks(triggerPrice);
    if (direction !== 'RISES_TO' && direction !== 'FALLS_TO') {
      throw notATrigger(`direction must be RISES_TO or FALLS_TO, not ${String(direction)}`);
    }
    const stops = stopsOf(ticket);
    if (stops !== null) checkAttached(host, { ...ticket, ...stops, price: ticket.price ?? triggerPrice });
  }

  #watch(plan: DeskPlan): void {
    const { ticket, direction, source, triggerPrice, id } = plan;
    const alarm = new Alarm({
      source,
      direction,
      ticks: this.#parts.host.market(ticket.symbol).ticks(triggerPrice),
      id: Number(id),
      ring: (moment) => this.#fire(id, moment),
    });
    this.#alarms.set(id, alarm);
    this.#soonestEnd = Math.min(this.#soonestEnd, endOf(plan));
    this.#parts.watch(ticket.symbol).set(alarm);
  }

  #unwatch(id: string): void {
    this.#alarms.get(id)?.unset();
    this.#alarms.delete(id);
  }

  #fire(id: string, moment: Moment): boolean {
    const plan = this.#plans.get(id) as DeskPlan;
    this.#unwatch(id);
    const { host } = this.#parts;
    this.#change({ ...plan, ...fired(() => host.send(plan.ticket, `plan_${id}`, moment)) }, moment.timeMs);
    return true;
  }

  #change(plan: DeskPlan, timeMs: number): DeskPlan {
    const changed = { ...plan, version: plan.version + 1, updatedAt: timeMs };
    this.#keep(changed);
    return changed;
  }

  #keep(plan: DeskPlan): void {
    this.#plans.set(plan.id, plan);
    this.#parts.host.tell({ kind: 'plan', plan });
  }
}

const endOf = ({ createdAt, cycleHours }: DeskPlan): number => createdAt + cycleHours * HOUR_MS;
