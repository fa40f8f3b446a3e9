import type { OrderType, PositionSide, Side } from '@prate/domain';
import type { RejectReason } from '@prate/execution-port';
import type { DecimalText, OrderJson } from './account.ts';
import type { StrategyJson } from './session.ts';

/** What every refusal looks like. `code` is stable, `message` is for people. */
export interface ErrorJson {
  readonly code: string;
  readonly message: string;
}

/** `POST /api/v1/orders`; exactly one of `quantity` (base asset) and `quoteQuantity`. */
export interface CreateOrderJson {
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity?: DecimalText | undefined;
  readonly quoteQuantity?: DecimalText | undefined;
  /** Required for every type but MARKET. */
  readonly price?: DecimalText | undefined;
  readonly clientOrderId?: string | undefined;
  readonly positionSide?: PositionSide | undefined;
  readonly reduceOnly?: boolean | undefined;
}

export interface RejectedJson {
  readonly kind: 'rejected';
  readonly clientOrderId: string;
  readonly reason: RejectReason;
  readonly message: string;
  /** The legal neighbours of a refused quantity or price. */
  readonly below: DecimalText | null;
  readonly above: DecimalText | null;
}

/** The reply of the venue was lost: what became of it is not known. Do not send it again. */
export interface UnknownJson {
  readonly kind: 'unknown';
  readonly code: string;
  readonly message: string;
}

/** A venue's decision is a value: all of them come with status 200. */
export type CreateOutcomeJson =
  | { readonly kind: 'accepted'; readonly order: OrderJson }
  | RejectedJson
  | (UnknownJson & { readonly clientOrderId: string });

export type CancelOutcomeJson =
  | { readonly kind: 'cancelled' | 'alreadyFinal'; readonly order: OrderJson }
  | { readonly kind: 'notFound' }
  | UnknownJson;

/** `POST /api/v1/kill`: in so many words, so that nobody does it by accident. */
export interface KillRequestJson {
  readonly confirm: true;
}

/** What the kill switch did. All is well when `verified`. */
export interface KillJson {
  /** The strategy runs no more. */
  readonly strategyStopped: boolean;
  /** How many orders were cancelled. */
  readonly cancelled: number;
  /** Whether the venue was asked afterwards and had no open order left. */
  readonly verified: boolean;
  /** What was open when the venue was asked last. */
  readonly remaining: readonly OrderJson[];
  /** What went wrong, for people; empty when all went well. */
  readonly problems: readonly string[];
}

/** `POST /api/v1/strategy/stop` */
export interface StrategyStopJson {
  readonly strategy: StrategyJson;
}

/** `GET /api/v1/report`: the run so far; money is exact, shares are plain numbers. Null before the account was read. */
export interface ReportJson {
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly interval: string;
  readonly asset: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly candles: number;
  readonly orders: number;
  readonly fills: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly volume: DecimalText;
  readonly fees: DecimalText;
  readonly realizedPnl: DecimalText;
  readonly unrealizedPnl: DecimalText;
  readonly netPnl: DecimalText;
  readonly startEquity: DecimalText;
  readonly endEquity: DecimalText;
  readonly maxDrawdown: number;
  readonly wins: number;
  readonly losses: number;
  readonly holdReturn: number | null;
  readonly gaps: number;
  readonly errors: readonly ErrorJson[];
  readonly reason: string | null;
  /** Reports grow; what is new comes beside these. */
  readonly [more: string]: unknown;
}
