import type { DecimalText, Fields } from './fields.ts';

/** A trigger ("plan") order. It is not among the open orders. */
export interface WirePlanOrder {
  readonly id: string;
  readonly symbol: string;
  /** WireSide */
  readonly side: number;
  readonly vol: DecimalText;
  readonly triggerPrice: DecimalText;
  /** WireTriggerType */
  readonly triggerType: number;
  /** WireTrend */
  readonly trend: number;
  /** WireOrderType of the order that it sends. */
  readonly orderType: number;
  /** '0' for a market order. */
  readonly price: DecimalText;
  /** WirePlanState */
  readonly state: number;
  /** Hours. */
  readonly executeCycle: number | null;
  readonly openType: number | null;
  readonly leverage: number | null;
  readonly positionMode: number | null;
  readonly reduceOnly: boolean | null;
  /** The order that it sent; null before. */
  readonly orderId: string | null;
  readonly errorCode: number;
  /** Epoch ms. */
  readonly createTime: number | null;
  readonly updateTime: number | null;
}

export const readPlanOrder = (plan: Fields): WirePlanOrder => ({
  id: plan.id('id'),
  symbol: plan.string('symbol'),
  side: plan.integer('side'),
  vol: plan.decimal('vol'),
  triggerPrice: plan.decimal('triggerPrice'),
  triggerType: plan.integer('triggerType'),
  trend: plan.integerOr('trend', 1),
  orderType: plan.integer('orderType'),
  price: plan.decimalOr('price', '0'),
  state: plan.integer('state'),
  executeCycle: plan.integerOr('executeCycle', null),
  openType: plan.integerOr('openType', null),
  leverage: plan.integerOr('leverage', null),
  positionMode: plan.integerOr('positionMode', null),
  reduceOnly: plan.booleanOr('reduceOnly', null),
  orderId: plan.idOr('orderId', null),
  errorCode: plan.integerOr('errorCode', 0),
  createTime: plan.integerOr('createTime', null),
  updateTime: plan.integerOr('updateTime', null),
});

/** A take-profit and stop-loss of a position, or one that waits on a limit order (`orderId`). */
export interface WireStopOrder {
  readonly id: string;
  readonly orderId: string | null;
  /** The order that it sent. */
  readonly placeOrderId: string | null;
  readonly symbol: string;
  readonly positionId: string | null;
  /** WirePositionType */
  readonly positionType: number | null;
  readonly stopLossPrice: DecimalText | null;
  readonly takeProfitPrice: DecimalText | null;
  /** WireTrend */
  readonly lossTrend: number | null;
  readonly profitTrend: number | null;
  readonly vol: DecimalText;
  readonly takeProfitVol: DecimalText | null;
  readonly stopLossVol: DecimalText | null;
  /** WirePlanState */
  readonly state: number;
  /** 0 not triggered, 1 take-profit, 2 stop-loss. */
  readonly triggerSide: number;
  readonly isFinished: boolean;
  readonly errorCode: number;
  readonly version: number | null;
  /** Epoch ms. */
  readonly createTime: number | null;
  readonly updateTime: number | null;
}

export const readStopOrder = (stop: Fields): WireStopOrder => ({
  id: stop.id('id'),
  orderId: stop.idOr('orderId', null),
  placeOrderId: stop.idOr('placeOrderId', null),
  symbol: stop.string('symbol'),
  positionId: stop.idOr('positionId', null),
  positionType: stop.integerOr('positionType', null),
  stopLossPrice: stop.decimalOr('stopLossPrice', null),
  takeProfitPrice: stop.decimalOr('takeProfitPrice', null),
  lossTrend: stop.integerOr('lossTrend', null),
  profitTrend: stop.integerOr('profitTrend', null),
  vol: stop.decimal('vol'),
  takeProfitVol: stop.decimalOr('takeProfitVol', null),
  stopLossVol: stop.decimalOr('stopLossVol', null),
  state: stop.integer('state'),
  triggerSide: stop.integerOr('triggerSide', 0),
  isFinished: stop.integerOr('isFinished', 0) === 1,
  errorCode: stop.integerOr('errorCode', 0),
  version: stop.integerOr('version', null),
  createTime: stop.integerOr('createTime', null),
  updateTime: stop.integerOr('updateTime', null),
});

/** A trailing order. */
export interface WireTrackOrder {
  readonly id: string;
  readonly symbol: string;
  /** WireSide */
  readonly side: number;
  readonly vol: DecimalText;
  /** Null: active at once. */
  readonly activePrice: DecimalText | null;
  /** WireBackType */
  readonly backType: number;
  readonly backValue: DecimalText;
  /** WireTrend */
  readonly trend: number | null;
  /** The best price since it was activated. */
  readonly markPrice: DecimalText | null;
  readonly triggerPrice: DecimalText | null;
  /** WireTrackState */
  readonly state: number;
  readonly orderId: string | null;
  readonly positionMode: number | null;
  readonly reduceOnly: boolean | null;
  readonly leverage: number | null;
  /** Epoch ms. */
  readonly createTime: number | null;
  readonly updateTime: number | null;
}

export const readTrackOrder = (track: Fields): WireTrackOrder => ({
  id: track.id('id'),
  symbol: track.string('symbol'),
  side: track.integer('side'),
  vol: track.decimal('vol'),
  activePrice: track.decimalOr('activePrice', null),
  backType: track.integer('backType'),
  backValue: track.decimal('backValue'),
  trend: track.integerOr('trend', null),
  markPrice: track.decimalOr('markPrice', null),
  triggerPrice: track.decimalOr('triggerPrice', null),
  state: track.integer('state'),
  orderId: track.idOr('orderId', null),
  positionMode: track.integerOr('positionMode', null),
  reduceOnly: track.booleanOr('reduceOnly', null),
  leverage: track.integerOr('leverage', null),
  createTime: track.integerOr('createTime', null),
  updateTime: track.integerOr('updateTime', null),
});

/** A push: the take-profit and stop-loss that an order carries. */
export interface WireStopPrices {
  readonly symbol: string;
  readonly orderId: string;
  readonly stopLossPrice: DecimalText | null;
  readonly takeProfitPrice: DecimalText | null;
  /** WireTrend */
  readonly lossTrend: number | null;
  readonly profitTrend: number | null;
}

export const readStopPrices = (stop: Fields): WireStopPrices => ({
  symbol: stop.string('symbol'),
  orderId: stop.id('orderId'),
  stopLossPrice: stop.decimalOr('stopLossPrice', null),
  takeProfitPrice: stop.decimalOr('takeProfitPrice', null),
  lossTrend: stop.integerOr('lossTrend', null),
  profitTrend: stop.integerOr('profitTrend', null),
});
