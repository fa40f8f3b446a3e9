import type { Clock, Random } from '@prate/runtime';
import type { WireDeal } from '../../src/wire/deals.ts';
import { readDepth, type WireDepth } from '../../src/wire/depth.ts';
import type { Json } from '../../src/wire/json-text.ts';
import type { WireFill, WireOrder } from '../../src/wire/orders.ts';
import type { AccountSnapshot } from '../../src/ws/account-feed.ts';
import { assetOf, fillOf, orderOf, positionOf } from './wire-objects.ts';

/** How frames leave the server; `symbol` and `version` are for the test's account of what was lost. */
export interface Outgoing {
  readonly text: string;
  readonly channel: string;
  readonly symbol: string | null;
  readonly version: number | null;
  readonly timeMs: number;
}

/** One client of the model. */
export class ModelPeer {
  readonly subscriptions = new Map<string, { readonly compress: boolean }>();
  isLoggedIn: boolean = false;
  readonly out: (frame: Outgoing) => void;

  constructor(out: (frame: Outgoing) => void) {
    this.out = out;
  }
}

interface Book {
  version: number;
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
  readonly commits: object[];
  /** The whole book at every version that there was. */
  readonly contents: Map<number, string>;
}

type Row = Record<string, number | string | boolean>;

/** What MEXC knows, and what it pushes of it: a small server without a socket. */
export class MexcModel {
  readonly symbols: readonly string[] = ['BTC_USDT', 'ETH_USDT'];
  readonly books = new Map<string, Book>();
  readonly deals = new Map<string, { id: string; p: number; v: number; T: number; t: number }[]>();
  readonly orders = new Map<string, Row>();
  readonly positions = new Map<string, Row>();
  readonly fills: Row[] = [];
  readonly peers = new Set<ModelPeer>();
  #balance: number = 1_000;
  readonly #clock: Clock;
  readonly #random: Random;
  #ids: number = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    for (const symbol of this.symbols) {
      this.books.set(symbol, {
        version: 100,
        bids: new Map(),
        asks: new Map(),
        commits: [],
        contents: new Map([[100, ' | ']]),
      });
      this.deals.set(symbol, []);
    }
  }

  /** A message of a client. */
  receive(peer: ModelPeer, text: string): void {
    const { method, param } = JSON.parse(text) as { method: string; param?: { symbol?: string; compress?: boolean } };
    if (method === 'ping') {
      this.#send(peer, { channel: 'pong', data: this.#clock.nowMs() });
      return;
    }
    if (method === 'login') peer.isLoggedIn = true;
    const [verb, ...name] = method.split('.');
    const key = `${name.join('.')} ${param?.symbol}`;
    if (verb === 'sub') peer.subscriptions.set(key, { compress: param?.compress ?? true });
    if (verb === 'unsub') peer.subscriptions.delete(key);
    this.#send(peer, { channel: `rs.${method}`, data: 'success', ts: this.#clock.nowMs() });
  }

  /** Something happens. With `isSilent` a change of a book is told to nobody. */
  act(isSilent = false): void {
    const symbol = this.symbols[this.#random.nextInt(0, this.symbols.length)] as string;
    const kind = this.#random.nextInt(0, 10);
    if (isSilent || kind < 5) this.changeBook(symbol, isSilent);
    else if (kind < 8) this.trade(symbol);
    else this.#orderEvent(symbol);
  }

  /** One to three changes: single steps for some, one merged change for others. */
  changeBook(symbol: string, isSilent = false): void {
    const book = this.#book(symbol);
    const begin = book.version + 1;
    const mergedBids = new Map<number, number>();
    const mergedAsks = new Map<number, number>();
    for (let i = this.#random.nextInt(1, 4); i > 0; i--) {
      const isBid = this.#random.next() < 0.5;
      const price = (isBid ? 980 : 1_001) + this.#random.nextInt(0, 20);
      const volume = this.#random.nextInt(0, 4);
      const side = isBid ? book.bids : book.asks;
      if (volume === 0) side.delete(price / 10);
      else side.set(price / 10, volume);
      (isBid ? mergedBids : mergedAsks).set(price / 10, volume);
      book.version += 1;
      book.contents.set(book.version, contentOf(book));
      const level = [[price / 10, volume, 1]];
      const data = { asks: isBid ? [] : level, bids: isBid ? level : [], version: book.version };
      book.commits.push(data);
      if (!isSilent) this.#pushDepth(symbol, data, false);
    }
    const levels = (map: ReadonlyMap<number, number>): number[][] =>
      [...map].map(([price, volume]) => [price, volume, 1]);
    const { version } = book;
    const data = { asks: levels(mergedAsks), bids: levels(mergedBids), version, begin, end: version };
    if (!isSilent) this.#pushDepth(symbol, data, true);
  }

  trade(symbol: string): void {
    const rows = Array.from({ length: this.#random.nextInt(1, 5) }, () => {
      this.#ids += 1;
      // few prices and volumes, so that several trades look alike
      return {
        id: `1643574${this.#ids}`,
        p: 99 + this.#random.nextInt(0, 2) / 10,
        v: this.#random.nextInt(1, 3),
        T: this.#random.nextInt(1, 3),
        t: this.#clock.nowMs(),
      };
    });
    this.deals.get(symbol)?.push(...rows);
    const data = rows.map(({ id, ...rest }) => ({ ...rest, i: id }));
    // now and then one push is split into two
    const cut = this.#random.nextInt(0, data.length);
    for (const part of [data.slice(0, cut), data.slice(cut)]) {
      if (part.length > 0) this.#push(`deal ${symbol}`, { channel: 'push.deal', symbol, data: part });
    }
  }

  #orderEvent(symbol: string): void {
    const open = [...this.orders.values()].filter((order) => order['symbol'] === symbol && order['state'] === 2);
    const order = open[this.#random.nextInt(0, open.length + 1)];
    if (order === undefined) {
      this.#ids += 1;
      const orderId = `7391135770382${55_616 + this.#ids}`;
      const createTime = this.#clock.nowMs();
      const made = { orderId, symbol, side: 1, orderType: 1, vol: 10, dealVol: 0, state: 2, version: 0, createTime };
      this.orders.set(orderId, made);
      this.#pushOrder(made);
      return;
    }
    if (this.#random.next() < 0.2) {
      order['state'] = 4;
      this.#pushOrder(order);
      return;
    }
    const vol = Math.min(this.#random.nextInt(1, 6), 10 - Number(order['dealVol']));
    order['dealVol'] = Number(order['dealVol']) + vol;
    if (order['dealVol'] === 10) order['state'] = 3;
    this.#ids += 1;
    const timestamp = this.#clock.nowMs();
    const fill = {
      id: `8${this.#ids}`,
      orderId: String(order['orderId']),
      symbol,
      side: 1,
      vol,
      price: 99,
      fee: 0,
      feeCurrency: 'USDT',
      isTaker: true,
      timestamp,
    };
    this.fills.push(fill);
    this.#pushOrder(order);
    this.#pushPrivate('order.deal', fill);
    this.#movePosition(symbol, vol);
    this.#balance = Math.round((this.#balance - vol / 10) * 10) / 10;
    this.#pushPrivate('asset', this.#asset());
  }

  #movePosition(symbol: string, vol: number): void {
    let position = [...this.positions.values()].find((one) => one['symbol'] === symbol && one['state'] === 1);
    if (position === undefined) {
      this.#ids += 1;
      position = {
        positionId: this.#ids,
        symbol,
        positionType: 1,
        openType: 1,
        state: 1,
        holdVol: 0,
        holdAvgPrice: 99,
        leverage: 20,
        version: 0,
        updateTime: 0,
      };
      this.positions.set(String(this.#ids), position);
    }
    const held = Number(position['holdVol']) + vol;
    position['holdVol'] = held > 20 ? 0 : held;
    if (held > 20) position['state'] = 3;
    position['version'] = Number(position['version']) + 1;
    position['updateTime'] = this.#clock.nowMs();
    this.#pushPrivate('position', position);
  }

  #pushOrder(order: Row): void {
    order['version'] = Number(order['version']) + 1;
    order['updateTime'] = this.#clock.nowMs();
    this.#pushPrivate('order', order);
  }

  // what REST answers

  snapshot(symbol: string): WireDepth {
    const { version, bids, asks } = this.#book(symbol);
    return readDepth({ version, bids: [...bids], asks: [...asks] }, 'depth');
  }

  commits(symbol: string): readonly WireDepth[] {
    return this.#book(symbol)
      .commits.slice(-20)
      .reverse()
      .map((commit) => readDepth(commit as unknown as Json, 'depth_commits'));
  }

  /** The latest trades, at most 40 and without ids. */
  recentDeals(symbol: string): readonly WireDeal[] {
    return (this.deals.get(symbol) ?? []).slice(-40).map(
      ({ p, v, T, t }): WireDeal => ({
        id: null,
        price: String(p),
        vol: String(v),
        takerSide: T === 1 ? 1 : 2,
        time: t,
      }),
    );
  }

  account(askedAtMs: number): AccountSnapshot {
    return {
      askedAtMs,
      openOrders: [...this.orders.values()].filter(({ state }) => state === 2).map(orderOf),
      openPositions: [...this.positions.values()].filter(({ state }) => state === 1).map(positionOf),
      assets: [assetOf(this.#asset())],
    };
  }

  order(orderId: string): WireOrder | null {
    const order = this.orders.get(orderId);
    return order === undefined ? null : orderOf(order);
  }

  endedSince(fromMs: number): readonly WireOrder[] {
    const ended = [...this.orders.values()].filter(
      ({ state, createTime }) => Number(state) >= 3 && Number(createTime) >= fromMs,
    );
    return ended.map(orderOf);
  }

  fillsSince(fromMs: number): readonly WireFill[] {
    return this.fills.map(fillOf).filter(({ timestamp }) => timestamp >= fromMs);
  }

  contentAt(symbol: string, version: number): string {
    return this.#book(symbol).contents.get(version) ?? '';
  }

  #asset(): object {
    return { currency: 'USDT', availableBalance: this.#balance, frozenBalance: 0, positionMargin: 0 };
  }

  #book(symbol: string): Book {
    const book = this.books.get(symbol);
    if (book === undefined) throw new Error(`no book of ${symbol}`);
    return book;
  }

  #pushDepth(symbol: string, data: object, compress: boolean): void {
    this.#push(`depth ${symbol}`, { channel: 'push.depth', symbol, data }, compress);
  }

  #push(key: string, frame: { channel: string; symbol: string; data: unknown }, compress?: boolean): void {
    for (const peer of this.peers) {
      const subscribed = peer.subscriptions.get(key);
      if (subscribed === undefined || (compress !== undefined && compress !== subscribed.compress)) continue;
      this.#send(peer, { ...frame, ts: this.#clock.nowMs() });
    }
  }

  #pushPrivate(name: string, data: object): void {
    for (const peer of this.peers) {
      if (peer.isLoggedIn) this.#send(peer, { channel: `push.personal.${name}`, data, ts: this.#clock.nowMs() });
    }
  }

  #send(peer: ModelPeer, frame: { channel: string; symbol?: string; data: unknown; ts?: number }): void {
    const { version = null } = (typeof frame.data === 'object' ? frame.data : {}) as { version?: number };
    const text = JSON.stringify(frame);
    peer.out({
      // ids come as texts here and as integers beyond 2^53 there
      text: this.#random.next() < 0.5 ? text : text.replace(/"orderId":"(\d+)"/, '"orderId":$1'),
      channel: frame.channel,
      symbol: frame.symbol ?? null,
      version,
      timeMs: this.#clock.nowMs(),
    });
  }
}

/** The whole of a book as a text, to compare. */
export function contentOf({
  bids,
  asks,
}: {
  bids: ReadonlyMap<number, number>;
  asks: ReadonlyMap<number, number>;
}): string {
  const side = (map: ReadonlyMap<number, number>, sign: number): string =>
    [...map]
      .sort(([a], [b]) => sign * (a - b))
      .map((level) => level.join('x'))
      .join(' ');
  return `${side(bids, -1)} | ${side(asks, 1)}`;
}
