/**
 * What the private channels push after the login, as typed objects (mexc-futures reference, sections 8, 9 and 15). Money,
 * prices and volumes are exact decimal texts, volumes count contracts, ids are texts, times epoch ms. Codes are kept as
 * MEXC numbers them: section 10. Fields that MEXC leaves out are null; unknown ones are ignored.
 */
import {
  asFields,
  decimalOf,
  type Fields,
  idOf,
  integerOf,
  optionalDecimal,
  optionalFlag,
  optionalId,
  optionalInteger,
  optionalText,
  textOf,
} from './fields.ts';

export interface WireOrder {
  readonly orderId: string;
  readonly externalOid: string | null;
  readonly symbol: string;
  /** 1 open long, 2 close short, 3 open short, 4 close long. */
  readonly side: number;
  readonly orderType: number;
  readonly category: number | null;
  readonly openType: number | null;
  readonly positionMode: number | null;
  readonly positionId: string | null;
  readonly leverage: number | null;
  readonly reduceOnly: boolean | null;
  readonly price: string | null;
  readonly vol: string;
  readonly dealVol: string;
  readonly dealAvgPrice: string | null;
  /** 1 pending, 2 open, 3 filled, 4 cancelled, 5 invalid. */
  readonly state: number;
  readonly errorCode: number | null;
  readonly takerFee: string | null;
  readonly makerFee: string | null;
  readonly feeCurrency: string | null;
  readonly version: number | null;
  readonly createTime: number | null;
  readonly updateTime: number | null;
}

export interface WireFill {
  readonly id: string;
  readonly orderId: string;
  readonly externalOid: string | null;
  readonly symbol: string;
  readonly side: number;
  readonly vol: string;
  readonly price: string;
  /** Positive is paid. */
  readonly fee: string | null;
  readonly feeCurrency: string | null;
  readonly profit: string | null;
  readonly isTaker: boolean | null;
  readonly positionMode: number | null;
  readonly timestamp: number;
}

export interface WirePosition {
  readonly positionId: string;
  readonly symbol: string;
  /** 1 long, 2 short. */
  readonly positionType: number;
  readonly openType: number | null;
  /** 1 holding, 2 held by the system, 3 closed. */
  readonly state: number;
  readonly holdVol: string;
  readonly frozenVol: string | null;
  readonly holdAvgPrice: string | null;
  readonly openAvgPrice: string | null;
  readonly liquidatePrice: string | null;
  readonly im: string | null;
  readonly leverage: number | null;
  readonly realised: string | null;
  readonly pnl: string | null;
  readonly marginRatio: string | null;
  readonly version: number | null;
  readonly updateTime: number | null;
}

export interface WireAsset {
  readonly currency: string;
  readonly availableBalance: string;
  readonly frozenBalance: string;
  readonly positionMargin: string;
  readonly cashBalance: string | null;
  readonly bonus: string | null;
}

/** A trigger, TP/SL or trailing order, under the id of its own kind. Fields that another kind has are null. */
export interface WireTrigger {
  readonly id: string;
  /** The order it spawned, or that carries it. */
  readonly orderId: string | null;
  readonly positionId: string | null;
  readonly symbol: string;
  readonly side: number | null;
  readonly vol: string | null;
  readonly state: number;
  readonly errorCode: number | null;
  readonly orderType: number | null;
  readonly triggerPrice: string | null;
  readonly triggerType: number | null;
  readonly trend: number | null;
  readonly price: string | null;
  readonly stopLossPrice: string | null;
  readonly takeProfitPrice: string | null;
  readonly lossTrend: number | null;
  readonly profitTrend: number | null;
  readonly activePrice: string | null;
  readonly backType: number | null;
  readonly backValue: string | null;
  readonly version: number | null;
  readonly updateTime: number | null;
}

/** TP/SL prices that an order carries. */
export interface WireStopPrices {
  readonly symbol: string;
  readonly orderId: string;
  readonly stopLossPrice: string | null;
  readonly takeProfitPrice: string | null;
  readonly lossTrend: number | null;
  readonly profitTrend: number | null;
}

export interface WireRiskLimit {
  readonly symbol: string;
  readonly positionType: number;
  readonly level: number | null;
  readonly maxVol: string | null;
  readonly maxLeverage: number | null;
  readonly mmr: string | null;
  readonly imr: string | null;
  readonly leverage: number | null;
  readonly openType: number | null;
}

export interface WireAdlLevel {
  readonly positionId: string;
  readonly adlLevel: number;
}

export function readOrder(data: unknown): WireOrder {
  const fields = asFields(data, 'an order');
  return {
    orderId: idOf(fields, 'orderId'),
    externalOid: optionalText(fields, 'externalOid'),
    symbol: textOf(fields, 'symbol'),
    side: integerOf(fields, 'side'),
    orderType: integerOf(fields, 'orderType'),
    category: optionalInteger(fields, 'category'),
    openType: optionalInteger(fields, 'openType'),
    positionMode: optionalInteger(fields, 'positionMode'),
    positionId: optionalId(fields, 'positionId'),
    leverage: optionalInteger(fields, 'leverage'),
    reduceOnly: optionalFlag(fields, 'reduceOnly'),
    price: optionalDecimal(fields, 'price'),
    vol: decimalOf(fields, 'vol'),
    dealVol: decimalOf(fields, 'dealVol'),
    dealAvgPrice: optionalDecimal(fields, 'dealAvgPrice'),
    state: integerOf(fields, 'state'),
    errorCode: optionalInteger(fields, 'errorCode'),
    takerFee: optionalDecimal(fields, 'takerFee'),
    makerFee: optionalDecimal(fields, 'makerFee'),
    feeCurrency: optionalText(fields, 'feeCurrency'),
    version: optionalInteger(fields, 'version'),
    createTime: optionalInteger(fields, 'createTime'),
    updateTime: optionalInteger(fields, 'updateTime'),
  };
}

/** Tables say `isTaker`, payloads `taker`. */
export function readFill(data: unknown): WireFill {
  const fields = asFields(data, 'a fill');
  return {
    id: idOf(fields, 'id'),
    orderId: idOf(fields, 'orderId'),
    externalOid: optionalText(fields, 'externalOid'),
    symbol: textOf(fields, 'symbol'),
    side: integerOf(fields, 'side'),
    vol: decimalOf(fields, 'vol'),
    price: decimalOf(fields, 'price'),
    fee: optionalDecimal(fields, 'fee'),
    feeCurrency: optionalText(fields, 'feeCurrency'),
    profit: optionalDecimal(fields, 'profit'),
    isTaker: optionalFlag(fields, 'isTaker') ?? optionalFlag(fields, 'taker'),
    positionMode: optionalInteger(fields, 'positionMode'),
    timestamp: integerOf(fields, 'timestamp'),
  };
}

export function readPosition(data: unknown): WirePosition {
  const fields = asFields(data, 'a position');
  return {
    positionId: idOf(fields, 'positionId'),
    symbol: textOf(fields, 'symbol'),
    positionType: integerOf(fields, 'positionType'),
    openType: optionalInteger(fields, 'openType'),
    state: integerOf(fields, 'state'),
    holdVol: decimalOf(fields, 'holdVol'),
    frozenVol: optionalDecimal(fields, 'frozenVol'),
    holdAvgPrice: optionalDecimal(fields, 'holdAvgPrice'),
    openAvgPrice: optionalDecimal(fields, 'openAvgPrice'),
    liquidatePrice: optionalDecimal(fields, 'liquidatePrice'),
    im: optionalDecimal(fields, 'im'),
    leverage: optionalInteger(fields, 'leverage'),
    realised: optionalDecimal(fields, 'realised'),
    pnl: optionalDecimal(fields, 'pnl'),
    marginRatio: optionalDecimal(fields, 'marginRatio'),
    version: optionalInteger(fields, 'version'),
    updateTime: optionalInteger(fields, 'updateTime'),
  };
}

export function readAsset(data: unknown): WireAsset {
  const fields = asFields(data, 'an asset');
  return {
    currency: textOf(fields, 'currency'),
    availableBalance: decimalOf(fields, 'availableBalance'),
    frozenBalance: decimalOf(fields, 'frozenBalance'),
    positionMargin: decimalOf(fields, 'positionMargin'),
    cashBalance: optionalDecimal(fields, 'cashBalance'),
    bonus: optionalDecimal(fields, 'bonus'),
  };
}

/** A plan order; null for the notes on fee deduction that MEXC prints under the same channel. */
export function readPlanOrder(data: unknown): WireTrigger | null {
  const fields = asFields(data, 'a plan order');
  return fields['id'] === undefined && fields['deductFee'] !== undefined ? null : readTrigger(fields);
}

export function readTrigger(data: unknown): WireTrigger {
  const fields = asFields(data, 'a trigger order');
  return {
    id: idOf(fields, 'id'),
    orderId: optionalId(fields, 'orderId'),
    positionId: optionalId(fields, 'positionId'),
    symbol: textOf(fields, 'symbol'),
    side: optionalInteger(fields, 'side'),
    vol: optionalDecimal(fields, 'vol'),
    state: integerOf(fields, 'state'),
    errorCode: optionalInteger(fields, 'errorCode'),
    orderType: optionalInteger(fields, 'orderType'),
    triggerPrice: optionalDecimal(fields, 'triggerPrice'),
    triggerType: optionalInteger(fields, 'triggerType'),
    trend: optionalInteger(fields, 'trend'),
    price: optionalDecimal(fields, 'price'),
    ...stopPrices(fields),
    activePrice: optionalDecimal(fields, 'activePrice'),
    backType: optionalInteger(fields, 'backType'),
    backValue: optionalDecimal(fields, 'backValue'),
    version: optionalInteger(fields, 'version'),
    updateTime: optionalInteger(fields, 'updateTime'),
  };
}

export function readStopPrices(data: unknown): WireStopPrices {
  const fields = asFields(data, 'stop prices');
  return { symbol: textOf(fields, 'symbol'), orderId: idOf(fields, 'orderId'), ...stopPrices(fields) };
}

const stopPrices = (fields: Fields): Omit<WireStopPrices, 'symbol' | 'orderId'> => ({
  stopLossPrice: optionalDecimal(fields, 'stopLossPrice'),
  takeProfitPrice: optionalDecimal(fields, 'takeProfitPrice'),
  lossTrend: optionalInteger(fields, 'lossTrend'),
  profitTrend: optionalInteger(fields, 'profitTrend'),
});

export function readRiskLimit(data: unknown): WireRiskLimit {
  const fields = asFields(data, 'a risk limit');
  return {
    symbol: textOf(fields, 'symbol'),
    positionType: integerOf(fields, 'positionType'),
    level: optionalInteger(fields, 'level'),
    maxVol: optionalDecimal(fields, 'maxVol'),
    maxLeverage: optionalInteger(fields, 'maxLeverage'),
    mmr: optionalDecimal(fields, 'mmr'),
    imr: optionalDecimal(fields, 'imr'),
    leverage: optionalInteger(fields, 'leverage'),
    openType: optionalInteger(fields, 'openType'),
  };
}

export function readAdlLevel(data: unknown): WireAdlLevel {
  const fields = asFields(data, 'an ADL level');
  return { positionId: idOf(fields, 'positionId'), adlLevel: integerOf(fields, 'adlLevel') };
}
