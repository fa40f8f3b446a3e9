import {
  checkQuantity,
  type Decimal,
  type MarginMode,
  OrderType,
  PositionSide,
  Side,
  type StepProblem,
} from '@prate/domain';
import type { TriggerPriceSource } from '@prate/execution-port';
import { DeskRefusal, DeskRefusalReason } from '../desk/desk-refusal.ts';
import { readDeskTicket, readTicks, refuseDesk, refusing } from '../desk/desk-tickets.ts';
import type { DeskTicket } from '../desk/desk-types.ts';
import type { DeskStopPrices, TriggerEvent } from '../desk/trigger-types.ts';
import { placeOrder } from '../engine/entry.ts';
import type { SymbolMarket } from '../engine/market.ts';
import { takeWhole } from '../engine/matching.ts';
import type { EngineAccount, Ticket } from '../engine/model.ts';
import type { Moment } from './alarm-heap.ts';
import { stopsOf } from './stop-prices.ts';
import type { TriggerHost, TriggerMarket, TriggerOrder, TriggerPosition } from './trigger-host.ts';
import { notATrigger } from './trigger-parts.ts';

/** What the triggers of all accounts share. */
export interface TriggerRules {
  /** Plans and trailing orders of one account that may wait at one symbol; null for any number. */
  readonly maxTriggers: number | null;
  readonly markets: ReadonlyMap<string, SymbolMarket>;
  readonly nowMs: () => number;
}

/** They are sent at the exchange, so they are not on their way. */
const AT_ONCE = { from: 0, to: 0 };

/** The engine as the triggers of one account see it. */
export class AccountHost implements TriggerHost {
  readonly #account: EngineAccount;
  readonly #rules: TriggerRules;
  readonly #afterSend: () => void;

  /** @param afterSend called when an order was sent, and has met the market */
  constructor(account: EngineAccount, rules: TriggerRules, afterSend: () => void) {
    this.#account = account;
    this.#rules = rules;
    this.#afterSend = afterSend;
  }

  get maxTriggers(): number | null {
    return this.#rules.maxTriggers;
  }

  nowMs(): number {
    return this.#rules.nowMs();
  }

  nextId(): number {
    return this.#account.engine.nextId();
  }

  positionMode(): EngineAccount['positionMode'] {
    return this.#account.positionMode;
  }

  market(symbol: string): TriggerMarket {
    return new MarketView(this.#market(symbol));
  }

  checkTicket(ticket: DeskTicket): void {
    const market = this.#market(ticket.symbol);
    const reduces = ticket.effect === 'CLOSE' || ticket.reduceOnly;
    // what closes all of a position then may be below the minimum, and above the maximum
    const problem = reduces ? lotsProblem(market, ticket.quantity) : checkQuantity(market.instrument, ticket.quantity);
    if (problem !== null) refuseDesk(DeskRefusalReason.INVALID_QUANTITY, problem.message);
    if ((ticket.type === OrderType.MARKET) !== (ticket.price === null)) {
      refuseDesk(DeskRefusalReason.INVALID_PRICE, 'a MARKET order has no price, and any other order needs one');
    }
    if (ticket.price !== null) readTicks(ticket.price, market);
    if (reduces && stopsOf(ticket) !== null) throw notATrigger('an order that only closes can have no stops attached');
    if (ticket.positionMode !== null && ticket.positionMode !== this.positionMode()) {
      refuseDesk(DeskRefusalReason.POSITION_MODE_DIFFERS, `the account is in ${this.positionMode()} mode`);
    }
  }

  terms({ symbol, side, effect, leverage, marginMode }: DeskTicket): {
    readonly leverage: number;
    readonly marginMode: MarginMode;
  } {
    const isLong = (side === Side.BUY) === (effect === 'OPEN');
    const positionSide = isLong ? PositionSide.LONG : PositionSide.SHORT;
    const seat = this.#account.seat(this.#market(symbol));
    const known = seat.held(positionSide) ?? seat.terms.of(positionSide);
    return { leverage: leverage ?? known.leverage, marginMode: marginMode ?? known.marginMode };
  }

  position(id: number): TriggerPosition | null {
    const position = this.#account.positions.get(id);
    if (position === undefined) return null;
    const { seat, side, lots } = position;
    const { grid, instrument } = seat.market;
    return { id, symbol: instrument.symbol, side, quantity: grid.quantity(lots) };
  }

  order(id: string): TriggerOrder | null {
    const order = this.#account.orders.get(Number(id));
    if (order === null || String(order.id) !== id) return null;
    const { seat, side, ticks, isOpen } = order;
    const { grid, instrument } = seat.market;
    return { symbol: instrument.symbol, side, price: ticks === 0 ? null : grid.price(ticks), isOpen };
  }

  attach(orderId: string, { stopLoss, takeProfit }: DeskStopPrices): void {
    const order = this.#account.orders.get(Number(orderId));
    if (order === null) return;
    order.stops = stopLoss === null && takeProfit === null ? null : { stopLoss, takeProfit };
    order.touch(this.nowMs());
    this.#account.tellOrder(order);
    this.#account.tellAttached(order);
  }

  send(ticket: DeskTicket, name: string, { tradesAt, timeMs }: Moment): string {
    const market = this.#market(ticket.symbol);
    // an order that is sent on the way of a candle knows no more than the price there
    if (tradesAt !== null) market.last = tradesAt;
    const read = readDeskTicket(ticket, this.#account, market, () => this.#free(name));
    return this.#place({ ...read, stops: stopsOf(ticket) }, tradesAt, timeMs);
  }

  close({ id }: TriggerPosition, quantity: Decimal, name: string, { tradesAt, timeMs }: Moment): string {
    const position = this.#account.positions.get(id);
    if (position === undefined) throw new DeskRefusal(DeskRefusalReason.NO_POSITION, `there is no position ${id}`);
    const { seat, leverage, marginMode } = position;
    const { market } = seat;
    if (tradesAt !== null) market.last = tradesAt;
    const side = position.isLong ? Side.SELL : Side.BUY;
    if (seat.bestOffer(side) === 0) {
      refuseDesk(DeskRefusalReason.NO_LIQUIDITY, `${market.instrument.symbol} offers nothing to a ${side}`);
    }
    const ticket: Ticket = {
      seat,
      side,
      type: OrderType.MARKET,
      ticks: 0,
      lots: market.grid.lots(quantity),
      positionSide: seat.slot(position.side),
      reduces: true,
      reduceOnly: true,
      leverage,
      marginMode,
      clientOrderId: this.#free(name),
      category: 'USER',
    };
    return this.#place(ticket, tradesAt, timeMs);
  }

  tell(event: TriggerEvent): void {
    this.#account.tellTrigger(event);
  }

  disturb(symbol: string, endsAt: number): void {
    const market = this.#market(symbol);
    market.disturb();
    market.dueAt = Math.min(market.dueAt, endsAt);
  }

  #place(ticket: Ticket, tradesAt: number | null, timeMs: number): string {
    const order = refusing(() => placeOrder(ticket, timeMs, AT_ONCE));
    if (tradesAt !== null && order.live.place === 'TAKING') takeWhole(order, tradesAt, timeMs);
    this.#afterSend();
    return String(order.id);
  }

  #free(name: string): string {
    let free = name;
    while (this.#account.orders.byClientId(free) !== null) free += '-';
    return free;
  }

  #market(symbol: string): SymbolMarket {
    const market = this.#rules.markets.get(symbol);
    if (market !== undefined) return market;
    throw new DeskRefusal(DeskRefusalReason.UNKNOWN_SYMBOL, `there is no instrument '${String(symbol)}'`);
  }
}

/** Of the steps alone. */
function lotsProblem({ instrument }: SymbolMarket, quantity: Decimal): Pick<StepProblem, 'message'> | null {
  const { lotSize } = instrument;
  if (quantity.gt(0) && quantity.mod(lotSize).isZero()) return null;
  return { message: `quantity ${quantity} must be above 0 and a multiple of ${lotSize}` };
}

class MarketView implements TriggerMarket {
  readonly #market: SymbolMarket;

  constructor(market: SymbolMarket) {
    this.#market = market;
  }

  ticks(price: Decimal): number {
    return readTicks(price, this.#market);
  }

  price(ticks: number): Decimal {
    return this.#market.grid.price(ticks);
  }

  ticksWithin(distance: Decimal): number {
    return distance.div(this.#market.instrument.tickSize).ceil().toNumber();
  }

  checkLots(quantity: Decimal): void {
    const problem = lotsProblem(this.#market, quantity);
    if (problem !== null) refuseDesk(DeskRefusalReason.INVALID_QUANTITY, problem.message);
  }

  current(source: TriggerPriceSource): number {
    if (source === 'LAST') return this.#market.last;
    return source === 'MARK' ? this.#market.mark() : this.#market.index();
  }
}
