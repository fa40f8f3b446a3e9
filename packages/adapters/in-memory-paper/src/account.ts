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
import { applyFill, type FillEffect, type HeldPosition } from './held-position.ts';
import { type Holdings, isClosing } from './holdings.ts';
import { roundDown } from './ledger.ts';
import { BookView, type SymbolMarket } from './symbol-market.ts';
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
  /** Margin and fee to hold for it. */
  readonly frozen: Decimal;
}

/** An order that can still trade. */
export interface OpenOrder {
  order: Order;
  readonly market: SymbolMarket;
  frozen: Decimal;
  /** Its place among orders at one price; a change of price, or of quantity upwards, sends it to the back. */
  sequence: number;
  /** It trades as a taker against what the market prints next, instead of resting. */
  taking: boolean;
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
  readonly #open = new Map<string, OpenOrder>();
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
    return this.#open.get(id) ?? null;
  }

  /** Oldest first. */
  openOrders(symbol?: string): OpenOrder[] {
    const all = [...this.#open.values()];
    return symbol === undefined ? all : all.filter((open) => open.order.symbol === symbol);
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
    if (this.openOrders(symbol).length > 0) return true;
    return this.holdings.positions(symbol).length > 0;
  }

  /** How much of a new order would close rather than open: what stands against it less what open orders already claim. */
  unclaimed(symbol: string, side: Side, positionSide: PositionSide | null, except?: string): Decimal {
    let free = this.holdings.closable({ symbol, side, positionSide });
    for (const { order } of this.openOrders(symbol)) {
      if (order.side === side && order.positionSide === positionSide && order.id !== except) {
        free = free.minus(order.remaining);
      }
    }
    return Decimal.max(free, ZERO);
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
    const open: OpenOrder = { order, market, frozen: draft.frozen, sequence, taking: false };
    this.#idsByClientId.set(order.clientOrderId, order.id);
    this.#open.set(order.id, open);
    this.holdings.wallet.freeze(quoteAsset, draft.frozen);
    this.#tellOrder(open);
    if (!draft.frozen.isZero()) this.#tellBalance(quoteAsset);
    return open;
  }

  /** Another price and quantity for an open order, with what it then holds. */
  change(open: OpenOrder, price: Decimal | null, quantity: Decimal, frozen: Decimal, nowMs: number): void {
    const { order } = open;
    const keepsPlace =
      (price === null || order.price === null || price.eq(order.price)) && quantity.lte(order.quantity);
    if (!keepsPlace) open.sequence = this.#parts.nextId();
    this.holdings.wallet.freeze(open.market.instrument.quoteAsset, frozen.minus(open.frozen));
    open.frozen = frozen;
    open.order = makeOrder({ ...order, price, quantity, updatedAt: nowMs });
    this.#tellOrder(open);
    this.#tellBalance(open.market.instrument.quoteAsset);
  }

  cancel(open: OpenOrder, nowMs: number): Order {
    const { quoteAsset } = open.market.instrument;
    const held = open.frozen;
    this.holdings.wallet.freeze(quoteAsset, held.neg());
    open.frozen = ZERO;
    open.order = withStatus(open.order, OrderStatus.CANCELLED, nowMs);
    this.#open.delete(open.order.id);
    this.#tellOrder(open);
    if (!held.isZero()) this.#tellBalance(quoteAsset);
    return open.order;
  }

  /**
   * Trades at most `wanted` of an open order at a price. An order that may only reduce trades no more than stands against
   * it; what the account cannot pay for does not open: in both cases the rest of the order is cancelled.
   */
  fill(open: OpenOrder, price: Decimal, wanted: Decimal, liquidity: Trade['liquidity'], time: number): Decimal {
    const { order, market } = open;
    const offered = Decimal.min(wanted, order.remaining);
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
    if (cut && this.#open.has(order.id)) this.cancel(open, time);
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
    const kept = roundDown(open.frozen.mul(rest).div(open.order.remaining));
    return {
      effect,
      unfrozen: open.frozen.minus(kept),
      marginReleased: effect.marginReleased,
      marginTaken: effect.marginTaken,
      realizedPnl: effect.realizedPnl,
      fee: price.mul(quantity).mul(liquidity === 'MAKER' ? rates.maker : rates.taker),
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
    open.frozen = open.frozen.minus(money.unfrozen);
    open.order = withFill(open.order, { price, quantity, fee, time });
    if (!open.order.isActive) this.#open.delete(open.order.id);
    const before = this.holdings.held(symbol, positionSide);
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
