import { type Decimal, type Order, type PositionSide, type Side, ZERO } from '@prate/domain';
import type { SymbolMarket } from './symbol-market.ts';

/** What an order ties up. */
export interface Hold {
  /** Margin and fee of the part that would open. */
  readonly frozen: Decimal;
  /** The part that would close: it is spoken for, so that two orders do not count on closing the same. */
  readonly closing: Decimal;
}

/** An order that can still trade. */
export interface OpenOrder {
  order: Order;
  readonly market: SymbolMarket;
  hold: Hold;
  /** Its place among orders at one price; a change of price, or of quantity upwards, sends it to the back. */
  sequence: number;
  /** It trades as a taker against what the market prints next, instead of resting. */
  taking: boolean;
}

/** What an order is for, as far as positions go. */
export interface OrderTarget {
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide | null;
}

const NOTHING: ReadonlyMap<string, OpenOrder> = new Map<string, OpenOrder>();

/** The open orders of one account by id and by symbol, with a running sum of what they would close. */
export class OpenOrders {
  readonly #byId = new Map<string, OpenOrder>();
  readonly #bySymbol = new Map<string, Map<string, OpenOrder>>();
  readonly #closing = new Map<string, Decimal>();

  get(id: string): OpenOrder | null {
    return this.#byId.get(id) ?? null;
  }

  has(symbol?: string): boolean {
    return this.#of(symbol).size > 0;
  }

  /** Oldest first. */
  list(symbol?: string): OpenOrder[] {
    return [...this.#of(symbol).values()];
  }

  /** How much all orders of this side would close. */
  closing(target: OrderTarget): Decimal {
    return this.#closing.get(slot(target)) ?? ZERO;
  }

  add(open: OpenOrder): void {
    const { id, symbol } = open.order;
    this.#byId.set(id, open);
    const siblings = this.#bySymbol.get(symbol);
    if (siblings === undefined) this.#bySymbol.set(symbol, new Map([[id, open]]));
    else siblings.set(id, open);
    this.#addClosing(open.order, open.hold.closing);
  }

  hold(open: OpenOrder, hold: Hold): void {
    this.#addClosing(open.order, hold.closing.minus(open.hold.closing));
    open.hold = hold;
  }

  /** It holds nothing any more. */
  remove(open: OpenOrder): void {
    this.hold(open, { frozen: ZERO, closing: ZERO });
    this.#byId.delete(open.order.id);
    this.#bySymbol.get(open.order.symbol)?.delete(open.order.id);
  }

  #addClosing(target: OrderTarget, quantity: Decimal): void {
    if (!quantity.isZero()) this.#closing.set(slot(target), this.closing(target).plus(quantity));
  }

  #of(symbol: string | undefined): ReadonlyMap<string, OpenOrder> {
    return symbol === undefined ? this.#byId : (this.#bySymbol.get(symbol) ?? NOTHING);
  }
}

const slot = ({ symbol, side, positionSide }: OrderTarget): string => `${symbol}/${side}/${positionSide ?? 'NET'}`;
