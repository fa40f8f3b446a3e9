import {
  type ClientOrderId,
  type Decimal,
  type Order,
  OrderStatus,
  OrderType,
  PositionSide,
  PrateError,
  Side,
  ZERO,
} from '@prate/domain';
import type { CancelOutcome, CreateOutcome, OrderRequest, RejectReason } from '@prate/execution-port';
import type { StrategyContext } from '../strategy.ts';
import { type GridDirection, type GridLine, GridLines } from './grid-lines.ts';

export interface GridRules {
  readonly levels: number;
  readonly spacing: Decimal;
  readonly direction: GridDirection;
  /** What an order at a line is for, once the price is known; null where none can be made. */
  quantityAt(symbol: string, price: number, context: StrategyContext): Promise<Decimal | null>;
  /** A client order id that no run has used before. */
  nextId(): ClientOrderId;
  isOwn(id: ClientOrderId): boolean;
}

/** An order of the grid that is not known to be over. */
interface OpenOrder extends GridLine {
  readonly sentAt: number;
  filled: Decimal;
  /** Whether the venue has ever told of it. */
  seen: boolean;
  /** Whether it is not known what became of it. */
  doubtful: boolean;
}

/** A create whose fate is not known is given up when the venue does not know it so long after: no request travels longer. */
const LOST_AFTER_MS = 60_000;

/** After these the same order may do at the next candle; after others it waits for the next fill. */
const PASSING: readonly RejectReason[] = [
  'POST_ONLY_WOULD_TAKE',
  'RATE_LIMITED',
  'CONTRACT_UNAVAILABLE',
  'DUPLICATE_CLIENT_ORDER_ID',
];

/** The grid of one symbol: keeps on the book what belongs there, and nothing twice. */
export class SymbolGrid {
  readonly #symbol: string;
  readonly #rules: GridRules;
  readonly #context: StrategyContext;
  readonly #orders = new Map<ClientOrderId, OpenOrder>();
  /** Creates that were given up: should one turn up after all, everything is laid out anew. */
  readonly #lost = new Set<ClientOrderId>();
  /** Lines whose order was refused, and is not tried again before the next fill. */
  readonly #refused = new Set<number>();
  #quantity: Decimal | null = null;
  #lines: GridLines | null = null;
  /** The position, without what open orders have filled. */
  #settled: Decimal = ZERO;
  /** Where the market was last seen: at a candle's close, or where an order filled. */
  #price = 0;
  #layOutNext = true;
  /** Whether the account's events may have missed something. */
  #unsure = false;
  /** Whether all is on the book that belongs there, and nothing is doubtful. */
  #complete = false;

  constructor(symbol: string, rules: GridRules, context: StrategyContext) {
    this.#symbol = symbol;
    this.#rules = rules;
    this.#context = context;
  }

  /** Most candles ask for nothing, and cost no promise. */
  candle(close: number): Promise<void> | undefined {
    this.#price = close;
    if (this.#lines?.spans(close) === false) this.#layOutNext = true;
    if (this.#layOutNext) return this.#attempt(() => this.#layOut());
    return this.#complete ? undefined : this.#attempt(() => this.#mend());
  }

  order(order: Order): Promise<void> | undefined {
    if (this.#lost.has(order.clientOrderId)) this.#layOutNext = true;
    // what the events may have missed is found out first, at the next candle
    if (!this.#take(order) || this.#layOutNext || this.#unsure) return undefined;
    return this.#attempt(() => this.#bookOrders());
  }

  /** The position was changed by another hand: an order of the user's, a liquidation. */
  foreignFill(): void {
    this.#layOutNext = true;
  }

  gap(): void {
    this.#unsure = true;
    this.#complete = false;
  }

  /** What can be tried again is, at the next candle. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!PrateError.is(error) || !error.retryable) throw error;
      this.#unsure = true;
      this.#complete = false;
      this.#context.log.warn({ error }, `grid: ${this.#symbol}: trying again at the next candle: ${error.message}`);
    }
  }

  /** Cancels what an earlier grid has on the book, and begins anew around the price, with the position that is there. */
  async #layOut(): Promise<void> {
    if (!(await this.#clear())) return;
    const { log, instrument } = this.#context;
    const { levels, spacing, direction } = this.#rules;
    const [symbol, price] = [this.#symbol, this.#price];
    this.#quantity ??= await this.#rules.quantityAt(symbol, price, this.#context);
    const quantity = this.#quantity;
    if (quantity !== null) {
      const position = await this.#held();
      const { tickSize } = instrument(symbol);
      this.#lines = new GridLines({ levels, spacing, direction, quantity, tickSize, price, position });
      this.#settled = position;
      this.#refused.clear();
      log.info({ symbol, price, quantity, position }, `grid: ${symbol}: laid out around ${price}, holding ${position}`);
    }
    this.#unsure = false;
    this.#layOutNext = false;
    await this.#bookOrders();
  }

  /** @returns whether no order of a grid is left */
  async #clear(): Promise<boolean> {
    const { execution } = this.#context;
    const symbol = this.#symbol;
    let isClear = true;
    const open = await execution.getOpenOrders(symbol);
    for (const { id, clientOrderId } of open) {
      if (!this.#rules.isOwn(clientOrderId)) continue;
      const outcome = await execution.cancelOrder({ symbol, orderId: id });
      if (outcome.kind === 'unknown') isClear = false;
      else this.#orders.delete(clientOrderId); // what it came to is in the position
    }
    await this.#settleDoubts(open);
    if ([...this.#orders.values()].some((order) => order.doubtful)) isClear = false;
    if (isClear) this.#orders.clear();
    return isClear;
  }

  async #mend(): Promise<void> {
    const { execution } = this.#context;
    const symbol = this.#symbol;
    if (this.#unsure || [...this.#orders.values()].some((order) => order.doubtful)) {
      const open = await execution.getOpenOrders(symbol);
      if (this.#unsure) for (const order of this.#orders.values()) order.doubtful = true;
      await this.#settleDoubts(open);
    }
    if (this.#unsure) {
      if (!(await this.#held()).eq(this.#expected())) this.#layOutNext = true;
      this.#unsure = false;
    }
    await (this.#layOutNext ? this.#layOut() : this.#bookOrders());
  }

  /** Asks for each order that is doubtful; one that the venue does not know is given up in time, and never sent again. */
  async #settleDoubts(open: readonly Order[]): Promise<void> {
    const { execution, clock, log } = this.#context;
    const symbol = this.#symbol;
    for (const [clientOrderId, order] of [...this.#orders]) {
      if (!order.doubtful) continue;
      const found =
        open.find((one) => one.clientOrderId === clientOrderId) ??
        (await execution.getOrder({ symbol, clientOrderId }));
      if (found !== null) this.#take(found);
      else if (clock.nowMs() - order.sentAt >= LOST_AFTER_MS) {
        log.warn({ symbol, clientOrderId }, `grid: ${symbol}: the venue does not know order ${clientOrderId}`);
        this.#orders.delete(clientOrderId);
        this.#lost.add(clientOrderId);
        if (order.seen) this.#layOutNext = true; // it may have traded before it was forgotten
      }
    }
  }

  /** @returns whether it is over and has filled something, so that other orders belong on the book now */
  #take(order: Order): boolean {
    const known = this.#orders.get(order.clientOrderId);
    if (known === undefined) return false;
    known.seen = true;
    known.doubtful = order.status === OrderStatus.UNKNOWN;
    known.filled = order.filledQuantity;
    if (order.isActive) return false;
    this.#orders.delete(order.clientOrderId);
    this.#complete = false;
    if (order.filledQuantity.isZero()) return false;
    this.#price = known.price.toNumber();
    this.#settled = this.#settled.plus(signed(order.side === Side.BUY, order.filledQuantity));
    this.#refused.clear();
    return true;
  }

  /** Cancels what no longer belongs on the book, then places what is missing. */
  async #bookOrders(): Promise<void> {
    const lines = this.#lines;
    if (lines === null) {
      this.#complete = true; // no grid can be made
      return;
    }
    let isMissing: boolean;
    let settled: Decimal;
    do {
      await this.#cancelUnwanted(lines);
      settled = this.#settled;
      isMissing = await this.#place(lines);
    } while (!settled.eq(this.#settled)); // an order filled as it was placed
    this.#complete = !isMissing && ![...this.#orders.values()].some((order) => order.doubtful);
  }

  async #cancelUnwanted(lines: GridLines): Promise<void> {
    for (;;) {
      const wanted = lines.wanted(lines.emptyLine(this.#settled));
      const isWanted = ({ line, side }: GridLine): boolean =>
        wanted.some((one) => one.line === line && one.side === side);
      const extra = [...this.#orders].find(([, order]) => !order.doubtful && !isWanted(order));
      if (extra === undefined) return;
      const [clientOrderId, order] = extra;
      const outcome: CancelOutcome = await this.#context.execution.cancelOrder({ symbol: this.#symbol, clientOrderId });
      if ('order' in outcome) this.#take(outcome.order);
      if (this.#orders.has(clientOrderId)) order.doubtful = true; // asked for again at the next candle
    }
  }

  /** @returns whether something is still missing, to be tried at the next candle */
  async #place(lines: GridLines): Promise<boolean> {
    const { execution, clock } = this.#context;
    const { direction } = this.#rules;
    const wanted = lines.wanted(lines.emptyLine(this.#settled));
    // an order that should be gone, but is not proven to be, keeps another from being placed: together they would be too many
    const room = { [Side.BUY]: 0, [Side.SELL]: 0 };
    for (const { side } of wanted) room[side] += 1;
    for (const { side } of this.#orders.values()) room[side] -= 1;
    const isTaken = (line: number): boolean => [...this.#orders.values()].some((order) => order.line === line);
    let isMissing = false;
    const requests: (OrderRequest & { readonly clientOrderId: ClientOrderId })[] = [];
    for (const one of wanted) {
      const { line, side, price } = one;
      if (isTaken(line) || this.#refused.has(line)) continue;
      const wouldTake = side === Side.BUY ? price.gte(this.#price) : price.lte(this.#price);
      if (wouldTake || room[side] <= 0) {
        isMissing = true;
        continue;
      }
      room[side] -= 1;
      const clientOrderId = this.#rules.nextId();
      this.#orders.set(clientOrderId, { ...one, sentAt: clock.nowMs(), filled: ZERO, seen: false, doubtful: true });
      const order = { symbol: this.#symbol, side, type: OrderType.POST_ONLY, price, clientOrderId };
      const quantity = this.#quantity as Decimal;
      const reduces = direction === (side === Side.SELL ? 'long' : 'short');
      requests.push({ ...order, quantity, ...(reduces ? { reduceOnly: true } : {}) });
    }
    if (requests.length === 0) return isMissing;
    for (const outcome of await execution.createOrders(requests)) {
      if (!this.#placed(outcome)) isMissing = true;
    }
    return isMissing;
  }

  /** @returns whether there is nothing to do about it at the next candle */
  #placed(outcome: CreateOutcome): boolean {
    if (outcome.kind === 'accepted') {
      this.#take(outcome.order);
      return this.#orders.has(outcome.order.clientOrderId);
    }
    const { clientOrderId } = outcome;
    if (outcome.kind === 'unknown') {
      this.#context.log.warn({ outcome }, `grid: not known what became of order ${clientOrderId}: asking for it`);
      return false;
    }
    const line = this.#orders.get(clientOrderId)?.line;
    this.#orders.delete(clientOrderId);
    if (line === undefined || PASSING.includes(outcome.reason)) return false;
    this.#refused.add(line);
    return true;
  }

  /** What the account holds: above 0 long, below 0 short. */
  async #held(): Promise<Decimal> {
    const position = await this.#context.execution.getPosition(this.#symbol);
    return position === null ? ZERO : signed(position.positionSide === PositionSide.LONG, position.quantity);
  }

  /** What it should hold, by all that the grid was told. */
  #expected(): Decimal {
    let sum = this.#settled;
    for (const { side, filled } of this.#orders.values()) sum = sum.plus(signed(side === Side.BUY, filled));
    return sum;
  }
}

const signed = (isPositive: boolean, quantity: Decimal): Decimal => (isPositive ? quantity : quantity.neg());
