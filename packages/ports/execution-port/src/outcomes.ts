import type { ClientOrderId, Decimal, Order, PrateError } from '@prate/domain';
import type { OrderRef } from './requests.ts';

/** Why an order was refused; a venue's own words are in `message`. */
export const RejectReason = {
  /** Not a multiple of the lot, below the minimum or above the maximum: see `below` and `above`. */
  INVALID_QUANTITY: 'INVALID_QUANTITY',
  /** Missing, not wanted, not above 0, or off the tick. */
  INVALID_PRICE: 'INVALID_PRICE',
  /** The request contradicts itself or the account's mode. */
  INVALID_REQUEST: 'INVALID_REQUEST',
  UNKNOWN_SYMBOL: 'UNKNOWN_SYMBOL',
  /** The venue does not let this contract be traded, or not now. */
  CONTRACT_UNAVAILABLE: 'CONTRACT_UNAVAILABLE',
  INSUFFICIENT_BALANCE: 'INSUFFICIENT_BALANCE',
  INVALID_LEVERAGE: 'INVALID_LEVERAGE',
  DUPLICATE_CLIENT_ORDER_ID: 'DUPLICATE_CLIENT_ORDER_ID',
  /** A post-only order would have taken. */
  POST_ONLY_WOULD_TAKE: 'POST_ONLY_WOULD_TAKE',
  /** A reduce-only order that has no position to reduce, or would turn it round. */
  REDUCE_ONLY: 'REDUCE_ONLY',
  /** There is nothing to trade against. */
  NO_LIQUIDITY: 'NO_LIQUIDITY',
  NOT_SUPPORTED: 'NOT_SUPPORTED',
  RATE_LIMITED: 'RATE_LIMITED',
  OTHER: 'OTHER',
} as const;
export type RejectReason = (typeof RejectReason)[keyof typeof RejectReason];

export interface Rejected {
  readonly kind: 'rejected';
  readonly reason: RejectReason;
  /** What was wrong and what would be right. */
  readonly message: string;
  /** The legal neighbours of a refused quantity or price. */
  readonly below?: Decimal | null;
  readonly above?: Decimal | null;
}

/** The reply was lost after the request may have left: reconcile by client order id, never send it again. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly cause: PrateError;
}

export type CreateOutcome =
  /** On the venue's books, or already traded. The order may lag the book. */
  | { readonly kind: 'accepted'; readonly order: Order }
  /** The venue or Prate said no: proven not on the book. */
  | (Rejected & { readonly clientOrderId: ClientOrderId })
  | (Unknown & { readonly clientOrderId: ClientOrderId });

export type CancelOutcome =
  | { readonly kind: 'cancelled'; readonly order: Order }
  /** It was filled, cancelled or expired before. */
  | { readonly kind: 'alreadyFinal'; readonly order: Order }
  | { readonly kind: 'notFound' }
  | Unknown;

export type AmendOutcome =
  | { readonly kind: 'amended'; readonly order: Order }
  | Rejected
  | Exclude<CancelOutcome, { kind: 'cancelled' }>;

export type CloseOutcome = CreateOutcome | { readonly kind: 'noPosition' };

export interface CancelResult {
  readonly ref: OrderRef;
  readonly outcome: CancelOutcome;
}
