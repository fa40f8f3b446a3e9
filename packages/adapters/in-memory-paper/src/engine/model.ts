/**
 * What the engine keeps: orders, fills, positions, the seat of an account at a symbol, the account. They know one another, so
 * they stand together; what is done with them is in the other files.
 */
import {
  type ClientOrderId,
  type Decimal,
  MarginMode,
  makeOrder,
  type Order,
  OrderStatus,
  type OrderType,
  PositionMode,
  PositionSide,
  Side,
  type Trade,
} from '@prate/domain';
import type { OrderCategory, OrderEnd } from '../desk/desk-types.ts';
import type { DeskStopPrices, TriggerEvent } from '../desk/trigger-types.ts';
import type { Chance } from './chance.ts';
import type { Ledger } from './ledger.ts';
import type { SymbolMarket } from './market.ts';
import type { BookSide } from './market-book.ts';
import { OpenOrders } from './open-orders.ts';
import { OrderLog } from './order-log.ts';
import { type Level, RestingSide } from './resting-side.ts';
import type { EngineRules } from './rules.ts';
import { fromMoney, partOf, type Rate } from './units.ts';
import { Wallet } from './wallet.ts';

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
export interface Ticket {
  readonly seat: Seat;
  readonly side: Side;
  readonly type: OrderType;
  /** 0 for a market order. */
  readonly ticks: number;
  readonly lots: number;
  /** Null in ONE_WAY mode. */
  readonly positionSide: PositionSide | null;
  /** Only ever makes a position smaller; also where side and position side say so in HEDGE mode. */
  readonly reduces: boolean;
  /** What the order was asked for with. */
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly clientOrderId: ClientOrderId;
  readonly category: OrderCategory;
  /** Attached: the position takes them over with every fill. Absent: none. */
  readonly stops?: DeskStopPrices | null | undefined;
}

/** Where an open order is. */
export type OrderPlace =
  /** On its way, until `arrivesAt`. */
  | 'COMING'
  /** Waiting for the next print or candle, which it takes. */
  | 'TAKING'
  | 'RESTING'
  /** It is at the market now, or has ended. */
  | 'NOWHERE';

/** An order as it changes. */
export class EngineOrder {
  readonly id: number;
  readonly ticket: Ticket;
  readonly seat: Seat;
  readonly side: Side;
  readonly type: OrderType;
  readonly reduces: boolean;
  readonly createdAt: number;
  /** What is attached to it now. */
  stops: DeskStopPrices | null;
  ticks: number;
  lots: number;
  filled = 0;
  status: OrderStatus = OrderStatus.NEW;
  end: OrderEnd = 'NONE';
  /** Margin and fee that are kept for the rest. */
  frozen = 0n;
  /** The part that would close: it is spoken for, so that two orders do not count on closing the same. */
  closing = 0;
  /** Value of the part that would open, where the instrument has tiers. */
  opening = 0n;
  /** Sum of price × quantity of its fills. */
  filledValue = 0n;
  makerFee = 0n;
  takerFee = 0n;
  usedMargin = 0n;
  realizedPnl = 0n;
  positionId = 0;
  updatedAt: number;
  version = 0;
  /** From then on it meets the market. */
  arrivesAt: number;
  place: OrderPlace = 'NOWHERE';
  /** Its place among orders of one price; the younger the larger. */
  sequence: number;
  /** Lots of the market that stood at its price when it came, and still do. */
  ahead = 0;
  /** Its neighbours among the open orders of its seat. */
  older: EngineOrder | null = null;
  younger: EngineOrder | null = null;
  /** Its neighbours at its price, while it rests. */
  level: Level<EngineOrder> | null = null;
  before: EngineOrder | null = null;
  after: EngineOrder | null = null;
  #view: Order | null = null;

  constructor(id: number, ticket: Ticket, nowMs: number) {
    this.id = id;
    this.ticket = ticket;
    this.seat = ticket.seat;
    this.side = ticket.side;
    this.type = ticket.type;
    this.reduces = ticket.reduces;
    this.stops = ticket.stops ?? null;
    this.ticks = ticket.ticks;
    this.lots = ticket.lots;
    this.sequence = id;
    this.createdAt = nowMs;
    this.updatedAt = nowMs;
    this.arrivesAt = nowMs;
  }

  get left(): number {
    return this.lots - this.filled;
  }

  get isOpen(): boolean {
    return this.status === OrderStatus.NEW || this.status === OrderStatus.PARTIALLY_FILLED;
  }

  /** To be called with every change. */
  touch(timeMs: number): void {
    this.updatedAt = timeMs;
    this.version += 1;
    this.#view = null;
  }

  /** An order of the exchange itself, which is filled as soon as it is made. */
  fillBySystem(value: bigint, realizedPnl: bigint, positionId: number, timeMs: number): void {
    this.filled = this.lots;
    this.filledValue = value;
    this.realizedPnl = realizedPnl;
    this.positionId = positionId;
    this.status = OrderStatus.FILLED;
    this.touch(timeMs);
  }

  /** The order as the port tells it; made once a change. */
  view(): Order {
    this.#view ??= this.#make();
    return this.#view;
  }

  #make(): Order {
    const { grid, instrument } = this.seat.market;
    const filledQuantity = grid.quantity(this.filled);
    return makeOrder({
      id: String(this.id),
      clientOrderId: this.ticket.clientOrderId,
      symbol: instrument.symbol,
      side: this.side,
      type: this.type,
      price: this.ticks === 0 ? null : grid.price(this.ticks),
      quantity: grid.quantity(this.lots),
      filledQuantity,
      averagePrice: this.filled === 0 ? null : fromMoney(this.filledValue).div(filledQuantity),
      status: this.status,
      reduceOnly: this.ticket.reduceOnly,
      positionSide: this.ticket.positionSide,
      createdAt: this.createdAt,
      updatedAt: this.updatedAt,
      fee:
        this.filled === 0 ? null : { asset: instrument.quoteAsset, amount: fromMoney(this.makerFee + this.takerFee) },
    });
  }
}

/** One fill; it never changes. */
export class EngineFill {
  readonly id: number;
  readonly order: EngineOrder;
  readonly lots: number;
  /** price × quantity, cut. */
  readonly value: bigint;
  /** 0 where the price is off the tick: a takeover at the bankruptcy price. */
  readonly ticks: number;
  readonly isTaker: boolean;
  readonly fee: bigint;
  readonly realizedPnl: bigint;
  readonly time: number;
  #view: Trade | null = null;

  constructor(fields: FillFields) {
    this.id = fields.id;
    this.order = fields.order;
    this.lots = fields.lots;
    this.value = fields.value;
    this.ticks = fields.ticks;
    this.isTaker = fields.isTaker;
    this.fee = fields.fee;
    this.realizedPnl = fields.realizedPnl;
    this.time = fields.time;
  }

  get price(): Decimal {
    const { grid } = this.order.seat.market;
    return this.ticks === 0 ? fromMoney(this.value).div(grid.quantity(this.lots)) : grid.price(this.ticks);
  }

  /** The fill as the port tells it; made once. */
  view(): Trade {
    this.#view ??= this.#make();
    return this.#view;
  }

  #make(): Trade {
    const { ticket, id, seat } = this.order;
    const { grid, instrument } = seat.market;
    return Object.freeze({
      id: String(this.id),
      orderId: String(id),
      clientOrderId: ticket.clientOrderId,
      symbol: instrument.symbol,
      side: ticket.side,
      positionSide: ticket.positionSide,
      price: this.price,
      quantity: grid.quantity(this.lots),
      fee: { asset: instrument.quoteAsset, amount: fromMoney(this.fee) },
      liquidity: this.isTaker ? 'TAKER' : 'MAKER',
      realizedPnl: fromMoney(this.realizedPnl),
      time: this.time,
    });
  }
}

export interface FillFields {
  readonly id: number;
  readonly order: EngineOrder;
  readonly lots: number;
  readonly value: bigint;
  readonly ticks: number;
  readonly isTaker: boolean;
  readonly fee: bigint;
  readonly realizedPnl: bigint;
  readonly time: number;
}

/** What a fill did to positions: what it closed (with 0 lots where it is gone), and what it opened. */
export interface Touched {
  readonly closed: EnginePosition | null;
  readonly opened: EnginePosition | null;
}

/** What a part that is closed takes along. */
export interface ClosedPart {
  readonly cost: bigint;
  readonly margin: bigint;
  readonly realizedPnl: bigint;
}

/**
 * A position as it changes. It keeps the cost of what is held, not its average price, because a cost is an exact sum and an
 * average a rounded quotient.
 */
export class EnginePosition {
  readonly id: number;
  readonly seat: Seat;
  readonly side: PositionSide;
  readonly marginMode: MarginMode;
  readonly createdAt: number;
  leverage: number;
  lots = 0;
  /** Sum of price × quantity of what is still held. */
  cost = 0n;
  margin = 0n;
  /** What its margin was made of when it was opened. */
  originalMargin = 0n;
  /** Profit of what was closed, fees and funding not included. */
  realizedPnl = 0n;
  funding = 0n;
  fees = 0n;
  openedLots = 0;
  openedValue = 0n;
  closedLots = 0;
  closedValue = 0n;
  autoAddMargin = false;
  version = 0;
  updatedAt: number;

  constructor(
    id: number,
    seat: Seat,
    terms: { readonly side: PositionSide; readonly marginMode: MarginMode; readonly leverage: number },
    nowMs: number,
  ) {
    this.id = id;
    this.seat = seat;
    this.side = terms.side;
    this.marginMode = terms.marginMode;
    this.leverage = terms.leverage;
    this.createdAt = nowMs;
    this.updatedAt = nowMs;
  }

  get isLong(): boolean {
    return this.side === PositionSide.LONG;
  }

  /** A part takes its share of cost and margin, cut; the last part takes all that is left. */
  shareOf(lots: number): { readonly cost: bigint; readonly margin: bigint } {
    return { cost: partOf(this.cost, lots, this.lots), margin: partOf(this.margin, lots, this.lots) };
  }

  /** From a value at entry to a value at exit. */
  gain(cost: bigint, value: bigint): bigint {
    return this.isLong ? value - cost : cost - value;
  }

  /** At the mark price; 0 before the market has one. */
  unrealizedPnl(): bigint {
    const { market } = this.seat;
    const mark = market.mark();
    return mark === 0 ? 0n : this.gain(this.cost, market.grid.value(mark, this.lots));
  }

  open(lots: number, value: bigint, margin: bigint): void {
    this.lots += lots;
    this.cost += value;
    this.margin += margin;
    this.originalMargin += margin;
    this.openedLots += lots;
    this.openedValue += value;
  }

  close(lots: number, value: bigint, part: ClosedPart): void {
    this.lots -= lots;
    this.cost -= part.cost;
    this.margin -= part.margin;
    this.realizedPnl += part.realizedPnl;
    this.closedLots += lots;
    this.closedValue += value;
  }

  touch(timeMs: number): void {
    this.version += 1;
    this.updatedAt = timeMs;
  }
}

/** What positions of one side are opened with. */
export interface Terms {
  readonly leverage: number;
  readonly marginMode: MarginMode;
}

/** Leverage of a symbol until it is set, or the instrument's maximum where that is lower. */
export const DEFAULT_LEVERAGE = 10;

/** The side that a fill pushes towards. */
export const directionOf = (side: Side): PositionSide => (side === Side.BUY ? PositionSide.LONG : PositionSide.SHORT);

/** One account at one symbol: its positions, its open orders, and what it has left of the book. */
export class Seat {
  readonly account: EngineAccount;
  readonly market: SymbolMarket;
  readonly wallet: Wallet;
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
  #terms: Record<PositionSide, Terms> | null = null;
  #bookVersion = -1;
  #bidsLeft: number[] | null = null;
  #asksLeft: number[] | null = null;

  constructor(account: EngineAccount, market: SymbolMarket, wallet: Wallet) {
    this.account = account;
    this.market = market;
    this.wallet = wallet;
  }

  get isIdle(): boolean {
    return this.open.size === 0 && this.long === null && this.short === null;
  }

  /** Whether leverage and margin mode are bound by a position or an open order. */
  get isEngaged(): boolean {
    return !this.isIdle;
  }

  fee(isTaker: boolean): Rate {
    const fees = this.account.fees ?? this.market.fees;
    return isTaker ? fees.taker : fees.maker;
  }

  terms(side: PositionSide): Terms {
    return this.#known()[side];
  }

  setTerms(side: PositionSide, terms: Terms): void {
    this.#known()[side] = terms;
  }

  hold(side: PositionSide, position: EnginePosition | null): void {
    if (side === PositionSide.LONG) this.long = position;
    else this.short = position;
  }

  held(side: PositionSide): EnginePosition | null {
    return side === PositionSide.LONG ? this.long : this.short;
  }

  /** The position that an order would close first. */
  closes(ticket: Pick<Ticket, 'side' | 'positionSide'>): EnginePosition | null {
    const closed = ticket.side === Side.BUY ? PositionSide.SHORT : PositionSide.LONG;
    if (ticket.positionSide !== null && ticket.positionSide !== closed) return null;
    return this.held(closed);
  }

  closable(ticket: Pick<Ticket, 'side' | 'positionSide'>): number {
    return this.closes(ticket)?.lots ?? 0;
  }

  /** How much an order could close beside what other open orders would, but for `except`. */
  unclaimed(ticket: Pick<Ticket, 'side' | 'positionSide'>, except: EngineOrder | null): number {
    const closing = ticket.side === Side.BUY ? this.closingBuy : this.closingSell;
    return Math.max(this.closable(ticket) - closing + (except?.closing ?? 0), 0);
  }

  /** The levels that a taker of this side meets, best first: prices of the book, and what this account has left of them. */
  offers(side: Side): BookSide {
    const { book, grid } = this.market;
    const shown = side === Side.BUY ? book.asks(grid) : book.bids(grid);
    if (this.#bookVersion !== book.version) return shown;
    const left = side === Side.BUY ? this.#asksLeft : this.#bidsLeft;
    return left === null ? shown : { ticks: shown.ticks, lots: left };
  }

  /** Takes lots of a level, which are not there a second time for this account until the next book. */
  take(side: Side, level: number, lots: number): void {
    const { book, grid } = this.market;
    if (this.#bookVersion !== book.version) {
      this.#bookVersion = book.version;
      this.#bidsLeft = null;
      this.#asksLeft = null;
    }
    if (side === Side.BUY) {
      this.#asksLeft ??= [...book.asks(grid).lots];
      this.#asksLeft[level] = (this.#asksLeft[level] as number) - lots;
    } else {
      this.#bidsLeft ??= [...book.bids(grid).lots];
      this.#bidsLeft[level] = (this.#bidsLeft[level] as number) - lots;
    }
  }

  /** The best price that a taker of this side meets; 0 where there is none. */
  bestOffer(side: Side): number {
    if (this.market.match !== 'book') return this.market.last;
    const { ticks, lots } = this.offers(side);
    for (let i = 0; i < ticks.length; i += 1) if ((lots[i] as number) > 0) return ticks[i] as number;
    return 0;
  }

  /** What this account has left of the book as it is now, for a saved state. */
  left(): { readonly bids: readonly number[] | null; readonly asks: readonly number[] | null } {
    const isNow = this.#bookVersion === this.market.book.version;
    return isNow ? { bids: this.#bidsLeft, asks: this.#asksLeft } : { bids: null, asks: null };
  }

  restoreLeft(bids: readonly number[] | null, asks: readonly number[] | null): void {
    this.#bookVersion = this.market.book.version;
    this.#bidsLeft = bids === null ? null : [...bids];
    this.#asksLeft = asks === null ? null : [...asks];
  }

  /** Named for positions in the port: null in ONE_WAY mode. */
  slot(side: PositionSide): PositionSide | null {
    return this.account.positionMode === PositionMode.HEDGE ? side : null;
  }

  #known(): Record<PositionSide, Terms> {
    if (this.#terms === null) {
      const leverage = Math.min(DEFAULT_LEVERAGE, this.market.instrument.maxLeverage);
      const terms = { leverage, marginMode: MarginMode.ISOLATED };
      this.#terms = { LONG: terms, SHORT: terms };
    }
    return this.#terms;
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
  readonly seats: Map<string, Seat> = new Map();
  readonly orders: OrderLog<EngineOrder> = new OrderLog();
  /** Oldest first. */
  readonly fills: EngineFill[] = [];
  readonly fundings: EngineFunding[] = [];
  /** Open ones, in the order in which they were opened. */
  readonly positions: Map<number, EnginePosition> = new Map();
  /** By the time of their closing. */
  readonly closed: EnginePosition[] = [];
  readonly #wallets = new Map<string, Wallet>();
  readonly #funded = new Set<string>();
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
  }

  observe(observer: AccountObserver): () => void {
    this.#observers = [...this.#observers, observer];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer);
    };
  }

  wallet(asset: string): Wallet {
    let wallet = this.#wallets.get(asset);
    if (wallet === undefined) {
      wallet = new Wallet(this.engine.ledger, this.name, asset);
      this.#wallets.set(asset, wallet);
    }
    return wallet;
  }

  deposit(asset: string, amount: bigint): void {
    this.#funded.add(asset);
    this.wallet(asset).deposit(amount);
    this.tellAsset(asset);
  }

  restoreAssets(assets: readonly string[]): void {
    for (const asset of assets) this.#funded.add(asset);
  }

  /** Assets that were deposited, in that order. */
  assets(): readonly string[] {
    return [...this.#funded];
  }

  seat(market: SymbolMarket): Seat {
    const { symbol, quoteAsset } = market.instrument;
    let seat = this.seats.get(symbol);
    if (seat === undefined) {
      seat = new Seat(this, market, this.wallet(quoteAsset));
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

  /** Of all positions that settle in the asset, or of the cross ones alone, at the mark prices. */
  unrealizedPnl(asset: string, crossOnly = false): bigint {
    let sum = 0n;
    for (const position of this.positions.values()) {
      if (position.seat.wallet.asset !== asset) continue;
      if (!crossOnly || position.marginMode === MarginMode.CROSS) sum += position.unrealizedPnl();
    }
    return sum;
  }

  /** What new orders and margins may take: losses of cross positions are not there a second time. */
  usable(asset: string): bigint {
    const { available } = this.wallet(asset);
    if (this.positions.size === 0) return available;
    const pnl = this.unrealizedPnl(asset, true);
    return pnl < 0n ? available + pnl : available;
  }

  tellOrder(order: EngineOrder): void {
    for (const observer of this.#observers) observer.order(order);
  }

  tellFill(fill: EngineFill, touched: Touched): void {
    this.#disturbCross();
    for (const observer of this.#observers) observer.fill(fill, touched);
  }

  tellPosition(position: EnginePosition): void {
    position.seat.market.disturb();
    for (const observer of this.#observers) observer.position(position);
  }

  tellAsset(asset: string): void {
    this.#disturbCross();
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

  /** What an account has moves the prices at which its cross positions are liquidated. */
  #disturbCross(): void {
    for (const { marginMode, seat } of this.positions.values()) {
      if (marginMode === MarginMode.CROSS) seat.market.disturb();
    }
  }
}
