import { CandleAggregator, LiveCandles } from '@prate/candle-aggregator';
import { Side } from '@prate/domain';
import { type CandleColumns, INTERPOLATED_CODE, rowsOf, TRADES_CODE } from '@prate/domain/candles';
import type { Gap } from '@prate/market-data-port';
import { MexcFuturesMarketData, type Socket, SocketManager, type SocketTransport } from '@prate/mexc-futures';
import { seededRandom, silentLogger } from '@prate/runtime';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { describe, expect, it } from 'vitest';
import { TradeFeedWatch } from '../../apps/cli/src/session/feed-watch.ts';
import { HistoryFiller } from '../../apps/cli/src/session/history-filler.ts';
import { FixtureTree } from '../../tooling/test-support/fixture-tree.ts';
import { type MarketRig, marketRig, START_MS } from './support/mexc-market-rig.ts';

const MINUTE_MS = 60_000;
const SYMBOLS = ['BTC_USDT', 'ETH_USDT'];

/** Connections of which those that carry a symbol can be cut, and not made again before they are let. */
class CutLines implements SocketTransport {
  readonly #real: SocketTransport;
  readonly #lines = new Map<Socket, { said: string; cut: () => void }>();
  isDown = false;

  constructor(real: SocketTransport) {
    this.#real = real;
  }

  connect(...[url, events]: Parameters<SocketTransport['connect']>): Socket {
    if (this.isDown) {
      queueMicrotask(() => events.onClose(1006, 'no way there'));
      return { send() {}, close() {} };
    }
    const socket = this.#real.connect(url, events);
    const line = {
      said: '',
      cut: () => {
        this.#lines.delete(socket);
        socket.close();
        events.onClose(1006, 'cut');
      },
    };
    this.#lines.set(socket, line);
    return {
      send: (text) => {
        line.said += text;
        socket.send(text);
      },
      close: () => socket.close(),
    };
  }

  cut(symbol: string): void {
    this.isDown = true;
    for (const { said, cut } of [...this.#lines.values()]) if (said.includes(symbol)) cut();
  }
}

/** What a session does with its feed, over a connection for each symbol, on a clock of its own. */
class FeedRig extends FixtureTree {
  readonly rig: MarketRig;
  readonly lines: CutLines;
  readonly port: MexcFuturesMarketData;
  readonly store: SqliteCandleStore = SqliteCandleStore.open(`${this.folder}/candles.db`);
  readonly aggregator: CandleAggregator = new CandleAggregator({ store: this.store, cachedCandles: 0 });
  readonly gaps: Gap[] = [];
  readonly filler: HistoryFiller;
  readonly #ending = new AbortController();
  readonly #live: LiveCandles;
  readonly #ends: Promise<void>[] = [];

  static async begin(): Promise<FeedRig> {
    const made = new FeedRig(await marketRig());
    await made.pass(MINUTE_MS);
    return made;
  }

  private constructor(rig: MarketRig) {
    super();
    this.rig = rig;
    const { clock, network, sandbox } = rig;
    this.lines = new CutLines(network.sockets);
    const parts = { clock, random: seededRandom(7) };
    const sockets = new SocketManager({ ...parts, url: sandbox.wsUrl, transport: this.lines, maxSubscriptions: 1 });
    this.port = new MexcFuturesMarketData({
      ...{ ...parts, restBaseUrl: sandbox.restUrl, transport: network.http, sockets, venue: 'lost' },
    });
    const watch = new TradeFeedWatch(this.port, clock);
    const { aggregator } = this;
    this.filler = new HistoryFiller({
      ...{ market: this.port, aggregator, symbols: SYMBOLS, clock, log: silentLogger, signal: this.#ending.signal },
    });
    watch.onGap = (gap) => {
      this.gaps.push(gap);
      this.filler.missed(gap);
    };
    this.#live = new LiveCandles({ market: watch, aggregator, symbols: SYMBOLS, joinsMidway: true });
    const { done } = this.#live.start();
    this.#ends.push(done, this.filler.run());
  }

  /** Five trades of each symbol every four seconds. */
  async pass(ms: number): Promise<void> {
    const { backend, clock } = this.rig;
    for (let passed = 0; passed < ms; passed += 4000) {
      await this.rig.advance(4000, true);
      for (const symbol of SYMBOLS) {
        for (let i = 0; i < 5; i += 1) {
          backend.trade(symbol, 80_000 + ((clock.nowMs() / 4000 + i) % 7), 1 + i, i % 2 === 0 ? Side.BUY : Side.SELL);
        }
      }
    }
    await this.rig.advance(1, true);
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#live.stop();
    await Promise.all(this.#ends);
    await this.port.close();
    await this.rig.close();
  }

  /** Of whole minutes: what is stored of them as candles of this interval. */
  stored(symbol: string, interval: string, from: number, to: number): Promise<CandleColumns> {
    return this.aggregator.getColumns({ venue: 'lost', symbol }, from, to, interval);
  }
}

describe('a connection that is lost for longer than the last trades reach back', () => {
  it('is a gap of its own symbol, whose minutes are fetched; nothing is lost of the others', async () => {
    using feed = await FeedRig.begin();
    await feed.pass(2 * MINUTE_MS);
    const lostMs = feed.rig.clock.nowMs();
    feed.lines.cut('BTC_USDT');
    await feed.pass(4 * MINUTE_MS);
    feed.lines.isDown = false;
    await feed.pass(3 * MINUTE_MS);
    const [from, to] = [START_MS + 2 * MINUTE_MS, START_MS + 9 * MINUTE_MS];
    const ofExchange = new Map<string, CandleColumns>();
    for (const symbol of SYMBOLS)
      ofExchange.set(symbol, (await feed.port.getCandles({ symbol, interval: '1m', from, to })).columns);
    await feed.end();

    expect(feed.gaps).toMatchObject([{ symbols: ['BTC_USDT'] }]);
    const [gap] = feed.gaps as [Gap];
    expect(gap.fromMs).toBeLessThanOrEqual(lostMs);
    expect(gap.toMs - gap.fromMs).toBeGreaterThan(2 * MINUTE_MS);
    expect([...feed.filler.problems]).toEqual([]);
    for (const symbol of SYMBOLS) {
      const minutes = await feed.stored(symbol, '1m', from, to);
      expect(ohlcv(minutes)).toEqual(ohlcv(ofExchange.get(symbol) as CandleColumns));
      expect([minutes.length, ...minutes.coverage]).toEqual([7, ...Array(7).fill(60)]);
      const kinds = new Set((await feed.stored(symbol, '1s', from, to)).source);
      expect(kinds.has(INTERPOLATED_CODE)).toBe(symbol === 'BTC_USDT');
      expect(kinds.has(TRADES_CODE)).toBe(true);
    }
    await feed.store.close();
  });

  it('what the last trades do reach is told, and is no gap', async () => {
    using feed = await FeedRig.begin();
    feed.lines.cut('BTC_USDT');
    await feed.pass(28_000); // 35 trades
    feed.lines.isDown = false;
    await feed.pass(2 * MINUTE_MS);
    await feed.end();
    expect(feed.gaps).toEqual([]);
    expect(feed.filler.added).toBe(0);
    await feed.store.close();
  });
});

const ohlcv = (columns: CandleColumns): unknown[] =>
  [...rowsOf(columns)].map(({ openTime, open, high, low, close, volume }) => [
    openTime,
    open,
    high,
    low,
    close,
    volume,
  ]);
