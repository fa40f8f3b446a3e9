/** Triggers of the desk in the words of the port. */
import { PositionMode, PositionSide, Side, ZERO } from '@prate/domain';
import type { TriggerRequest } from '@prate/execution-port';
import type { DeskStopPrice } from './desk/desk-types.ts';
import type { DeskPlan, DeskStop, DeskTrailing } from './desk/trigger-types.ts';
import type { EngineAccount } from './engine/model.ts';

const common = ({ ticket, positionMode }: DeskPlan | DeskTrailing): Omit<TriggerRequest, 'trigger'> => {
  const isLong = (ticket.side === Side.BUY) === (ticket.effect === 'OPEN');
  return {
    symbol: ticket.symbol,
    side: ticket.side,
    quantity: ticket.quantity,
    reduceOnly: ticket.reduceOnly || ticket.effect === 'CLOSE',
    positionSide: positionMode === PositionMode.HEDGE ? (isLong ? PositionSide.LONG : PositionSide.SHORT) : undefined,
  };
};

/** As the port would have been asked for it. */
export const planRequest = (plan: DeskPlan): TriggerRequest => ({
  ...common(plan),
  trigger: { kind: 'plan', price: plan.triggerPrice, direction: plan.direction, priceSource: plan.source },
  limitPrice: plan.ticket.price ?? undefined,
});

/** Two for a stop with both prices. */
export function stopRequests(stop: DeskStop, account: EngineAccount): readonly TriggerRequest[] {
  const { symbol, side, positionId, stopLoss, takeProfit } = stop;
  const isLong = side === PositionSide.LONG;
  const position = account.positions.get(positionId);
  const held = position?.seat.market.grid.quantity(position.lots);
  const request = (kind: 'stop' | 'takeProfit', at: DeskStopPrice | null): readonly TriggerRequest[] =>
    at === null
      ? []
      : [
          {
            symbol,
            side: isLong ? Side.SELL : Side.BUY,
            quantity: stop.quantity ?? held ?? 0,
            reduceOnly: true,
            positionSide: account.positionMode === PositionMode.HEDGE ? side : undefined,
            trigger: {
              kind,
              price: at.price,
              direction: (kind === 'stop') === isLong ? 'FALLS_TO' : 'RISES_TO',
              priceSource: at.source,
            },
          },
        ];
  return [...request('stop', stopLoss), ...request('takeProfit', takeProfit)];
}

/** A distance, which the desk can ask for and this port cannot, is told as its share of the best or the activation price. */
export function trailingRequest(trailing: DeskTrailing): TriggerRequest {
  const { callback, bestPrice, activationPrice } = trailing;
  const from = bestPrice ?? activationPrice;
  const share = callback.kind === 'SHARE' ? callback.value : from === null ? ZERO : callback.value.div(from);
  return {
    ...common(trailing),
    trigger: { kind: 'trailing', callback: share, activationPrice: activationPrice ?? undefined },
  };
}
