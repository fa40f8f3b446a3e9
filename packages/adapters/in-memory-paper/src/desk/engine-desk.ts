import { type Decimal, MarginMode, OrderType, type PositionMode, PositionSide, Side } from '@prate/domain';
import { checkChange } from '../engine/entry.ts';
import { usable } from '../engine/funds.ts';
import { marginToSpare, moveMargin, relever } from '../engine/margin.ts';
import type { SymbolMarket } from '../engine/market.ts';
import type { EngineAccount, EngineOrder, EnginePosition, Ticket } from '../engine/model.ts';
import { initialMargin } from '../engine/unit-costs.ts';
import { fromMoney, toMoney } from '../engine/units.ts';
import type { ExchangeCore } from '../exchange-core.ts';
import { stopsOf } from '../triggers/stop-prices.ts';
import { deskObserver } from './desk-observer.ts';
import { DeskRefusal, DeskRefusalReason } from './desk-refusal.ts';
import {
  checkClosable,
  checkLeverage,
  readDeskTicket,
  readLots,
  readTicks,
  refuseDesk,
  refusing,
} from './desk-tickets.ts';
import type {
  DeskAsset,
  DeskFill,
  DeskFundingPayment,
  DeskLeverage,
  DeskOrder,
  DeskPosition,
  DeskRange,
  DeskTicket,
} from './desk-types.ts';
import { deskAsset, deskFill, deskFunding, deskOrder, deskPosition, frozenLots } from './desk-views.ts';
import type { DeskEvent, PaperDesk } from './paper-desk.ts';
import type { DeskStopPrices, DeskTriggers } from './trigger-types.ts';

/** The desk of one account of a paper exchange. */
export class EngineDesk implements PaperDesk {
  readonly name: string;
  readonly triggers: DeskTriggers;
  readonly #core: ExchangeCore;
  readonly #account: EngineAccount;

  constructor(core: ExchangeCore, account: EngineAccount) {
    this.name = account.name;
    this.#core = core;
    this.#account = account;
    this.triggers = core.triggers.of(account);
  }

  listen(listener: (event: DeskEvent) => void): () => void {
    return this.#account.observe(deskObserver(this.#account, listener));
  }

  assets(): readonly DeskAsset[] {
    return this.#account.purse.assets().map((asset) => deskAsset(this.#account, asset));
  }

  feeRates(symbol: string): { readonly maker: Decimal; readonly taker: Decimal } {
    return this.#core.feesOf(this.#account, this.#market(symbol));
  }

  positions(): readonly DeskPosition[] {
    return [...this.#account.positions.values()].map(deskPosition);
  }

  positionHistory(range: DeskRange): readonly DeskPosition[] {
    const timeOf = ({ updatedAt }: EnginePosition): number => updatedAt;
    return within(this.#account.closed, range, timeOf, ({ seat }) => seat.market).map(deskPosition);
  }

  fundingPayments(range: DeskRange): readonly DeskFundingPayment[] {
    const { fundings } = this.#account;
    return within(
      fundings,
      range,
      ({ time }) => time,
      ({ position }) => position.seat.market,
    ).map(deskFunding);
  }

  positionMode(): PositionMode {
    return this.#account.positionMode;
  }

  setPositionMode(mode: PositionMode): void {
    const account = this.#account;
    if (mode === account.positionMode) return;
    if (account.isEngaged() || this.#core.engine.triggers?.isEngaged(account) === true) {
      const message = 'close positions, orders and triggers before changing the position mode';
      refuseDesk(DeskRefusalReason.POSITION_MODE_IN_USE, message);
    }
    account.setPositionMode(mode);
  }

  leverage(symbol: string): readonly DeskLeverage[] {
    const seat = this.#account.seat(this.#market(symbol));
    return Object.values(PositionSide).map((side) => ({ side, ...seat.terms.of(side) }));
  }

  setLeverage(
    symbol: string,
    side: PositionSide,
    setting: { readonly leverage: number; readonly marginMode: MarginMode | null },
  ): void {
    const seat = this.#account.seat(this.#market(symbol));
    const { leverage } = setting;
    const held = seat.held(side);
    const marginMode = setting.marginMode ?? held?.marginMode ?? seat.terms.of(side).marginMode;
    checkLeverage(seat, leverage);
    const before = seat.terms.of(side);
    if (seat.open.size > 0 && (before.leverage !== leverage || before.marginMode !== marginMode)) {
      refuseDesk(DeskRefusalReason.LEVERAGE_WITH_OPEN_ORDERS, 'leverage cannot change while orders are open');
    }
    if (held !== null) this.#relever(held, leverage, marginMode);
    seat.terms.set(side, { leverage, marginMode });
  }

  changeMargin(positionId: number, amount: Decimal): void {
    const position = this.#position(positionId);
    if (position.marginMode !== MarginMode.ISOLATED) {
      refuseDesk(DeskRefusalReason.MARGIN_MODE_DIFFERS, `position ${positionId} is not ISOLATED`);
    }
    if (amount.decimalPlaces() > 18 || !amount.isFinite()) {
      refuseDesk(DeskRefusalReason.INVALID_AMOUNT, `amount must have at most 18 decimals, not ${amount}`);
    }
    const moved = toMoney(amount);
    const { asset } = position.seat.wallet;
    if (moved > 0n && moved > usable(this.#account, asset)) {
      const message = `${fromMoney(usable(this.#account, asset))} ${asset} are available, not ${amount}`;
      refuseDesk(DeskRefusalReason.INSUFFICIENT_BALANCE, message);
    }
    const most = marginToSpare(position);
    if (moved < 0n && -moved > most) {
      const message = `at most ${fromMoney(most)} ${asset} can be removed, not ${amount.neg()}`;
      refuseDesk(DeskRefusalReason.MARGIN_NOT_REMOVABLE, message);
    }
    moveMargin(position, moved, this.#core.nowMs());
  }

  setAutoAddMargin(positionId: number, enabled: boolean): void {
    const position = this.#position(positionId);
    position.autoAddMargin = enabled;
    position.touch(this.#core.nowMs());
    this.#account.tellPosition(position);
  }

  reversePosition(positionId: number, quantity: Decimal): void {
    const position = this.#position(positionId);
    const { symbol } = position.seat.market.instrument;
    const { leverage, marginMode } = position;
    const side = position.isLong ? Side.SELL : Side.BUY;
    const common = {
      symbol,
      side,
      type: OrderType.MARKET,
      price: null,
      clientOrderId: null,
      positionMode: null,
    } as const;
    // both are legal, or neither is sent
    readLots(quantity, position.seat, position.side, false);
    const held = position.seat.market.grid.quantity(position.lots);
    this.placeOrder({
      ...common,
      effect: 'CLOSE',
      quantity: held,
      marginMode: null,
      leverage: null,
      reduceOnly: true,
    });
    this.placeOrder({ ...common, effect: 'OPEN', quantity, marginMode, leverage, reduceOnly: false });
  }

  closeAllPositions(): void {
    for (const position of [...this.#account.positions.values()]) {
      const { seat, side, lots } = position;
      const free = lots - frozenLots(seat, side);
      if (free <= 0) continue;
      const { grid, instrument } = seat.market;
      this.placeOrder({
        symbol: instrument.symbol,
        side: position.isLong ? Side.SELL : Side.BUY,
        effect: 'CLOSE',
        type: OrderType.MARKET,
        quantity: grid.quantity(free),
        price: null,
        marginMode: null,
        leverage: null,
        clientOrderId: null,
        positionMode: null,
        reduceOnly: true,
      });
    }
  }

  placeOrder(ticket: DeskTicket): string {
    const { engine } = this.#core;
    const read = readDeskTicket(ticket, this.#account, engine.markets.get(ticket.symbol), () =>
      this.#core.newClientOrderId(this.#account),
    );
    const stops = this.#readStops(ticket, read);
    const order = refusing(() => engine.place(stops === null ? read : { ...read, stops }, this.#core.nowMs()));
    if (!read.reduces) {
      const { leverage, marginMode } = read;
      read.seat.terms.set(read.side === Side.BUY ? PositionSide.LONG : PositionSide.SHORT, { leverage, marginMode });
    }
    return String(order.id);
  }

  cancelOrder(orderId: string): void {
    this.#core.engine.cancel(this.#openOrder(orderId), this.#core.nowMs());
  }

  cancelAllOrders(symbol: string | null): void {
    for (const order of this.#account.listOpen(symbol)) {
      if (order.isOpen) this.#core.engine.cancel(order, this.#core.nowMs());
    }
  }

  replaceOrder(orderId: string, changes: { readonly price: Decimal; readonly quantity: Decimal }): string {
    const old = this.#openOrder(orderId);
    const { seat, terms, clientOrderId, stops } = old;
    if (old.filled > 0) refuseDesk(DeskRefusalReason.REPLACE_PARTLY_FILLED, 'an order that has traded stays as it is');
    if (old.ticks === 0) refuseDesk(DeskRefusalReason.REPLACE_UNSUPPORTED, 'a market order cannot be replaced');
    const ticks = readTicks(changes.price, seat.market);
    const closes = old.side === Side.BUY ? PositionSide.SHORT : PositionSide.LONG;
    const lots = readLots(changes.quantity, seat, closes, old.reduces);
    if (old.reduces) checkClosable(seat, closes, lots, old);
    refusing(() => checkChange(old, ticks, lots));
    const { engine } = this.#core;
    const nowMs = this.#core.nowMs();
    engine.cancel(old, nowMs);
    const ticket = { ...terms, seat, ticks, lots, clientOrderId, stops };
    return String(refusing(() => engine.place(ticket, nowMs)).id);
  }

  order(orderId: string): DeskOrder | null {
    const order = this.#find(orderId);
    return order === null ? null : deskOrder(order);
  }

  orderByClientId(symbol: string, clientOrderId: string): DeskOrder | null {
    const order = this.#account.orders.byClientId(clientOrderId);
    return order?.seat.market.instrument.symbol === symbol ? deskOrder(order) : null;
  }

  openOrders(symbol: string | null): readonly DeskOrder[] {
    return this.#account.listOpen(symbol).map(deskOrder).reverse();
  }

  orderHistory(range: DeskRange): readonly DeskOrder[] {
    const final = this.#account.orders.all().filter((order) => !order.isOpen);
    return within(
      final,
      range,
      ({ createdAt }) => createdAt,
      ({ seat }) => seat.market,
    ).map(deskOrder);
  }

  fills(range: DeskRange): readonly DeskFill[] {
    const { fills } = this.#account;
    return within(
      fills,
      range,
      ({ time }) => time,
      ({ order }) => order.seat.market,
    ).map(deskFill);
  }

  fillsOfOrder(orderId: string): readonly DeskFill[] {
    const order = this.#find(orderId);
    return this.#account.fills.filter((fill) => fill.order === order).map(deskFill);
  }

  /** @throws DeskRefusal INVALID_TRIGGER, INVALID_PRICE, STOP_PRICE */
  #readStops(ticket: DeskTicket, { reduces }: Ticket): DeskStopPrices | null {
    const stops = stopsOf(ticket);
    if (stops === null) return null;
    if (reduces) refuseDesk(DeskRefusalReason.INVALID_TRIGGER, 'an order that only closes can have no stops attached');
    this.#core.triggers.of(this.#account).checkAttached({ ...ticket, ...stops });
    return stops;
  }

  #relever(held: EnginePosition, leverage: number, marginMode: MarginMode): void {
    const { seat, cost, margin } = held;
    if (marginMode !== held.marginMode) {
      refuseDesk(DeskRefusalReason.MARGIN_MODE_DIFFERS, `the position is ${held.marginMode}`);
    }
    const problem = seat.market.tiers.problem(cost, leverage);
    if (problem !== null) refuseDesk(DeskRefusalReason.RISK_LIMIT, `the position is too large: ${problem}`);
    const needed = initialMargin(cost, leverage, seat.account.engine.rules.feeReserve) - margin;
    if (needed > 0n && needed > usable(this.#account, seat.wallet.asset)) {
      const message = `leverage ${leverage} needs ${fromMoney(needed)} more of margin than is available`;
      refuseDesk(DeskRefusalReason.INSUFFICIENT_BALANCE, message);
    }
    if (leverage !== held.leverage) relever(held, leverage, this.#core.nowMs());
  }

  #market(symbol: string): SymbolMarket {
    const market = this.#core.engine.markets.get(symbol);
    if (market !== undefined) return market;
    throw new DeskRefusal(DeskRefusalReason.UNKNOWN_SYMBOL, `there is no instrument '${symbol}'`);
  }

  #position(positionId: number): EnginePosition {
    const position = this.#account.positions.get(positionId);
    if (position !== undefined) return position;
    throw new DeskRefusal(DeskRefusalReason.NO_POSITION, `there is no position ${positionId}`);
  }

  #find(orderId: string): EngineOrder | null {
    return this.#account.orders.find(orderId);
  }

  #openOrder(orderId: string): EngineOrder {
    const order = this.#find(orderId);
    if (order === null) throw new DeskRefusal(DeskRefusalReason.UNKNOWN_ORDER, `there is no order ${orderId}`);
    if (!order.isOpen) refuseDesk(DeskRefusalReason.ORDER_IS_FINAL, `order ${orderId} has ended`);
    return order;
  }
}

/** Newest first; rows of one time in the reverse of their order. Rows come in the order of their times. */
function within<T>(
  rows: readonly T[],
  { symbol, from, to }: DeskRange,
  timeOf: (row: T) => number,
  marketOf: (row: T) => SymbolMarket,
): readonly T[] {
  const found: T[] = [];
  for (let i = rows.length - 1; i >= 0; i -= 1) {
    const row = rows[i] as T;
    const time = timeOf(row);
    if (time >= from && time <= to && (symbol === null || marketOf(row).instrument.symbol === symbol)) found.push(row);
  }
  return found;
}
