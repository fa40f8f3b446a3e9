import {
  type Balance,
  checkPrice,
  checkQuantity,
  Decimal,
  decimal,
  type Instrument,
  InvalidInputError,
  MarginMode,
  makeOrder,
  NotConnectedError,
  type Order,
  OrderType,
  type Position,
  PositionMode,
  PositionSide,
  Side,
  type Trade,
  withFill,
  withStatus,
  ZERO,
} from '@prate/domain';
import { AsyncQueue, type CallOptions } from '@prate/runtime';
import type { ScriptedLevel } from '../src/conformance/index.ts';
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
} from '../src/index.ts';
import { FakeAccount } from './fake-account.ts';
import { checkRequest, crosses, type FakeView, quantityOf, rejected, stepProblem } from './fake-checks.ts';
import { fakeHistory } from './fake-history.ts';
import { fakeTriggers } from './fake-triggers.ts';

/** The smallest exchange that keeps every rule: one instrument, a book of one level a side. */
export class FakeExecution implements ExecutionPort {
  readonly venue = 'fake';
  readonly capabilities: ExecutionCapabilities = {
    orderTypes: Object.values(OrderType),
    positionModes: Object.values(PositionMode),
    marginModes: Object.values(MarginMode),
    amend: true,
    quoteQuantity: true,
    attachedStops: false,
  };
  readonly instrument: Instrument;
  nowMs = 1_700_000_000_000;
  loseNextReply = false;
  #connected = false;
  #ids = 0;
  #mode: PositionMode = PositionMode.ONE_WAY;
  #bid: { price: Decimal; quantity: Decimal } | null = null;
  #ask: { price: Decimal; quantity: Decimal } | null = null;
  readonly #orders: Order[] = [];
  readonly #trades: Trade[] = [];
  readonly #account: FakeAccount;
  readonly #queues = new Set<AsyncQueue<ExecutionEvent>>();

  constructor(instrument: Instrument, cash: number) {
    this.instrument = instrument;
    this.#account = new FakeAccount(instrument, cash);
    this.triggers = fakeTriggers({
      instrument,
      enter: (options) => this.#enter(options),
      nextId: () => this.#nextId(),
      nowMs: () => this.nowMs,
      held: (side, positionSide) => this.#account.closable(side, positionSide),
      send: (request) => {
        void this.createOrder(request); // done before it returns
      },
    });
  }

  setBook(bids: readonly ScriptedLevel[], asks: readonly ScriptedLevel[]): void {
    const top = ([level]: readonly ScriptedLevel[]) =>
      level === undefined ? null : { price: decimal(level.price), quantity: decimal(level.quantity) };
    this.#bid = top(bids);
    this.#ask = top(asks);
  }

  print(price: Decimal, quantity: Decimal): void {
    this.#account.last = price;
    let left = quantity;
    const reached = this.#open().filter(
      (one) => one.price !== null && (one.side === Side.BUY ? one.price.gte(price) : one.price.lte(price)),
    );
    const eagerness = (one: Order): Decimal => (one.price ?? ZERO).mul(one.side === Side.BUY ? -1 : 1);
    for (const order of reached.sort((a, b) => eagerness(a).cmp(eagerness(b)))) {
      const part = Decimal.min(left, order.remaining);
      if (part.gt(0)) this.#fill(order, order.price ?? price, part, 'MAKER');
      left = left.minus(part);
    }
    this.triggers.look(price);
  }

  async connect(options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    this.#connected = true;
  }

  async disconnect(): Promise<void> {
    this.#connected = false;
    for (const queue of [...this.#queues]) queue.end();
  }

  isConnected(): boolean {
    return this.#connected;
  }

  async createOrder(request: OrderRequest, options?: CallOptions): Promise<CreateOutcome> {
    this.#enter(options);
    const clientOrderId = request.clientOrderId ?? `fake-${this.#nextId()}`;
    const view = this.#view(request.side);
    const problem = checkRequest(request, view);
    if (problem !== null) return { ...problem, clientOrderId };
    if (request.leverage !== undefined) this.#account.leverage = request.leverage;
    if (request.marginMode !== undefined) this.#account.marginMode = request.marginMode;
    let order = makeOrder({
      id: this.#nextId(),
      clientOrderId,
      symbol: request.symbol,
      side: request.side,
      type: request.type,
      price: request.price === undefined ? null : decimal(request.price),
      quantity: quantityOf(request, view),
      filledQuantity: ZERO,
      averagePrice: null,
      status: 'NEW',
      reduceOnly: request.reduceOnly ?? false,
      positionSide: request.positionSide ?? null,
      createdAt: this.nowMs,
      updatedAt: this.nowMs,
      fee: null,
    });
    this.#put(order);
    order = this.#take(order);
    if (this.loseNextReply) {
      this.loseNextReply = false;
      return { kind: 'unknown', cause: new NotConnectedError('the reply was lost'), clientOrderId };
    }
    return { kind: 'accepted', order };
  }

  async createOrders(requests: readonly OrderRequest[], options?: CallOptions): Promise<readonly CreateOutcome[]> {
    this.#enter(options);
    const outcomes: CreateOutcome[] = [];
    for (const request of requests) outcomes.push(await this.createOrder(request));
    return outcomes;
  }

  async amendOrder(ref: OrderRef, changes: AmendRequest, options?: CallOptions): Promise<AmendOutcome> {
    this.#enter(options);
    const order = this.#find(ref);
    if (order === null) return { kind: 'notFound' };
    if (!order.isActive) return { kind: 'alreadyFinal', order };
    if (changes.price === undefined && changes.quantity === undefined) return rejected('INVALID_REQUEST', 'no change');
    const price = changes.price === undefined ? order.price : decimal(changes.price);
    const quantity = decimal(changes.quantity ?? order.quantity);
    const problem =
      stepProblem('INVALID_QUANTITY', checkQuantity(this.instrument, quantity)) ??
      (price === null ? null : stepProblem('INVALID_PRICE', checkPrice(this.instrument, price)));
    if (problem !== null) return problem;
    if (quantity.lte(order.filledQuantity)) return rejected('INVALID_QUANTITY', 'not above what is filled');
    this.#put(makeOrder({ ...order, price, quantity, updatedAt: this.nowMs }));
    return { kind: 'amended', order: this.#find(ref) ?? order };
  }

  async cancelOrder(ref: OrderRef, options?: CallOptions): Promise<CancelOutcome> {
    this.#enter(options);
    const order = this.#find(ref);
    if (order === null) return { kind: 'notFound' };
    if (!order.isActive) return { kind: 'alreadyFinal', order };
    return { kind: 'cancelled', order: this.#put(withStatus(order, 'CANCELLED', this.nowMs)) };
  }

  async cancelAllOrders(symbol?: string, options?: CallOptions): Promise<readonly CancelResult[]> {
    this.#enter(options);
    return this.#open(symbol).map((order) => ({
      ref: { symbol: order.symbol, orderId: order.id },
      outcome: { kind: 'cancelled', order: this.#put(withStatus(order, 'CANCELLED', this.nowMs)) },
    }));
  }

  async getOrder(ref: OrderRef, options?: CallOptions): Promise<Order | null> {
    this.#enter(options);
    return this.#find(ref);
  }

  async getOpenOrders(symbol?: string, options?: CallOptions): Promise<readonly Order[]> {
    this.#enter(options);
    return this.#open(symbol);
  }

  async getPositions(options?: CallOptions): Promise<readonly Position[]> {
    this.#enter(options);
    return this.#account.positions(this.nowMs);
  }

  async getPosition(symbol: string, positionSide?: PositionSide, options?: CallOptions): Promise<Position | null> {
    const all = await this.getPositions(options);
    return all.find((one) => one.symbol === symbol && (positionSide ?? one.positionSide) === one.positionSide) ?? null;
  }

  async closePosition(request: ClosePositionRequest, options?: CallOptions): Promise<CloseOutcome> {
    const position = await this.getPosition(request.symbol, request.positionSide, options);
    if (position === null) return { kind: 'noPosition' };
    const side = position.positionSide === PositionSide.LONG ? Side.SELL : Side.BUY;
    return this.createOrder({
      ...request,
      side,
      type: OrderType.MARKET,
      quantity: position.quantity,
      reduceOnly: true,
    });
  }

  async getBalance(asset?: string, options?: CallOptions): Promise<Balance> {
    this.#enter(options);
    return this.#account.balance(asset ?? this.instrument.quoteAsset, this.#open());
  }

  async getBalances(options?: CallOptions): Promise<readonly Balance[]> {
    this.#enter(options);
    return [this.#account.balance(this.instrument.quoteAsset, this.#open())];
  }

  events(options?: CallOptions): AsyncIterable<ExecutionEvent> {
    this.#enter(options);
    const queue = new AsyncQueue<ExecutionEvent>({ capacity: 1000, whenFull: 'fail' });
    options?.signal?.addEventListener('abort', () => queue.end());
    this.#queues.add(queue);
    return queue;
  }

  readonly settings: AccountSettings = {
    getLeverage: async (_symbol, options) => {
      this.#enter(options);
      return this.#account.leverage;
    },
    setLeverage: async (_symbol, leverage, options) => {
      this.#enter(options);
      if (!(leverage >= 1 && leverage <= this.instrument.maxLeverage)) throw new InvalidInputError('leverage');
      this.#account.leverage = leverage;
    },
    setMarginMode: async (_symbol, mode, options) => {
      this.#enter(options);
      this.#account.marginMode = mode;
    },
    getPositionMode: async (options) => {
      this.#enter(options);
      return this.#mode;
    },
    setPositionMode: async (mode, options) => {
      this.#enter(options);
      this.#mode = mode;
    },
    addMargin: async (_symbol, amount, side, options) => this.#addMargin(decimal(amount), side, options),
    removeMargin: async (_symbol, amount, side, options) => this.#addMargin(decimal(amount).neg(), side, options),
  };

  readonly history: AccountHistory = fakeHistory(this.#orders, this.#trades, (options) => this.#enter(options));

  readonly triggers: ReturnType<typeof fakeTriggers>;

  #view(side: Side): FakeView {
    const { quoteAsset } = this.instrument;
    return {
      instrument: this.instrument,
      account: this.#account,
      mode: this.#mode,
      available: this.#account.balance(quoteAsset, this.#open()).available,
      opposite: (side === Side.BUY ? this.#ask : this.#bid)?.price ?? null,
      hasClientId: (id) => this.#orders.some((order) => order.clientOrderId === id),
    };
  }

  #take(order: Order): Order {
    const level = order.side === Side.BUY ? this.#ask : this.#bid;
    const within = level !== null && (order.price === null || crosses(order.side, order.price, level.price));
    let now = order;
    if (within && order.type !== OrderType.POST_ONLY) {
      const part = Decimal.min(level.quantity, order.quantity);
      if (part.gt(0) && (order.type !== OrderType.FOK || part.eq(order.quantity))) {
        level.quantity = level.quantity.minus(part);
        now = this.#fill(order, level.price, part, 'TAKER');
      }
    }
    const rests = order.type === OrderType.LIMIT || order.type === OrderType.POST_ONLY;
    return now.isActive && !rests ? this.#put(withStatus(now, 'CANCELLED', this.nowMs)) : now;
  }

  #fill(order: Order, price: Decimal, quantity: Decimal, liquidity: Trade['liquidity']): Order {
    const { id: orderId, clientOrderId, symbol, side, positionSide } = order;
    const slot = positionSide ?? 'NET';
    const time = this.nowMs;
    const { fee, realizedPnl } = this.#account.fill(side, slot, price, quantity);
    const owner = { orderId, clientOrderId, symbol, side, positionSide };
    const trade = { id: this.#nextId(), ...owner, price, quantity, fee, liquidity, realizedPnl, time };
    this.#trades.push(trade);
    this.#tell({ kind: 'fill', trade });
    const now = this.#put(withFill(order, { price, quantity, fee, time }));
    this.#tell({ kind: 'position', symbol, positionSide, position: this.#account.position(slot, time) });
    this.#tell({ kind: 'balance', balance: this.#account.balance(this.instrument.quoteAsset, this.#open()) });
    return now;
  }

  #addMargin(amount: Decimal, side: PositionSide | undefined, options: CallOptions | undefined): void {
    this.#enter(options);
    const slot = this.#mode === PositionMode.HEDGE ? (side ?? 'NET') : 'NET';
    this.#account.addMargin(slot, amount, this.#open());
  }

  #open(symbol?: string): Order[] {
    return this.#orders.filter((order) => order.isActive && (symbol ?? order.symbol) === order.symbol);
  }

  #find(ref: OrderRef): Order | null {
    const same = (order: Order): boolean =>
      'orderId' in ref ? order.id === ref.orderId : order.clientOrderId === ref.clientOrderId;
    return this.#orders.find((order) => order.symbol === ref.symbol && same(order)) ?? null;
  }

  #put(order: Order): Order {
    const index = this.#orders.findIndex((one) => one.id === order.id);
    if (index === -1) this.#orders.push(order);
    else this.#orders[index] = order;
    this.#tell({ kind: 'order', order });
    return order;
  }

  #tell(event: ExecutionEvent): void {
    for (const queue of this.#queues) queue.push(event);
  }

  #nextId(): string {
    this.#ids += 1;
    return String(this.#ids);
  }

  #enter(options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (!this.#connected) throw new NotConnectedError('connect() first');
  }
}
