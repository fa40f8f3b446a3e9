import type { CallOptions } from '@prate/runtime';

/**
 * Called synchronously with each item, in one defined order for all listeners of a market, so that replays are
 * deterministic. It must not throw: what it throws ends the subscription and rejects `done`.
 */
export type Listener<Item> = (item: Item) => void;

/** One running stream. */
export interface Subscription {
  /** Resolves when the feed is live; rejects when it cannot be. */
  readonly ready: Promise<void>;
  /** Resolves when the stream has ended: closed, aborted, or (a replay) out of data. */
  readonly done: Promise<void>;
  /** May be called twice; no item comes after it returns. */
  close(): void;
}

export type SubscribeOptions = CallOptions;
