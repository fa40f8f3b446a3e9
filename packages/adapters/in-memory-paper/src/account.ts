import {
  type ClientOrderId,
  Decimal,
  type MarginMode,
  makeOrder,
  type Order,
  OrderStatus,
  OrderType,
  PositionMode,
  type PositionSide,
  type Side,
  type Trade,
  withFill,
  withStatus,
  ZERO,
} from '@prate/domain';
import type { ExecutionEvent, FeeRates, OrderRef } from '@prate/execution-port';
import { applyFill, closableBy, type FillEffect, type HeldPosition } from './held-position.ts';
import { type Holdings, isClosing } from './holdings.ts';
import { roundDown } from './ledger.ts';
import { type Hold, type OpenOrder, OpenOrders, type OrderTarget } from './open-orders.ts';
import { BookView, type SymbolMarket, wholeLots } from './symbol-market.ts';
import type { FillMoney } from './wallet.ts';

/** An order that passed every check. */
export interface OrderDraft {
  readonly market: SymbolMarket;
  readonly clientOrderId: ClientOrderId;
  readonly side: Side;
  readonly type: OrderType;
  readonly price: Decimal | null;
  readonly quantity: Decimal;
  readonly positionSide: PositionSide | null;
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly hold: Hold;
}

/** Another price and quantity for an open order, and what it then holds. */
export interface OrderChange {
  readonly price: Decimal | null;
  readonly quantity: Decimal;
  readonly hold: Hold;
  /** Whether it stays where it is among orders at its price. */
  readonly keepsPlace: boolean;
}

/** What an account needs from its exchange. */
export interface AccountParts {
  readonly holdings: Holdings;
  readonly nextId: () => number;
  readonly feesOf: (market: SymbolMarket) => FeeRates;
}

/** Orders, positions and money of one account; every method is synchronous and complete when it returns. */
export class PaperAccount {
  readonly holdings: Holdings;
  readonly book: BookView = new BookView();
  readonly #parts: AccountParts;
  readonly #orders = new Map<string, Order>();
  readonly #idsByClientId = new Map<ClientOrderId, string>();
  readonly #open = new OpenOrders();
  readonly #trades: Trade[] = [];
  readonly #listeners = new Set<(event: ExecutionEvent) => void>();
  positionMode: PositionMode = PositionMode.ONE_WAY;

  constructor(parts: AccountParts) {
    this.#parts = parts;
    this.holdings = parts.holdings;
  }

  listen(listener: (event: ExecutionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  find(ref: OrderRef): Order | null {
    const id = 'orderId' in ref ? ref.orderId : this.#idsByClientId.get(ref.clientOrderId);
    const order = id === undefined ? undefined : this.#orders.get(id);
    return order?.symbol === ref.symbol ? order : null;
  }

  hasClientId(id: ClientOrderId): boolean {
    return this.#idsByClientId.has(id);
  }

  openOrder(id: string): OpenOrder | null {
    return this.#open.get(id);
  }

  /** Oldest first. */
  openOrders(symbol?: string): OpenOrder[] {
    return this.#open.list(symbol);
  }

  /** In the order of creation. */
  allOrders(): Order[] {
    return [...this.#orders.values()];
  }

  /** Oldest first. */
  trades(): readonly Trade[] {
    return this.#trades;
  }

  /** Whether leverage and margin mode are bound by a position or an open order. */
  isEngaged(symbol?: string): boolean {
    return this.#open.has(symbol) || this.holdings.positions(symbol).length > 0;
  }

  /** How much an order could close: what stands against it less what open orders, but for `except`, would close already. */
  unclaimed(target: OrderTarget, except?: OpenOrder): Decimal {
    const others = this.#open.closing(target).minus(except?.hold.closing ?? ZERO);
    return Decimal.max(this.holdings.closable(target).minus(others), ZERO);
  }

  /** Puts an order on the account's books; it has not met the market yet. */
  place(draft: OrderDraft, nowMs: number): OpenOrder {
    const { market } = draft;
    const { symbol, quoteAsset } = market.instrument;
    this.holdings.setTerms(market, { leverage: draft.leverage, marginMode: draft.marginMode });
    const sequence = this.#parts.nextId();
    const order = makeOrder({
      id: String(sequence),
      clientOrderId: draft.clientOrderId,
      symbol,
      side: draft.side,
      type: draft.type,
      price: draft.price,
      quantity: draft.quantity,
      filledQuantity: ZERO,
      averagePrice: null,
      status: OrderStatus.NEW,
      reduceOnly: draft.reduceOnly,
      positionSide: draft.positionSide,
      createdAt: nowMs,
      updatedAt: nowMs,
      fee: null,
    });
    const { hold } = draft;
    const open: OpenOrder = { order, market, hold, sequence, taking: false };
    this.#idsByClientId.set(order.clientOrderId, order.id);
    this.#open.add(open);
    this.holdings.wallet.freeze(quoteAsset, hold.frozen);
    this.#tellOrder(open);
    if (!hold.frozen.isZero()) this.#tellBalance(quoteAsset);
    return open;
  }

  change(open: OpenOrder, { price, quantity, hold, keepsPlace }: OrderChange, nowMs: number): void {
    const { quoteAsset } = open.market.instrument;
    if (!keepsPlace) open.sequence = this.#parts.nextId();
    this.holdings.wallet.freeze(quoteAsset, hold.frozen.minus(open.hold.frozen));
    this.#open.hold(open, hold);
    open.order = makeOrder({ ...open.order, price, quantity, updatedAt: nowMs });
    this.#tellOrder(open);
    this.#tellBalance(quoteAsset);
  }

  cancel(open: OpenOrder, nowMs: number): Order {
    const { quoteAsset } = open.market.instrument;
    const { frozen } = open.hold;
    this.holdings.wallet.freeze(quoteAsset, frozen.neg());
    this.#open.remove(open);
    open.order = withStatus(open.order, OrderStatus.CANCELLED, nowMs);
    this.#tellOrder(open);
    if (!frozen.isZero()) this.#tellBalance(quoteAsset);
    return open.order;
  }

  /**
   * Trades at most `wanted` of an open order at a price, in whole lots. An order that may only reduce trades no more than
   * stands against it; what the account cannot pay for does not open: in both cases the rest of the order is cancelled.
   */
  fill(open: OpenOrder, price: Decimal, wanted: Decimal, liquidity: Trade['liquidity'], time: number): Decimal {
    const { order, market } = open;
    const offered = wanted.gte(order.remaining) ? order.remaining : wholeLots(wanted, market.instrument);
    if (offered.isZero()) return ZERO;
    const closable = this.holdings.closable(order);
    const reducing = order.reduceOnly || isClosing(order.side, order.positionSide);
    let quantity = reducing ? Decimal.min(offered, closable) : offered;
    let money = this.#moneyOf(open, price, quantity, liquidity, time);
    if (money.marginTaken.gt(0) && this.holdings.wallet.afterFill(market.instrument.quoteAsset, money).isNegative()) {
      quantity = Decimal.min(quantity, closable);
      money = this.#moneyOf(open, price, quantity, liquidity, time);
    }
    const cut = quantity.lt(offered);
    if (quantity.isZero() || (cut && order.type === OrderType.FOK)) {
      this.cancel(open, time);
      return ZERO;
    }
    this.#book(open, price, quantity, money, liquidity, time);
    if (cut && open.order.isActive) this.cancel(open, time);
    return quantity;
  }

  /** Margin added to a position, or below 0 taken from it. */
  moveMargin(
    held: HeldPosition,
    positionSide: PositionSide | null,
    asset: string,
    amount: Decimal,
    nowMs: number,
  ): void {
    this.holdings.wallet.addMargin(asset, amount);
    const changed = { ...held, margin: held.margin.plus(amount), updatedAt: nowMs };
    this.holdings.hold(held.symbol, positionSide, changed);
    this.#tellPosition(held.symbol, positionSide);
    this.#tellBalance(asset);
  }

  #effectOf(open: OpenOrder, price: Decimal, quantity: Decimal, time: number): FillEffect {
    const { symbol, side, positionSide } = open.order;
    return applyFill(this.holdings.held(symbol, positionSide), {
      symbol,
      side,
      price,
      quantity,
      ...this.holdings.terms(open.market),
      time,
    });
  }

  #moneyOf(
    open: OpenOrder,
    price: Decimal,
    quantity: Decimal,
    liquidity: Trade['liquidity'],
    time: number,
  ): FillMoney & { readonly effect: FillEffect } {
    const effect = this.#effectOf(open, price, quantity, time);
    const rates = this.#parts.feesOf(open.market);
    const rest = open.order.remaining.minus(quantity);
    // the rest keeps its share of what is held; the last fill sets all of it free
    const { frozen } = open.hold;
    const kept = roundDown(frozen.mul(rest).div(open.order.remaining));
    return {
      effect,
      unfrozen: frozen.minus(kept),
      marginReleased: effect.marginReleased,
      marginTaken: effect.marginTaken,
      realizedPnl: effect.realizedPnl,
      fee: roundDown(price.mul(quantity).mul(liquidity === 'MAKER' ? rates.maker : rates.taker)),
    };
  }

  #book(
    open: OpenOrder,
    price: Decimal,
    quantity: Decimal,
    money: FillMoney & { readonly effect: FillEffect },
    liquidity: Trade['liquidity'],
    time: number,
  ): void {
    const { symbol, side, positionSide } = open.order;
    const asset = open.market.instrument.quoteAsset;
    const fee = { asset, amount: money.fee };
    this.holdings.wallet.settleFill(asset, money);
    const before = this.holdings.held(symbol, positionSide);
    open.order = withFill(open.order, { price, quantity, fee, time });
    if (open.order.isActive) {
      const stillClosing = open.hold.closing.minus(Decimal.min(quantity, closableBy(side, before)));
      const closing = Decimal.min(Decimal.max(stillClosing, ZERO), open.order.remaining);
      this.#open.hold(open, { frozen: open.hold.frozen.minus(money.unfrozen), closing });
    } else {
      this.#open.remove(open);
    }
    const after = money.effect.position;
    this.holdings.hold(symbol, positionSide, after);
    const trade: Trade = Object.freeze({
      id: String(this.#parts.nextId()),
      orderId: open.order.id,
      clientOrderId: open.order.clientOrderId,
      symbol,
      side,
      positionSide,
      price,
      quantity,
      fee,
      liquidity,
      realizedPnl: money.realizedPnl,
      time,
    });
    this.#trades.push(trade);
    this.#tell({ kind: 'fill', trade });
    this.#tellOrder(open);
    this.#tellPosition(symbol, positionSide);
    this.#tellBalance(asset);
    if (before !== null && after?.side !== before.side) this.#dropReducing(symbol, positionSide, time);
  }

  /** The position is gone, and with it what its reducing orders were for. */
  #dropReducing(symbol: string, positionSide: PositionSide | null, time: number): void {
    for (const open of this.openOrders(symbol)) {
      const { order } = open;
      const reducing = order.reduceOnly || isClosing(order.side, order.positionSide);
      if (order.positionSide === positionSide && reducing) this.cancel(open, time);
    }
  }

  #tell(event: ExecutionEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #tellOrder(open: OpenOrder): void {
    this.#orders.set(open.order.id, open.order);
    this.#tell({ kind: 'order', order: open.order });
  }

  #tellPosition(symbol: string, positionSide: PositionSide | null): void {
    this.#tell({ kind: 'position', symbol, positionSide, position: this.holdings.position(symbol, positionSide) });
  }

  #tellBalance(asset: string): void {
    this.#tell({ kind: 'balance', balance: this.holdings.balance(asset) });
  }
}
