import {
  Decimal,
  decimal,
  MarginMode,
  makeBalance,
  makeOrder,
  NotConnectedError,
  type Order,
  OrderStatus,
  OrderType,
  type Position,
  PositionMode,
  PositionSide,
  Side,
  withFill,
  withStatus,
  ZERO,
} from '@prate/domain';
import { candleAt } from '@prate/domain/candles';
import type {
  AccountHistory,
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
import type { CandlesItem } from '@prate/market-data-port';
import { AsyncQueue, type CallOptions } from '@prate/runtime';
import type { ScriptedMarket } from './scripted-market.ts';

const FEE = new Decimal('0.001');

interface Holding {
  /** Above 0 long, below 0 short. */
  quantity: Decimal;
  entry: Decimal;
}

/**
 * A small one-way account: market orders fill whole, limit orders rest for ever, 0.1 % fee. What differs between the two
 * below is when a market order fills, and how its events travel.
 */
abstract class TestAccount implements ExecutionPort {
  readonly venue = 'test';
  readonly settings = null;
  readonly triggers = null;
  readonly history: AccountHistory | null = null;
  readonly capabilities: ExecutionCapabilities = {
    orderTypes: [OrderType.MARKET, OrderType.LIMIT, OrderType.POST_ONLY],
    positionModes: [PositionMode.ONE_WAY],
    marginModes: [MarginMode.CROSS],
    amend: false,
    quoteQuantity: false,
    attachedStops: false,
  };
  readonly orders = new Map<string, Order>();
  readonly calls: string[] = [];
  protected readonly market: ScriptedMarket;
  protected readonly last = new Map<string, Decimal>();
  readonly #holdings = new Map<string, Holding>();
  #cash: Decimal;
  #connected = false;
  #queues: AsyncQueue<ExecutionEvent>[] = [];
  #count = 0;

  constructor(market: ScriptedMarket, cash = '10000') {
    this.market = market;
    this.#cash = new Decimal(cash);
  }

  protected abstract afterCreate(order: Order): void;
  protected abstract beforeClose(symbol: string, open: Decimal): void;

  async connect(): Promise<void> {
    this.#connected = true;
    this.market.candles([], '1m', (item: CandlesItem) => {
      if (item.kind !== 'candles') return;
      const { open, close } = candleAt(item.candles, 0);
      this.beforeClose(item.symbol, decimal(open));
      this.last.set(item.symbol, decimal(close));
    });
  }

  async disconnect(): Promise<void> {
    this.#connected = false;
    for (const queue of this.#queues) queue.end();
  }

  isConnected(): boolean {
    return this.#connected;
  }

  async createOrder(request: OrderRequest): Promise<CreateOutcome> {
    this.#needConnection();
    this.#count += 1;
    const id = String(this.#count);
    const now = this.market.clock.nowMs();
    const order = makeOrder({
      id,
      clientOrderId: request.clientOrderId ?? `c${id}`,
      symbol: request.symbol,
      side: request.side,
      type: request.type,
      price: request.price === undefined ? null : decimal(request.price),
      quantity: decimal(request.quantity ?? 0),
      filledQuantity: ZERO,
      averagePrice: null,
      status: OrderStatus.NEW,
      reduceOnly: request.reduceOnly ?? false,
      positionSide: null,
      createdAt: now,
      updatedAt: now,
      fee: null,
    });
    this.put(order);
    this.afterCreate(order);
    return { kind: 'accepted', order: this.orders.get(id) as Order };
  }

  createOrders(requests: readonly OrderRequest[]): Promise<readonly CreateOutcome[]> {
    return Promise.all(requests.map((request) => this.createOrder(request)));
  }

  async amendOrder(): Promise<AmendOutcome> {
    return { kind: 'notFound' };
  }

  async cancelOrder(ref: OrderRef): Promise<CancelOutcome> {
    this.#needConnection();
    const order = await this.getOrder(ref);
    if (order === null) return { kind: 'notFound' };
    if (!order.isActive) return { kind: 'alreadyFinal', order };
    const cancelled = withStatus(order, OrderStatus.CANCELLED, this.market.clock.nowMs());
    this.put(cancelled);
    return { kind: 'cancelled', order: cancelled };
  }

  async cancelAllOrders(symbol?: string): Promise<readonly CancelResult[]> {
    this.calls.push(`cancelAllOrders ${symbol}`);
    const results: CancelResult[] = [];
    for (const order of await this.getOpenOrders(symbol)) {
      const ref = { symbol: order.symbol, orderId: order.id };
      results.push({ ref, outcome: await this.cancelOrder(ref) });
    }
    return results;
  }

  async getOrder(ref: OrderRef): Promise<Order | null> {
    const same = (order: Order): boolean =>
      'orderId' in ref ? order.id === ref.orderId : order.clientOrderId === ref.clientOrderId;
    return [...this.orders.values()].find(same) ?? null;
  }

  async getOpenOrders(symbol?: string): Promise<readonly Order[]> {
    this.#needConnection();
    return [...this.orders.values()].filter(
      (order) => order.isActive && (symbol === undefined || order.symbol === symbol),
    );
  }

  async getPositions(): Promise<readonly Position[]> {
    const positions = await Promise.all([...this.#holdings.keys()].map((symbol) => this.getPosition(symbol)));
    return positions.filter((position) => position !== null);
  }

  async getPosition(symbol: string): Promise<Position | null> {
    const holding = this.#holdings.get(symbol);
    if (holding === undefined || holding.quantity.isZero()) return null;
    return {
      symbol,
      positionSide: holding.quantity.gt(0) ? PositionSide.LONG : PositionSide.SHORT,
      quantity: holding.quantity.abs(),
      entryPrice: holding.entry,
      markPrice: this.last.get(symbol) ?? holding.entry,
      liquidationPrice: null,
      leverage: 1,
      marginMode: MarginMode.CROSS,
      margin: ZERO,
      maintenanceMargin: ZERO,
      unrealizedPnl: this.#unrealized(symbol),
      realizedPnl: ZERO,
      marginRatio: null,
      updatedAt: this.market.clock.nowMs(),
    };
  }

  async closePosition({ symbol }: { readonly symbol: string }): Promise<CloseOutcome> {
    this.calls.push(`closePosition ${symbol}`);
    const position = await this.getPosition(symbol);
    if (position === null) return { kind: 'noPosition' };
    const side = position.positionSide === PositionSide.LONG ? Side.SELL : Side.BUY;
    return this.createOrder({ symbol, side, type: OrderType.MARKET, quantity: position.quantity, reduceOnly: true });
  }

  async getBalance(): Promise<ReturnType<typeof makeBalance>> {
    this.#needConnection();
    const unrealizedPnl = [...this.#holdings.keys()].reduce((sum, symbol) => sum.plus(this.#unrealized(symbol)), ZERO);
    return makeBalance({ asset: 'USDT', available: this.#cash, frozen: ZERO, positionMargin: ZERO, unrealizedPnl });
  }

  async getBalances(): Promise<readonly ReturnType<typeof makeBalance>[]> {
    return [await this.getBalance()];
  }

  events(options?: CallOptions): AsyncIterable<ExecutionEvent> {
    const queue = new AsyncQueue<ExecutionEvent>({ capacity: 1000, whenFull: 'fail' });
    this.#queues.push(queue);
    options?.signal?.addEventListener('abort', () => queue.end());
    return queue;
  }

  emit(event: ExecutionEvent): void {
    for (const queue of this.#queues) queue.push(event);
  }

  /** Ends every events() loop with an error, as a broken connection may. */
  breakEvents(error: unknown): void {
    for (const queue of this.#queues) queue.fail(error);
  }

  protected put(order: Order): void {
    this.orders.set(order.id, order);
    this.emit({ kind: 'order', order });
  }

  protected fill(order: Order, price: Decimal, quantity: Decimal = order.remaining): void {
    const { symbol, side } = order;
    const signed = side === Side.BUY ? quantity : quantity.neg();
    const holding = this.#holdings.get(symbol) ?? { quantity: ZERO, entry: ZERO };
    const closes = holding.quantity.isPositive() !== signed.isPositive() && !holding.quantity.isZero();
    const closed = closes ? Decimal.min(holding.quantity.abs(), quantity) : ZERO;
    const direction = holding.quantity.gt(0) ? 1 : -1;
    const realizedPnl = price.minus(holding.entry).mul(closed).mul(direction);
    const after = holding.quantity.plus(signed);
    const added = holding.entry.mul(holding.quantity).plus(price.mul(signed));
    const turned = after.mul(holding.quantity).lt(0) || holding.quantity.isZero();
    let entry = holding.entry;
    if (turned) entry = price;
    else if (!closes) entry = added.div(after);
    this.#holdings.set(symbol, { quantity: after, entry });
    const fee = { asset: 'USDT', amount: price.mul(quantity).mul(FEE) };
    this.#cash = this.#cash.plus(realizedPnl).minus(fee.amount);
    const time = this.market.clock.nowMs();
    const trade = {
      id: `t${order.id}`,
      orderId: order.id,
      clientOrderId: order.clientOrderId,
      symbol,
      side,
      positionSide: null,
      price,
      quantity,
      fee,
      liquidity: 'TAKER' as const,
      realizedPnl,
      time,
    };
    this.emit({ kind: 'fill', trade });
    this.put(withFill(order, { price, quantity, fee, time }));
  }

  #unrealized(symbol: string): Decimal {
    const { quantity, entry } = this.#holdings.get(symbol) ?? { quantity: ZERO, entry: ZERO };
    return (this.last.get(symbol) ?? entry).minus(entry).mul(quantity);
  }

  #needConnection(): void {
    if (!this.#connected) throw new NotConnectedError('connect() comes first');
  }
}

/** Market orders fill at the open of the next candle. */
export class NextOpenAccount extends TestAccount {
  protected afterCreate(): void {}

  protected beforeClose(symbol: string, open: Decimal): void {
    for (const order of this.orders.values()) {
      if (order.isActive && order.symbol === symbol && order.type === OrderType.MARKET) this.fill(order, open);
    }
  }
}

/** Market orders fill at once at the last close; events pass through two generators, as through guards around a port. */
export class AtOnceAccount extends TestAccount {
  protected afterCreate(order: Order): void {
    if (order.type === OrderType.MARKET) this.fill(order, this.last.get(order.symbol) as Decimal);
  }

  protected beforeClose(): void {}

  override events(options?: CallOptions): AsyncIterable<ExecutionEvent> {
    return passOn(passOn(super.events(options)));
  }
}

async function* passOn<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) yield item;
}
