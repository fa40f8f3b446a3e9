import type { PaperDesk } from '@prate/in-memory-paper';
import type { Contract, SandboxAccount } from '@prate/mexc-sandbox';
import { orderIds, planIds, positionIds, stopIds, trailingIds } from './desk-ids.ts';
import { NO_ORDER, ticketOf } from './desk-values.ts';
import { asked } from './refusals.ts';
import { deskSource, deskStops, planOf, stopOf, trailingOf } from './trigger-values.ts';

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

/** Those of an exchange's desk, in contracts and the wire's ids. */
export function deskTriggers(desk: PaperDesk, contract: (symbol: string) => Contract): TriggerDesk {
  const { triggers } = desk;
  const planId = (id: string): string => planIds.toDesk(id) ?? NO_ORDER;
  const trailingId = (id: string): string => trailingIds.toDesk(id) ?? NO_ORDER;
  return {
    placePlan(plan) {
      const own = contract(plan.ticket.symbol);
      const ticket = ticketOf(plan.ticket, own);
      return planOf(
        asked(() => triggers.placePlan({ ...plan, ticket, source: deskSource(plan.source) })),
        own,
      );
    },
    changePlan(id, { ticket, source, ...prices }) {
      asked(() =>
        triggers.changePlan(planId(id), {
          ...prices,
          ...(ticket === undefined ? {} : { ticket: ticketOf(ticket, contract(ticket.symbol)) }),
          ...(source === undefined ? {} : { source: deskSource(source) }),
        }),
      );
    },
    cancelPlan(id) {
      asked(() => triggers.cancelPlan(planId(id)));
    },
    plans: (range) => triggers.plans(range).map((plan) => planOf(plan, contract(plan.ticket.symbol))),

    placeStop({ positionId, volume, ...prices }) {
      const id = positionIds.toDesk(positionId);
      const symbol = desk.positions().find((position) => position.id === id)?.symbol;
      const quantity = volume === null || symbol === undefined ? volume : volume.mul(contract(symbol).contractSize);
      const stop = asked(() => triggers.placeStop({ positionId: id, quantity, ...deskStops(prices) }));
      return stopOf(stop, contract(stop.symbol));
    },
    changeStop(id, prices) {
      asked(() => triggers.changeStop(stopIds.toDesk(id), deskStops(prices)));
    },
    changeAttachedStop(orderId, prices) {
      asked(() => triggers.changeAttachedStop(orderIds.toDesk(orderId) ?? NO_ORDER, deskStops(prices)));
    },
    cancelStop(id) {
      asked(() => triggers.cancelStop(stopIds.toDesk(id)));
    },
    stops: (range) => triggers.stops(range).map((stop) => stopOf(stop, contract(stop.symbol))),

    placeTrailing(trailing) {
      const own = contract(trailing.ticket.symbol);
      const ticket = ticketOf(trailing.ticket, own);
      return trailingOf(
        asked(() => triggers.placeTrailing({ ...trailing, ticket, source: deskSource(trailing.source) })),
        own,
      );
    },
    changeTrailing(id, { source, ...changes }) {
      asked(() =>
        triggers.changeTrailing(trailingId(id), {
          ...changes,
          ...(source === undefined ? {} : { source: deskSource(source) }),
        }),
      );
    },
    cancelTrailing(id) {
      asked(() => triggers.cancelTrailing(trailingId(id)));
    },
    trailings: (range) =>
      triggers.trailings(range).map((trailing) => trailingOf(trailing, contract(trailing.ticket.symbol))),
  };
}
