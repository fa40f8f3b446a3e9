import { ManualClock, type Random, seededRandom } from '@prate/runtime';
import { expect } from 'vitest';
import { BookKeeper } from '../../src/book/book-keeper.ts';
import { REMEMBERED_DEALS } from '../../src/market/trade-feed.ts';
import type { WireDeal } from '../../src/wire/deals.ts';
import type { WireDepth } from '../../src/wire/depth.ts';
import { AccountFeed, type AccountItem } from '../../src/ws/account-feed.ts';
import { type Repaired, RepairedFeed, type Span } from '../../src/ws/repaired-feed.ts';
import { SocketManager } from '../../src/ws/socket-manager.ts';
import type { SocketTransport } from '../../src/ws/socket-transport.ts';
import { contentOf, MexcModel, ModelPeer, type Outgoing } from './mexc-model.ts';

const T0 = 1_790_000_000_000;

/** A server's end of a socket, with all that can go wrong between the model and the client. */
export class ChaosLink {
  readonly peer: ModelPeer;
  readonly #model: MexcModel;
  readonly #random: Random;
  readonly #wire: { deliver(text: string): void; cut(): void };
  readonly #lost: Outgoing[];
  #queue: Outgoing[] = [];
  #held: Outgoing[] = [];
  /** Nothing goes through any more, and nobody says so. */
  isHalfOpen: boolean = false;
  isGone: boolean = false;

  constructor(model: MexcModel, random: Random, lost: Outgoing[], wire: { deliver(text: string): void; cut(): void }) {
    this.#model = model;
    this.#random = random;
    this.#lost = lost;
    this.#wire = wire;
    this.peer = new ModelPeer((frame) => this.#queue.push(frame));
    model.peers.add(this.peer);
  }

  receive(text: string): void {
    if (!this.isHalfOpen && !this.isGone) this.#model.receive(this.peer, text);
  }

  gone(): void {
    this.isGone = true;
    this.#model.peers.delete(this.peer);
    this.#lost.push(...this.#queue, ...this.#held);
    this.#queue = [];
    this.#held = [];
  }

  /** Delivers what waits; in chaos not quite so. */
  flush(isChaos: boolean): void {
    const frames = [...this.#held, ...this.#queue];
    this.#held = [];
    this.#queue = [];
    if (this.isHalfOpen) {
      this.#lost.push(...frames);
      return;
    }
    if (isChaos) this.#disturb(frames);
    for (const { text } of frames) if (!this.isGone) this.#wire.deliver(text);
    if (!isChaos) return;
    const chance = this.#random.next();
    if (chance < 0.01) this.isHalfOpen = true;
    else if (chance < 0.025) {
      this.#wire.cut();
      this.gone();
    }
  }

  #disturb(frames: Outgoing[]): void {
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i] as Outgoing;
      const chance = this.#random.next();
      if (chance < 0.03) {
        frames.splice(i, 0, frame); // twice
      } else if (chance < 0.06) {
        const other = this.#random.nextInt(0, frames.length);
        [frames[i], frames[other]] = [frames[other] as Outgoing, frame];
      } else if (frame.channel !== 'push.deal' && chance < 0.1) {
        // Trades are neither dropped nor held on a connection that lives: TCP does not, and their ids cannot show it
        frames.splice(i, 1);
        if (chance < 0.08) this.#lost.push(frame);
        else this.#held.push(frame);
      }
    }
  }
}

/** What the chaos needs of the sockets: a transport, and to wait until all that was sent has arrived. */
interface ChaosNetwork {
  readonly transport: SocketTransport;
  readonly url: string;
  /** The links that the clients opened, in order. */
  readonly links: readonly ChaosLink[];
  settle(): Promise<void>;
}

export type NetworkMaker = (
  makeLink: (wire: { deliver(text: string): void; cut(): void }) => ChaosLink,
  random: Random,
) => ChaosNetwork;

/** Follows the book of one symbol, and checks whatever it shows. */
class BookFollower {
  readonly gaps: Span[] = [];
  readonly keeper: BookKeeper;
  firstShownMs: number | null = null;
  failure: unknown = null;

  constructor(
    symbol: string,
    model: MexcModel,
    clock: ManualClock,
    random: Random,
    rest: <T>(answer: () => T) => Promise<T>,
  ) {
    this.keeper = new BookKeeper({
      clock,
      random,
      onFailure: (error) => {
        this.failure = error;
      },
      fetchSnapshot: () => rest((): WireDepth => model.snapshot(symbol)),
      fetchCommits: () => rest(() => model.commits(symbol)),
      listener: (item) => {
        if (item.kind === 'gap') this.gaps.push(item);
        if (item.kind !== 'book') return;
        this.firstShownMs ??= clock.nowMs();
        const side = (name: 'bids' | 'asks'): Map<number, number> => {
          const levels = item.book[name];
          return new Map(Array.from({ length: levels.size }, (_, i) => [levels.priceAt(i), levels.volumeAt(i)]));
        };
        const content = contentOf({ bids: side('bids'), asks: side('asks') });
        if (content !== model.contentAt(symbol, item.book.version)) {
          expect(content, `${symbol} at ${item.book.version}`).toBe(model.contentAt(symbol, item.book.version));
        }
      },
    });
  }
}

/** Follows the trades of one symbol, with repairs. */
class DealFollower {
  readonly told: WireDeal[] = [];
  readonly gaps: Span[] = [];
  repairs: number = 0;
  readonly feed: RepairedFeed<WireDeal>;

  constructor(symbol: string, model: MexcModel, clock: ManualClock, rest: <T>(answer: () => T) => Promise<T>) {
    this.feed = new RepairedFeed<WireDeal>({
      clock,
      onFailure: (error) => {
        throw error;
      },
      idOf: ({ id }) => id,
      likenessOf,
      remembered: REMEMBERED_DEALS,
      repair: (span) => rest(() => repairOf(model.recentDeals(symbol), span)),
      listener: (item) => {
        if (item.kind === 'items') this.told.push(...item.items);
        if (item.kind === 'gap') this.gaps.push(item);
        if (item.kind === 'repaired') this.repairs += 1;
      },
    });
  }
}

const likenessOf = ({ time, price, vol, takerSide }: WireDeal): string => `${time} ${price} ${vol} ${takerSide}`;

/** MEXC gives the latest trades alone: what lies before the oldest of them is missing, its own millisecond included. */
function repairOf(rows: readonly WireDeal[], span: Span): Repaired<WireDeal> {
  const oldest = rows[0]?.time ?? span.toMs;
  const isWhole = rows.length < 40 || oldest < span.fromMs;
  const items = rows.filter(({ time }) => time >= span.fromMs && time <= span.toMs && (isWhole || time > oldest));
  return { items, missing: isWhole ? [] : [{ fromMs: span.fromMs, toMs: Math.min(oldest, span.toMs) }] };
}

/** How much went wrong in a run. */
interface ChaosCounts {
  readonly reconnects: number;
  readonly lostFrames: number;
  readonly resyncs: number;
  readonly bookGaps: number;
  readonly dealGaps: number;
  readonly repairs: number;
}

/** One run on one seed: a stormy time, a quiet one, and then everything must be as the server has it. */
export async function runChaos(seed: number, makeNetwork: NetworkMaker, steps: number): Promise<ChaosCounts> {
  const clock = new ManualClock(T0);
  const random = seededRandom(seed);
  const model = new MexcModel(clock, seededRandom(seed + 1_000_000));
  const lost: Outgoing[] = [];
  let isChaos = false;
  const network = makeNetwork((wire) => new ChaosLink(model, random, lost, wire), random);
  const rest = async <T>(answer: () => T): Promise<T> => {
    await clock.sleep(random.nextInt(0, 800));
    if (isChaos && random.next() < 0.15) throw new Error('503');
    if (isChaos && random.next() < 0.03) return new Promise<T>(() => {});
    const value = answer();
    await clock.sleep(random.nextInt(0, 800));
    return value;
  };

  const manager = new SocketManager({
    clock,
    random,
    url: network.url,
    transport: network.transport,
    login: () => ({ apiKey: 'k', reqTime: String(clock.nowMs()), signature: 's' }),
    maxSubscriptions: 2,
  });
  const books = new Map<string, BookFollower>();
  const deals = new Map<string, DealFollower>();
  const ready: Promise<void>[] = [];
  for (const symbol of model.symbols) {
    const book = new BookFollower(symbol, model, clock, random, rest);
    const deal = new DealFollower(symbol, model, clock, rest);
    books.set(symbol, book);
    deals.set(symbol, deal);
    // single steps of one symbol, merged changes of the other
    const compress = symbol === model.symbols[0];
    ready.push(manager.subscribe('depth', { symbol, compress }, (item) => book.keeper.take(item)).ready);
    ready.push(manager.subscribe('deal', { symbol }, (item) => deal.feed.take(item)).ready);
  }
  const account: AccountItem[] = [];
  const feed = new AccountFeed({
    clock,
    random,
    listener: (item) => account.push(item),
    onFailure: (error) => {
      throw error;
    },
    auditMs: 10_000,
    graceMs: 1_000,
    fetchAccount: async () => {
      const askedAtMs = clock.nowMs();
      return rest(() => model.account(askedAtMs));
    },
    fetchOrder: ({ orderId }) => rest(() => model.order(orderId)),
    fetchEnded: (fromMs) => rest(() => model.endedSince(fromMs)),
    fetchFills: (fromMs) => rest(() => model.fillsSince(fromMs)),
  });
  const priv = manager.subscribePrivate((item) => feed.take(item));
  ready.push(priv.ready);

  const step = async (acts: number): Promise<void> => {
    clock.advance(random.nextInt(20, 400));
    for (let i = 0; i < acts; i++) model.act(isChaos && random.next() < 0.02); // a version jump now and then
    for (const link of network.links) if (!link.isGone) link.flush(isChaos);
    await network.settle();
    for (const { failure } of books.values()) if (failure !== null) throw failure;
  };
  let isReady = false;
  void Promise.all(ready).then(() => {
    isReady = true;
  });
  while (!isReady) await step(0);
  let hasBegun = false;
  void feed.begin().then(() => {
    hasBegun = true;
  });
  while (!hasBegun || [...books.values()].some(({ keeper }) => keeper.book === null)) await step(0);

  isChaos = true;
  for (let i = 0; i < steps; i++) await step(random.nextInt(0, 4));
  isChaos = false;
  for (let i = 0; i < 250; i++) await step(0);
  for (const symbol of model.symbols) model.changeBook(symbol); // the last change may have been lost, and nothing shows it
  for (let i = 0; i < 50; i++) await step(0);

  for (const [symbol, { keeper, gaps, firstShownMs }] of books) {
    const what = `book of ${symbol}, seed ${seed}`;
    expect(keeper.book?.version, what).toBe(model.books.get(symbol)?.version);
    for (const frame of lost) {
      if (frame.channel !== 'push.depth' || frame.symbol !== symbol || frame.timeMs < (firstShownMs ?? 0)) continue;
      if (!isIn(gaps, frame.timeMs))
        expect(gaps, `${what}: ${frame.version} at ${frame.timeMs} is in no gap`).toBe(null);
    }
  }
  for (const [symbol, { told, gaps }] of deals) checkDeals(model, symbol, told, gaps, seed);
  checkAccount(model, feed, account, lost, seed);
  feed.close();
  for (const { keeper } of books.values()) keeper.close();
  manager.close();
  await network.settle();
  expect(manager.stats.connections).toBe(0);
  const sum = <T>(all: Iterable<T>, count: (one: T) => number): number =>
    [...all].reduce((n, one) => n + count(one), 0);
  return {
    reconnects: manager.stats.reconnects,
    lostFrames: lost.length,
    resyncs: sum(books.values(), ({ keeper }) => keeper.resyncs),
    bookGaps: sum(books.values(), ({ gaps }) => gaps.length),
    dealGaps: sum(deals.values(), ({ gaps }) => gaps.length),
    repairs: account.filter(({ kind }) => kind === 'repaired').length + sum(deals.values(), ({ repairs }) => repairs),
  };
}

const isIn = (spans: readonly Span[], timeMs: number): boolean =>
  spans.some(({ fromMs, toMs }) => fromMs <= timeMs && timeMs <= toMs);

function checkDeals(
  model: MexcModel,
  symbol: string,
  told: readonly WireDeal[],
  gaps: readonly Span[],
  seed: number,
): void {
  const counts = new Map<string, number>();
  for (const deal of told) counts.set(likenessOf(deal), (counts.get(likenessOf(deal)) ?? 0) + 1);
  for (const { p, v, T, t } of model.deals.get(symbol) ?? []) {
    const likeness = `${t} ${p} ${v} ${T}`;
    const left = counts.get(likeness) ?? 0;
    if (left > 0) counts.set(likeness, left - 1);
    else if (!isIn(gaps, t))
      expect(gaps, `seed ${seed}: a trade of ${symbol} at ${t} is lost without a gap`).toBe(null);
  }
  const surplus = [...counts].filter(([, count]) => count > 0);
  expect(surplus, `seed ${seed}: trades of ${symbol} told twice, or never made`).toEqual([]);
}

function checkAccount(
  model: MexcModel,
  feed: AccountFeed,
  items: readonly AccountItem[],
  lost: readonly Outgoing[],
  seed: number,
): void {
  const what = `account, seed ${seed}`;
  const server = model.account(0);
  const bySlot = <T>(list: readonly T[], key: (item: T) => string): string[] => list.map(key).sort();
  expect(
    bySlot(feed.state.openOrders, ({ orderId, dealVol, version }) => `${orderId} ${dealVol} ${version}`),
    what,
  ).toEqual(bySlot(server.openOrders, ({ orderId, dealVol, version }) => `${orderId} ${dealVol} ${version}`));
  expect(
    bySlot(feed.state.openPositions, ({ positionId, holdVol }) => `${positionId} ${holdVol}`),
    what,
  ).toEqual(bySlot(server.openPositions, ({ positionId, holdVol }) => `${positionId} ${holdVol}`));
  expect(feed.state.assets[0]?.availableBalance, what).toBe(server.assets[0]?.availableBalance);

  const fills = items.flatMap((item) => (item.kind === 'fill' ? [item.fill.id] : []));
  expect(fills.toSorted(), `${what}: every fill, once`).toEqual(model.fills.map(({ id }) => String(id)).toSorted());
  const spans = items.filter((item) => item.kind === 'gap' || item.kind === 'repaired');
  for (const frame of lost) {
    if (frame.channel === 'push.personal.order.deal') {
      expect(isIn(spans, frame.timeMs), `${what}: a fill lost at ${frame.timeMs}`).toBe(true);
    }
  }
  const known = new Map<string, { dealVol: number; version: number; state: number }>();
  for (const item of items) {
    if (item.kind !== 'order') continue;
    const { orderId, version, state } = item.order;
    const before = known.get(orderId) ?? { dealVol: 0, version: 0, state: 2 };
    const after = { dealVol: Number(item.order.dealVol), version: version ?? 0, state };
    expect(after.dealVol, what).toBeGreaterThanOrEqual(before.dealVol);
    expect(after.version, what).toBeGreaterThan(before.version);
    expect(before.state, what).toBe(2);
    known.set(orderId, after);
  }
  for (const { orderId } of model.endedSince(0)) {
    expect(known.get(orderId)?.state, `${what}: the end of order ${orderId}`).toBeGreaterThanOrEqual(3);
  }
}
