import {
  type ClientOrderId,
  checkPrice,
  checkQuantity,
  Decimal,
  type DecimalInput,
  decimal,
  InvalidInputError,
  isClientOrderId,
  MarginMode,
  OrderType,
  PositionMode,
  PositionSide,
  Side,
  type StepProblem,
  ZERO,
} from '@prate/domain';
import { type AttachedStop, type OrderRequest, RejectReason, type TriggerPriceSource } from '@prate/execution-port';
import type { WireBook } from '../wire/market.ts';
import { type Direction, positionSideOf } from './codes.ts';
import type { Contract } from './contract.ts';
import { refuse, refuseStep } from './refusals.ts';

interface StopPrice {
  readonly price: Decimal;
  readonly source: TriggerPriceSource;
}

/** A request whose every part is legal, but for the size of one that names what it costs. */
export interface CheckedOrder extends Direction {
  readonly contract: Contract;
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
  contract: Contract,
  positionMode: PositionMode,
): CheckedOrder {
  checkWords(request);
  const direction = directionIn(request, positionMode);
  const price = readPrice(request, contract);
  const { leverage = null, marginMode = null } = request;
  checkLeverage(contract, leverage);
  if (marginMode !== null && !Object.values(MarginMode).includes(marginMode)) {
    refuse(RejectReason.INVALID_REQUEST, `marginMode must be ISOLATED or CROSS, not '${String(marginMode)}'`);
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
    value.gt(0) ? null : { message: `quoteQuantity ${value} is not above 0`, below: null, above: null },
  );
  if (price === null) return { ...checked, quantity: null, quote };
  const quantity = quote.divToInt(price.mul(contract.limitOrders.lotSize)).mul(contract.limitOrders.lotSize);
  return { ...checked, quantity: readQuantity(quantity, contract, type), quote: null };
}

/** @throws Refusal for what is no client order id */
export function checkClientOrderId(id: unknown): asserts id is ClientOrderId {
  if (typeof id === 'string' && isClientOrderId(id)) return;
  refuse(RejectReason.INVALID_REQUEST, `client order id must be 1 to 32 of 0-9 A-Z a-z _ -, not '${String(id)}'`);
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
  if (!Object.values(Side).includes(side)) {
    refuse(RejectReason.INVALID_REQUEST, `side must be BUY or SELL, not '${String(side)}'`);
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
  refuse(RejectReason.NOT_SUPPORTED, `order type must be one of ${known}, not '${String(request.type)}'`);
}

/** @throws Refusal for a contract that is null, or takes no orders */
export function tradable(symbol: string, contract: Contract | null): Contract {
  if (contract === null) refuse(RejectReason.UNKNOWN_SYMBOL, `MEXC lists no contract '${String(symbol)}'`);
  if (contract.obstacle !== null) refuse(contract.obstacle.reason, contract.obstacle.message);
  return contract;
}

export const leverageProblem = ({ minLeverage, maxLeverage }: Contract, leverage: number): string | null =>
  Number.isInteger(leverage) && leverage >= minLeverage && leverage <= maxLeverage
    ? null
    : `leverage must be a whole number from ${minLeverage} to ${maxLeverage}, not ${leverage}`;

function checkLeverage(contract: Contract, leverage: number | null): void {
  const problem = leverage === null ? null : leverageProblem(contract, leverage);
  if (problem !== null) refuse(RejectReason.INVALID_LEVERAGE, problem);
}

function readPrice(request: OrderRequest, contract: Contract): Decimal | null {
  if (request.type === OrderType.MARKET) {
    if (request.price === undefined) return null;
    refuse(RejectReason.INVALID_PRICE, 'a MARKET order has no price');
  }
  if (request.price === undefined) refuse(RejectReason.INVALID_PRICE, `a ${request.type} order needs a price`);
  return readTickPrice('price', request.price, contract);
}

/** @throws Refusal INVALID_PRICE */
export const readTickPrice = (what: string, input: DecimalInput, contract: Contract): Decimal =>
  readStep(RejectReason.INVALID_PRICE, what, input, (price) => checkPrice(contract, price));

function readStop(what: string, stop: AttachedStop | undefined, contract: Contract): StopPrice | null {
  if (stop === undefined) return null;
  return {
    price: readTickPrice(`${what}.triggerPrice`, stop.triggerPrice, contract),
    source: readSource(stop.priceSource),
  };
}

export function readSource(source: TriggerPriceSource | undefined): TriggerPriceSource {
  if (source === undefined || source === 'LAST' || source === 'MARK' || source === 'INDEX') return source ?? 'LAST';
  return refuse(RejectReason.INVALID_REQUEST, `priceSource must be LAST, MARK or INDEX, not '${String(source)}'`);
}

/** @throws Refusal INVALID_QUANTITY */
export const readQuantity = (input: DecimalInput, contract: Contract, type: OrderType): Decimal =>
  readStep(RejectReason.INVALID_QUANTITY, 'quantity', input, (quantity) =>
    checkQuantity(type === OrderType.MARKET ? contract.marketOrders : contract.limitOrders, quantity),
  );

/** @throws Refusal when it is no decimal number or `check` objects */
function readStep(
  reason: RejectReason,
  what: string,
  input: DecimalInput,
  check: (value: Decimal) => StepProblem | null,
): Decimal {
  let value: Decimal;
  try {
    value = decimal(input, what);
  } catch (error) {
    if (error instanceof InvalidInputError) refuse(reason, error.message);
    throw error;
  }
  const problem = check(value);
  if (problem !== null) refuseStep(reason, problem);
  return value;
}

/**
 * The most whole lots that cost no more than `quote` along the levels of the book; what the book lacks, at its last level.
 *
 * @throws Refusal NO_LIQUIDITY where the book offers nothing; INVALID_QUANTITY where that is no legal size
 */
export function sizeByBook(order: CheckedOrder & { readonly quote: Decimal }, book: WireBook): SizedOrder {
  const { contract, side, quote } = order;
  const levels = side === Side.BUY ? book.asks : book.bids;
  const { lotSize } = contract.marketOrders;
  let left = quote;
  let quantity = ZERO;
  let last: Decimal | null = null;
  for (const { price, vol } of levels) {
    last = new Decimal(price);
    const offered = contract.contractSize.mul(vol);
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
