import { BackendRefusal, RefusalReason, type SandboxAccount } from '@prate/mexc-sandbox';

/** The part of an account that waits for prices: plan orders, take-profit and stop-loss, trailing orders. */
export type TriggerDesk = Pick<
  SandboxAccount,
  | 'placePlan'
  | 'changePlan'
  | 'cancelPlan'
  | 'plans'
  | 'placeStop'
  | 'changeStop'
  | 'changeAttachedStop'
  | 'cancelStop'
  | 'stops'
  | 'placeTrailing'
  | 'changeTrailing'
  | 'cancelTrailing'
  | 'trailings'
>;

export const unavailable = (): BackendRefusal =>
  new BackendRefusal(RefusalReason.UNAVAILABLE, 'this sandbox has no trigger, stop or trailing orders yet');

const refuse = (): never => {
  throw unavailable();
};

/** Of an exchange without trigger orders: there are none, and none can be made. */
export const NO_TRIGGERS: TriggerDesk = {
  placePlan: refuse,
  changePlan: refuse,
  cancelPlan: refuse,
  plans: () => [],
  placeStop: refuse,
  changeStop: refuse,
  changeAttachedStop: refuse,
  cancelStop: refuse,
  stops: () => [],
  placeTrailing: refuse,
  changeTrailing: refuse,
  cancelTrailing: refuse,
  trailings: () => [],
};
