/**
 * What makes a request an order: every check between `createOrder` and the account's books. Each throws a Refusal whose
 * message says what would be right. Nothing here changes the account.
 */
import {
  type ClientOrderId,
  checkPrice,
  checkQuantity,
  Decimal,
  type Instrument,
  isClientOrderId,
  MarginMode,
  OrderType,
  PositionMode,
  PositionSide,
  Side,
  type StepProblem,
  ZERO,
} from '@prate/domain';
import { type FeeRates, type OrderRequest, RejectReason, readStep, refuse } from '@prate/execution-port';
import type { OrderDraft, PaperAccount } from './account.ts';
import { isClosing, type SymbolTerms } from './holdings.ts';
import { roundUp } from './ledger.ts';
import { wouldTake } from './matching.ts';
import type { Hold, OpenOrder, OrderTarget } from './open-orders.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { checkNotional, lotsFor, referencePrice } from './valuation.ts';

/** Where a request is checked. */
export interface EntryContext {
  readonly account: PaperAccount;
  readonly markets: ReadonlyMap<string, SymbolMarket>;
  readonly feesOf: (market: SymbolMarket) => FeeRates;
}

/** @throws Refusal */
export function draftOrder(request: OrderRequest, clientOrderId: ClientOrderId, context: EntryContext): OrderDraft {
  const { account } = context;
  if (typeof request !== 'object' || request === null) {
    refuse(
      RejectReason.INVALID_REQUEST,
      `a request is an object with symbol, side, type and so on, not ${String(request)}`,
    );
  }
  checkClientOrderId(clientOrderId, account);
  const market = context.markets.get(request.symbol);
  if (market === undefined) refuse(RejectReason.UNKNOWN_SYMBOL, `there is no instrument '${String(request.symbol)}'`);
  checkWords(request);
  const positionSide = readPositionSide(request, account);
  const price = readPrice(request, market.instrument);
  const terms = readTerms(request, market, account);
  const quantity = readQuantity(request, market, account, price);
  const { side, type } = request;
  const reduceOnly = request.reduceOnly === true;
  const order = { symbol: request.symbol, side, positionSide };
  if (reduceOnly || isClosing(side, positionSide)) checkReducing(order, quantity, account);
  else checkNotional(market.instrument, quantity, price ?? referencePrice(market, account, side, null, quantity));
  if (type === OrderType.POST_ONLY && price !== null && wouldTake(account, market, side, price)) {
    refuse(RejectReason.POST_ONLY_WOULD_TAKE, `a post-only ${side} at ${price} would take`);
  }
  const draft = { market, clientOrderId, side, type, price, quantity, positionSide, reduceOnly, ...terms };
  const hold = holdFor(draft, quantity, account, context.feesOf(market));
  checkFunds(account, market, hold.frozen);
  return { ...draft, hold };
}

/** What an order with so much to trade must hold: margin and taker fee of the part that would open. */
export function holdFor(
  order: Omit<OrderDraft, 'hold' | 'clientOrderId'>,
  remaining: Decimal,
  account: PaperAccount,
  fees: FeeRates,
  before?: OpenOrder,
): Hold {
  const { market, side, positionSide, price, leverage } = order;
  if (order.reduceOnly || isClosing(side, positionSide)) return { frozen: ZERO, closing: remaining };
  const target = { symbol: market.instrument.symbol, side, positionSide };
  const closing = Decimal.min(remaining, account.unclaimed(target, before));
  if (closing.eq(remaining)) return { frozen: ZERO, closing };
  const value = referencePrice(market, account, side, price, remaining).mul(remaining.minus(closing));
  return { frozen: roundUp(value.div(leverage).plus(value.mul(Decimal.max(fees.taker, ZERO)))), closing };
}

/** @throws Refusal when less is available; `alreadyHeld` counts as available */
export function checkFunds(
  account: PaperAccount,
  market: SymbolMarket,
  needed: Decimal,
  alreadyHeld: Decimal = ZERO,
): void {
  const { quoteAsset } = market.instrument;
  const available = account.holdings.wallet.available(quoteAsset).plus(alreadyHeld);
  if (needed.gt(0) && needed.gt(available)) {
    const message = `margin and fee need ${needed} ${quoteAsset}, ${available} are available`;
    refuse(RejectReason.INSUFFICIENT_BALANCE, message);
  }
}

function checkClientOrderId(id: ClientOrderId, account: PaperAccount): void {
  if (typeof id !== 'string' || !isClientOrderId(id)) {
    refuse(RejectReason.INVALID_REQUEST, `client order id must be 1 to 32 of 0-9 A-Z a-z _ -, not '${String(id)}'`);
  }
  if (account.hasClientId(id)) {
    refuse(RejectReason.DUPLICATE_CLIENT_ORDER_ID, `client order id '${id}' was used before`);
  }
}

function checkWords(request: OrderRequest): void {
  if (!Object.values(Side).includes(request.side)) {
    refuse(RejectReason.INVALID_REQUEST, `side must be BUY or SELL, not '${String(request.side)}'`);
  }
  if (!Object.values(OrderType).includes(request.type)) {
    const known = Object.values(OrderType).join(', ');
    refuse(RejectReason.NOT_SUPPORTED, `order type must be one of ${known}, not '${String(request.type)}'`);
  }
  if (request.stopLoss !== undefined || request.takeProfit !== undefined) {
    refuse(RejectReason.NOT_SUPPORTED, 'the paper exchange has no attached stopLoss and takeProfit');
  }
}

function readPositionSide(request: OrderRequest, account: PaperAccount): PositionSide | null {
  const { positionSide } = request;
  if (account.positionMode === PositionMode.ONE_WAY) {
    if (positionSide === undefined) return null;
    refuse(RejectReason.INVALID_REQUEST, 'positionSide belongs to HEDGE mode; this account is in ONE_WAY mode');
  }
  if (positionSide !== undefined && Object.values(PositionSide).includes(positionSide)) return positionSide;
  refuse(RejectReason.INVALID_REQUEST, 'HEDGE mode needs positionSide, LONG or SHORT');
}

function readPrice(request: OrderRequest, instrument: Instrument): Decimal | null {
  if (request.type === OrderType.MARKET) {
    if (request.price === undefined) return null;
    refuse(RejectReason.INVALID_PRICE, 'a MARKET order has no price');
  }
  if (request.price === undefined) refuse(RejectReason.INVALID_PRICE, `a ${request.type} order needs a price`);
  return readStep(RejectReason.INVALID_PRICE, 'price', request.price, (price) => checkPrice(instrument, price));
}

function readQuantity(
  request: OrderRequest,
  market: SymbolMarket,
  account: PaperAccount,
  price: Decimal | null,
): Decimal {
  const { instrument } = market;
  const { symbol, side, positionSide = null } = request;
  const target = { symbol, side, positionSide, reduceOnly: request.reduceOnly === true };
  const check = (value: Decimal): StepProblem | null => checkLots(account, target, value, instrument);
  if ((request.quantity === undefined) === (request.quoteQuantity === undefined)) {
    refuse(RejectReason.INVALID_REQUEST, 'exactly one of quantity and quoteQuantity is needed');
  }
  if (request.quantity !== undefined) {
    const quantity = readStep(RejectReason.INVALID_QUANTITY, 'quantity', request.quantity, check);
    if (price === null) referencePrice(market, account, request.side, null, quantity);
    return quantity;
  }
  const quote = readStep(RejectReason.INVALID_QUANTITY, 'quoteQuantity', request.quoteQuantity, (value) =>
    value.gt(0) ? null : { message: `quoteQuantity ${value} is not above 0`, below: null, above: null },
  );
  const quantity = lotsFor(quote, market, account, request.side, price);
  return readStep(RejectReason.INVALID_QUANTITY, 'quantity', quantity, check);
}

/**
 * The steps and limits of one order. What is left of a position may be below the minimum, or above the maximum: an order
 * that closes all of it, and can do nothing else, is legal all the same.
 */
export function checkLots(
  account: PaperAccount,
  order: OrderTarget & { readonly reduceOnly: boolean },
  remaining: Decimal,
  instrument: Instrument,
  quantity: Decimal = remaining,
): StepProblem | null {
  const reducing = order.reduceOnly || isClosing(order.side, order.positionSide);
  const closesAll = reducing && remaining.gt(0) && remaining.eq(account.holdings.closable(order));
  return closesAll ? null : checkQuantity(instrument, quantity);
}

/** Leverage and margin mode are the symbol's; they cannot change under a position or an open order. */
function readTerms(request: OrderRequest, market: SymbolMarket, account: PaperAccount): SymbolTerms {
  const terms = account.holdings.terms(market);
  const { symbol } = market.instrument;
  const leverage = request.leverage ?? terms.leverage;
  const marginMode = request.marginMode ?? terms.marginMode;
  const problem = leverageProblem(market.instrument, leverage);
  if (problem !== null) refuse(RejectReason.INVALID_LEVERAGE, problem);
  if (!Object.values(MarginMode).includes(marginMode)) {
    refuse(RejectReason.INVALID_REQUEST, `marginMode must be ISOLATED or CROSS, not '${String(marginMode)}'`);
  }
  if (leverage !== terms.leverage && account.isEngaged(symbol)) {
    const message = `${symbol} has a position or open orders at leverage ${terms.leverage}: it cannot become ${leverage}`;
    refuse(RejectReason.INVALID_LEVERAGE, message);
  }
  if (marginMode !== terms.marginMode && account.isEngaged(symbol)) {
    const message = `${symbol} has a position or open orders in ${terms.marginMode} mode: it cannot become ${marginMode}`;
    refuse(RejectReason.INVALID_REQUEST, message);
  }
  return { leverage, marginMode };
}

export function leverageProblem(instrument: Instrument, leverage: number): string | null {
  const legal = Number.isInteger(leverage) && leverage >= 1 && leverage <= instrument.maxLeverage;
  return legal ? null : `leverage must be a whole number from 1 to ${instrument.maxLeverage}, not ${leverage}`;
}

function checkReducing(order: OrderTarget, quantity: Decimal, account: PaperAccount): void {
  const closable = account.holdings.closable(order);
  if (closable.isZero()) refuse(RejectReason.REDUCE_ONLY, `there is no position that a ${order.side} would reduce`);
  if (quantity.gt(closable)) {
    refuse(
      RejectReason.REDUCE_ONLY,
      `quantity ${quantity} is more than the position, at most ${closable} can be closed`,
    );
  }
}
