import {
  type Balance,
  InvalidInputError,
  MarginMode,
  NotConnectedError,
  type Order,
  OrderType,
  type Position,
  PositionMode,
  PositionSide,
  Side,
  type VenueId,
} from '@prate/domain';
import type {
  AccountHistory,
  AccountSettings,
  AmendOutcome,
  AmendRequest,
  CancelOutcome,
  CancelResult,
  CloseOutcome,
  ClosePositionRequest,
  CreateOutcome,
  ExecutionCapabilities,
  ExecutionEvent,
  ExecutionPort,
  OrderRef,
  OrderRequest,
  TriggerOrders,
} from '@prate/execution-port';
import { AsyncQueue, type CallOptions } from '@prate/runtime';
import { amend } from './amend.ts';
import type { SymbolMarket } from './engine/market.ts';
import type { AccountObserver, EngineAccount, EngineOrder, EnginePosition } from './engine/model.ts';
import { ExchangeCore, type FeedUser } from './exchange-core.ts';
import { EVENT_CAPACITY, type PaperOptions } from './options.ts';
import { readTicket, rejectedBy } from './order-entry.ts';
import { PaperHistory } from './paper-history.ts';
import { type FacetParts, PaperSettings } from './paper-settings.ts';
import { PaperTriggers, readAttached } from './paper-triggers.ts';
import { viewBalance, viewPosition } from './position-view.ts';
import type { AccountTriggers } from './triggers/account-triggers.ts';

/** One account's place at an exchange; `PaperExchange.account` makes it. */
export interface PaperSeat {
  readonly core: ExchangeCore;
  readonly name: string;
}

/**
 * One account of a simulated exchange for linear perpetuals. What a call does is done before its promise resolves, and what
 * a market item causes is done before the market's listener returns. Nothing is ever `unknown` here.
 */
export class InMemoryPaperExecution implements ExecutionPort {
  readonly venue: VenueId;
  readonly capabilities: ExecutionCapabilities = {
    orderTypes: Object.values(OrderType),
    positionModes: Object.values(PositionMode),
    marginModes: Object.values(MarginMode),
    amend: true,
    quoteQuantity: true,
    attachedStops: true,
  };
  readonly settings: AccountSettings;
  readonly triggers: TriggerOrders;
  readonly history: AccountHistory;
  readonly #core: ExchangeCore;
  readonly #account: EngineAccount;
  readonly #triggers: AccountTriggers;
  readonly #queues = new Set<AsyncQueue<ExecutionEvent>>();
  /** Where the feed ends with an error, every `events()` loop ends with it too. */
  readonly #feedUser: FeedUser = {
    feedFailed: (error) => {
      this.#connected = false;
      for (const queue of [...this.#queues]) queue.fail(error);
    },
  };
  #connected = false;

  /** @param options an exchange of its own with this one account; or a seat at an exchange with several */
  constructor(options: PaperOptions | PaperSeat) {
    const seat = 'core' in options ? options : { core: new ExchangeCore(options), name: 'main' };
    this.#core = seat.core;
    this.#account = seat.core.account(seat.name);
    this.venue = seat.core.options.venue ?? 'paper';
    const parts: FacetParts = {
      account: this.#account,
      enter: (call) => this.#enter(call),
      market: (symbol) => this.#market(symbol),
      nowMs: () => this.#nowMs(),
      isTriggering: () => this.#triggers.isEngaged,
    };
    this.settings = new PaperSettings(parts);
    this.#triggers = seat.core.triggers.of(this.#account);
    this.triggers = new PaperTriggers({
      ...parts,
      triggers: this.#triggers,
      markets: seat.core.engine.markets,
      newClientOrderId: () => this.#core.newClientOrderId(this.#account),
    });
    this.history = new PaperHistory(parts, (market) => this.#core.feesOf(this.#account, market));
  }

  async connect(options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    await this.#core.open(this.#feedUser, options);
    this.#connected = true;
  }

  /** Orders and positions stay; while no account is connected, the market passes them by (see `PaperExchange.playMissed`). */
  async disconnect(): Promise<void> {
    this.#connected = false;
    this.#core.close(this.#feedUser);
    for (const queue of [...this.#queues]) queue.end();
  }

  isConnected(): boolean {
    return this.#connected;
  }

  async createOrder(request: OrderRequest, options?: CallOptions): Promise<CreateOutcome> {
    this.#enter(options);
    return this.#create(request);
  }

  async createOrders(requests: readonly OrderRequest[], options?: CallOptions): Promise<readonly CreateOutcome[]> {
    this.#enter(options);
    return requests.map((request) => this.#create(request));
  }

  /** @throws InvalidInputError when nothing is to be changed */
  async amendOrder(ref: OrderRef, changes: AmendRequest, options?: CallOptions): Promise<AmendOutcome> {
    this.#enter(options);
    const order = this.#find(ref);
    if (order === null) return { kind: 'notFound' };
    if (!order.isOpen) return { kind: 'alreadyFinal', order: order.view() };
    try {
      return { kind: 'amended', order: amend(order, changes, this.#core.engine, this.#nowMs()) };
    } catch (error) {
      return rejectedBy(error);
    }
  }

  async cancelOrder(ref: OrderRef, options?: CallOptions): Promise<CancelOutcome> {
    this.#enter(options);
    const order = this.#find(ref);
    if (order === null) return { kind: 'notFound' };
    if (!order.isOpen) return { kind: 'alreadyFinal', order: order.view() };
    this.#core.engine.cancel(order, this.#nowMs());
    return { kind: 'cancelled', order: order.view() };
  }

  async cancelAllOrders(symbol?: string, options?: CallOptions): Promise<readonly CancelResult[]> {
    this.#enter(options);
    return this.#account.listOpen(symbol ?? null).map((open) => {
      this.#core.engine.cancel(open, this.#nowMs());
      const order = open.view();
      return { ref: { symbol: order.symbol, orderId: order.id }, outcome: { kind: 'cancelled', order } };
    });
  }

  async getOrder(ref: OrderRef, options?: CallOptions): Promise<Order | null> {
    this.#enter(options);
    return this.#find(ref)?.view() ?? null;
  }

  async getOpenOrders(symbol?: string, options?: CallOptions): Promise<readonly Order[]> {
    this.#enter(options);
    return this.#account.listOpen(symbol ?? null).map((order) => order.view());
  }

  async getPositions(options?: CallOptions): Promise<readonly Position[]> {
    this.#enter(options);
    return [...this.#account.positions.values()].map(viewPosition);
  }

  /** @throws InvalidInputError in HEDGE mode without a side when both positions exist */
  async getPosition(symbol: string, positionSide?: PositionSide, options?: CallOptions): Promise<Position | null> {
    this.#enter(options);
    const { long, short } = this.#account.seats.get(symbol) ?? { long: null, short: null };
    if (positionSide === undefined && long !== null && short !== null) {
      throw new InvalidInputError(`${symbol} has a LONG and a SHORT position: positionSide is needed`);
    }
    const wanted = positionSide === undefined ? (long ?? short) : this.#account.position(symbol, positionSide);
    return wanted === null ? null : viewPosition(wanted);
  }

  async closePosition(request: ClosePositionRequest, options?: CallOptions): Promise<CloseOutcome> {
    this.#enter(options);
    const { symbol, positionSide } = request;
    const hedge = this.#account.positionMode === PositionMode.HEDGE;
    const position =
      hedge === (positionSide !== undefined) ? this.#positionOf(symbol, positionSide ?? null) : undefined;
    if (position === null) return { kind: 'noPosition' };
    // a side too many or too few is refused by the order's own check
    return this.#create({
      symbol,
      side: (position?.side ?? positionSide) === PositionSide.SHORT ? Side.BUY : Side.SELL,
      type: OrderType.MARKET,
      quantity: position?.seat.market.grid.quantity(position.lots) ?? 0,
      positionSide,
      reduceOnly: true,
      clientOrderId: request.clientOrderId,
    });
  }

  async getBalance(asset?: string, options?: CallOptions): Promise<Balance> {
    this.#enter(options);
    return viewBalance(this.#account, asset ?? this.#account.purse.assets()[0] ?? '');
  }

  async getBalances(options?: CallOptions): Promise<readonly Balance[]> {
    this.#enter(options);
    return this.#account.purse.assets().map((asset) => viewBalance(this.#account, asset));
  }

  /** A loop that falls more than EVENT_CAPACITY events behind ends with a QueueFullError. */
  events(options?: CallOptions): AsyncIterableIterator<ExecutionEvent> {
    this.#enter(options);
    const signal = options?.signal;
    const abort = (): void => queue.fail(signal?.reason);
    const queue = new AsyncQueue<ExecutionEvent>({
      capacity: EVENT_CAPACITY,
      whenFull: 'fail',
      onEnd: () => {
        stop();
        this.#queues.delete(queue);
        signal?.removeEventListener('abort', abort);
      },
    });
    const stop = this.#account.observe(eventsOf(this.#account, (event) => queue.push(event)));
    this.#queues.add(queue);
    signal?.addEventListener('abort', abort, { once: true });
    return queue;
  }

  #create(request: OrderRequest): CreateOutcome {
    // callers without types may send anything; what is no request is refused by the first check of the ticket
    const clientOrderId = request?.clientOrderId ?? this.#core.newClientOrderId(this.#account);
    const { engine } = this.#core;
    try {
      const ticket = readTicket(request, clientOrderId, this.#account, engine.markets);
      const stops = readAttached(request, { ...ticket, market: ticket.seat.market }, this.#triggers);
      const order = engine.place({ ...ticket, stops }, this.#nowMs());
      const { leverage, marginMode } = ticket;
      // for this port they are the symbol's, whatever the side
      for (const side of Object.values(PositionSide)) ticket.seat.terms.set(side, { leverage, marginMode });
      return { kind: 'accepted', order: order.view() };
    } catch (error) {
      return { ...rejectedBy(error), clientOrderId };
    }
  }

  #find(ref: OrderRef): EngineOrder | null {
    const { orders } = this.#account;
    const order = 'orderId' in ref ? orders.find(ref.orderId) : orders.byClientId(ref.clientOrderId);
    return order?.seat.market.instrument.symbol === ref.symbol ? order : null;
  }

  /** `positionSide` null asks for the one net position of ONE_WAY mode. */
  #positionOf(symbol: string, positionSide: PositionSide | null): EnginePosition | null {
    const { long, short } = this.#account.seats.get(symbol) ?? { long: null, short: null };
    if (positionSide === null) return long ?? short;
    return positionSide === PositionSide.LONG ? long : short;
  }

  #enter(options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (!this.#connected) throw new NotConnectedError('connect() first: this paper account is not connected');
  }

  #market(symbol: string): SymbolMarket {
    const market = this.#core.engine.markets.get(symbol);
    if (market === undefined) throw new InvalidInputError(`there is no instrument '${symbol}'`);
    return market;
  }

  #nowMs(): number {
    return this.#core.options.clock.nowMs();
  }
}

/** What the engine tells, in the port's words and order. */
function eventsOf(account: EngineAccount, tell: (event: ExecutionEvent) => void): AccountObserver {
  const tellPosition = ({ seat, side }: EnginePosition): void => {
    const positionSide = seat.slot(side);
    const position = positionSide === null ? (seat.long ?? seat.short) : seat.held(side);
    const { symbol } = seat.market.instrument;
    tell({ kind: 'position', symbol, positionSide, position: position === null ? null : viewPosition(position) });
  };
  const tellBalance = (asset: string): void => tell({ kind: 'balance', balance: viewBalance(account, asset) });
  return {
    order: (order) => tell({ kind: 'order', order: order.view() }),
    fill(fill, { closed, opened }) {
      tell({ kind: 'fill', trade: fill.view() });
      tell({ kind: 'order', order: fill.order.view() });
      const position = opened ?? closed;
      if (position !== null) tellPosition(position);
      tellBalance(fill.order.seat.wallet.asset);
    },
    position: tellPosition,
    asset: tellBalance,
    positionMode() {},
    trigger() {},
    attached() {},
  };
}
