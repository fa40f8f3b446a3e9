import { DeskRefusal, DeskRefusalReason } from '../desk/desk-refusal.ts';
import type { DeskPlan, TriggerStatus } from '../desk/trigger-types.ts';
import type { PriceWatch } from './price-watch.ts';
import type { TriggerHost } from './trigger-host.ts';

/** What plans, stops and trailing orders of one account share. */
export interface TriggerParts {
  readonly host: TriggerHost;
  /** Made at the first call for a symbol. */
  watch(symbol: string): PriceWatch;
  /** Plans and trailing orders that wait. */
  waitingAt(symbol: string): number;
}

export type Fired = Pick<DeskPlan, 'status' | 'failure' | 'orderId'>;

/** What becomes of a trigger that sends its order: where the exchange refuses that, it is FAILED. */
export function fired(send: () => string): Fired {
  try {
    return { status: 'EXECUTED', failure: null, orderId: send() };
  } catch (error) {
    if (error instanceof DeskRefusal) return { status: 'FAILED', failure: error.reason, orderId: null };
    throw error;
  }
}

export const isWaiting = ({ status }: { readonly status: TriggerStatus }): boolean =>
  status === 'WAITING' || status === 'INACTIVE';

export const notATrigger = (message: string): DeskRefusal =>
  new DeskRefusal(DeskRefusalReason.INVALID_TRIGGER, message);

/** @throws DeskRefusal UNKNOWN_ORDER, TRIGGER_IS_FINAL */
export function needWaiting<T extends { readonly status: TriggerStatus }>(id: string, trigger: T | undefined): T {
  if (trigger === undefined) throw new DeskRefusal(DeskRefusalReason.UNKNOWN_ORDER, `there is no trigger order ${id}`);
  if (isWaiting(trigger)) return trigger;
  throw new DeskRefusal(DeskRefusalReason.TRIGGER_IS_FINAL, `trigger order ${id} is ${trigger.status}`);
}

/** @throws DeskRefusal TOO_MANY_TRIGGERS */
export function checkRoom(parts: TriggerParts, symbol: string): void {
  const most = parts.host.maxTriggers;
  if (most === null || parts.waitingAt(symbol) < most) return;
  const message = `${symbol} has ${most} trigger orders that wait, which is the most`;
  throw new DeskRefusal(DeskRefusalReason.TOO_MANY_TRIGGERS, message);
}
