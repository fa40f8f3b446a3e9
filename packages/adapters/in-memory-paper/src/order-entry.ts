/**
 * What makes a request an order: every check between `createOrder` and the engine. Each throws a Refusal whose message says
 * what would be right. Nothing here changes the account.
 */
import {
  type ClientOrderId,
  checkPrice,
  checkQuantity,
  type Decimal,
  type DecimalInput,
  type Instrument,
  InvalidInputError,
  isClientOrderId,
  MarginMode,
  OrderType,
  PositionMode,
  PositionSide,
  Side,
  type StepProblem,
} from '@prate/domain';
import { type OrderRequest, Refusal, type Rejected, RejectReason, readStep, refuse } from '@prate/execution-port';
import { DeskRefusal, type DeskRefusalReason } from './desk/desk-refusal.ts';
import { EngineRefusal, type EngineRefusalReason } from './engine/engine-refusal.ts';
import { lotsFor, worth, wouldTake } from './engine/holds.ts';
import type { SymbolMarket } from './engine/market.ts';
import { directionOf, type EngineAccount, type Seat, type Ticket } from './engine/model.ts';
import type { Terms } from './engine/position-record.ts';
import { fromMoney, toMoney } from './engine/units.ts';

/** What an order is for, as far as positions go. */
export interface OrderTarget {
  readonly side: Side;
  readonly positionSide: PositionSide | null;
  readonly reduceOnly: boolean;
}

const REASONS: Partial<Record<DeskRefusalReason, RejectReason>> & Record<EngineRefusalReason, RejectReason> = {
  NO_LIQUIDITY: RejectReason.NO_LIQUIDITY,
  INSUFFICIENT_BALANCE: RejectReason.INSUFFICIENT_BALANCE,
  RISK_LIMIT: RejectReason.INVALID_QUANTITY,
  TOO_MANY_ORDERS: RejectReason.OTHER,
  INVALID_QUANTITY: RejectReason.INVALID_QUANTITY,
  INVALID_PRICE: RejectReason.INVALID_PRICE,
  INVALID_TRIGGER: RejectReason.INVALID_REQUEST,
  STOP_PRICE: RejectReason.INVALID_PRICE,
  STOP_TOO_LARGE: RejectReason.REDUCE_ONLY,
};

/** The rejection that a check, here, in the engine or of triggers, has thrown; anything else is thrown on. */
export function rejectedBy(error: unknown): Rejected {
  if (error instanceof Refusal) return error.rejected;
  if (error instanceof EngineRefusal || error instanceof DeskRefusal) {
    return { kind: 'rejected', reason: REASONS[error.reason] ?? RejectReason.OTHER, message: error.message };
  }
  throw error;
}

/** In HEDGE mode an order against its own position side only ever closes. */
const isReducing = ({ side, positionSide, reduceOnly }: OrderTarget): boolean =>
  reduceOnly || (positionSide !== null && positionSide !== directionOf(side));

/** @throws Refusal, EngineRefusal */
export function readTicket(
  request: OrderRequest,
  clientOrderId: ClientOrderId,
  account: EngineAccount,
  markets: ReadonlyMap<string, SymbolMarket>,
): Ticket {
  if (typeof request !== 'object' || request === null) {
    refuse(
      RejectReason.INVALID_REQUEST,
      `a request is an object with symbol, side, type and so on, not ${String(request)}`,
    );
  }
  checkClientOrderId(clientOrderId, (id) => account.orders.byClientId(id) !== null);
  const market = markets.get(request.symbol);
  if (market === undefined) refuse(RejectReason.UNKNOWN_SYMBOL, `there is no instrument '${String(request.symbol)}'`);
  checkWords(request);
  const seat = account.seat(market);
  const positionSide = readPositionSide(request, account);
  const ticks = readPrice(request, market);
  const { side, type } = request;
  const target = { side, positionSide, reduceOnly: request.reduceOnly === true };
  const terms = readTerms(request, seat, positionSide ?? directionOf(side));
  const lots = readLots(request, target, seat, ticks);
  const reduces = isReducing(target);
  if (reduces) checkReducing(target, lots, seat);
  else checkNotional(seat, side, ticks, lots);
  checkPostOnly(type, seat, side, ticks);
  return { seat, ...target, type, ticks, lots, reduces, ...terms, clientOrderId, category: 'USER' };
}

/** @throws Refusal for what is no client order id, or is taken */
export function checkClientOrderId(id: unknown, isTaken: (id: ClientOrderId) => boolean): void {
  if (typeof id !== 'string' || !isClientOrderId(id)) {
    refuse(RejectReason.INVALID_REQUEST, `client order id must be 1 to 32 of 0-9 A-Z a-z _ -, not '${String(id)}'`);
  }
  if (isTaken(id)) refuse(RejectReason.DUPLICATE_CLIENT_ORDER_ID, `client order id '${id}' was used before`);
}

function checkWords(request: OrderRequest): void {
  if (!Object.values(Side).includes(request.side)) {
    refuse(RejectReason.INVALID_REQUEST, `side must be BUY or SELL, not '${String(request.side)}'`);
  }
  if (!Object.values(OrderType).includes(request.type)) {
    const known = Object.values(OrderType).join(', ');
    refuse(RejectReason.NOT_SUPPORTED, `order type must be one of ${known}, not '${String(request.type)}'`);
  }
}

/** @throws Refusal */
export function readPositionSide(
  request: Pick<OrderRequest, 'positionSide'>,
  account: EngineAccount,
): PositionSide | null {
  const { positionSide } = request;
  if (account.positionMode === PositionMode.ONE_WAY) {
    if (positionSide === undefined) return null;
    refuse(RejectReason.INVALID_REQUEST, 'positionSide belongs to HEDGE mode; this account is in ONE_WAY mode');
  }
  if (positionSide !== undefined && Object.values(PositionSide).includes(positionSide)) return positionSide;
  refuse(RejectReason.INVALID_REQUEST, 'HEDGE mode needs positionSide, LONG or SHORT');
}

function readPrice(request: OrderRequest, market: SymbolMarket): number {
  if (request.type === OrderType.MARKET) {
    if (request.price === undefined) return 0;
    refuse(RejectReason.INVALID_PRICE, 'a MARKET order has no price');
  }
  if (request.price === undefined) refuse(RejectReason.INVALID_PRICE, `a ${request.type} order needs a price`);
  return readTickPrice('price', request.price, market);
}

/** One of the words. @throws Refusal */
export function readWord<T extends string>(what: string, input: unknown, words: readonly T[]): T {
  const word = words.find((one) => one === input);
  if (word !== undefined) return word;
  refuse(RejectReason.INVALID_REQUEST, `${what} must be ${words.join(' or ')}, not '${String(input)}'`);
}

/** A price in ticks. @throws Refusal with the legal neighbours */
export function readTickPrice(what: string, input: DecimalInput, market: SymbolMarket): number {
  const price = readStep(RejectReason.INVALID_PRICE, what, input, (value) => {
    market.calibrate(value.toNumber());
    return checkPrice(market.instrument, value);
  });
  try {
    return market.grid.ticks(price);
  } catch (error) {
    if (error instanceof InvalidInputError) refuse(RejectReason.INVALID_PRICE, error.message);
    throw error;
  }
}

function readLots(request: OrderRequest, target: OrderTarget, seat: Seat, ticks: number): number {
  const { market } = seat;
  const check = (value: Decimal): StepProblem | null => checkLots(target, seat, value, value);
  if ((request.quantity === undefined) === (request.quoteQuantity === undefined)) {
    refuse(RejectReason.INVALID_REQUEST, 'exactly one of quantity and quoteQuantity is needed');
  }
  if (request.quantity !== undefined) {
    const quantity = readStep(RejectReason.INVALID_QUANTITY, 'quantity', request.quantity, check);
    const lots = wholeLots(quantity, market);
    if (ticks === 0) worth(seat, target.side, 0, lots);
    return lots;
  }
  const quote = readStep(RejectReason.INVALID_QUANTITY, 'quoteQuantity', request.quoteQuantity, (value) =>
    value.gt(0) ? null : { message: `quoteQuantity ${value} is not above 0`, below: null, above: null },
  );
  const lots = lotsFor(seat, target.side, ticks, toMoney(quote));
  return wholeLots(readStep(RejectReason.INVALID_QUANTITY, 'quantity', market.grid.quantity(lots), check), market);
}

/** A legal quantity in lots. */
export function wholeLots(quantity: Decimal, { grid, instrument }: SymbolMarket): number {
  const lots = grid.lots(quantity);
  if (lots < Number.MAX_SAFE_INTEGER) return lots;
  refuse(
    RejectReason.INVALID_QUANTITY,
    `quantity ${quantity} is more lots of ${instrument.lotSize} than can be counted`,
  );
}

/**
 * The steps and limits of one order. What is left of a position may be below the minimum, or above the maximum: an order
 * that closes all of it, and can do nothing else, is legal all the same.
 */
export function checkLots(target: OrderTarget, seat: Seat, remaining: Decimal, quantity: Decimal): StepProblem | null {
  const { grid, instrument } = seat.market;
  const closesAll = isReducing(target) && remaining.gt(0) && remaining.eq(grid.quantity(seat.closable(target)));
  return closesAll ? null : checkQuantity(instrument, quantity);
}

/** Leverage and margin mode cannot change under a position or an open order. */
function readTerms(request: OrderRequest, seat: Seat, side: PositionSide): Terms {
  const terms = seat.terms.of(side);
  const { instrument } = seat.market;
  const { symbol } = instrument;
  const leverage = request.leverage ?? terms.leverage;
  const marginMode = request.marginMode ?? terms.marginMode;
  const problem = leverageProblem(instrument, leverage);
  if (problem !== null) refuse(RejectReason.INVALID_LEVERAGE, problem);
  if (!Object.values(MarginMode).includes(marginMode)) {
    refuse(RejectReason.INVALID_REQUEST, `marginMode must be ISOLATED or CROSS, not '${String(marginMode)}'`);
  }
  if (leverage !== terms.leverage && seat.isEngaged) {
    const message = `${symbol} has a position or open orders at leverage ${terms.leverage}: it cannot become ${leverage}`;
    refuse(RejectReason.INVALID_LEVERAGE, message);
  }
  if (marginMode !== terms.marginMode && seat.isEngaged) {
    const message = `${symbol} has a position or open orders in ${terms.marginMode} mode: it cannot become ${marginMode}`;
    refuse(RejectReason.INVALID_REQUEST, message);
  }
  return { leverage, marginMode };
}

export function leverageProblem(instrument: Instrument, leverage: number): string | null {
  const legal = Number.isInteger(leverage) && leverage >= 1 && leverage <= instrument.maxLeverage;
  return legal ? null : `leverage must be a whole number from 1 to ${instrument.maxLeverage}, not ${leverage}`;
}

function checkReducing(target: OrderTarget, lots: number, seat: Seat): void {
  const closable = seat.closable(target);
  if (closable === 0) refuse(RejectReason.REDUCE_ONLY, `there is no position that a ${target.side} would reduce`);
  if (lots > closable) {
    const { grid } = seat.market;
    refuse(
      RejectReason.REDUCE_ONLY,
      `quantity ${grid.quantity(lots)} is more than the position, at most ${grid.quantity(closable)} can be closed`,
    );
  }
}

/** @throws Refusal when the order is worth less than the instrument's minimum */
export function checkNotional(seat: Seat, side: Side, ticks: number, lots: number): void {
  const { grid, instrument } = seat.market;
  const { minNotional, quoteAsset } = instrument;
  if (minNotional === null) return;
  const value = ticks === 0 ? worth(seat, side, 0, lots) : grid.value(ticks, lots);
  if (value >= toMoney(minNotional)) return;
  refuse(
    RejectReason.INVALID_QUANTITY,
    `order value ${fromMoney(value)} ${quoteAsset} is below the minimum ${minNotional}`,
  );
}

/** What is on its way is judged when it arrives. @throws Refusal */
export function checkPostOnly(type: OrderType, seat: Seat, side: Side, ticks: number): void {
  if (type !== OrderType.POST_ONLY || seat.account.engine.rules.latency.to > 0 || !wouldTake(seat, side, ticks)) return;
  const price = seat.market.grid.price(ticks);
  refuse(RejectReason.POST_ONLY_WOULD_TAKE, `a post-only ${side} at ${price} would take`);
}
