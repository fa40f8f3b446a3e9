import type { FeedFact, Listener, Subscription } from '@prate/market-data-port';

/**
 * What a stream of the socket tells.
 * - `interrupted`: from `fromMs` on nothing is sure; the `gap` with its end follows when the subscription is live again.
 * - `gap`: lost time, told before anything that came after it.
 * - `heartbeat`: everything up to `timeMs` was told.
 */
export type SocketItem<Data> =
  | FeedFact
  | { readonly kind: 'interrupted'; readonly fromMs: number }
  /** `timeMs` is the server's time of the push. */
  | { readonly kind: 'data'; readonly data: Data; readonly timeMs: number };

interface Follower<Data> {
  readonly listener: Listener<SocketItem<Data>>;
  readonly setReady: () => void;
  /** Null: closed by its owner. */
  end(error: unknown): void;
}

/** One thing to subscribe on the wire, and all who follow it. A connection drives it; it keeps the account of lost time. */
export class Topic<Data> {
  readonly #read: (data: unknown, channel: string) => Data | null;
  readonly #followers = new Set<Follower<Data>>();
  readonly #onDeserted: () => void;
  #live: boolean = false;
  #lostSinceMs: number | null = null;
  #end: { readonly error: unknown } | null = null;

  /** @param parts `read` may give null for what is not to be told; it throws for what it cannot read */
  constructor(parts: {
    readonly read: (data: unknown, channel: string) => Data | null;
    readonly onDeserted: () => void;
  }) {
    this.#read = parts.read;
    this.#onDeserted = parts.onDeserted;
  }

  get isLive(): boolean {
    return this.#live;
  }

  follow(listener: Listener<SocketItem<Data>>, signal: AbortSignal | undefined): Subscription {
    const ready = deferred();
    const done = deferred();
    let isReady = false;
    const close = (): void => this.#drop(follower, null);
    const follower: Follower<Data> = {
      listener,
      setReady: () => {
        isReady = true;
        ready.resolve();
      },
      end: (error) => {
        signal?.removeEventListener('abort', close);
        if (error === null) done.resolve();
        else done.reject(error);
        if (!isReady) ready.reject(error ?? new DOMException('the stream was closed before it was live', 'AbortError'));
      },
    };
    this.#followers.add(follower);
    if (this.#end !== null) this.#drop(follower, this.#end.error);
    else if (signal?.aborted) close();
    else signal?.addEventListener('abort', close, { once: true });
    if (this.#live) follower.setReady();
    return { ready: ready.promise, done: done.promise, close };
  }

  /** Subscribed, at the first time or again: what was lost until now is told. */
  live(atMs: number): void {
    if (this.#live) return;
    this.#live = true;
    const fromMs = this.#lostSinceMs;
    this.#lostSinceMs = null;
    if (fromMs !== null) this.lost(fromMs, atMs);
    for (const follower of this.#followers) follower.setReady();
  }

  interrupted(fromMs: number): void {
    if (!this.#live) return;
    this.#live = false;
    this.#lostSinceMs = fromMs;
    this.#tell({ kind: 'interrupted', fromMs });
  }

  /** Something of this time did not get through, though the subscription stands. */
  lost(fromMs: number, toMs: number): void {
    this.#tell({ kind: 'gap', fromMs, toMs: Math.max(fromMs, toMs) });
  }

  /** @throws what `read` throws */
  push(data: unknown, channel: string, timeMs: number): void {
    const value = this.#read(data, channel);
    if (value !== null) this.#tell({ kind: 'data', data: value, timeMs });
  }

  heartbeat(timeMs: number): void {
    if (this.#live) this.#tell({ kind: 'heartbeat', timeMs });
  }

  /** Ends it for all who follow; with null in peace. */
  finish(error: unknown): void {
    this.#end = { error };
    for (const follower of [...this.#followers]) this.#drop(follower, error);
  }

  #tell(item: SocketItem<Data>): void {
    for (const follower of this.#followers) {
      try {
        follower.listener(item);
      } catch (error) {
        this.#drop(follower, error);
      }
    }
  }

  #drop(follower: Follower<Data>, error: unknown): void {
    if (!this.#followers.delete(follower)) return;
    follower.end(error);
    if (this.#followers.size === 0) this.#onDeserted();
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** `Promise.withResolvers` of the next library level, whose rejection nobody has to hear. */
function deferred(): Deferred {
  let [resolve, reject]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((onResolve, onReject) => {
    [resolve, reject] = [onResolve, onReject];
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
