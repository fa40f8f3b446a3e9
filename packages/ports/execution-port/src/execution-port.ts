import type { Balance, Order, Position, PositionSide, VenueId } from '@prate/domain';
import { type CallOptions, type Token, token } from '@prate/runtime';
import type { ExecutionCapabilities } from './capabilities.ts';
import type { ExecutionEvent } from './events.ts';
import type { AccountHistory, AccountSettings, TriggerOrders } from './facets.ts';
import type { AmendOutcome, CancelOutcome, CancelResult, CloseOutcome, CreateOutcome } from './outcomes.ts';
import type { AmendRequest, ClosePositionRequest, OrderRef, OrderRequest } from './requests.ts';

/**
 * Orders of one account at one venue.
 *
 * A venue's decision is a value, and so is not knowing what became of a write. Not being able to work is an exception:
 * NotConnectedError (`NOT_CONNECTED`), NotSupportedError (`NOT_SUPPORTED`), or a read that failed. An abort before the
 * send throws `signal.reason`; after it, the outcome is `unknown`. Quantities are in the base asset.
 */
export interface ExecutionPort {
  readonly venue: VenueId;
  readonly capabilities: ExecutionCapabilities;
  /** Null where the venue has no such thing. */
  readonly settings: AccountSettings | null;
  readonly triggers: TriggerOrders | null;
  readonly history: AccountHistory | null;

  connect(options?: CallOptions): Promise<void>;
  /** May be called twice; ends every `events()` loop. */
  disconnect(): Promise<void>;
  isConnected(): boolean;

  createOrder(request: OrderRequest, options?: CallOptions): Promise<CreateOutcome>;
  /** One outcome a request, in their order; each stands alone. */
  createOrders(requests: readonly OrderRequest[], options?: CallOptions): Promise<readonly CreateOutcome[]>;
  amendOrder(order: OrderRef, changes: AmendRequest, options?: CallOptions): Promise<AmendOutcome>;
  cancelOrder(order: OrderRef, options?: CallOptions): Promise<CancelOutcome>;
  /** Of one symbol or of all; an outcome per order that was open. */
  cancelAllOrders(symbol?: string, options?: CallOptions): Promise<readonly CancelResult[]>;

  /** Null when the venue knows no such order. */
  getOrder(order: OrderRef, options?: CallOptions): Promise<Order | null>;
  /** Oldest first. None of a symbol that the venue does not have. */
  getOpenOrders(symbol?: string, options?: CallOptions): Promise<readonly Order[]>;
  getPositions(options?: CallOptions): Promise<readonly Position[]>;
  /** Null when there is none, of a symbol that the venue does not have too. `positionSide` is required in HEDGE mode when both exist. */
  getPosition(symbol: string, positionSide?: PositionSide, options?: CallOptions): Promise<Position | null>;
  /** By a reduce-only market order for all of it. */
  closePosition(request: ClosePositionRequest, options?: CallOptions): Promise<CloseOutcome>;

  /** Of the asset, or of the one that the account settles in. Zeros for an asset that it does not hold, or the venue does not have. */
  getBalance(asset?: string, options?: CallOptions): Promise<Balance>;
  getBalances(options?: CallOptions): Promise<readonly Balance[]>;

  /**
   * Hot from the call, not from the first `next()`; ends on `disconnect()` or abort. Return an AsyncQueue itself where there is
   * one: a replay then hears each event in the moment it is told, and need not wait for any.
   */
  events(options?: CallOptions): AsyncIterable<ExecutionEvent>;
}

export const EXECUTION_PORT: Token<ExecutionPort> = token('execution-port');
