import type { OrderBook } from '@prate/domain';
import { formatScaled, publicTradesOf } from '@prate/domain/candles';
import type { CandlesItem, OrderBookItem, TradesItem } from '@prate/market-data-port';
import { type Random, seededRandom } from '@prate/runtime';
import { expect } from 'vitest';
import { type MarketRig, marketRig } from './mexc-market-rig.ts';

const SYMBOL = 'BTC_USDT';
const TICK_MS = 4_000;

interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How much went wrong in a run, so that a storm that harms nothing is noticed. */
export interface ChaosCounts {
  readonly tradeGaps: number;
  readonly bookGaps: number;
  readonly connections: number;
  readonly repairedTrades: number;
}

/** One run on one seed: a stormy time, a quiet one, and then everything told is what happened, or lies in a gap. */
export async function runMarketChaos(seed: number): Promise<ChaosCounts> {
  const rig = await marketRig({}, seed);
  try {
    return await storm(rig, seededRandom(seed), seed);
  } finally {
    await rig.close();
  }
}

async function storm(rig: MarketRig, random: Random, seed: number): Promise<ChaosCounts> {
  const { sandbox, backend, network, port } = rig;
  const trades: TradesItem[] = [];
  const books: OrderBookItem[] = [];
  const candles: CandlesItem[] = [];
  const streams = [
    port.trades([SYMBOL], (item) => void trades.push(item)),
    port.orderBook([SYMBOL], (item) => void books.push(item)),
    port.candles([SYMBOL], '1m', (item) => void candles.push(item)),
  ];
  let isReady = false;
  void Promise.all(streams.map(({ ready }) => ready)).then(() => {
    isReady = true;
  });
  const server = new ServerLog(rig);
  const tick = async (): Promise<void> => {
    await rig.advance(TICK_MS, true);
    rig.act();
    // so many that the last hundred do not reach back over them
    if (random.next() < 0.02) for (let i = 0; i < 150; i += 1) backend.trade(SYMBOL, 80_000, 1 + (i % 7));
    server.note();
    await network.settle();
  };
  server.note();
  while (!isReady) await tick();
  server.begin();
  for (let i = 0; i < 60; i += 1) {
    disturb(rig, random);
    server.note();
    await tick();
  }
  sandbox.faults.clear();
  for (let i = 0; i < 45; i += 1) await tick();

  checkTrades(trades, server, seed);
  checkBooks(books, server, seed);
  checkCandles(candles, rig, seed);
  for (const stream of streams) stream.close();
  const gaps = (items: readonly { readonly kind: string }[]): number =>
    items.filter(({ kind }) => kind === 'gap').length;
  return {
    tradeGaps: gaps(trades),
    bookGaps: gaps(books),
    connections: network.connections,
    repairedTrades: trades.flatMap((item) => (item.kind === 'trades' && item.trades.ids === null ? [item] : [])).length,
  };

  function disturb({ sandbox: { faults } }: MarketRig, chance: Random): void {
    const luck = chance.next();
    const share = (most: number): number => chance.next() * most;
    if (luck < 0.05) faults.closeSockets(1001);
    else if (luck < 0.1) faults.resetSockets();
    else if (luck < 0.13) {
      faults.freezeSockets();
      network.forgetSockets();
    } else if (luck < 0.18) faults.jumpBook(SYMBOL, chance.nextInt(1, 5));
    else if (luck < 0.28) {
      const channels = ['push.depth'];
      faults.frames({ drop: share(0.3), duplicate: share(0.3), reorder: share(0.3), split: share(0.3), channels });
    } else if (luck < 0.34) faults.frames({ duplicate: share(0.5), split: share(0.5) });
    else if (luck < 0.4) faults.silence(['push.depth']);
    else if (luck < 0.5) faults.http({ fault: { kind: 'status', status: 503 }, times: chance.nextInt(1, 4) });
    else if (luck < 0.6) faults.clear();
  }
}

/** What the server did: every book by its version, every trade. */
class ServerLog {
  readonly #rig: MarketRig;
  readonly #books = new Map<number, string>();
  beganMs = 0;

  constructor(rig: MarketRig) {
    this.#rig = rig;
  }

  begin(): void {
    this.beganMs = this.#rig.clock.nowMs();
  }

  note(): void {
    const { version, content } = this.latest;
    this.#books.set(version, content);
  }

  /** Levels in contracts as the port tells them, in the base asset. */
  get latest(): { readonly version: number; readonly content: string } {
    const { backend, sandbox } = this.#rig;
    const book = backend.market.book(SYMBOL) as { version: number; bids: readonly Level[]; asks: readonly Level[] };
    const side = (levels: readonly Level[]): string =>
      levels.map(({ price, volume }) => `${price}×${volume.mul('0.0001')}`).join(' ');
    return {
      version: book.version + sandbox.faults.bookOffset(SYMBOL),
      content: `${side(book.bids)} | ${side(book.asks)}`,
    };
  }

  contentAt(version: number): string | undefined {
    return this.#books.get(version);
  }

  get trades(): readonly { readonly time: number; readonly line: string }[] {
    const rows = this.#rig.backend.market.trades(SYMBOL, 1_000_000) as readonly {
      readonly time: number;
      readonly price: Level['price'];
      readonly volume: Level['volume'];
      readonly side: string;
    }[];
    return rows.map(({ time, price, volume, side }) => ({
      time,
      line: `${time} ${price} ${volume.mul('0.0001')} ${side}`,
    }));
  }
}

type Level = Readonly<Record<'price' | 'volume', OrderBook['bids'][number]['price']>>;

const isIn = (gaps: readonly Gap[], timeMs: number): boolean =>
  gaps.some(({ fromMs, toMs }) => fromMs <= timeMs && timeMs <= toMs);
const gapsOf = (items: readonly { readonly kind: string }[]): Gap[] =>
  items.filter(({ kind }) => kind === 'gap') as unknown as Gap[];

function checkTrades(items: readonly TradesItem[], server: ServerLog, seed: number): void {
  const gaps = gapsOf(items);
  const counts = new Map<string, number>();
  for (const item of items) {
    if (item.kind !== 'trades') continue;
    for (const { time, price, quantity, side } of publicTradesOf(item.symbol, item.trades)) {
      const line = `${time} ${price} ${quantity} ${side}`;
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  for (const { time, line } of server.trades) {
    const left = counts.get(line) ?? 0;
    if (left > 0) counts.set(line, left - 1);
    else if (time > server.beganMs && !isIn(gaps, time)) {
      expect(gaps, `seed ${seed}: the trade ${line} is lost without a gap`).toBe(null);
    }
  }
  const surplus = [...counts].filter(([, count]) => count > 0);
  expect(surplus, `seed ${seed}: trades told twice, or never made`).toEqual([]);
}

function checkBooks(items: readonly OrderBookItem[], server: ServerLog, seed: number): void {
  let last: number | null = null;
  let gapSince = true;
  for (const item of items) {
    if (item.kind === 'gap') gapSince = true;
    if (item.kind !== 'orderBook') continue;
    const { version, bids, asks } = item.book;
    const side = (levels: OrderBook['bids']): string =>
      levels.map(({ price, quantity }) => `${price}×${quantity}`).join(' ');
    const shown = `${side(bids)} | ${side(asks)}`;
    if (shown !== server.contentAt(version as number)) {
      expect(shown, `seed ${seed}: the book of version ${version}`).toBe(server.contentAt(version as number));
    }
    if (last !== null && !gapSince && version !== last && version !== last + 1) {
      expect(version, `seed ${seed}: a hole in the versions without a gap`).toBe(last + 1);
    }
    last = version;
    gapSince = false;
  }
  expect(last, `seed ${seed}: the book after the quiet`).toBe(server.latest.version);
}

function checkCandles(items: readonly CandlesItem[], rig: MarketRig, seed: number): void {
  const gaps = gapsOf(items);
  const told = new Map<number, string>();
  for (const item of items) {
    if (item.kind !== 'candles') continue;
    const { candles } = item;
    for (let i = 0; i < candles.length; i += 1) {
      const openTime = candles.openTime[i] as number;
      expect(openTime, `seed ${seed}: told twice, or after a later one`).toBeGreaterThan([...told.keys()].at(-1) ?? 0);
      const prices = [candles.open, candles.high, candles.low, candles.close].map((column) =>
        formatScaled(column[i] as number, candles.priceDecimals),
      );
      told.set(openTime, `${prices.join(' ')} ${formatScaled(candles.volume[i] as number, candles.volumeDecimals)}`);
    }
  }
  const opens = [...told.keys()];
  const range = { from: opens[0] ?? 0, to: opens.at(-1) ?? 0 };
  const bars = rig.backend.market.klines(SYMBOL, 'Min1', 'LAST', range) as readonly {
    readonly openTime: number;
    readonly real: Readonly<Record<'open' | 'high' | 'low' | 'close', Level['price']>>;
    readonly volume: Level['volume'];
  }[];
  expect(told.size, `seed ${seed}: candles told`).toBeGreaterThan(3);
  for (const { openTime, real, volume } of bars) {
    const expected = `${real.open} ${real.high} ${real.low} ${real.close} ${volume.mul('0.0001')}`;
    const candle = told.get(openTime);
    if (candle === undefined && isIn(gaps, openTime)) continue;
    expect(candle, `seed ${seed}: the candle of ${openTime}`).toBe(expected);
  }
}
