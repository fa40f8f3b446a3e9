import {
  type ClientOrderId,
  checkPrice,
  checkQuantity,
  Decimal,
  type DecimalInput,
  isClientOrderId,
  MarginMode,
  OrderType,
  PositionMode,
  PositionSide,
  Side,
  shown,
  toBaseQuantity,
  ZERO,
} from '@prate/domain';
import {
  type AttachedStop,
  type OrderRequest,
  RejectReason,
  readStep,
  refuse,
  type TriggerPriceSource,
} from '@prate/execution-port';
import { isName } from '../check-arguments.ts';
import { ContractStatus, isLinear, type MexcInstrument } from '../instruments/mexc-instrument.ts';
import type { WireBook } from '../wire/market.ts';
import { type Direction, positionSideOf } from './codes.ts';

interface StopPrice {
  readonly price: Decimal;
  readonly source: TriggerPriceSource;
}

/** A request whose every part is legal, but for the size of one that names what it costs. */
export interface CheckedOrder extends Direction {
  readonly contract: MexcInstrument;
  readonly clientOrderId: ClientOrderId;
  readonly type: OrderType;
  /** Null for a market order. */
  readonly price: Decimal | null;
  /** Base asset; null where `quote` says what it is to cost. */
  readonly quantity: Decimal | null;
  readonly quote: Decimal | null;
  /** Null in ONE_WAY mode. */
  readonly positionSide: PositionSide | null;
  /** Of the account, which the order names. */
  readonly positionMode: PositionMode;
  readonly leverage: number | null;
  readonly marginMode: MarginMode | null;
  readonly stopLoss: StopPrice | null;
  readonly takeProfit: StopPrice | null;
}

/** With its size. */
export interface SizedOrder extends CheckedOrder {
  readonly quantity: Decimal;
}

/** @throws Refusal with what was wrong and what would be right */
export function checkRequest(
  request: OrderRequest,
  clientOrderId: ClientOrderId,
  contract: MexcInstrument,
  positionMode: PositionMode,
): CheckedOrder {
  checkWords(request);
  const direction = directionIn(request, positionMode);
  const price = readPrice(request, contract);
  const { leverage = null, marginMode = null } = request;
  checkLeverage(contract, leverage);
  if (marginMode !== null && !Object.values(MarginMode).includes(marginMode)) {
    refuse(RejectReason.INVALID_REQUEST, `marginMode must be ISOLATED or CROSS, not ${shown(marginMode)}`);
  }
  const stops = {
    stopLoss: readStop('stopLoss', request.stopLoss, contract),
    takeProfit: readStop('takeProfit', request.takeProfit, contract),
  };
  if ((request.quantity === undefined) === (request.quoteQuantity === undefined)) {
    refuse(RejectReason.INVALID_REQUEST, 'exactly one of quantity and quoteQuantity is needed');
  }
  const { type } = request;
  const checked: Omit<CheckedOrder, 'quantity' | 'quote'> = {
    contract,
    clientOrderId,
    type,
    price,
    ...direction,
    positionMode,
    leverage,
    marginMode,
    ...stops,
  };
  if (request.quantity !== undefined) {
    return { ...checked, quantity: readQuantity(request.quantity, contract, type), quote: null };
  }
  const quote = readStep(RejectReason.INVALID_QUANTITY, 'quoteQuantity', request.quoteQuantity, (value) =>
    value.gt(0) ? null : { message: `quoteQuantity ${shown(value)} is not above 0`, below: null, above: null },
  );
  if (price === null) return { ...checked, quantity: null, quote };
  const quantity = quote.divToInt(price.mul(contract.lotSize)).mul(contract.lotSize);
  return { ...checked, quantity: readQuantity(quantity, contract, type), quote: null };
}

/** @throws Refusal for what is no request at all */
export function checkShape(request: unknown, fields: string): void {
  if (typeof request === 'object' && request !== null && !Array.isArray(request)) return;
  refuse(RejectReason.INVALID_REQUEST, `a request is an object with ${fields} and so on, not ${shown(request)}`);
}

const CLOSE_FIELDS: ReadonlySet<string> = new Set(['symbol', 'positionSide', 'clientOrderId']);

/** @throws Refusal for what is no request to close a position; a quantity, say, would be taken for heard */
export function checkClose(request: unknown): void {
  checkShape(request, 'symbol, positionSide, clientOrderId');
  const { symbol, ...rest } = request as { readonly symbol?: unknown };
  if (!isName(symbol))
    refuse(RejectReason.INVALID_REQUEST, `a symbol is a text such as BTC_USDT, not ${shown(symbol)}`);
  const stranger = Object.entries(rest).find(([key, value]) => value !== undefined && !CLOSE_FIELDS.has(key));
  if (stranger === undefined) return;
  refuse(
    RejectReason.INVALID_REQUEST,
    `closePosition closes all of a position and knows symbol, positionSide and clientOrderId, not ${shown(stranger[0])}: a part is closed by a reduce-only order`,
  );
}

/** @throws Refusal for what is no client order id */
export function checkClientOrderId(id: unknown): asserts id is ClientOrderId {
  if (typeof id === 'string' && isClientOrderId(id)) return;
  refuse(RejectReason.INVALID_REQUEST, `client order id must be 1 to 32 of 0-9 A-Z a-z _ -, not ${shown(id)}`);
}

/**
 * The side of the position, and whether the order closes it: in ONE_WAY mode `reduceOnly` says so, in HEDGE mode side and
 * `positionSide` do.
 *
 * @throws Refusal where they contradict each other or the account's mode
 */
export function directionIn(
  request: Pick<OrderRequest, 'side' | 'positionSide' | 'reduceOnly'>,
  positionMode: PositionMode,
): Direction & { readonly positionSide: PositionSide | null } {
  const { side, positionSide } = request;
  const reduceOnly = request.reduceOnly === true;
  if (!reduceOnly && request.reduceOnly !== false && request.reduceOnly !== undefined) {
    refuse(RejectReason.INVALID_REQUEST, `reduceOnly must be true or false, not ${shown(request.reduceOnly)}`);
  }
  if (!Object.values(Side).includes(side)) {
    refuse(RejectReason.INVALID_REQUEST, `side must be BUY or SELL, not ${shown(side)}`);
  }
  if (positionMode === PositionMode.ONE_WAY) {
    if (positionSide === undefined) return { side, closes: reduceOnly, positionSide: null };
    refuse(RejectReason.INVALID_REQUEST, 'positionSide belongs to HEDGE mode; this account is in ONE_WAY mode');
  }
  if (positionSide === undefined || !Object.values(PositionSide).includes(positionSide)) {
    refuse(RejectReason.INVALID_REQUEST, 'HEDGE mode needs positionSide, LONG or SHORT');
  }
  const closes = positionSideOf({ side, closes: true }) === positionSide;
  if (reduceOnly && !closes) {
    refuse(RejectReason.REDUCE_ONLY, `a ${side} makes a ${positionSide} position larger: it cannot be reduce-only`);
  }
  return { side, closes, positionSide };
}

function checkWords(request: OrderRequest): void {
  if (Object.values(OrderType).includes(request.type)) return;
  const known = Object.values(OrderType).join(', ');
  refuse(RejectReason.NOT_SUPPORTED, `order type must be one of ${known}, not ${shown(request.type)}`);
}

/** Why MEXC takes no orders of a contract; null where it does. */
function obstacleOf({ status, contract }: MexcInstrument): string | null {
  if (status === ContractStatus.TRADING) return null;
  if (status === ContractStatus.API_CLOSED) return 'takes no orders by API, only on the web';
  if (status === ContractStatus.HIDDEN) return 'is hidden: MEXC takes no orders by API of it';
  const state = status === ContractStatus.UNKNOWN ? `in state ${contract.state}` : status.toLowerCase();
  return `is ${state}: MEXC takes orders of contracts in state 0`;
}

/** @throws Refusal for a contract that is null, or takes no orders */
export function tradable(symbol: string, instrument: MexcInstrument | null): MexcInstrument {
  if (instrument === null) refuse(RejectReason.UNKNOWN_SYMBOL, `MEXC lists no contract ${shown(symbol)}`);
  const obstacle = obstacleOf(instrument);
  if (obstacle !== null) refuse(RejectReason.CONTRACT_UNAVAILABLE, `${instrument.symbol} ${obstacle}`);
  if (isLinear(instrument.contract)) return instrument;
  return refuse(
    RejectReason.NOT_SUPPORTED,
    `${instrument.symbol} is an inverse contract: its size is in the quote asset, and quantities here are in the base asset`,
  );
}

export const leverageProblem = ({ minLeverage, maxLeverage }: MexcInstrument, leverage: number): string | null =>
  Number.isInteger(leverage) && leverage >= minLeverage && leverage <= maxLeverage
    ? null
    : `leverage must be a whole number from ${minLeverage} to ${maxLeverage}, not ${shown(leverage)}`;

function checkLeverage(contract: MexcInstrument, leverage: number | null): void {
  const problem = leverage === null ? null : leverageProblem(contract, leverage);
  if (problem !== null) refuse(RejectReason.INVALID_LEVERAGE, problem);
}

function readPrice(request: OrderRequest, contract: MexcInstrument): Decimal | null {
  if (request.type === OrderType.MARKET) {
    if (request.price === undefined) return null;
    refuse(RejectReason.INVALID_PRICE, 'a MARKET order has no price');
  }
  if (request.price === undefined) refuse(RejectReason.INVALID_PRICE, `a ${request.type} order needs a price`);
  return readTickPrice('price', request.price, contract);
}

/** @throws Refusal INVALID_PRICE */
export const readTickPrice = (what: string, input: DecimalInput, contract: MexcInstrument): Decimal =>
  readStep(RejectReason.INVALID_PRICE, what, input, (price) => checkPrice(contract, price));

function readStop(what: string, stop: AttachedStop | undefined, contract: MexcInstrument): StopPrice | null {
  if (stop === undefined) return null;
  return {
    price: readTickPrice(`${what}.triggerPrice`, stop.triggerPrice, contract),
    source: readSource(stop.priceSource),
  };
}

export function readSource(source: TriggerPriceSource | undefined): TriggerPriceSource {
  if (source === undefined || source === 'LAST' || source === 'MARK' || source === 'INDEX') return source ?? 'LAST';
  return refuse(RejectReason.INVALID_REQUEST, `priceSource must be LAST, MARK or INDEX, not ${shown(source)}`);
}

/** Steps and limits of an order's quantity: market orders have a most of their own. */
const limitsOf = (
  { lotSize, minQuantity, maxLimitQuantity, maxMarketQuantity }: MexcInstrument,
  type: OrderType,
): Pick<MexcInstrument, 'lotSize' | 'minQuantity' | 'maxQuantity'> => ({
  lotSize,
  minQuantity,
  maxQuantity: type === OrderType.MARKET ? maxMarketQuantity : maxLimitQuantity,
});

/** @throws Refusal INVALID_QUANTITY */
export const readQuantity = (input: DecimalInput, contract: MexcInstrument, type: OrderType): Decimal =>
  readStep(RejectReason.INVALID_QUANTITY, 'quantity', input, (quantity) =>
    checkQuantity(limitsOf(contract, type), quantity),
  );

/**
 * The most whole lots that cost no more than `quote` along the levels of the book; what the book lacks, at its last level.
 *
 * @throws Refusal NO_LIQUIDITY where the book offers nothing; INVALID_QUANTITY where that is no legal size
 */
export function sizeByBook(order: CheckedOrder & { readonly quote: Decimal }, book: WireBook): SizedOrder {
  const { contract, side, quote } = order;
  const levels = side === Side.BUY ? book.asks : book.bids;
  const { lotSize } = contract;
  let left = quote;
  let quantity = ZERO;
  let last: Decimal | null = null;
  for (const { price, vol } of levels) {
    last = new Decimal(price);
    const offered = toBaseQuantity(contract, vol);
    const value = last.mul(offered);
    if (value.gt(left)) break;
    left = left.minus(value);
    quantity = quantity.plus(offered);
  }
  if (last === null) {
    refuse(RejectReason.NO_LIQUIDITY, `the book of ${contract.symbol} offers nothing to a ${side}`);
  }
  const size = quantity.plus(left.divToInt(last.mul(lotSize)).mul(lotSize));
  return { ...order, quantity: readQuantity(size.divToInt(lotSize).mul(lotSize), contract, OrderType.MARKET) };
}
