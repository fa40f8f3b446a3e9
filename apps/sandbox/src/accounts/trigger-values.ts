import { type Decimal, MarginMode } from '@prate/domain';
import type {
  DeskPlan,
  DeskStop,
  DeskStopPrice,
  DeskStopPrices,
  DeskTicket,
  DeskTrailing,
} from '@prate/in-memory-paper';
import type {
  Contract,
  OrderTicket,
  PlanOrder,
  PriceSource,
  StopOrder,
  StopPrice,
  StopPrices,
  TrailingOrder,
} from '@prate/mexc-sandbox';
import { orderIds, planIds, positionIds, stopIds, trailingIds } from './desk-ids.ts';

type DeskSource = DeskStopPrice['source'];

/** The wire's fair price is the exchange's mark price. */
export const deskSource = (source: PriceSource): DeskSource => (source === 'FAIR' ? 'MARK' : source);
const sourceOf = (source: DeskSource): PriceSource => (source === 'MARK' ? 'FAIR' : source);

const deskStop = (stop: StopPrice | null): DeskStopPrice | null =>
  stop === null ? null : { price: stop.price, source: deskSource(stop.source) };
const stopPriceOf = (stop: DeskStopPrice | null | undefined): StopPrice | null =>
  stop === null || stop === undefined ? null : { price: stop.price, source: sourceOf(stop.source) };

export const deskStops = ({ stopLoss, takeProfit }: StopPrices): DeskStopPrices => ({
  stopLoss: deskStop(stopLoss),
  takeProfit: deskStop(takeProfit),
});
export const stopPricesOf = ({ stopLoss, takeProfit }: Partial<DeskStopPrices>): StopPrices => ({
  stopLoss: stopPriceOf(stopLoss),
  takeProfit: stopPriceOf(takeProfit),
});

const orderIdOf = (id: string | null): string | null => (id === null ? null : orderIds.toWire(id));
const volumeOf = (quantity: Decimal, { contractSize }: Contract): Decimal => quantity.div(contractSize);

/** A ticket of the wire, as it was. */
function wireTicketOf(ticket: DeskTicket, contract: Contract): OrderTicket {
  const { quantity, marginMode, stopLoss, takeProfit, ...same } = ticket;
  // the wire names one with every order
  return {
    ...same,
    ...stopPricesOf({ stopLoss: stopLoss ?? null, takeProfit: takeProfit ?? null }),
    volume: volumeOf(quantity, contract),
    marginMode: marginMode ?? MarginMode.ISOLATED,
  };
}

export const planOf = (plan: DeskPlan, contract: Contract): PlanOrder => ({
  id: planIds.toWire(plan.id),
  ticket: wireTicketOf(plan.ticket, contract),
  triggerPrice: plan.triggerPrice,
  direction: plan.direction,
  source: sourceOf(plan.source),
  cycleHours: plan.cycleHours,
  leverage: plan.leverage,
  positionMode: plan.positionMode,
  status: plan.status,
  orderId: orderIdOf(plan.orderId),
  createdAt: plan.createdAt,
  updatedAt: plan.updatedAt,
});

export const stopOf = (stop: DeskStop, contract: Contract): StopOrder => ({
  id: stopIds.toWire(stop.id),
  orderId: orderIdOf(stop.orderId),
  positionId: positionIds.toWire(stop.positionId),
  symbol: stop.symbol,
  side: stop.side,
  volume: stop.quantity === null ? null : volumeOf(stop.quantity, contract),
  ...stopPricesOf(stop),
  status: stop.status,
  triggered: stop.triggered,
  placedOrderId: orderIdOf(stop.placedOrderId),
  closedVolume: volumeOf(stop.closedQuantity, contract),
  version: stop.version,
  createdAt: stop.createdAt,
  updatedAt: stop.updatedAt,
});

export const trailingOf = (trailing: DeskTrailing, contract: Contract): TrailingOrder => ({
  id: trailingIds.toWire(trailing.id),
  ticket: wireTicketOf(trailing.ticket, contract),
  source: sourceOf(trailing.source),
  activationPrice: trailing.activationPrice,
  callback: trailing.callback,
  leverage: trailing.leverage,
  positionMode: trailing.positionMode,
  status: trailing.status,
  bestPrice: trailing.bestPrice,
  triggerPrice: trailing.triggerPrice,
  orderId: orderIdOf(trailing.orderId),
  createdAt: trailing.createdAt,
  updatedAt: trailing.updatedAt,
});
