import { type Decimal, PositionSide, Side } from '@prate/domain';
import { DeskRefusal, DeskRefusalReason } from '../desk/desk-refusal.ts';
import type { DeskTicket } from '../desk/desk-types.ts';
import type { DeskStopPrices } from '../desk/trigger-types.ts';
import type { Direction } from './alarm-heap.ts';
import type { TriggerHost } from './trigger-host.ts';

export const lossDirection = (side: PositionSide): Direction => (side === PositionSide.LONG ? 'FALLS_TO' : 'RISES_TO');

export const profitDirection = (side: PositionSide): Direction =>
  side === PositionSide.LONG ? 'RISES_TO' : 'FALLS_TO';

/** Null where the ticket has none attached. */
export const stopsOf = ({ stopLoss = null, takeProfit = null }: DeskTicket): DeskStopPrices | null =>
  stopLoss === null && takeProfit === null ? null : { stopLoss, takeProfit };

/**
 * What is attached to an order must lie beyond its own price, or, where it has none, beyond the price that it follows.
 * @throws DeskRefusal INVALID_PRICE, STOP_PRICE
 */
export function checkAttached(
  host: TriggerHost,
  { symbol, side, price, stopLoss, takeProfit }: Pick<DeskTicket, 'symbol' | 'side' | 'price'> & DeskStopPrices,
): void {
  const opens = side === Side.BUY ? PositionSide.LONG : PositionSide.SHORT;
  checkStopPrices(host, symbol, opens, { stopLoss, takeProfit }, price);
}

/**
 * @param from what they must lie beyond; null: for each the price of now that it follows
 * @throws DeskRefusal INVALID_PRICE, STOP_PRICE
 */
export function checkStopPrices(
  host: TriggerHost,
  symbol: string,
  side: PositionSide,
  { stopLoss, takeProfit }: DeskStopPrices,
  from: Decimal | null,
): void {
  const market = host.market(symbol);
  for (const [what, stop, direction] of [
    ['stop-loss', stopLoss, lossDirection(side)],
    ['take-profit', takeProfit, profitDirection(side)],
  ] as const) {
    if (stop === null) continue;
    market.ticks(stop.price);
    const now = from ?? market.price(market.current(stop.source));
    if (now.isZero() || (direction === 'RISES_TO' ? stop.price.gt(now) : stop.price.lt(now))) continue;
    const right = direction === 'RISES_TO' ? 'above' : 'below';
    const message = `the ${what} of a ${side} position must be ${right} ${now}, not ${stop.price}`;
    throw new DeskRefusal(DeskRefusalReason.STOP_PRICE, message);
  }
}
