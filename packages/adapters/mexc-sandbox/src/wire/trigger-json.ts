import type { PlanOrder, StopOrder, TrailingOrder } from '../backend/account-values.ts';
import { stopsJson } from './account-json.ts';
import {
  marginModeCode,
  orderTypeCode,
  positionModeCode,
  positionSideCode,
  sideCode,
  sourceCode,
  TRAILING_STATES,
  TRIGGER_STATES,
} from './enumerations.ts';
import type { WireValue } from './json.ts';

type WireObject = { readonly [key: string]: WireValue };

/** Section 9.1. `executeCycle` is hours here, and a number of its own in requests. */
export const planJson = (plan: PlanOrder): WireObject => ({
  id: plan.id,
  symbol: plan.ticket.symbol,
  leverage: plan.leverage,
  side: sideCode(plan.ticket),
  triggerPrice: plan.triggerPrice,
  price: plan.ticket.price ?? 0,
  vol: plan.ticket.volume,
  openType: marginModeCode(plan.ticket.marginMode),
  triggerType: plan.direction === 'RISES_TO' ? 1 : 2,
  state: TRIGGER_STATES[plan.status],
  executeCycle: plan.cycleHours,
  trend: sourceCode(plan.source),
  orderType: orderTypeCode(plan.ticket.type),
  errorCode: plan.status === 'FAILED' ? 999 : 0,
  orderId: plan.orderId ?? 0,
  priceProtect: 0,
  positionMode: positionModeCode(plan.positionMode),
  reduceOnly: plan.ticket.reduceOnly,
  marketOrderLevel: 0,
  ...stopsJson(plan.ticket.stopLoss, plan.ticket.takeProfit),
  createTime: plan.createdAt,
  updateTime: plan.updatedAt,
});

/** Section 9.2. */
export function stopJson(stop: StopOrder): WireObject {
  const finished = stop.status !== 'WAITING';
  const volume = stop.volume ?? 0;
  return {
    id: stop.id,
    orderId: stop.orderId ?? '0',
    placeOrderId: stop.placedOrderId ?? '0',
    symbol: stop.symbol,
    positionId: String(stop.positionId),
    positionType: positionSideCode(stop.side),
    ...stopsJson(stop.stopLoss, stop.takeProfit),
    state: TRIGGER_STATES[stop.status],
    triggerSide: stop.triggered === null ? 0 : stop.triggered === 'TAKE_PROFIT' ? 1 : 2,
    vol: volume,
    takeProfitVol: volume,
    stopLossVol: volume,
    realityVol: stop.closedVolume,
    errorCode: stop.status === 'FAILED' ? 999 : 0,
    isFinished: finished ? 1 : 0,
    priceProtect: 0,
    profitLossVolType: 'SAME',
    volType: stop.volume === null ? 2 : 1,
    takeProfitReverse: 2,
    stopLossReverse: 2,
    closeTryTimes: 0,
    reverseTryTimes: 0,
    version: stop.version,
    createTime: stop.createdAt,
    updateTime: stop.updatedAt,
  };
}

/** Section 9.3. */
export const trailingJson = (trailing: TrailingOrder): WireObject => ({
  id: trailing.id,
  symbol: trailing.ticket.symbol,
  leverage: trailing.leverage,
  side: sideCode(trailing.ticket),
  vol: trailing.ticket.volume,
  openType: marginModeCode(trailing.ticket.marginMode),
  trend: sourceCode(trailing.source),
  activePrice: trailing.activationPrice ?? undefined,
  markPrice: trailing.bestPrice ?? undefined,
  backType: trailing.callback.kind === 'SHARE' ? 1 : 2,
  backValue: trailing.callback.value,
  triggerPrice: trailing.triggerPrice ?? undefined,
  triggerType: trailing.ticket.side === 'BUY' ? 1 : 2,
  orderId: trailing.orderId ?? 0,
  errorCode: trailing.status === 'FAILED' ? 999 : 0,
  state: TRAILING_STATES[trailing.status],
  positionMode: positionModeCode(trailing.positionMode),
  reduceOnly: trailing.ticket.reduceOnly,
  createTime: trailing.createdAt,
  updateTime: trailing.updatedAt,
});
