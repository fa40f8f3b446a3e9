import {
  type Balance,
  type ClientOrderId,
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
} from '@prate/execution-port';
import { Refusal } from '@prate/execution-port';
import { AsyncQueue, type CallOptions } from '@prate/runtime';
import type { PaperAccount } from './account.ts';
import { amend } from './amend.ts';
import { ExchangeCore, type FeedUser } from './exchange-core.ts';
import { arrive } from './matching.ts';
import { EVENT_CAPACITY, type PaperOptions } from './options.ts';
import { draftOrder } from './order-entry.ts';
import { PaperHistory } from './paper-history.ts';
import { type FacetParts, PaperSettings } from './paper-settings.ts';
import type { SymbolMarket } from './symbol-market.ts';

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
    attachedStops: false,
  };
  readonly settings: AccountSettings;
  readonly triggers = null;
  readonly history: AccountHistory;
  readonly #core: ExchangeCore;
  readonly #account: PaperAccount;
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
    };
    this.settings = new PaperSettings(parts);
    this.history = new PaperHistory(parts, (market) => this.#core.feesOf(market));
  }

  async connect(options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    await this.#core.open(this.#feedUser, options);
    this.#connected = true;
  }

  /** Orders and positions stay; while no account is connected, the market passes them by. */
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
    const order = this.#account.find(ref);
    if (order === null) return { kind: 'notFound' };
    const open = this.#account.openOrder(order.id);
    if (open === null) return { kind: 'alreadyFinal', order };
    try {
      const fees = this.#core.feesOf(open.market);
      return { kind: 'amended', order: amend(this.#account, open, changes, fees, this.#nowMs()) };
    } catch (error) {
      if (error instanceof Refusal) return error.rejected;
      throw error;
    }
  }

  async cancelOrder(ref: OrderRef, options?: CallOptions): Promise<CancelOutcome> {
    this.#enter(options);
    const order = this.#account.find(ref);
    if (order === null) return { kind: 'notFound' };
    const open = this.#account.openOrder(order.id);
    if (open === null) return { kind: 'alreadyFinal', order };
    return { kind: 'cancelled', order: this.#account.cancel(open, this.#nowMs()) };
  }

  async cancelAllOrders(symbol?: string, options?: CallOptions): Promise<readonly CancelResult[]> {
    this.#enter(options);
    return this.#account.openOrders(symbol).map((open) => ({
      ref: { symbol: open.order.symbol, orderId: open.order.id },
      outcome: { kind: 'cancelled', order: this.#account.cancel(open, this.#nowMs()) },
    }));
  }

  async getOrder(ref: OrderRef, options?: CallOptions): Promise<Order | null> {
    this.#enter(options);
    return this.#account.find(ref);
  }

  async getOpenOrders(symbol?: string, options?: CallOptions): Promise<readonly Order[]> {
    this.#enter(options);
    return this.#account.openOrders(symbol).map((open) => open.order);
  }

  async getPositions(options?: CallOptions): Promise<readonly Position[]> {
    this.#enter(options);
    return this.#account.holdings.positions();
  }

  /** @throws InvalidInputError in HEDGE mode without a side when both positions exist */
  async getPosition(symbol: string, positionSide?: PositionSide, options?: CallOptions): Promise<Position | null> {
    this.#enter(options);
    const found = this.#account.holdings
      .positions(symbol)
      .filter((position) => positionSide === undefined || position.positionSide === positionSide);
    if (found.length > 1)
      throw new InvalidInputError(`${symbol} has a LONG and a SHORT position: positionSide is needed`);
    return found[0] ?? null;
  }

  async closePosition(request: ClosePositionRequest, options?: CallOptions): Promise<CloseOutcome> {
    this.#enter(options);
    const { symbol, positionSide } = request;
    const hedge = this.#account.positionMode === PositionMode.HEDGE;
    const position =
      hedge === (positionSide !== undefined)
        ? this.#account.holdings.position(symbol, positionSide ?? null)
        : undefined;
    if (position === null) return { kind: 'noPosition' };
    // a side too many or too few is refused by the order's own check
    return this.#create({
      symbol,
      side: (position?.positionSide ?? positionSide) === PositionSide.SHORT ? Side.BUY : Side.SELL,
      type: OrderType.MARKET,
      quantity: position?.quantity ?? 0,
      positionSide,
      reduceOnly: true,
      clientOrderId: request.clientOrderId,
    });
  }

  async getBalance(asset?: string, options?: CallOptions): Promise<Balance> {
    this.#enter(options);
    return this.#account.holdings.balance(asset ?? this.#account.holdings.wallet.assets()[0] ?? '');
  }

  async getBalances(options?: CallOptions): Promise<readonly Balance[]> {
    this.#enter(options);
    return this.#account.holdings.wallet.assets().map((asset) => this.#account.holdings.balance(asset));
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
    const stop = this.#account.listen((event) => queue.push(event));
    this.#queues.add(queue);
    signal?.addEventListener('abort', abort, { once: true });
    return queue;
  }

  #create(request: OrderRequest): CreateOutcome {
    // callers without types may send anything; what is no request is refused by the first check of the draft
    const clientOrderId = request?.clientOrderId ?? this.#newClientOrderId();
    const { markets } = this.#core;
    try {
      const feesOf = (market: SymbolMarket): ReturnType<ExchangeCore['feesOf']> => this.#core.feesOf(market);
      const draft = draftOrder(request, clientOrderId, { account: this.#account, markets, feesOf });
      const nowMs = this.#nowMs();
      const open = this.#account.place(draft, nowMs);
      arrive(this.#account, open, nowMs);
      return { kind: 'accepted', order: open.order };
    } catch (error) {
      if (error instanceof Refusal) return { ...error.rejected, clientOrderId };
      throw error;
    }
  }

  #newClientOrderId(): ClientOrderId {
    const salt = this.#core.options.random.nextUint32().toString(36);
    const id = `paper-${this.#core.nextId()}-${salt}`;
    return this.#account.hasClientId(id) ? this.#newClientOrderId() : id;
  }

  #enter(options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (!this.#connected) throw new NotConnectedError('connect() first: this paper account is not connected');
  }

  #market(symbol: string): SymbolMarket {
    const market = this.#core.markets.get(symbol);
    if (market === undefined) throw new InvalidInputError(`there is no instrument '${symbol}'`);
    return market;
  }

  #nowMs(): number {
    return this.#core.options.clock.nowMs();
  }
}
