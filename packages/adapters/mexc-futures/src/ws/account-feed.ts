import type { FeedFact, Listener } from '@prate/market-data-port';
import type { Clock, Random } from '@prate/runtime';
import type { WireAsset, WirePosition } from '../wire/account.ts';
import type { WireFill, WireOrder } from '../wire/orders.ts';
import { AccountState } from './account-state.ts';
import type { PrivatePush } from './channels.ts';
import type { Span } from './repaired-feed.ts';
import type { SocketItem } from './topic.ts';

/**
 * What happened to the account, each thing once and none backwards.
 * - `repaired`: this span was lost on the socket; what follows is the account as it is after it, and the fills in it.
 * - `gap`: it was lost and could not be fetched.
 * - `other`: pushes that the account's state does not hold (triggers, risk limits, ADL), as they come.
 */
export type AccountItem =
  | FeedFact
  | { readonly kind: 'interrupted'; readonly fromMs: number }
  | ({ readonly kind: 'repaired' } & Span)
  | { readonly kind: 'fill'; readonly fill: WireFill }
  | { readonly kind: 'order'; readonly order: WireOrder }
  | { readonly kind: 'position'; readonly position: WirePosition }
  | { readonly kind: 'asset'; readonly asset: WireAsset }
  | { readonly kind: 'other'; readonly push: PrivatePush };

/** The account as REST tells it: everything that is open, asked for at `askedAtMs` of the server's time or later. */
export interface AccountSnapshot {
  readonly askedAtMs: number;
  readonly openOrders: readonly WireOrder[];
  readonly openPositions: readonly WirePosition[];
  readonly assets: readonly WireAsset[];
}

export interface AccountFeedOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly listener: Listener<AccountItem>;
  /** What the listener threw while nobody else could hear it; the feed is closed. */
  readonly onFailure: (error: unknown) => void;
  readonly fetchAccount: (signal: AbortSignal) => Promise<AccountSnapshot>;
  /** An order that is not open any more; null where MEXC knows none. */
  readonly fetchOrder: (order: WireOrder, signal: AbortSignal) => Promise<WireOrder | null>;
  /** Orders that were created since a time and are over: one that came and went unseen is in no other list. */
  readonly fetchEnded: (fromMs: number, signal: AbortSignal) => Promise<readonly WireOrder[]>;
  /** All fills from a time until now. */
  readonly fetchFills: (fromMs: number, signal: AbortSignal) => Promise<readonly WireFill[]>;
  /** How often what was pushed is compared with what REST says, default a minute: a push may be lost on a healthy socket. */
  readonly auditMs?: number | undefined;
  /** How long a push may trail behind REST without counting as lost, default 2 s. */
  readonly graceMs?: number | undefined;
  /** How long all fetches of one comparison may take, default 30 s. */
  readonly fetchTimeoutMs?: number | undefined;
}

interface Fetched {
  readonly snapshot: AccountSnapshot;
  readonly fills: readonly WireFill[];
  readonly ended: readonly WireOrder[];
}

type Push = Extract<SocketItem<PrivatePush>, { kind: 'data' }>;

const FIRST_PAUSE_MS = 1_000;

/** The private stream as a state of the account: ordered, told once, mended from REST after a loss, and audited. */
export class AccountFeed {
  readonly state: AccountState = new AccountState();
  readonly #options: AccountFeedOptions;
  readonly #closing = new AbortController();
  /** What was pushed while a loss is mended, or before `begin`. */
  #waiting: Push[] = [];
  #isHolding: boolean = true;
  #lost: Span | null = null;
  #isDown: boolean = false;
  /** Up to here the account is known to be right. */
  #goodUntilMs: number = 0;
  /** Comparisons that failed since the last one that did not. */
  #failures: number = 0;
  /** Cuts the pause before the next audit short. */
  #hurry: AbortController = new AbortController();
  /** Grows with every loss: a comparison that began before it proves nothing. */
  #losses: number = 0;

  constructor(options: AccountFeedOptions) {
    this.#options = options;
  }

  take(item: SocketItem<PrivatePush>): void {
    if (this.#closing.signal.aborted) return;
    if (item.kind === 'data') {
      if (this.#isHolding) this.#waiting.push(item);
      else this.#push(item);
    } else if (item.kind === 'gap') {
      this.#isDown = false;
      this.#losses += 1;
      const { fromMs, toMs } = this.#lost ?? item;
      this.#lost = { fromMs: Math.min(fromMs, item.fromMs), toMs: Math.max(toMs, item.toMs) };
      if (!this.#isHolding) this.#mend().catch((error: unknown) => this.#fail(error));
    } else if (item.kind === 'interrupted') {
      this.#isDown = true;
      this.#losses += 1;
      this.#options.listener(item);
    } else if (!this.#isHolding) {
      this.#options.listener(item);
    }
  }

  /**
   * Tells the account as it is, and audits it from then on. To be called once, when the stream is live.
   *
   * @throws what `fetchAccount` throws
   */
  async begin(): Promise<void> {
    const snapshot = await this.#options.fetchAccount(this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    this.#goodUntilMs = snapshot.askedAtMs;
    this.#tell({ snapshot, fills: [], ended: [] }, null);
    await this.#mend();
    this.#audit().catch((error: unknown) => this.#fail(error));
  }

  /** May be called twice. */
  close(): void {
    this.#closing.abort();
  }

  #fail(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.close();
    this.#options.onFailure(error);
  }

  /** Fetches what was lost; what was pushed meanwhile is told after it. */
  async #mend(): Promise<void> {
    this.#isHolding = true;
    while (this.#lost !== null) {
      const span = this.#lost;
      this.#lost = null;
      const fetched = await this.#fetch(span.fromMs);
      if (this.#closing.signal.aborted) return;
      if (fetched === null) {
        this.#failures += 1;
        this.#hurry.abort(); // the audit puts the account right as soon as it can
        this.#options.listener({ kind: 'gap', ...span });
      } else {
        this.#tell(fetched, { ...span, isKnown: true });
      }
    }
    this.#isHolding = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const push of waiting) this.#push(push);
  }

  async #audit(): Promise<void> {
    const { clock, random, auditMs = 60_000, graceMs = 2_000 } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#hurry = new AbortController();
      const pauseMs = FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 10) * (0.5 + random.next() / 2);
      const either = AbortSignal.any([signal, this.#hurry.signal]);
      await clock.sleep(this.#failures > 0 ? Math.min(pauseMs, auditMs) : auditMs, either).catch(() => {});
      if (either.aborted || this.#isDown || this.#isHolding) continue;
      const losses = this.#losses;
      const fromMs = this.#goodUntilMs;
      const fetched = await this.#fetch(fromMs);
      await clock.sleep(graceMs, signal).catch(() => {});
      if (signal.aborted || losses !== this.#losses) continue;
      if (fetched === null) this.#failures += 1;
      else this.#tell(fetched, { fromMs, toMs: Math.max(fromMs, fetched.snapshot.askedAtMs), isKnown: false });
    }
  }

  #push({ data, timeMs }: Push): void {
    const { listener } = this.#options;
    if (data.channel === 'order') {
      if (this.state.order(data.value, timeMs)) listener({ kind: 'order', order: data.value });
    } else if (data.channel === 'order.deal') {
      if (this.state.fill(data.value)) listener({ kind: 'fill', fill: data.value });
    } else if (data.channel === 'position') {
      if (this.state.position(data.value, timeMs)) listener({ kind: 'position', position: data.value });
    } else if (data.channel === 'asset') {
      if (this.state.asset(data.value, timeMs)) listener({ kind: 'asset', asset: data.value });
    } else {
      listener({ kind: 'other', push: data });
    }
  }

  /** Tells what is news in it: repairs a known loss of a span, or reveals one there where there are news at all. */
  #tell({ snapshot, fills, ended }: Fetched, loss: (Span & { readonly isKnown: boolean }) | null): void {
    const { askedAtMs, openOrders, openPositions, assets } = snapshot;
    const items: AccountItem[] = [];
    const lostFills = fills.filter((fill) => this.state.fill(fill));
    for (const fill of lostFills) items.push({ kind: 'fill', fill });
    for (const order of [...openOrders, ...ended]) {
      if (this.state.order(order, askedAtMs)) items.push({ kind: 'order', order });
    }
    const closed = this.state
      .openPositionsMissingFrom(openPositions, askedAtMs)
      .map((position) => ({ ...position, state: 3, holdVol: '0' }));
    for (const position of closed) {
      if (this.state.closePosition(position, askedAtMs)) items.push({ kind: 'position', position });
    }
    for (const position of openPositions) {
      if (this.state.listedPosition(position, askedAtMs)) items.push({ kind: 'position', position });
    }
    if (loss !== null && (loss.isKnown || items.length > 0)) {
      const times = lostFills.map(({ timestamp }) => timestamp);
      const [fromMs, toMs] = [Math.min(loss.fromMs, ...times), Math.max(loss.toMs, ...times)];
      this.#options.listener({ kind: 'repaired', fromMs, toMs });
    }
    // a balance moves with prices, which no push tells: that is no loss
    for (const asset of assets) if (this.state.listedAsset(asset, askedAtMs)) items.push({ kind: 'asset', asset });
    for (const item of items) this.#options.listener(item);
    this.#goodUntilMs = Math.max(this.#goodUntilMs, askedAtMs);
    this.#failures = 0;
  }

  /** Null where something failed or took too long. */
  async #fetch(fromMs: number): Promise<Fetched | null> {
    const { clock, fetchAccount, fetchOrder, fetchEnded, fetchFills, fetchTimeoutMs = 30_000 } = this.#options;
    const patience = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, patience.signal]);
    const late = clock.sleep(fetchTimeoutMs, signal).then(() => null);
    late.catch(() => {});
    const work = async (): Promise<Fetched> => {
      const snapshot = await fetchAccount(signal);
      // from where the account was last known to be right: a loss before this one may still be open
      const sinceMs = Math.min(fromMs, this.#goodUntilMs);
      const fills = await fetchFills(sinceMs, signal);
      const ended = [...(await fetchEnded(sinceMs, signal))];
      for (const order of this.state.openOrdersMissingFrom(snapshot.openOrders, snapshot.askedAtMs)) {
        const now = await fetchOrder(order, signal);
        if (now !== null) ended.push(now);
      }
      return { snapshot, fills, ended };
    };
    try {
      return await Promise.race([work(), late]);
    } catch {
      return null; // whatever it was, the answer is to ask again
    } finally {
      patience.abort();
    }
  }
}
