import { MarginMode, PositionMode, PositionSide, Side } from '@prate/domain';
import type { EngineAccount } from './account.ts';
import type { SymbolMarket } from './market.ts';
import type { BookSide } from './market-book.ts';
import { OpenOrders } from './open-orders.ts';
import type { EngineOrder, Ticket } from './order.ts';
import type { EnginePosition } from './position.ts';
import { RestingSide } from './resting-side.ts';
import type { Rate } from './units.ts';
import type { Wallet } from './wallet.ts';

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
  readonly open: OpenOrders = new OpenOrders();
  readonly bids: RestingSide = new RestingSide(true);
  readonly asks: RestingSide = new RestingSide(false);
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
