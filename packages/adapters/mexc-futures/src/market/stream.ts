import type { FeedFact, Listener, SubscribeOptions, Subscription } from '@prate/market-data-port';
import type { Follower } from './shared-feed.ts';

/** A feed that a stream follows. */
export interface Leg {
  readonly ready: Promise<void>;
  leave(): void;
}

/**
 * One subscription of the port: the feeds of some symbols as one. Its heartbeat is the earliest of theirs; a gap names
 * its symbol.
 */
export class Stream<Item extends { readonly kind: string }> implements Subscription {
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  readonly #listener: Listener<Item | FeedFact>;
  readonly #signal: AbortSignal | undefined;
  #settleReady: Settle = { resolve: () => {}, reject: () => {} };
  #settleDone: Settle = { resolve: () => {}, reject: () => {} };
  #legs: readonly Leg[] = [];
  #toldUntil: number[] = [];
  #heartbeatMs = Number.NEGATIVE_INFINITY;
  #isOpen = true;

  /** @param start finds out what to follow and follows it, each feed with the follower that it is given */
  constructor(
    listener: Listener<Item | FeedFact>,
    options: SubscribeOptions | undefined,
    start: (signal: AbortSignal | undefined) => Promise<readonly ((follower: Follower<Item | FeedFact>) => Leg)[]>,
  ) {
    this.#listener = listener;
    this.#signal = options?.signal;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.done = new Promise((resolve, reject) => {
      this.#settleDone = { resolve, reject };
    });
    // who does not look at them must not die of it
    this.ready.catch(() => {});
    this.done.catch(() => {});
    if (this.#signal?.aborted === true) {
      this.#abort();
      return;
    }
    this.#signal?.addEventListener('abort', this.#abort, { once: true });
    start(this.#signal)
      .then((openers) => this.#begin(openers))
      .catch((error: unknown) => this.#end(error, { error }));
  }

  close(): void {
    this.#end(new DOMException('the stream was closed before it was live', 'AbortError'), null);
  }

  readonly #abort = (): void => this.#end(this.#signal?.reason, null);

  async #begin(openers: readonly ((follower: Follower<Item | FeedFact>) => Leg)[]): Promise<void> {
    if (!this.#isOpen) return;
    this.#toldUntil = openers.map(() => Number.NEGATIVE_INFINITY);
    const legs: Leg[] = [];
    this.#legs = legs;
    for (const [place, open] of openers.entries()) {
      legs.push(
        open({
          take: (item) => this.#take(place, item),
          end: (error) => this.#end(error, error === null ? null : { error }),
        }),
      );
      if (!this.#isOpen) {
        for (const leg of legs) leg.leave();
        return;
      }
    }
    await Promise.all(legs.map(({ ready }) => ready));
    this.#settleReady.resolve();
  }

  #take(place: number, item: Item | FeedFact): void {
    if (!this.#isOpen) return;
    if (isHeartbeat(item)) {
      this.#toldUntil[place] = Math.max(item.timeMs, this.#toldUntil[place] as number);
      const timeMs = Math.min(...this.#toldUntil);
      if (timeMs <= this.#heartbeatMs) return;
      this.#heartbeatMs = timeMs;
      this.#deliver({ kind: 'heartbeat', timeMs });
    } else {
      this.#deliver(item);
    }
  }

  #deliver(item: Item | FeedFact): void {
    try {
      this.#listener(item);
    } catch (error) {
      this.#end(error, { error });
    }
  }

  /** @param unready what `ready` rejects with, where it is not settled yet; `failure` null: in peace */
  #end(unready: unknown, failure: { readonly error: unknown } | null): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#signal?.removeEventListener('abort', this.#abort);
    for (const leg of this.#legs) leg.leave();
    this.#settleReady.reject(unready);
    if (failure === null) this.#settleDone.resolve();
    else this.#settleDone.reject(failure.error);
  }
}

interface Settle {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const isHeartbeat = (item: { readonly kind: string }): item is FeedFact & { readonly kind: 'heartbeat' } =>
  item.kind === 'heartbeat';
