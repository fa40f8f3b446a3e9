import {
  checkPrice,
  checkQuantity,
  type Decimal,
  InvalidInputError,
  PositionMode,
  type PositionSide,
  Side,
  stepsOf,
} from '@prate/domain';
import { EngineRefusal } from '../engine/engine-refusal.ts';
import type { SymbolMarket } from '../engine/market.ts';
import { directionOf, type EngineAccount, type EngineOrder, type Seat, type Ticket } from '../engine/model.ts';
import type { Terms } from '../engine/position-record.ts';
import { DeskRefusal, DeskRefusalReason } from './desk-refusal.ts';
import type { DeskTicket } from './desk-types.ts';
import { frozenLots } from './desk-views.ts';

/** Turns the engine's refusals into the desk's; anything else is thrown on. */
export function refusing<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof EngineRefusal) throw new DeskRefusal(error.reason, error.message);
    throw error;
  }
}

export const refuseDesk = (reason: DeskRefusalReason, message: string): never => {
  throw new DeskRefusal(reason, message);
};

/** @throws DeskRefusal, in the order that `PaperDesk.placeOrder` names */
export function readDeskTicket(
  ticket: DeskTicket,
  account: EngineAccount,
  market: SymbolMarket | undefined,
  newClientOrderId: () => string,
): Ticket {
  if (market === undefined) {
    throw new DeskRefusal(DeskRefusalReason.UNKNOWN_SYMBOL, `there is no instrument '${ticket.symbol}'`);
  }
  const seat = account.seat(market);
  const { side, type } = ticket;
  const isHedge = account.positionMode === PositionMode.HEDGE;
  const reduces = ticket.effect === 'CLOSE' || (!isHedge && ticket.reduceOnly);
  const positionSide = directionOf(reduces ? opposite(side) : side);
  const lots = readLots(ticket.quantity, seat, positionSide, reduces);
  const ticks = ticket.price === null ? 0 : readTicks(ticket.price, market);
  const { clientOrderId } = ticket;
  if (clientOrderId !== null && account.orders.byClientId(clientOrderId) !== null) {
    refuseDesk(DeskRefusalReason.DUPLICATE_CLIENT_ORDER_ID, `client order id '${clientOrderId}' was used before`);
  }
  const terms = readTerms(ticket, seat, positionSide, reduces);
  if (ticket.positionMode !== null && ticket.positionMode !== account.positionMode) {
    refuseDesk(DeskRefusalReason.POSITION_MODE_DIFFERS, `the account is in ${account.positionMode} mode`);
  }
  if (reduces) checkClosable(seat, positionSide, lots, null);
  return {
    seat,
    side,
    type,
    ticks,
    lots,
    positionSide: isHedge ? positionSide : null,
    reduces,
    reduceOnly: ticket.reduceOnly || (!isHedge && reduces),
    ...terms,
    clientOrderId: clientOrderId ?? newClientOrderId(),
    category: 'USER',
  };
}

/** So few that nothing that is calculated with them comes near its limit. */
const FEW_STEPS = 2 ** 40;

/** @throws DeskRefusal */
export function readTicks(price: Decimal, market: SymbolMarket): number {
  if (!market.isCalibrated) market.calibrate(price.toNumber());
  const ticks = stepsOf(price, market.instrument.tickSize);
  if (ticks !== null && ticks > 0 && ticks < FEW_STEPS) return ticks;
  const problem = checkPrice(market.instrument, price);
  if (problem !== null) refuseDesk(DeskRefusalReason.INVALID_PRICE, problem.message);
  try {
    return market.grid.ticks(price);
  } catch (error) {
    if (error instanceof InvalidInputError) throw new DeskRefusal(DeskRefusalReason.INVALID_PRICE, error.message);
    throw error;
  }
}

/** What closes all of a position may be below the minimum and above the maximum. @throws DeskRefusal */
export function readLots(quantity: Decimal, seat: Seat, positionSide: PositionSide, reduces: boolean): number {
  const { grid, instrument } = seat.market;
  const held = seat.held(positionSide)?.lots ?? 0;
  const closesAll = reduces && held > 0 && quantity.eq(grid.quantity(held));
  const problem = closesAll ? null : checkQuantity(instrument, quantity);
  if (problem !== null) refuseDesk(DeskRefusalReason.INVALID_QUANTITY, problem.message);
  const lots = stepsOf(quantity, instrument.lotSize) ?? grid.lots(quantity);
  if (lots === Number.MAX_SAFE_INTEGER) {
    refuseDesk(DeskRefusalReason.INVALID_QUANTITY, `quantity ${quantity} is more lots than can be counted`);
  }
  return lots;
}

export function checkLeverage(seat: Seat, leverage: number): void {
  const { maxLeverage } = seat.market.instrument;
  if (Number.isInteger(leverage) && leverage >= 1 && leverage <= maxLeverage) return;
  const message = `leverage must be a whole number from 1 to ${maxLeverage}, not ${leverage}`;
  refuseDesk(DeskRefusalReason.LEVERAGE_OUT_OF_RANGE, message);
}

/** Those of the position where there is one, else what the order says, else the account's own. */
function readTerms(ticket: DeskTicket, seat: Seat, side: PositionSide, reduces: boolean): Terms {
  const held = seat.held(side);
  const known = held ?? seat.terms.of(side);
  if (ticket.leverage !== null) checkLeverage(seat, ticket.leverage);
  if (reduces) return { leverage: known.leverage, marginMode: known.marginMode };
  const leverage = ticket.leverage ?? known.leverage;
  const marginMode = ticket.marginMode ?? known.marginMode;
  const isSame = (terms: Terms): boolean => terms.leverage === leverage && terms.marginMode === marginMode;
  if (isSame(known)) return { leverage, marginMode };
  const others: Terms[] = held === null ? [] : [held];
  for (const order of seat.open.list()) {
    if (!order.reduces && directionOf(order.side) === side) others.push(order.terms);
  }
  for (const other of others) {
    if (other.leverage !== leverage) {
      const message = `the position or an open order has leverage ${other.leverage}, this order ${leverage}`;
      refuseDesk(DeskRefusalReason.LEVERAGE_DIFFERS, message);
    }
    if (other.marginMode !== marginMode) {
      refuseDesk(DeskRefusalReason.MARGIN_MODE_DIFFERS, `the position or an open order is ${other.marginMode}`);
    }
  }
  return { leverage, marginMode };
}

export function checkClosable(seat: Seat, side: PositionSide, lots: number, except: EngineOrder | null): void {
  const held = seat.held(side);
  if (held === null) throw new DeskRefusal(DeskRefusalReason.NO_POSITION, `there is no ${side} position`);
  const free = held.lots - frozenLots(seat, side, except);
  if (lots <= free) return;
  const message = `${seat.market.grid.quantity(Math.max(free, 0))} can be closed, not ${seat.market.grid.quantity(lots)}`;
  refuseDesk(DeskRefusalReason.CLOSES_TOO_MUCH, message);
}

const opposite = (side: Side): Side => (side === Side.BUY ? Side.SELL : Side.BUY);
