/**
 * What the engine keeps: orders, fills, positions, the seat of an account at a symbol, the account. They know one another, so
 * they stand together; what each of them is alone, and what is done with them, is in the other files.
 */
import { MarginMode, PositionMode, PositionSide, Side } from '@prate/domain';
import type { TriggerEvent } from '../desk/trigger-types.ts';
import type { Chance } from './chance.ts';
import { FillRecord } from './fill-record.ts';
import type { Ledger } from './ledger.ts';
import type { PriceRange, SymbolMarket } from './market.ts';
import { OpenOrders } from './open-orders.ts';
import { OrderLog } from './order-log.ts';
import { OrderRecord, type TicketAt } from './order-record.ts';
import type { OrderTerms } from './order-terms.ts';
import { OwnBook } from './own-book.ts';
import { PositionRecord } from './position-record.ts';
import { Purse } from './purse.ts';
import { RestingSide } from './resting-side.ts';
import type { EngineRules } from './rules.ts';
import { SeatTerms } from './seat-terms.ts';
import type { Rate } from './units.ts';
import type { Wallet } from './wallet.ts';

/** What orders and accounts need of their engine. */
export interface EngineContext {
  readonly rules: EngineRules;
  readonly ledger: Ledger;
  readonly chance: Chance;
  /** Of orders and fills. */
  nextId(): number;
  /** Of positions and payments. */
  nextPositionId(): number;
  /** Lets the market know of a seat that has something at stake. */
  take(seat: Seat): void;
}

/** An order that passed the checks of steps and words; prices in ticks, quantities in lots. */
export type Ticket = TicketAt<Seat>;

export class EngineOrder extends OrderRecord<Seat> {}

export class EngineFill extends FillRecord<EngineOrder> {}

export class EnginePosition extends PositionRecord<Seat> {}

/** What a fill did to positions: what it closed (with 0 lots where it is gone), and what it opened. */
export interface Touched {
  readonly closed: EnginePosition | null;
  readonly opened: EnginePosition | null;
}

/** The side that a fill pushes towards. */
export const directionOf = (side: Side): PositionSide => (side === Side.BUY ? PositionSide.LONG : PositionSide.SHORT);

/** One account at one symbol: its positions, its open orders, and what it has left of the book. */
export class Seat {
  readonly account: EngineAccount;
  readonly market: SymbolMarket;
  readonly wallet: Wallet;
  readonly terms: SeatTerms;
  readonly book: OwnBook;
  /** In ONE_WAY mode at most one of them is there. */
  long: EnginePosition | null = null;
  short: EnginePosition | null = null;
  readonly open: OpenOrders<EngineOrder> = new OpenOrders();
  readonly bids: RestingSide<EngineOrder> = new RestingSide(true);
  readonly asks: RestingSide<EngineOrder> = new RestingSide(false);
  /** Oldest first. */
  readonly takers: EngineOrder[] = [];
  /** On their way, in the order in which they arrive. */
  readonly coming: EngineOrder[] = [];
  /** How much the open orders of a side would close. */
  closingBuy = 0;
  closingSell = 0;
  /** Value of what the open orders of a side would open, where the instrument has tiers. */
  openingBuy = 0n;
  openingSell = 0n;
  /** Whether the market knows it. */
  isSeated = false;

  constructor(account: EngineAccount, market: SymbolMarket, wallet: Wallet) {
    this.account = account;
    this.market = market;
    this.wallet = wallet;
    this.terms = new SeatTerms(market, account.fees, account.engine.rules);
    this.book = new OwnBook(market);
  }

  get isIdle(): boolean {
    return this.open.size === 0 && this.long === null && this.short === null;
  }

  /** Whether leverage and margin mode are bound by a position or an open order. */
  get isEngaged(): boolean {
    return !this.isIdle;
  }

  hold(side: PositionSide, position: EnginePosition | null): void {
    if (side === PositionSide.LONG) this.long = position;
    else this.short = position;
  }

  held(side: PositionSide): EnginePosition | null {
    return side === PositionSide.LONG ? this.long : this.short;
  }

  /** The position that an order would close first. */
  closes(order: Pick<OrderTerms, 'side' | 'positionSide'>): EnginePosition | null {
    const closed = order.side === Side.BUY ? PositionSide.SHORT : PositionSide.LONG;
    if (order.positionSide !== null && order.positionSide !== closed) return null;
    return this.held(closed);
  }

  closable(order: Pick<OrderTerms, 'side' | 'positionSide'>): number {
    return this.closes(order)?.lots ?? 0;
  }

  /** How much an order could close beside what other open orders would, but for `except`. */
  unclaimed(order: Pick<OrderTerms, 'side' | 'positionSide'>, except: EngineOrder | null): number {
    const closing = order.side === Side.BUY ? this.closingBuy : this.closingSell;
    return Math.max(this.closable(order) - closing + (except?.live.closing ?? 0), 0);
  }

  /** The best price that a taker of this side meets; 0 where there is none. */
  bestOffer(side: Side): number {
    return this.market.match === 'book' ? this.book.best(side) : this.market.last;
  }

  /** Named for positions in the port: null in ONE_WAY mode. */
  slot(side: PositionSide): PositionSide | null {
    return this.account.positionMode === PositionMode.HEDGE ? side : null;
  }
}

/** Is told what happened to an account, synchronously; it must not throw and must not call back. */
export interface AccountObserver {
  /** The order is new, changed or ended, other than by a fill. */
  order(order: EngineOrder): void;
  fill(fill: EngineFill, touched: Touched): void;
  /** The position changed other than by a fill. */
  position(position: EnginePosition): void;
  /** Money of this asset moved; the last of what one cause led to. */
  asset(asset: string): void;
  positionMode(mode: PositionMode): void;
  /** A trigger order is new or has changed, after the order that it sent. */
  trigger(event: TriggerEvent): void;
  /** What is attached to an open order is new or has changed. */
  attached(order: EngineOrder): void;
}

export interface EngineFunding {
  readonly id: number;
  readonly position: EnginePosition;
  readonly value: bigint;
  readonly amount: bigint;
  readonly rate: Rate;
  readonly time: number;
}

/** Orders, positions and money of one account: what there is, and who is told. How they change is in the other files. */
export class EngineAccount {
  readonly engine: EngineContext;
  readonly name: string;
  readonly index: number;
  /** Null: the instruments' own. */
  readonly fees: { readonly maker: Rate; readonly taker: Rate } | null;
  readonly purse: Purse;
  /** By asset: where its cross positions are safe, as long as nothing but prices changes; see cross-watch.ts. */
  readonly crossRanges: Map<string, ReadonlyMap<SymbolMarket, PriceRange>> = new Map();
  readonly seats: Map<string, Seat> = new Map();
  readonly orders: OrderLog<EngineOrder> = new OrderLog();
  /** Oldest first. */
  readonly fills: EngineFill[] = [];
  readonly fundings: EngineFunding[] = [];
  /** Open ones, in the order in which they were opened. */
  readonly positions: Map<number, EnginePosition> = new Map();
  /** How many of them are cross: most accounts have none, and need not be looked through for them. */
  crossPositions = 0;
  /** By the time of their closing. */
  readonly closed: EnginePosition[] = [];
  #observers: readonly AccountObserver[] = [];
  positionMode: PositionMode = PositionMode.ONE_WAY;

  constructor(
    engine: EngineContext,
    name: string,
    index: number,
    fees: { readonly maker: Rate; readonly taker: Rate } | null,
  ) {
    this.engine = engine;
    this.name = name;
    this.index = index;
    this.fees = fees;
    this.purse = new Purse(engine.ledger, name);
  }

  observe(observer: AccountObserver): () => void {
    this.#observers = [...this.#observers, observer];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer);
    };
  }

  deposit(asset: string, amount: bigint): void {
    this.purse.deposit(asset, amount);
    this.tellAsset(asset);
  }

  seat(market: SymbolMarket): Seat {
    const { symbol, quoteAsset } = market.instrument;
    let seat = this.seats.get(symbol);
    if (seat === undefined) {
      seat = new Seat(this, market, this.purse.wallet(quoteAsset));
      this.seats.set(symbol, seat);
    }
    return seat;
  }

  /** Whether leverage and margin mode are bound by a position or an open order. */
  isEngaged(symbol?: string): boolean {
    if (symbol !== undefined) return this.seats.get(symbol)?.isEngaged ?? false;
    if (this.positions.size > 0) return true;
    for (const { open } of this.seats.values()) if (open.size > 0) return true;
    return false;
  }

  /** Oldest first. */
  listOpen(symbol: string | null): readonly EngineOrder[] {
    if (symbol !== null) return this.seats.get(symbol)?.open.list() ?? [];
    const orders = [...this.seats.values()].flatMap(({ open }) => open.list());
    return orders.sort((a, b) => a.id - b.id);
  }

  position(symbol: string, side: PositionSide): EnginePosition | null {
    return this.seats.get(symbol)?.held(side) ?? null;
  }

  tellOrder(order: EngineOrder): void {
    for (const observer of this.#observers) observer.order(order);
  }

  tellFill(fill: EngineFill, touched: Touched): void {
    this.disturbCross();
    for (const observer of this.#observers) observer.fill(fill, touched);
  }

  tellPosition(position: EnginePosition): void {
    position.seat.market.disturb();
    for (const observer of this.#observers) observer.position(position);
  }

  tellAsset(asset: string): void {
    this.disturbCross();
    for (const observer of this.#observers) observer.asset(asset);
  }

  tellTrigger(event: TriggerEvent): void {
    for (const observer of this.#observers) observer.trigger(event);
  }

  tellAttached(order: EngineOrder): void {
    for (const observer of this.#observers) observer.attached(order);
  }

  setPositionMode(mode: PositionMode): void {
    this.positionMode = mode;
    for (const observer of this.#observers) observer.positionMode(mode);
  }

  addPosition(position: EnginePosition): void {
    this.positions.set(position.id, position);
    position.seat.hold(position.side, position);
    if (position.marginMode === MarginMode.CROSS) this.crossPositions += 1;
  }

  /** It is closed, and the youngest of those. */
  endPosition(position: EnginePosition): void {
    this.positions.delete(position.id);
    position.seat.hold(position.side, null);
    this.closed.push(position);
    if (position.marginMode === MarginMode.CROSS) this.crossPositions -= 1;
  }

  /** What an account has moves the prices at which its cross positions are liquidated. */
  disturbCross(): void {
    if (this.crossPositions === 0) return;
    this.crossRanges.clear();
    for (const { marginMode, seat } of this.positions.values()) {
      if (marginMode === MarginMode.CROSS) seat.market.disturb();
    }
  }
}
