import type { FeedFact, Listener } from '@prate/market-data-port';
import type { Clock } from '@prate/runtime';
import { RecentBag } from './recent.ts';
import type { SocketItem } from './topic.ts';

/** Half-open, epoch ms. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a repair brought back, oldest first, and what of the span it could not. */
export interface Repaired<T> {
  readonly items: readonly T[];
  readonly missing: readonly Span[];
}

/**
 * - `repaired`: this span was lost on the socket, and the items that follow are what happened in it. What could not be
 *   fetched comes as a `gap` before them.
 * - `interrupted`: as the socket tells it.
 */
export type RepairedItem<T> =
  | FeedFact
  | { readonly kind: 'interrupted'; readonly fromMs: number }
  | ({ readonly kind: 'repaired' } & Span)
  | { readonly kind: 'items'; readonly items: readonly T[] };

export interface RepairedFeedOptions<T> {
  readonly clock: Clock;
  readonly listener: Listener<RepairedItem<T>>;
  /** What the listener threw while nobody else could hear it; the feed is closed. */
  readonly onFailure: (error: unknown) => void;
  /** Fetches what happened in a span. It may be aborted, and may reject: then the span stays a gap. */
  readonly repair: (span: Span, signal: AbortSignal) => Promise<Repaired<T>>;
  /** The id of an item, by which it is told once; null where it has none. */
  readonly idOf: (item: T) => string | null;
  /**
   * What an item without an id is recognised by: equal for one and the same thing, pushed and fetched. Not needed where all
   * have ids: then nothing but those is remembered.
   */
  readonly likenessOf?: ((item: T) => string) | undefined;
  /** As many items are remembered to recognise one that comes again, from 1 up. */
  readonly remembered: number;
  /** How long a repair may take, default 30 s; the feed waits for it. */
  readonly repairTimeoutMs?: number | undefined;
}

/** What was fetched is on its way no longer than this: then a thing that looks like it is another. */
const ON_ITS_WAY_MS = 60_000;
/** A repair that keeps more than this waiting is given up. */
const MAX_WAITING = 100_000;

/** A stream of single things (trades, fills) whose gaps are filled by fetching, each thing told once. */
export class RepairedFeed<T> {
  readonly #options: RepairedFeedOptions<T>;
  readonly #closing = new AbortController();
  readonly #ids: RecentBag;
  /** The last things told, to be compared with those without ids that a repair brings. */
  readonly #told: T[] = [];
  #nextTold: number = 0;
  /** What was told as fetched, without an id, and not pushed yet. */
  readonly #fetched: RecentBag;
  #fetchedAtMs: number = 0;
  readonly #spans: Span[] = [];
  #repairing: AbortController | null = null;
  #waiting: T[] = [];
  #heldHeartbeatMs: number | null = null;

  constructor(options: RepairedFeedOptions<T>) {
    this.#options = options;
    this.#ids = new RecentBag(options.remembered);
    this.#fetched = new RecentBag(options.remembered);
  }

  take(item: SocketItem<readonly T[]>): void {
    if (this.#closing.signal.aborted) return;
    if (item.kind === 'gap') {
      this.#spans.push(item);
      if (this.#repairing === null) void this.#repairAll();
    } else if (item.kind === 'data') {
      if (this.#repairing === null) this.#tellNew(item.data);
      else this.#keep(item.data);
    } else if (item.kind === 'heartbeat' && this.#repairing !== null) {
      this.#heldHeartbeatMs = item.timeMs;
    } else {
      this.#options.listener(item);
    }
  }

  /** May be called twice. */
  close(): void {
    this.#closing.abort();
    this.#repairing?.abort();
  }

  #keep(items: readonly T[]): void {
    for (const item of items) this.#waiting.push(item);
    if (this.#waiting.length > MAX_WAITING) this.#repairing?.abort();
  }

  async #repairAll(): Promise<void> {
    try {
      for (let span = this.#spans.shift(); span !== undefined; span = this.#spans.shift()) {
        this.#repairing = new AbortController();
        const repaired = await this.#repair(span, this.#repairing.signal);
        if (this.#closing.signal.aborted) return;
        this.#tellRepaired(span, repaired);
      }
      this.#repairing = null;
      const waiting = this.#waiting;
      this.#waiting = [];
      this.#tellNew(waiting);
      const timeMs = this.#heldHeartbeatMs;
      this.#heldHeartbeatMs = null;
      if (timeMs !== null) this.#options.listener({ kind: 'heartbeat', timeMs });
    } catch (error) {
      this.close();
      this.#options.onFailure(error);
    }
  }

  async #repair(span: Span, signal: AbortSignal): Promise<Repaired<T>> {
    const { clock, repair, repairTimeoutMs = 30_000 } = this.#options;
    const patience = new AbortController();
    const both = AbortSignal.any([signal, patience.signal]);
    const late = clock.sleep(repairTimeoutMs, both);
    late.catch(() => {});
    const nothing: Repaired<T> = { items: [], missing: [span] };
    try {
      return await Promise.race([repair(span, both), late.then(() => nothing)]);
    } catch {
      return nothing;
    } finally {
      patience.abort();
    }
  }

  #tellRepaired(span: Span, { items, missing }: Repaired<T>): void {
    const { listener, idOf, likenessOf } = this.#options;
    const isWhole = missing.length === 1 && missing[0]?.fromMs === span.fromMs && missing[0].toMs === span.toMs;
    this.#fetchedAtMs = this.#options.clock.monotonicMs();
    if (!isWhole) listener({ kind: 'repaired', fromMs: span.fromMs, toMs: span.toMs });
    for (const { fromMs, toMs } of missing) listener({ kind: 'gap', fromMs, toMs });
    // fetched things without an id: as many of a kind as were told before are the ones that were told
    const known = this.#toldLikenesses(items);
    const fresh = items.filter((item) => {
      if (idOf(item) !== null || likenessOf === undefined) return this.#isNew(item);
      const likeness = likenessOf(item);
      const left = known.get(likeness) ?? 0;
      if (left > 0) {
        known.set(likeness, left - 1);
        return false;
      }
      this.#fetched.add(likeness);
      return true;
    });
    for (const item of fresh) this.#remember(item);
    if (fresh.length > 0) listener({ kind: 'items', items: fresh });
  }

  #tellNew(items: readonly T[]): void {
    // what was never pushed would stay for good otherwise, and be looked for in every push
    if (!this.#fetched.isEmpty && this.#options.clock.monotonicMs() > this.#fetchedAtMs + ON_ITS_WAY_MS)
      this.#fetched.clear();
    const fresh = items.filter((item) => this.#isNew(item));
    if (fresh.length === 0) return;
    for (const item of fresh) this.#remember(item);
    this.#options.listener({ kind: 'items', items: fresh });
  }

  /** Whether it was not told yet; and remembers it. */
  #isNew(item: T): boolean {
    const { idOf, likenessOf } = this.#options;
    const id = idOf(item);
    if (id !== null && this.#ids.count(id) > 0) return false;
    if (id !== null) this.#ids.add(id);
    if (likenessOf === undefined || this.#fetched.isEmpty) return true;
    const likeness = likenessOf(item);
    // what was fetched without its id may be pushed after all: it waited here, or was on its way
    if (this.#fetched.count(likeness) === 0) return true;
    this.#fetched.takeOut(likeness);
    return false;
  }

  #remember(item: T): void {
    const { likenessOf, remembered } = this.#options;
    if (likenessOf === undefined) return;
    this.#told[this.#nextTold] = item;
    this.#nextTold = (this.#nextTold + 1) % remembered;
  }

  /** How many of each likeness were told; made for a repair alone, since texts for every trade would cost more than the trades. */
  #toldLikenesses(items: readonly T[]): Map<string, number> {
    const { idOf, likenessOf } = this.#options;
    const counts = new Map<string, number>();
    if (likenessOf === undefined || items.every((item) => idOf(item) !== null)) return counts;
    for (const item of this.#told) {
      const likeness = likenessOf(item);
      counts.set(likeness, (counts.get(likeness) ?? 0) + 1);
    }
    return counts;
  }
}
