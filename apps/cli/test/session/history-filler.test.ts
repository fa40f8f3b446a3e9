import { CandleAggregator } from '@prate/candle-aggregator';
import { PrateError } from '@prate/domain';
import type { CandlesQuery, MarketDataPort } from '@prate/market-data-port';
import { ManualClock, silentLogger } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { describe, expect, it } from 'vitest';
import { FixtureTree } from '../../../../tooling/test-support/fixture-tree.ts';
import { HistoryFiller } from '../../src/session/history-filler.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 15, 12);

class MarketError extends PrateError {
  readonly code = 'MARKET_DOWN';
}

/** A filler over a made-up market, with a store and a clock of its own. */
class Rig extends FixtureTree {
  readonly clock: ManualClock = new ManualClock(NOON);
  readonly store: SqliteCandleStore = SqliteCandleStore.open(`${this.folder}/candles.db`);
  readonly aggregator: CandleAggregator = new CandleAggregator({ store: this.store, cachedCandles: 0 });
  readonly ending: AbortController = new AbortController();
  readonly asked: CandlesQuery[] = [];
  readonly filler: HistoryFiller;
  /** Symbols that the market fails for. */
  readonly down: Set<string> = new Set();
  isStoreBroken = false;

  constructor(symbols: readonly string[] = ['BTC_USDT']) {
    super();
    const market = new SyntheticMarket({ seed: 1, symbols, clock: this.clock, venue: 'made-up' });
    const asking = new Proxy(market, {
      get: (real, name) => {
        const value: unknown = Reflect.get(real, name, real);
        if (name !== 'getCandles') return typeof value === 'function' ? value.bind(real) : value;
        return (query: CandlesQuery) => {
          this.asked.push(query);
          if (this.down.has(query.symbol)) return Promise.reject(new MarketError(`${query.symbol} is not told today`));
          return real.getCandles(query);
        };
      },
    });
    this.filler = new HistoryFiller({
      ...{ market: asking as unknown as MarketDataPort, symbols, clock: this.clock, log: silentLogger },
      aggregator: this.aggregator,
      signal: this.ending.signal,
    });
  }

  /** Steps of a second, so that every sleeper gets its turn. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1000) {
      this.clock.advance(1000);
      for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async minutes(symbol = 'BTC_USDT'): Promise<number> {
    const [series] = await this.aggregator.coverage({ venue: 'made-up', symbol }, { from: 0, to: NOON * 2 });
    return (series?.observed ?? []).reduce((sum, { from, to }) => sum + (to - from) / MINUTE, 0);
  }
}

describe('the filler of history', () => {
  it('fetches the past, tells how far it is, and asks for nothing twice', async () => {
    using rig = new Rig();
    const told: number[] = [];
    const past = { from: NOON - 10 * MINUTE, to: NOON };
    await rig.filler.fill(past, (done, total) => told.push(done / total));
    expect([rig.filler.added, await rig.minutes(), told.at(-1)]).toEqual([10, 10, 1]);
    const asked = rig.asked.length;
    await rig.filler.fill(past);
    expect([rig.filler.added, rig.asked.length]).toEqual([10, asked]);
    await rig.store.close();
  });

  it('what was missed is fetched when its minute is over, and once', async () => {
    using rig = new Rig();
    await rig.pass(20_000);
    rig.filler.missed({ fromMs: NOON + 2000, toMs: NOON + 3500 });
    rig.filler.missed({ fromMs: NOON + 18_000, toMs: NOON + 18_001 });
    const running = rig.filler.run();
    await rig.pass(40_000);
    expect(rig.asked).toEqual([]); // 12:01:00, and MEXC's candle of the minute may not be there yet
    await rig.pass(20_000);
    expect(rig.asked).toMatchObject([{ symbol: 'BTC_USDT', from: NOON, to: NOON + MINUTE }]);
    expect(rig.filler.added).toBe(1);
    await rig.pass(5 * MINUTE);
    expect(rig.asked).toHaveLength(1);
    rig.ending.abort();
    await running;
    await rig.store.close();
  });

  it('a gap that names symbols is fetched for these alone', async () => {
    using rig = new Rig(['BTC_USDT', 'ETH_USDT', 'SOL_USDT']);
    rig.filler.missed({ fromMs: NOON, toMs: NOON + 1, symbols: ['ETH_USDT'] });
    rig.filler.missed({ fromMs: NOON + 500, toMs: NOON + 900, symbols: ['SOL_USDT', 'ETH_USDT'] });
    const running = rig.filler.run();
    await rig.pass(3 * MINUTE);
    expect(rig.asked.map(({ symbol, from, to }) => [symbol, from - NOON, to - NOON]).sort()).toEqual([
      ['ETH_USDT', 0, MINUTE],
      ['SOL_USDT', 0, MINUTE],
    ]);
    expect(rig.filler.added).toBe(2);
    rig.ending.abort();
    await running;
    await rig.store.close();
  });

  it('a symbol that the market fails for is a problem told; the others go on', async () => {
    using rig = new Rig(['BTC_USDT', 'ETH_USDT']);
    rig.down.add('BTC_USDT');
    await rig.filler.fill({ from: NOON - 3 * MINUTE, to: NOON });
    expect([...rig.filler.problems]).toEqual(['history of BTC_USDT: BTC_USDT is not told today']);
    expect([await rig.minutes('BTC_USDT'), await rig.minutes('ETH_USDT')]).toEqual([0, 3]);
    await rig.store.close();
  });

  it('a failure is no end: what is missed later is fetched, and the same problem is told once', async () => {
    using rig = new Rig();
    rig.down.add('BTC_USDT');
    const running = rig.filler.run();
    for (const minute of [0, 1, 2])
      rig.filler.missed({ fromMs: NOON + minute * MINUTE, toMs: NOON + minute * MINUTE + 1 });
    await rig.pass(4 * MINUTE);
    rig.down.clear();
    const missed = rig.clock.nowMs();
    rig.filler.missed({ fromMs: missed, toMs: missed + 1 });
    await rig.pass(2 * MINUTE);
    expect(rig.filler.problems.size).toBe(1);
    expect(rig.filler.added).toBe(1);
    rig.ending.abort();
    await running;
    await rig.store.close();
  });

  it('a store that is gone is a problem told, and the filler lives', async () => {
    using rig = new Rig();
    const running = rig.filler.run();
    rig.filler.missed({ fromMs: NOON, toMs: NOON + 1 });
    await rig.store.close();
    await rig.pass(2 * MINUTE);
    expect([...rig.filler.problems]).toEqual([expect.stringMatching(/closed/)]);
    rig.ending.abort();
    await running;
  });

  it('ends with the session: at once while it waits, and in the middle of fetching', async () => {
    using rig = new Rig();
    const running = rig.filler.run();
    rig.ending.abort(new Error('enough'));
    await running;
    await expect(rig.filler.fill({ from: NOON - MINUTE, to: NOON })).rejects.toThrow('enough');
    expect(rig.filler.problems.size).toBe(0);
    await rig.store.close();
  });
});
