import { Decimal, type DecimalInput, type Instrument, type Order, OrderType, Side } from '@prate/domain';
import { type ConformanceCase, ensure } from '@prate/runtime/conformance';
import type { ExecutionEvent } from '../events.ts';
import type { ExecutionPort } from '../execution-port.ts';
import type { CreateOutcome, Rejected, RejectReason } from '../outcomes.ts';
import type { OrderRequest } from '../requests.ts';

/** What a harness declares of its adapter, beyond what every venue must do. */
export type ExecutionHarnessCapability =
  | 'ioc'
  | 'fok'
  | 'postOnly'
  | 'amend'
  /** Also an order that has traded already. */
  | 'amendPartlyFilled'
  | 'quoteQuantity'
  | 'hedge'
  /** The `settings` facet is there. */
  | 'settings'
  /** Margin can be added to a position and taken from it. */
  | 'margin'
  /** The `history` facet is there. */
  | 'history'
  /** The `triggers` facet is there. */
  | 'triggers'
  /** `faults` is there. */
  | 'faults';

export interface ScriptedLevel {
  readonly price: DecimalInput;
  /** Base asset. */
  readonly quantity: DecimalInput;
}

/** The market that the venue under test sees, under the suite's control. Each call resolves when the venue has seen it. */
export interface ScriptedMarket {
  /** The whole book from now on, best levels first. A venue without a book ignores it. */
  setBook(bids: readonly ScriptedLevel[], asks: readonly ScriptedLevel[]): Promise<void>;
  /** One public trade; `side` is the taker's. */
  trade(trade: { readonly price: DecimalInput; readonly quantity: DecimalInput; readonly side: Side }): Promise<void>;
}

/** A new account at a venue, not connected, without orders or positions, in ONE_WAY mode. */
export interface ExecutionHarnessContext {
  readonly port: ExecutionPort;
  readonly market: ScriptedMarket;
  /** What is traded. It has a lot above its smallest decimal step, so that a quantity can miss it, and a minimum above 0. */
  readonly instrument: Instrument;
  /**
   * Where the market stands; on the tick. The account can pay for 100 × `quantity` at this price without leverage, and not
   * for 1,000,000 × `quantity` at the highest.
   */
  readonly price: DecimalInput;
  /** An order size that is legal, with room: the lot times an even number of at least 10, three times the minimum or more. */
  readonly quantity: DecimalInput;
  /** Lets time pass at the venue; resolves when everything it has told by then has reached the port, events included. */
  advance(durationMs: number): Promise<void>;
  readonly faults?:
    | {
        /** The venue takes the next request, and its reply never arrives. */
        loseNextReply(): void;
      }
    | undefined;
}

export type ExecutionCase = ConformanceCase<ExecutionHarnessContext, ExecutionHarnessCapability>;

/** The scene of most cases: connected, a last price P, and a book of `P − step` and `P + step` with plenty on both sides. */
export class Scene {
  readonly port: ExecutionPort;
  readonly context: ExecutionHarnessContext;
  readonly instrument: Instrument;
  readonly symbol: string;
  /** The order size. */
  readonly q: Decimal;
  readonly #price: Decimal;
  readonly #step: Decimal;

  private constructor(context: ExecutionHarnessContext) {
    this.context = context;
    this.port = context.port;
    this.instrument = context.instrument;
    this.symbol = context.instrument.symbol;
    this.q = new Decimal(context.quantity);
    this.#price = new Decimal(context.price);
    this.#step = this.instrument.tickSize.mul(10);
  }

  static async open(context: ExecutionHarnessContext): Promise<Scene> {
    const scene = new Scene(context);
    await scene.port.connect();
    await scene.quiet();
    await scene.print(0, Side.BUY, scene.q);
    return scene;
  }

  /** The price that lies `steps` of ten ticks above P. */
  at(steps: number): Decimal {
    return this.#price.plus(this.#step.mul(steps));
  }

  async quiet(): Promise<void> {
    await this.book(-1, 1, this.q.mul(1000));
  }

  /** A book of one level a side, `steps` from P. */
  async book(bid: number, ask: number, quantity: Decimal): Promise<void> {
    await this.context.market.setBook([{ price: this.at(bid), quantity }], [{ price: this.at(ask), quantity }]);
  }

  async print(steps: number, side: Side, quantity: Decimal): Promise<void> {
    await this.context.market.trade({ price: this.at(steps), quantity, side });
    await this.settle();
  }

  async settle(): Promise<void> {
    await this.context.advance(1);
  }

  limit(side: Side, steps: number, more: Partial<OrderRequest> = {}): OrderRequest {
    return {
      symbol: this.symbol,
      side,
      type: OrderType.LIMIT,
      price: this.at(steps),
      quantity: this.q,
      ...more,
    } as OrderRequest;
  }

  market(side: Side, more: Partial<OrderRequest> = {}): OrderRequest {
    return { symbol: this.symbol, side, type: OrderType.MARKET, quantity: this.q, ...more } as OrderRequest;
  }

  /** Creates an order that must be accepted. */
  async accepted(request: OrderRequest): Promise<Order> {
    return acceptedOrder(await this.port.createOrder(request), `${request.side} ${request.type}`);
  }

  /** The order as the venue knows it now. */
  async now(order: Order): Promise<Order> {
    const found = await this.port.getOrder({ symbol: order.symbol, orderId: order.id });
    ensure.that(found !== null, `getOrder finds order ${order.id}`);
    return found;
  }

  /**
   * Trades a market order whole at one price: the book offers it there, and the next print is there too, for venues that
   * fill from prints. Leaves the quiet book.
   */
  async take(side: Side, steps: number, more: Partial<OrderRequest> = {}): Promise<Order> {
    const quantity = this.q.mul(100);
    await (side === Side.BUY ? this.book(steps - 2, steps, quantity) : this.book(steps, steps + 2, quantity));
    const order = await this.accepted(this.market(side, more));
    await this.print(steps, side, quantity);
    await this.quiet();
    const done = await this.now(order);
    ensure.equal(done.status, 'FILLED', `a market ${side} with enough on the other side`);
    return done;
  }

  async openIds(symbol?: string): Promise<readonly string[]> {
    return (await this.port.getOpenOrders(symbol)).map((order) => order.id);
  }

  /** Collects events from now on; read `log` after `settle()`. */
  listen(): { readonly log: ExecutionEvent[]; readonly ended: Promise<void> } {
    const log: ExecutionEvent[] = [];
    const events = this.port.events();
    const read = async (): Promise<void> => {
      for await (const event of events) log.push(event);
    };
    return { log, ended: read() };
  }
}

function acceptedOrder(outcome: CreateOutcome, what: string): Order {
  ensure.that(outcome.kind === 'accepted', `${what}: expected accepted, got ${describe(outcome)}`);
  return outcome.order;
}

export function ensureRejected(
  outcome: { readonly kind: string },
  reasons: RejectReason | readonly RejectReason[],
  what: string,
): Rejected {
  ensure.that(outcome.kind === 'rejected', `${what}: expected rejected, got ${describe(outcome)}`);
  const rejected = outcome as Rejected;
  const legal: readonly string[] = typeof reasons === 'string' ? [reasons] : reasons;
  ensure.that(legal.includes(rejected.reason), `${what}: expected ${legal.join(' or ')}, got ${describe(outcome)}`);
  ensure.that(
    typeof rejected.message === 'string' && rejected.message !== '',
    `${what}: the rejection says what was wrong`,
  );
  return rejected;
}

/** Decimals as text, so that 1 and 1.0 are the same. */
export function ensureSame(actual: Decimal | null | undefined, expected: DecimalInput | null, what: string): void {
  const text = actual === null || actual === undefined ? String(actual) : new Decimal(actual).toString();
  ensure.equal(text, expected === null ? 'null' : new Decimal(expected).toString(), what);
}

/** Equal to within what sixty digits of a quotient may lose. */
export function ensureNear(actual: Decimal, expected: Decimal, what: string): void {
  ensure.that(actual.minus(expected).abs().lt('1e-9'), `${what}: expected ${expected}, got ${actual}`);
}

/** Rejected with one of the reasons, or accepted and then finally without a fill and off the book. */
export async function ensureNothingTraded(
  scene: Scene,
  outcome: CreateOutcome,
  reasons: readonly RejectReason[],
  what: string,
): Promise<void> {
  if (outcome.kind === 'accepted') {
    const order = await scene.now(outcome.order);
    ensure.that(
      order.status === 'CANCELLED' || order.status === 'EXPIRED',
      `${what}: expected CANCELLED, got ${order.status}`,
    );
    ensureSame(order.filledQuantity, 0, `${what}: filled quantity`);
  } else {
    ensureRejected(outcome, reasons, what);
  }
  ensure.equal(await scene.openIds(), [], `${what}: open orders`);
  ensure.equal(await scene.port.getPositions(), [], `${what}: positions`);
}

/** Rejects with exactly the signal's reason. */
export async function ensureAborts(call: (signal: AbortSignal) => Promise<unknown>, what: string): Promise<void> {
  const reason = new Error(`aborted: ${what}`);
  const controller = new AbortController();
  controller.abort(reason);
  let error: unknown;
  try {
    await call(controller.signal);
  } catch (caught) {
    error = caught;
  }
  ensure.that(error === reason, `${what}: an aborted signal throws its reason, got ${String(error ?? 'no error')}`);
}

export async function throws(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

const describe = (outcome: { readonly kind: string }): string => {
  const { reason, message } = outcome as Partial<Rejected>;
  return reason === undefined ? outcome.kind : `${outcome.kind} ${reason}: ${message}`;
};
