import { MarginMode, PositionMode, type PositionSide } from '@prate/domain';
import type { Engine } from './engine.ts';
import type { EngineFill, Touched } from './fill.ts';
import type { SymbolMarket } from './market.ts';
import type { EngineOrder } from './order.ts';
import { OrderLog } from './order-log.ts';
import type { EnginePosition } from './position.ts';
import { unrealizedPnl } from './risk.ts';
import { Seat } from './seat.ts';
import type { Rate } from './units.ts';
import { Wallet } from './wallet.ts';

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
  readonly engine: Engine;
  readonly name: string;
  readonly index: number;
  /** Null: the instruments' own. */
  readonly fees: { readonly maker: Rate; readonly taker: Rate } | null;
  readonly seats: Map<string, Seat> = new Map();
  readonly orders: OrderLog = new OrderLog();
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
    engine: Engine,
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
      if (!crossOnly || position.marginMode === MarginMode.CROSS) sum += unrealizedPnl(position);
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
