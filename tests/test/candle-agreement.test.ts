import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CandleAggregator, LiveCandles } from '@prate/candle-aggregator';
import { formatScaled, type TradeColumns } from '@prate/domain/candles';
import type { MarketDataPort } from '@prate/market-data-port';
import { ManualClock } from '@prate/runtime';
import { FileMarket, type PlayedMarket, SyntheticMarket } from '@prate/simulated-market';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from './support/prate.ts';
import { candleLines, SYMBOL } from './support/sessions.ts';

const LONG = process.env['PRATE_LONG'] === '1';
const MINUTES = 60_000;
const SEED = 21;
const PROBE_FROM = Date.UTC(2025, 5, 30, 23, 50);
const PROBE_TO = PROBE_FROM + (LONG ? 3 * 3_600_000 : 1_500_000);
const INTERVALS = ['1s', '5s', '7s', '1m', '90s', '5m'];

const syntheticMarket = (start: number): SyntheticMarket =>
  new SyntheticMarket({ seed: SEED, symbols: [SYMBOL], clock: new ManualClock(), start });

async function allTrades(market: MarketDataPort, from: number, to: number): Promise<readonly TradeColumns[]> {
  const pages: TradeColumns[] = [];
  for (let next: number | null = from; next !== null; ) {
    const page: { columns: TradeColumns; next: number | null } = await market.getTrades({
      symbol: SYMBOL,
      from: next,
      to,
    });
    pages.push(page.columns);
    next = page.next;
  }
  return pages;
}

const secondOf = (timeMs: number): number => Math.floor(timeMs / 1000) * 1000;

describe('candles of one market: as a batch, from a stream, from a file, and from a replay of the file', {
  timeout: 5 * MINUTES,
}, () => {
  const prate = new CommandLine();
  afterAll(() => prate[Symbol.dispose]());
  const db = (way: string): string => join(prate.folder, `${way}.db`);
  let trades: readonly TradeColumns[] = [];
  /** From the second of the first trade to the end of that of the last: what a file of trades covers. */
  let [from, to] = [0, 0];

  beforeAll(async () => {
    const probe = syntheticMarket(PROBE_FROM);
    await probe.play({ until: PROBE_TO });
    trades = (await allTrades(probe, PROBE_FROM, PROBE_TO)).filter(({ length }) => length > 0);
    const times = trades.flatMap(({ time }) => [...time]);
    expect(times.length).toBeGreaterThan(1000);
    from = secondOf(times[0] as number);
    to = secondOf(times.at(-1) as number) + 1000;
    writeFileSync(join(prate.folder, 'trades.csv'), tradesCsv(trades));

    await batch(db('batch'));
    const market = syntheticMarket(from);
    await stream(market, db('stream'), to); // and so the market's heartbeat vouches for the last second
    await prate.must([
      'candles',
      'import',
      'trades.csv',
      '--symbol',
      SYMBOL,
      '--venue',
      'synthetic',
      '--db',
      db('file'),
    ]);
    const files = [{ symbol: SYMBOL, source: join(prate.folder, 'trades.csv') }];
    await stream(await FileMarket.open({ files, clock: new ManualClock(), venue: 'synthetic' }), db('replay'));
  }, 5 * MINUTES);

  async function batch(file: string): Promise<void> {
    const store = SqliteCandleStore.open(file);
    const aggregator = new CandleAggregator({ store });
    const series = { venue: 'synthetic', symbol: SYMBOL };
    await aggregator.processTrades(trades, series, { observed: () => [{ from, to }] });
    await store.close();
  }

  async function stream(market: PlayedMarket, file: string, until?: number): Promise<void> {
    const store = SqliteCandleStore.open(file);
    const live = new LiveCandles({ market, symbols: [SYMBOL], aggregator: new CandleAggregator({ store }) });
    live.start();
    await market.play({ until, settled: () => live.idle() });
    await live.stop();
    await store.close();
  }

  async function linesOf(way: string, interval: string): Promise<readonly string[]> {
    const store = SqliteCandleStore.open(db(way));
    const aggregator = new CandleAggregator({ store });
    const columns = await aggregator.getColumns({ venue: 'synthetic', symbol: SYMBOL }, 0, 8.64e15, interval);
    const lines = candleLines(SYMBOL, columns);
    await store.close();
    return lines;
  }

  it.each(INTERVALS)('are identical at %s, every field, source and coverage too', async (interval) => {
    const expected = await linesOf('batch', interval);
    expect(expected.length).toBeGreaterThan(4);
    for (const way of ['stream', 'file', 'replay'])
      expect([way, ...(await linesOf(way, interval))]).toEqual([way, ...expected]);
  });

  it('are the same when the database is opened again, and sound', async () => {
    for (const way of ['batch', 'stream', 'file', 'replay']) {
      expect(await linesOf(way, '7s')).toEqual(await linesOf(way, '7s'));
      expect(await prate.json(['candles', 'verify', '--db', db(way)])).toMatchObject({ faults: [] });
    }
  });

  it('are read while the stream still runs as they are read after it', async () => {
    const market = syntheticMarket(from);
    const store = SqliteCandleStore.open(db('running'));
    const aggregator = new CandleAggregator({ store });
    const live = new LiveCandles({ market, symbols: [SYMBOL], aggregator, secondsPerWrite: 1 });
    const series = { venue: 'synthetic', symbol: SYMBOL };
    const heard: string[] = [];
    live.candles([SYMBOL], '5s', (item) => {
      if (item.kind === 'candles') heard.push(...candleLines(SYMBOL, item.candles));
    });
    live.start();
    const half = secondOf((from + to) / 2);
    await market.play({ until: half, settled: () => live.idle() });
    const before = candleLines(SYMBOL, await aggregator.getColumns(series, 0, half - 10_000, '5s'));
    await market.play({ until: to, settled: () => live.idle() });
    await live.stop();
    const after = await linesOf('running', '5s');
    await store.close();
    expect(before.length).toBeGreaterThan(20);
    expect(after.slice(0, before.length)).toEqual(before);
    // and what subscribers heard is what is stored; the last bucket was still open when the feed ended
    expect(heard.slice(0, -1)).toEqual(after.slice(0, heard.length - 1));
    expect(after.length - heard.length).toBeLessThanOrEqual(1);
  });
});

function tradesCsv(batches: readonly TradeColumns[]): string {
  const lines = ['time_ms,price,quantity,side,id'];
  let id = 1;
  for (const trades of batches) {
    for (let i = 0; i < trades.length; i += 1) {
      const price = formatScaled(trades.price[i] as number, trades.priceDecimals);
      const quantity = formatScaled(trades.quantity[i] as number, trades.quantityDecimals);
      lines.push([trades.time[i], price, quantity, trades.side[i] === 0 ? 'buy' : 'sell', id].join(','));
      id += 1;
    }
  }
  return `${lines.join('\n')}\n`;
}
