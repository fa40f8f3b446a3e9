import {
  Decimal,
  InvalidInputError,
  makeBalance,
  makeOrder,
  NotConnectedError,
  type Order,
  OrderStatus,
  OrderType,
  PositionMode,
  withStatus,
  ZERO,
} from '@prate/domain';
import type {
  AmendOutcome,
  CancelOutcome,
  CancelResult,
  CloseOutcome,
  CreateOutcome,
  ExecutionCapabilities,
  ExecutionEvent,
  ExecutionPort,
  OrderRef,
  OrderRequest,
} from '@prate/execution-port';
import { AsyncQueue, type Clock } from '@prate/runtime';

/** An account that writes every order down and fills none: as unlike the paper exchange as an ExecutionPort can be. */
export class BlotterExecution implements ExecutionPort {
  readonly venue = 'blotter';
  readonly capabilities: ExecutionCapabilities = {
    orderTypes: [OrderType.MARKET],
    positionModes: [PositionMode.ONE_WAY],
    marginModes: [],
    amend: false,
    quoteQuantity: false,
    attachedStops: false,
  };
  readonly settings = null;
  readonly triggers = null;
  readonly history = null;
  /** All orders, in the order in which they came. */
  readonly orders: Order[] = [];
  readonly #clock: Clock;
  readonly #queues = new Set<AsyncQueue<ExecutionEvent>>();
  #connected = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async connect(): Promise<void> {
    this.#connected = true;
  }

  async disconnect(): Promise<void> {
    this.#connected = false;
    for (const queue of this.#queues) queue.end();
  }

  isConnected(): boolean {
    return this.#connected;
  }

  async createOrder(request: OrderRequest): Promise<CreateOutcome> {
    if (!this.#connected) throw new NotConnectedError('the blotter is not connected');
    if (request.quantity === undefined) throw new InvalidInputError('the blotter takes quantities only');
    const id = String(this.orders.length + 1);
    const order = makeOrder({
      ...{ id, clientOrderId: request.clientOrderId ?? `blotter-${id}`, symbol: request.symbol },
      ...{ side: request.side, type: request.type, price: null, quantity: new Decimal(request.quantity) },
      ...{ filledQuantity: ZERO, averagePrice: null, status: OrderStatus.NEW },
      ...{ reduceOnly: request.reduceOnly ?? false, positionSide: null, fee: null },
      ...{ createdAt: this.#clock.nowMs(), updatedAt: this.#clock.nowMs() },
    });
    this.#put(order);
    return { kind: 'accepted', order };
  }

  async createOrders(requests: readonly OrderRequest[]): Promise<readonly CreateOutcome[]> {
    return Promise.all(requests.map((request) => this.createOrder(request)));
  }

  async amendOrder(): Promise<AmendOutcome> {
    return { kind: 'notFound' };
  }

  async cancelOrder(ref: OrderRef): Promise<CancelOutcome> {
    const order = await this.getOrder(ref);
    if (order === null) return { kind: 'notFound' };
    if (!order.isActive) return { kind: 'alreadyFinal', order };
    const cancelled = withStatus(order, OrderStatus.CANCELLED, this.#clock.nowMs());
    this.#put(cancelled);
    return { kind: 'cancelled', order: cancelled };
  }

  async cancelAllOrders(symbol?: string): Promise<readonly CancelResult[]> {
    const results: CancelResult[] = [];
    for (const order of await this.getOpenOrders(symbol)) {
      const ref = { symbol: order.symbol, orderId: order.id };
      results.push({ ref, outcome: await this.cancelOrder(ref) });
    }
    return results;
  }

  async getOrder(ref: OrderRef): Promise<Order | null> {
    const isIt = (order: Order): boolean =>
      'orderId' in ref ? order.id === ref.orderId : order.clientOrderId === ref.clientOrderId;
    return this.orders.find((order) => order.symbol === ref.symbol && isIt(order)) ?? null;
  }

  async getOpenOrders(symbol?: string): Promise<readonly Order[]> {
    return this.orders.filter((order) => order.isActive && order.symbol === (symbol ?? order.symbol));
  }

  async getPositions(): Promise<readonly never[]> {
    return [];
  }

  async getPosition(): Promise<null> {
    return null;
  }

  async closePosition(): Promise<CloseOutcome> {
    return { kind: 'noPosition' };
  }

  async getBalance(asset = 'USDT'): Promise<ReturnType<typeof makeBalance>> {
    const available = new Decimal(10_000);
    return makeBalance({ asset, available, frozen: ZERO, positionMargin: ZERO, unrealizedPnl: ZERO });
  }

  async getBalances(): Promise<readonly ReturnType<typeof makeBalance>[]> {
    return [await this.getBalance()];
  }

  events(): AsyncIterable<ExecutionEvent> {
    const queue = new AsyncQueue<ExecutionEvent>({ capacity: 1024, whenFull: 'fail' });
    this.#queues.add(queue);
    return queue;
  }

  /** Takes the place of the order of the same id, or comes last. */
  #put(order: Order): void {
    const place = this.orders.findIndex(({ id }) => id === order.id);
    this.orders.splice(place < 0 ? this.orders.length : place, 1, order);
    for (const queue of this.#queues) queue.push({ kind: 'order', order });
  }
}
