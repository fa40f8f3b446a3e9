import { Decimal, PositionMode } from '@prate/domain';
import type {
  AccountAsset,
  AccountOrder,
  AccountPosition,
  Fill,
  FundingPayment,
  StopPrice,
} from '../backend/account-values.ts';
import type { Contract } from '../backend/market-values.ts';
import {
  marginModeCode,
  ORDER_CATEGORIES,
  ORDER_ENDS,
  ORDER_STATES,
  orderTypeCode,
  positionModeCode,
  positionSideCode,
  sideCode,
  sourceCode,
} from './enumerations.ts';
import type { WireValue } from './json.ts';

type WireObject = { readonly [key: string]: WireValue };

const ZERO = new Decimal(0);

/** Assets are shown with 8 decimals in the samples, whatever their contracts show. */
const ASSET_DECIMALS = 8;

/** Margins and the money of positions are cut toward zero at the contract's scale; fees and profits of fills are not, in samples. */
const cut = (value: Decimal, { amountScale }: Contract): Decimal =>
  value.toDecimalPlaces(amountScale, Decimal.ROUND_DOWN);

/** Average prices are shown with the price's decimals and four more; `…FullyScale` texts have 18. */
const shownAverage = (price: Decimal, { priceScale }: Contract): Decimal => price.toDecimalPlaces(priceScale + 4);

/** What every order may carry of attached stops. */
export const stopsJson = (stopLoss: StopPrice | null, takeProfit: StopPrice | null): WireObject => ({
  lossTrend: sourceCode(stopLoss?.source ?? 'LAST'),
  profitTrend: sourceCode(takeProfit?.source ?? 'LAST'),
  stopLossPrice: stopLoss?.price,
  takeProfitPrice: takeProfit?.price,
});

/** Section 8.5: ids of orders are texts. Never a key `code`: clients take it for a refusal. */
export function orderJson(order: AccountOrder, contract: Contract): WireObject {
  const price = order.price ?? order.averagePrice ?? ZERO;
  const average = order.averagePrice ?? ZERO;
  return {
    orderId: order.id,
    symbol: order.symbol,
    positionId: order.positionId,
    price,
    priceStr: price.toString(),
    vol: order.volume,
    leverage: order.leverage,
    side: sideCode(order),
    category: ORDER_CATEGORIES[order.category],
    orderType: orderTypeCode(order.type),
    dealAvgPrice: shownAverage(average, contract),
    dealAvgPriceStr: average.toDecimalPlaces(18).toString(),
    dealVol: order.filledVolume,
    orderMargin: cut(order.frozenMargin, contract),
    usedMargin: cut(order.usedMargin, contract),
    takerFee: order.takerFee,
    makerFee: order.makerFee,
    profit: order.realizedPnl,
    feeCurrency: order.feeCoin,
    openType: marginModeCode(order.marginMode),
    state: ORDER_STATES[order.status],
    errorCode: ORDER_ENDS[order.end],
    externalOid: order.clientOrderId ?? '',
    positionMode: positionModeCode(order.positionMode),
    reduceOnly: order.reduceOnly || (order.positionMode === PositionMode.ONE_WAY && order.effect === 'CLOSE'),
    bboTypeNum: 0,
    version: order.version,
    ...stopsJson(order.stopLoss, order.takeProfit),
    createTime: order.createdAt,
    updateTime: order.updatedAt,
  };
}

/** Lists of the past lose the milliseconds of `updateTime`. */
export const pastOrderJson = (order: AccountOrder, contract: Contract): WireObject => ({
  ...orderJson(order, contract),
  updateTime: Math.floor(order.updatedAt / 1000) * 1000,
});

export const orderPushJson = (order: AccountOrder, contract: Contract): WireObject => ({
  ...orderJson(order, contract),
  remainVol: order.volume.minus(order.filledVolume),
});

/** Rows of REST say `taker`. */
export const fillJson = (fill: Fill): WireObject => ({
  ...commonFill(fill),
  taker: fill.isTaker,
});

/** Pushes say `isTaker`, and more of the order. */
export const fillPushJson = (fill: Fill): WireObject => ({
  ...commonFill(fill),
  isTaker: fill.isTaker,
  isSelf: false,
  externalOid: fill.order.clientOrderId ?? '',
  reduceOnly: fill.order.reduceOnly,
});

const commonFill = (fill: Fill): WireObject => ({
  id: fill.id,
  symbol: fill.order.symbol,
  side: sideCode(fill.order),
  vol: fill.volume,
  price: fill.price,
  feeCurrency: fill.feeCoin,
  fee: fill.fee,
  timestamp: fill.time,
  profit: fill.realizedPnl,
  category: ORDER_CATEGORIES[fill.order.category],
  orderId: fill.order.id,
  positionMode: positionModeCode(fill.order.positionMode),
});

export function positionJson(position: AccountPosition, contract: Contract): WireObject {
  const realised = position.closedPnl.plus(position.funding).minus(position.fees);
  const held = position.heldAveragePrice;
  const opened = position.openAveragePrice;
  const margin = position.originalMargin;
  return {
    positionId: position.id,
    symbol: position.symbol,
    positionType: positionSideCode(position.side),
    openType: marginModeCode(position.marginMode),
    state: position.open ? 1 : 3,
    holdVol: position.heldVolume,
    frozenVol: position.frozenVolume,
    closeVol: position.closedVolume,
    holdAvgPrice: shownAverage(held, contract),
    holdAvgPriceFullyScale: held.toFixed(18),
    openAvgPrice: shownAverage(opened, contract),
    openAvgPriceFullyScale: opened.toFixed(18),
    newOpenAvgPrice: shownAverage(opened, contract),
    closeAvgPrice: shownAverage(position.closeAveragePrice, contract),
    newCloseAvgPrice: shownAverage(position.closeAveragePrice, contract),
    liquidatePrice: position.liquidationPrice,
    oim: cut(margin, contract),
    im: cut(position.margin, contract),
    holdFee: cut(position.funding, contract),
    realised: cut(realised, contract),
    closeProfitLoss: cut(position.closedPnl, contract),
    fee: cut(position.fees.neg(), contract),
    totalFee: cut(position.fees, contract),
    profitRatio: margin.isZero() ? 0 : realised.div(margin).toDecimalPlaces(4, Decimal.ROUND_DOWN),
    marginRatio: position.marginRatio.toDecimalPlaces(4, Decimal.ROUND_DOWN),
    autoAddIm: position.autoAddMargin,
    adlLevel: position.open ? 1 : null,
    deductFeeList: [],
    leverage: position.leverage,
    version: position.version,
    createTime: position.createdAt,
    updateTime: position.updatedAt,
  };
}

/** Only pushes tell the unrealized profit. */
export const positionPushJson = (position: AccountPosition, contract: Contract): WireObject => ({
  ...positionJson(position, contract),
  pnl: cut(position.unrealizedPnl, contract),
});

export function assetJson(asset: AccountAsset): WireObject {
  const shown = (value: Decimal): Decimal => value.toDecimalPlaces(ASSET_DECIMALS, Decimal.ROUND_DOWN);
  return {
    currency: asset.currency,
    positionMargin: shown(asset.positionMargin),
    availableBalance: shown(asset.available),
    cashBalance: shown(asset.cash),
    frozenBalance: shown(asset.frozen),
    equity: shown(asset.cash.plus(asset.unrealizedPnl)),
    unrealized: shown(asset.unrealizedPnl),
    bonus: 0,
    availableCash: shown(asset.available),
    availableOpen: shown(asset.available),
    debtAmount: 0,
    contributeMarginAmount: 0,
  };
}

export const fundingPaymentJson = (row: FundingPayment): WireObject => ({
  id: row.id,
  symbol: row.symbol,
  positionType: positionSideCode(row.side),
  positionValue: row.positionValue,
  funding: row.amount,
  rate: row.rate,
  settleTime: row.time,
});
