import type { BalanceJson, DecimalText, FillJson, OrderJson, PositionJson } from './account.ts';
import type { CandleJson, RangeJson } from './market.ts';
import type { Scope, SessionJson } from './session.ts';

/** The subprotocol of `/api/v1/stream`; beside it a browser offers `prate.token.` + its token. The server answers with this one. */
export const STREAM_PROTOCOL = 'prate.v1';
export const STREAM_TOKEN_PREFIX = 'prate.token.';

/** Why the server ended a stream. */
export const StreamClose = {
  /** It shuts down. Come again. */
  GOING_AWAY: 1001,
  /** A message that is none, or too many subscriptions. */
  BAD_MESSAGE: 4400,
  /** More waited for this client than the server keeps. Come again, with `since`. */
  TOO_SLOW: 4408,
  /** It did not answer a ping. */
  NO_PONG: 4409,
  /** More clients than the server takes. */
  TOO_MANY: 4429,
} as const;
export type StreamClose = (typeof StreamClose)[keyof typeof StreamClose];

/** What one may subscribe to. */
export type TopicJson =
  | { readonly kind: 'candles'; readonly symbol: string; readonly interval: string }
  | { readonly kind: 'orders' | 'fills' | 'positions' | 'balances' | 'equity' | 'session' };

/** A place in a topic: the last message that a client has seen. */
export interface CursorJson {
  readonly epoch: string;
  readonly seq: number;
}

/** What a client says. `id` is its own name for the subscription, 1 to 64 characters. */
export type ClientMessageJson =
  | {
      readonly type: 'subscribe';
      readonly id: string;
      readonly topic: TopicJson;
      /** After a reconnect: goes on after this place if it can, with a snapshot where it cannot. */
      readonly since?: CursorJson | undefined;
    }
  | { readonly type: 'unsubscribe'; readonly id: string };

/** Open orders, oldest first; a change is one order as it is now, final or not. */
export interface OrdersState {
  readonly orders: readonly OrderJson[];
}
/** The latest fills, oldest first, at most 200; a change adds one. */
export interface FillsState {
  readonly fills: readonly FillJson[];
}
export interface PositionsState {
  readonly positions: readonly PositionJson[];
}
export interface PositionChange {
  readonly symbol: string;
  readonly positionSide: 'LONG' | 'SHORT';
  /** Null when it was closed. */
  readonly position: PositionJson | null;
}
export interface BalancesState {
  readonly balances: readonly BalanceJson[];
}
/** The latest sample. */
export interface EquityPoint {
  readonly asset: string;
  readonly time: number;
  readonly equity: DecimalText;
}
export interface CandlesState {
  /** Those that are over, oldest first, at most 200. */
  readonly candles: readonly CandleJson[];
  /** The one that is not over; null where nothing has traded in it. */
  readonly forming: CandleJson | null;
}
/** What changed: put `candles` in by their open time, in the place of what was there. */
export interface CandlesChange {
  /** Those that closed, and those that a late trade changed. */
  readonly candles: readonly CandleJson[];
  /** At most some times a second. Null where nothing has traded in it yet. */
  readonly forming: CandleJson | null;
  /** The feed was down: nothing is known of this time. */
  readonly gap: RangeJson | null;
}

/** By the `kind` of the topic. */
export interface TopicData {
  readonly candles: { readonly state: CandlesState; readonly change: CandlesChange };
  readonly orders: { readonly state: OrdersState; readonly change: { readonly order: OrderJson } };
  readonly fills: { readonly state: FillsState; readonly change: { readonly fill: FillJson } };
  readonly positions: { readonly state: PositionsState; readonly change: PositionChange };
  readonly balances: { readonly state: BalancesState; readonly change: { readonly balance: BalanceJson } };
  readonly equity: { readonly state: EquityPoint | null; readonly change: EquityPoint };
  readonly session: { readonly state: SessionJson; readonly change: SessionJson };
}

/**
 * What the server says. Per subscription: a `snapshot` (or `resumed`), then changes whose `seq` grow by one, and now and
 * then a `snapshot` again, which replaces everything and counts as one. `epoch` and `seq` belong to the topic, not to
 * the connection, so `since` works across reconnects.
 */
export type ServerMessageJson =
  | {
      readonly type: 'hello';
      /** As in SessionJson: another one means that the server was started anew. */
      readonly session: string;
      readonly scope: Scope;
      /** A `heartbeat` comes at least this often. */
      readonly heartbeatMs: number;
    }
  | { readonly type: 'heartbeat'; readonly time: number }
  | SnapshotJson
  /** `since` was taken up: what was missed follows as changes. */
  | { readonly type: 'resumed'; readonly id: string; readonly epoch: string; readonly seq: number }
  | ChangeJson
  | { readonly type: 'unsubscribed'; readonly id: string }
  /** Of a subscription that was refused or has ended. */
  | { readonly type: 'error'; readonly id: string | null; readonly code: string; readonly message: string };

export interface SnapshotJson<K extends keyof TopicData = keyof TopicData> {
  readonly type: 'snapshot';
  readonly id: string;
  readonly epoch: string;
  readonly seq: number;
  readonly data: TopicData[K]['state'];
}

export interface ChangeJson<K extends keyof TopicData = keyof TopicData> {
  readonly type: 'change';
  readonly id: string;
  readonly seq: number;
  readonly data: TopicData[K]['change'];
}
