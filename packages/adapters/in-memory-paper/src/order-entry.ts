/**
 * What makes a request an order: every check between `createOrder` and the account's books. Each throws a Refusal whose
 * message says what would be right. Nothing here changes the account.
 */
import {
  type ClientOrderId,
  checkPrice,
  checkQuantity,
  Decimal,
  type DecimalInput,
  decimal,
  type Instrument,
  InvalidInputError,
  isClientOrderId,
  MarginMode,
  OrderType,
  PositionMode,
  PositionSide,
  Side,
  ZERO,
} from '@prate/domain';
import { type FeeRates, type OrderRequest, RejectReason } from '@prate/execution-port';
import type { OrderDraft, PaperAccount } from './account.ts';
import { isClosing, type SymbolTerms } from './holdings.ts';
import { roundUp } from './ledger.ts';
import { wouldTake } from './matching.ts';
import { refuse, refuseStep } from './refuse.ts';
import { reaches, type SymbolMarket } from './symbol-market.ts';

/** Where a request is checked. */
export interface EntryContext {
  readonly account: PaperAccount;
  readonly markets: ReadonlyMap<string, SymbolMarket>;
  readonly feesOf: (market: SymbolMarket) => FeeRates;
}

/** @throws Refusal */
export function draftOrder(request: OrderRequest, clientOrderId: ClientOrderId, context: EntryContext): OrderDraft {
  const { account } = context;
  checkClientOrderId(clientOrderId, account);
  const market = context.markets.get(request.symbol);
  if (market === undefined) refuse(RejectReason.UNKNOWN_SYMBOL, `there is no instrument '${request.symbol}'`);
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
  const frozen = holdFor(draft, ZERO, account, context.feesOf(market));
  checkFunds(account, market, frozen);
  return { ...draft, frozen };
}

/** What an order must hold: margin and taker fee of the part that would open. */
export function holdFor(
  order: Omit<OrderDraft, 'frozen' | 'clientOrderId'>,
  filled: Decimal,
  account: PaperAccount,
  fees: FeeRates,
  orderId?: string,
): Decimal {
  const { market, side, positionSide, price, leverage } = order;
  if (order.reduceOnly || isClosing(side, positionSide)) return ZERO;
  const remaining = order.quantity.minus(filled);
  const opening = remaining.minus(account.unclaimed(market.instrument.symbol, side, positionSide, orderId));
  if (opening.lte(0)) return ZERO;
  const value = referencePrice(market, account, side, price, remaining).mul(opening);
  return roundUp(value.div(leverage).plus(value.mul(Decimal.max(fees.taker, ZERO))));
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

/** @throws Refusal when it is no decimal number or `check` objects */
export function readStep(
  reason: RejectReason,
  what: string,
  input: DecimalInput,
  check: (value: Decimal) => ReturnType<typeof checkPrice>,
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

function readQuantity(
  request: OrderRequest,
  market: SymbolMarket,
  account: PaperAccount,
  price: Decimal | null,
): Decimal {
  const { instrument } = market;
  // what is left of a position may be below the minimum, or above the maximum of one order: all of it may go all the same
  const whole =
    request.reduceOnly === true
      ? account.holdings.position(request.symbol, request.positionSide ?? null)?.quantity
      : undefined;
  const check = (value: Decimal): ReturnType<typeof checkQuantity> =>
    whole !== undefined && value.eq(whole) ? null : checkQuantity(instrument, value);
  if ((request.quantity === undefined) === (request.quoteQuantity === undefined)) {
    refuse(RejectReason.INVALID_REQUEST, 'exactly one of quantity and quoteQuantity is needed');
  }
  if (request.quantity !== undefined) {
    const quantity = readStep(RejectReason.INVALID_QUANTITY, 'quantity', request.quantity, check);
    if (price === null) referencePrice(market, account, request.side, null, quantity);
    return quantity;
  }
  const quote = readStep(RejectReason.INVALID_QUANTITY, 'quoteQuantity', request.quoteQuantity, () => null);
  const at = price ?? referencePrice(market, account, request.side, null, ZERO);
  const quantity = quote.div(at).div(instrument.lotSize).floor().mul(instrument.lotSize);
  return readStep(RejectReason.INVALID_QUANTITY, 'quantity', quantity, check);
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

function checkReducing(
  order: { readonly symbol: string; readonly side: Side; readonly positionSide: PositionSide | null },
  quantity: Decimal,
  account: PaperAccount,
): void {
  const closable = account.holdings.closable(order);
  if (closable.isZero()) refuse(RejectReason.REDUCE_ONLY, `there is no position that a ${order.side} would reduce`);
  if (quantity.gt(closable)) {
    refuse(
      RejectReason.REDUCE_ONLY,
      `quantity ${quantity} is more than the position, at most ${closable} can be closed`,
    );
  }
}

function checkNotional(instrument: Instrument, quantity: Decimal, price: Decimal): void {
  const value = price.mul(quantity);
  if (instrument.minNotional !== null && value.lt(instrument.minNotional)) {
    const message = `order value ${value} ${instrument.quoteAsset} is below the minimum ${instrument.minNotional}`;
    refuse(RejectReason.INVALID_QUANTITY, message);
  }
}

/**
 * The price at which an order is valued. A buy costs at most its limit; a sell may be met at a better price than its limit,
 * where its margin is larger. A market order costs what the book asks for it, else the last price.
 * @throws Refusal NO_LIQUIDITY when a market order has nothing to trade against
 */
function referencePrice(
  market: SymbolMarket,
  account: PaperAccount,
  side: Side,
  price: Decimal | null,
  quantity: Decimal,
): Decimal {
  const { symbol } = market.instrument;
  if (market.match !== 'book') {
    if (price !== null)
      return market.last !== null && reaches(side, price, market.last) ? Decimal.max(price, market.last) : price;
    return market.last ?? refuse(RejectReason.NO_LIQUIDITY, `${symbol} has not traded yet, so there is no price`);
  }
  const levels = account.book.levels(market, side);
  const best = levels[0]?.price;
  if (price !== null) return side === Side.SELL && best !== undefined ? Decimal.max(price, best) : price;
  if (best === undefined) refuse(RejectReason.NO_LIQUIDITY, `the book of ${symbol} offers nothing to a ${side}`);
  let left = quantity;
  let worst = best;
  let cost = ZERO;
  for (const level of levels) {
    if (left.lte(0)) break;
    const part = Decimal.min(left, level.quantity);
    cost = cost.plus(part.mul(level.price));
    left = left.minus(part);
    worst = level.price;
  }
  return quantity.isZero() ? worst : cost.plus(Decimal.max(left, ZERO).mul(worst)).div(quantity);
}
