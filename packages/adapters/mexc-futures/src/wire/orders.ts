import type { DecimalText, Fields } from './fields.ts';

/** An order in queries and pushes. Volumes are contracts. Source: MEXC's order pages and samples of 2026-05. */
export interface WireOrder {
  readonly orderId: string;
  readonly symbol: string;
  /** WireSide */
  readonly side: number;
  /** WireOrderType */
  readonly orderType: number;
  /** WireOrderState */
  readonly state: number;
  /** WireOrderError */
  readonly errorCode: number;
  /** 1 normal, 2 liquidation, 3 closed by MEXC, 4 ADL, 5 delivery, 6 liquidation hedge; null where it is not told. */
  readonly category: number | null;
  /** WireOpenType */
  readonly openType: number | null;
  /** WirePositionMode; null or 0 where it is not told. */
  readonly positionMode: number | null;
  readonly leverage: number | null;
  /** Null before the first fill. */
  readonly positionId: string | null;
  readonly price: DecimalText;
  readonly vol: DecimalText;
  readonly dealVol: DecimalText;
  /** '0' when nothing was filled. */
  readonly dealAvgPrice: DecimalText;
  /** Positive is paid. */
  readonly takerFee: DecimalText;
  readonly makerFee: DecimalText;
  readonly feeCurrency: string | null;
  readonly profit: DecimalText;
  readonly orderMargin: DecimalText;
  /** As sent; '' for none. Orders of the web begin with `_m_`, those of triggers with `planorder_`. */
  readonly externalOid: string;
  readonly reduceOnly: boolean | null;
  readonly stopLossPrice: DecimalText | null;
  readonly takeProfitPrice: DecimalText | null;
  readonly version: number | null;
  /** Epoch ms; rows of a history are cut to whole seconds. */
  readonly createTime: number | null;
  readonly updateTime: number | null;
}

export const readOrder = (order: Fields): WireOrder => ({
  orderId: order.id('orderId'),
  symbol: order.string('symbol'),
  side: order.integer('side'),
  orderType: order.integer('orderType'),
  state: order.integer('state'),
  errorCode: order.integerOr('errorCode', 0),
  category: order.integerOr('category', null),
  openType: order.integerOr('openType', null),
  positionMode: order.integerOr('positionMode', null),
  leverage: order.integerOr('leverage', null),
  positionId: order.idOr('positionId', null),
  price: order.decimalOr('price', '0'),
  vol: order.decimal('vol'),
  dealVol: order.decimal('dealVol'),
  // the same with all its digits, where it comes
  dealAvgPrice: order.decimalOr('dealAvgPriceStr', null) ?? order.decimalOr('dealAvgPrice', '0'),
  takerFee: order.decimalOr('takerFee', '0'),
  makerFee: order.decimalOr('makerFee', '0'),
  feeCurrency: order.stringOr('feeCurrency', null),
  profit: order.decimalOr('profit', '0'),
  orderMargin: order.decimalOr('orderMargin', '0'),
  externalOid: order.stringOr('externalOid', ''),
  reduceOnly: order.booleanOr('reduceOnly', null),
  stopLossPrice: order.decimalOr('stopLossPrice', null),
  takeProfitPrice: order.decimalOr('takeProfitPrice', null),
  version: order.integerOr('version', null),
  createTime: order.integerOr('createTime', null),
  updateTime: order.integerOr('updateTime', null),
});

/** One fill. */
export interface WireFill {
  readonly id: string;
  readonly orderId: string;
  readonly symbol: string;
  /** WireSide */
  readonly side: number;
  readonly vol: DecimalText;
  readonly price: DecimalText;
  /** Positive is paid, negative a rebate. */
  readonly fee: DecimalText;
  readonly feeCurrency: string;
  readonly profit: DecimalText;
  readonly category: number | null;
  readonly positionMode: number | null;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly isTaker: boolean;
  /** In pushes only. */
  readonly externalOid: string | null;
}

export const readFill = (fill: Fields): WireFill => ({
  id: fill.id('id'),
  orderId: fill.id('orderId'),
  symbol: fill.string('symbol'),
  side: fill.integer('side'),
  vol: fill.decimal('vol'),
  price: fill.decimal('price'),
  fee: fill.decimal('fee'),
  feeCurrency: fill.string('feeCurrency'),
  profit: fill.decimalOr('profit', '0'),
  category: fill.integerOr('category', null),
  positionMode: fill.integerOr('positionMode', null),
  timestamp: fill.integer('timestamp'),
  // tables and pushes say isTaker, payloads of queries taker
  isTaker: fill.has('isTaker') ? fill.boolean('isTaker') : fill.boolean('taker'),
  externalOid: fill.stringOr('externalOid', null),
});

/** What `order/create` answers. */
export interface WireCreated {
  readonly orderId: string;
  /** Epoch ms; null from the older path. */
  readonly ts: number | null;
}

/** One item of a cancel: accepted by MEXC (0), 2040 does not exist, 2041 is final. The envelope is a success all the same. */
export interface WireCancelItem {
  readonly orderId: string | null;
  readonly errorCode: number;
  readonly errorMsg: string;
}

export const readCancelItem = (item: Fields): WireCancelItem => ({
  orderId: item.idOr('orderId', null),
  errorCode: item.integer('errorCode'),
  errorMsg: item.stringOr('errorMsg', ''),
});

/** One item of a batch: with an order id, or with an errorCode that is not 0. `externalOid` says of which order. */
export interface WireBatchItem {
  readonly orderId: string | null;
  readonly externalOid: string | null;
  readonly errorCode: number;
  readonly errorMsg: string;
}

export const readBatchItem = (item: Fields): WireBatchItem => {
  const errorCode = item.integerOr('errorCode', 0);
  return {
    // accepted without an id is not accepted
    orderId: errorCode === 0 ? item.id('orderId') : null,
    externalOid: item.stringOr('externalOid', null),
    errorCode,
    errorMsg: item.stringOr('errorMsg', ''),
  };
};
