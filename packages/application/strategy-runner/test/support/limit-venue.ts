import { type Decimal, decimal, type Order, OrderStatus, PrateError, withStatus } from '@prate/domain';
import type {
  CancelOutcome,
  CreateOutcome,
  ExecutionEvent,
  OrderRef,
  OrderRequest,
  RejectReason,
} from '@prate/execution-port';
import { NextOpenAccount } from './test-accounts.ts';

export type Fault = RejectReason | 'reply lost' | 'request lost';

/** Orders rest until the test fills them, and requests go wrong on demand. */
export class LimitVenue extends NextOpenAccount {
  /** What befalls the next creates, one each. */
  createFaults: Fault[] = [];
  /** What befalls the next cancels. */
  cancelFaults: ('reply lost' | 'request lost')[] = [];
  /** What the next read of open orders throws. */
  readFault: Error | null = null;
  /** Whether the account's events are lost. */
  isDeaf = false;
  readonly requests: OrderRequest[] = [];

  override async createOrder(request: OrderRequest): Promise<CreateOutcome> {
    this.requests.push(request);
    const fault = this.createFaults.shift();
    const clientOrderId = request.clientOrderId as string;
    if (fault === 'request lost') return { kind: 'unknown', cause: lost(), clientOrderId };
    if (fault !== undefined && fault !== 'reply lost')
      return { kind: 'rejected', reason: fault, message: fault, clientOrderId };
    const outcome = await super.createOrder(request);
    return fault === undefined ? outcome : { kind: 'unknown', cause: lost(), clientOrderId };
  }

  override async cancelOrder(ref: OrderRef): Promise<CancelOutcome> {
    const fault = this.cancelFaults.shift();
    if (fault === 'request lost') return { kind: 'unknown', cause: lost() };
    const outcome = await super.cancelOrder(ref);
    return fault === undefined ? outcome : { kind: 'unknown', cause: lost() };
  }

  override async getOpenOrders(symbol?: string): Promise<readonly Order[]> {
    const fault = this.readFault;
    this.readFault = null;
    if (fault !== null) throw fault;
    return super.getOpenOrders(symbol);
  }

  override emit(event: ExecutionEvent): void {
    if (!this.isDeaf) super.emit(event);
  }

  /** Fills the open order at this price, or a part of it. */
  fillAt(price: string, quantity?: string): void {
    const order = this.#at(price);
    this.fill(order, order.price as Decimal, quantity === undefined ? undefined : decimal(quantity));
  }

  /** The venue cancels it. */
  cancelAt(price: string): void {
    this.put(withStatus(this.#at(price), OrderStatus.CANCELLED, this.market.clock.nowMs()));
  }

  /** `buy 99.01 98.03 | sell 101`, nearest first. */
  get book(): string {
    const prices = (side: string): Decimal[] =>
      [...this.orders.values()].flatMap((order) =>
        order.isActive && order.side === side && order.price !== null ? [order.price] : [],
      );
    const buys = prices('BUY').sort((a, b) => b.comparedTo(a));
    const sells = prices('SELL').sort((a, b) => a.comparedTo(b));
    return [['buy', ...buys].join(' '), ['sell', ...sells].join(' ')].join(' | ');
  }

  #at(price: string): Order {
    const order = [...this.orders.values()].find((one) => one.isActive && one.price?.eq(price));
    if (order === undefined) throw new Error(`no open order at ${price}: ${this.book}`);
    return order;
  }
}

/** What may go well the next time. */
export class NoReplyError extends PrateError {
  readonly code = 'NO_REPLY';
  override readonly retryable = true;
}

const lost = (): PrateError => new NoReplyError('no reply');
