import { Decimal, OrderType, PositionMode, Side } from '@prate/domain';
import type { OrderEnd, OrderTicket } from '../backend/account-values.ts';
import { BackendRefusal, RefusalReason } from '../backend/backend-refusal.ts';
import { type AccountState, opposite } from './account-state.ts';
import { Holding } from './holding.ts';
import { closes, LiveOrder } from './live-order.ts';
import type { Taken } from './scripted-market.ts';
import { cutMoney, worthOf } from './worth.ts';

const ZERO = new Decimal(0);

const RESTS: readonly OrderType[] = [OrderType.LIMIT, OrderType.POST_ONLY];
const REST_ENDS: Partial<Record<OrderType, OrderEnd>> = { IOC: 'IOC_REST', MARKET: 'MARKET_REST' };

/** Takes the orders of one account, and lets them meet the book and the prints. */
export class OrderDesk {
  readonly #state: AccountState;
  readonly #afterEnd: (order: LiveOrder) => void;

  /** @param afterEnd is told of each order that became final, and of each that rests */
  constructor(state: AccountState, afterEnd: (order: LiveOrder) => void) {
    this.#state = state;
    this.#afterEnd = afterEnd;
  }

  /** @throws BackendRefusal */
  place(ticket: OrderTicket): LiveOrder {
    const order = this.#accept(ticket);
    this.#enter(order);
    return order;
  }

  cancel(orderId: string): void {
    const order = this.find(orderId);
    if (order.status !== 'OPEN') throw new BackendRefusal(RefusalReason.ORDER_IS_FINAL, 'the order is final');
    this.finish(order, 'CANCELLED', 'BY_USER');
  }

  /** The old order is cancelled and a new one takes its client id; at the back of its price. */
  replace(
    orderId: string,
    changes: { readonly price: Decimal; readonly volume: Decimal },
    inOneWay: boolean,
  ): LiveOrder {
    const old = this.find(orderId);
    if (old.status !== 'OPEN') throw new BackendRefusal(RefusalReason.ORDER_IS_FINAL, 'the order is final');
    if (!old.filled.isZero()) throw new BackendRefusal(RefusalReason.REPLACE_PARTLY_FILLED, 'the order has traded');
    if (!inOneWay && this.#state.positionMode === PositionMode.ONE_WAY) {
      throw new BackendRefusal(RefusalReason.REPLACE_IN_ONE_WAY, 'orders cannot be edited in one-way mode');
    }
    const { clientOrderId } = old.ticket;
    const forget = clientOrderId === null ? null : clientKey(old.ticket.symbol, clientOrderId);
    old.status = 'CANCELLED';
    if (forget !== null) this.#state.byClientId.delete(forget);
    let order: LiveOrder;
    try {
      order = this.#accept({ ...old.ticket, ...changes });
    } catch (error) {
      old.status = 'OPEN';
      if (forget !== null) this.#state.byClientId.set(forget, old);
      throw error;
    }
    this.finish(old, 'CANCELLED', 'BY_USER');
    this.#enter(order);
    return order;
  }

  /** @throws BackendRefusal UNKNOWN_ORDER */
  find(orderId: string): LiveOrder {
    const order = this.#state.orders.get(orderId);
    if (order === undefined) throw new BackendRefusal(RefusalReason.UNKNOWN_ORDER, 'order not exist');
    return order;
  }

  /** A print fills resting orders that it reaches, best price first, then oldest, by no more than was traded. */
  meet(symbol: string, price: Decimal, volume: Decimal): void {
    let left = volume;
    for (const order of this.#reached(symbol, price)) {
      if (left.isZero()) return;
      if (order.status !== 'OPEN') continue; // an earlier fill ended the position that it would close
      const part = Decimal.min(left, order.left);
      left = left.minus(part);
      this.#fill(order, { price: order.ticket.price as Decimal, volume: part }, false);
    }
  }

  finish(order: LiveOrder, status: LiveOrder['status'], end: OrderEnd): void {
    order.status = status;
    order.end = end;
    this.#state.refreeze(order);
    this.#state.tellOrder(order);
    this.#state.tellAsset(order.contract.settleCoin);
    this.#afterEnd(order);
  }

  #reached(symbol: string, price: Decimal): readonly LiveOrder[] {
    const reaches = ({ ticket }: LiveOrder): boolean =>
      ticket.price !== null && (ticket.side === Side.BUY ? ticket.price.gte(price) : ticket.price.lte(price));
    const better = (a: LiveOrder, b: LiveOrder): number => {
      const [x, y] = [a.ticket.price ?? ZERO, b.ticket.price ?? ZERO];
      return a.ticket.side === Side.BUY ? y.cmp(x) : x.cmp(y);
    };
    return this.#state.openOrders(symbol).filter(reaches).toSorted(better);
  }

  #accept(ticket: OrderTicket): LiveOrder {
    const state = this.#state;
    const { symbol, clientOrderId } = ticket;
    const { contract } = state.parts.market(symbol);
    if (clientOrderId !== null && state.byClientId.has(clientKey(symbol, clientOrderId))) {
      throw new BackendRefusal(RefusalReason.DUPLICATE_CLIENT_ORDER_ID, 'the order id is taken');
    }
    const order = new LiveOrder({
      id: state.parts.ids.next(),
      ticket,
      contract,
      positionMode: state.positionMode,
      leverage: this.#leverageOf(ticket),
      time: state.now,
    });
    this.#checkMode(ticket);
    if (order.closes) this.#checkClosable(order);
    if (state.openOrders(symbol).length >= contract.maxOrders) {
      throw new BackendRefusal(RefusalReason.TOO_MANY_ORDERS, `at most ${contract.maxOrders} open orders`);
    }
    this.#checkMoney(order);
    state.addOrder(order);
    if (clientOrderId !== null) state.byClientId.set(clientKey(symbol, clientOrderId), order);
    if (!order.closes) {
      const { leverage } = order;
      state.setLeverage(symbol, { side: order.positionSide, marginMode: ticket.marginMode, leverage });
    }
    return order;
  }

  /** That of the position where there is one, else what the order says, else the account's own. */
  #leverageOf(ticket: OrderTicket): number {
    const state = this.#state;
    const opens = !closes(ticket, state.positionMode);
    const side = (ticket.side === Side.BUY) === opens ? 'LONG' : 'SHORT';
    const held = state.holding(ticket.symbol, side);
    if (held === undefined || !opens) {
      return held?.leverage ?? ticket.leverage ?? state.leverage(ticket.symbol, side).leverage;
    }
    if (ticket.leverage !== null && ticket.leverage !== held.leverage) {
      const message = `the position has leverage ${held.leverage}, the order ${ticket.leverage}`;
      throw new BackendRefusal(RefusalReason.LEVERAGE_DIFFERS, message);
    }
    if (ticket.marginMode !== held.marginMode) {
      throw new BackendRefusal(RefusalReason.MARGIN_MODE_DIFFERS, `the position is ${held.marginMode}`);
    }
    return held.leverage;
  }

  #checkMode({ positionMode }: OrderTicket): void {
    if (positionMode !== null && positionMode !== this.#state.positionMode) {
      const message = `the account is in ${this.#state.positionMode} mode`;
      throw new BackendRefusal(RefusalReason.POSITION_MODE_DIFFERS, message);
    }
  }

  #checkClosable(order: LiveOrder): void {
    const held = this.#state.holding(order.ticket.symbol, order.positionSide);
    if (held === undefined) {
      throw new BackendRefusal(RefusalReason.NO_POSITION, `there is no ${order.positionSide} position`);
    }
    const free = held.volume.minus(this.#state.frozenVolume(held));
    if (order.ticket.volume.gt(free)) {
      throw new BackendRefusal(RefusalReason.CLOSES_TOO_MUCH, `${free} contracts can be closed`);
    }
  }

  #checkMoney(order: LiveOrder): void {
    const state = this.#state;
    const { symbol, side, price, volume } = order.ticket;
    const market = state.parts.market(symbol);
    const worst = price ?? market.offered(side, volume, null).at(-1)?.price ?? market.price('LAST');
    const { available } = state.asset(order.contract.settleCoin);
    if (!worst.isZero() && state.marginFor(order, worst, volume).gt(available)) {
      throw new BackendRefusal(RefusalReason.INSUFFICIENT_BALANCE, 'Balance insufficient');
    }
  }

  /** Onto the book, or against it. */
  #enter(order: LiveOrder): void {
    const state = this.#state;
    const { symbol, side, type, price, volume } = order.ticket;
    const market = state.parts.market(symbol);
    state.refreeze(order);
    state.tellOrder(order);
    state.tellAsset(order.contract.settleCoin);
    const offered = market.offered(side, volume, price);
    if (type === OrderType.POST_ONLY && offered.length > 0) {
      this.finish(order, 'CANCELLED', 'POST_ONLY_WOULD_TAKE');
      return;
    }
    const all = offered.reduce((sum, taken) => sum.plus(taken.volume), ZERO);
    if (type === OrderType.FOK && all.lt(volume)) {
      this.finish(order, 'CANCELLED', 'FOK_NOT_FILLED');
      return;
    }
    for (const taken of market.take(side, volume, price)) this.#fill(order, taken, true);
    if (order.status !== 'OPEN') return;
    if (RESTS.includes(type)) this.#afterEnd(order);
    else this.finish(order, 'CANCELLED', REST_ENDS[type] ?? 'MARKET_REST');
  }

  /** Told as order, fill, position, asset. */
  #fill(order: LiveOrder, { price, volume }: Taken, isTaker: boolean): void {
    const state = this.#state;
    const { contract } = order;
    const rate = isTaker ? state.parts.fees.taker : state.parts.fees.maker;
    const fee = cutMoney(worthOf(contract, price, volume).mul(rate));
    const { touched, profit } = this.#move(order, price, volume, fee);
    order.addFill(price, volume);
    order.realizedPnl = order.realizedPnl.plus(profit);
    if (isTaker) order.takerFee = order.takerFee.plus(fee);
    else order.makerFee = order.makerFee.plus(fee);
    state.pay(contract.settleCoin, profit.minus(fee));
    // what orders of one-way mode hold depends on the position that they would end first
    for (const other of state.openOrders(order.ticket.symbol)) state.refreeze(other);
    state.refreeze(order);
    state.tellOrder(order);
    const fill = {
      id: state.parts.ids.next(),
      order: order.snapshot(),
      price,
      volume,
      isTaker,
      fee,
      feeCoin: contract.settleCoin,
      realizedPnl: profit,
      time: state.now,
    };
    state.fills.push(fill);
    state.parts.emit({ kind: 'fill', fill });
    for (const holding of touched) state.tellPosition(holding);
    state.tellAsset(contract.settleCoin);
    if (order.status !== 'OPEN') this.#afterEnd(order);
    for (const holding of touched) this.#endNeedlessCloses(holding);
  }

  /** Of resting orders that would close more than there still is, the newest are cancelled. */
  #endNeedlessCloses(holding: Holding): void {
    const closers = this.#state
      .openOrders(holding.contract.symbol)
      .filter((order) => order.closes && order.positionSide === holding.side);
    let needed = closers.reduce((sum, { left }) => sum.plus(left), ZERO);
    for (const order of closers.toReversed()) {
      if (needed.lte(holding.volume)) return;
      needed = needed.minus(order.left);
      this.finish(order, 'CANCELLED', 'NO_POSITION');
    }
  }

  /** Ends what the order may end, and opens the rest. */
  #move(
    order: LiveOrder,
    price: Decimal,
    volume: Decimal,
    fee: Decimal,
  ): { readonly touched: readonly Holding[]; readonly profit: Decimal } {
    const state = this.#state;
    const { symbol } = order.ticket;
    const ended = order.closes ? order.positionSide : opposite(order.positionSide);
    const mayEnd = order.closes || order.positionMode === PositionMode.ONE_WAY;
    const held = mayEnd ? state.holding(symbol, ended) : undefined;
    const closing = held === undefined ? ZERO : Decimal.min(volume, held.volume);
    const touched: Holding[] = [];
    let profit = ZERO;
    if (held !== undefined) {
      profit = held.reduce(price, closing);
      held.fees = held.fees.plus(cutMoney(fee.mul(closing).div(volume)));
      order.positionId = held.id;
      touched.push(held);
    }
    const opening = volume.minus(closing);
    if (opening.gt(0) && !order.closes) {
      const holding = state.holding(symbol, order.positionSide) ?? this.#open(order);
      const before = holding.margin;
      holding.add(price, opening);
      holding.fees = holding.fees.plus(cutMoney(fee.mul(opening).div(volume)));
      order.usedMargin = order.usedMargin.plus(holding.margin.minus(before));
      order.positionId = holding.id;
      touched.push(holding);
    }
    return { touched, profit };
  }

  #open(order: LiveOrder): Holding {
    const state = this.#state;
    const holding = new Holding({
      id: state.parts.ids.nextSmall(),
      contract: order.contract,
      side: order.positionSide,
      marginMode: order.ticket.marginMode,
      leverage: order.leverage,
      time: state.now,
    });
    state.holdings.push(holding);
    return holding;
  }
}

export const clientKey = (symbol: string, clientOrderId: string): string => `${symbol} ${clientOrderId}`;
