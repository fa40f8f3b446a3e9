import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type BackfillMarket, type BackfillReport, backfill, CandleAggregator } from '@prate/candle-aggregator';
import { StoreBusyError } from '@prate/candle-store-port';
import type { CandleColumns } from '@prate/domain/candles';
import type { Page } from '@prate/market-data-port';
import { ManualClock, type Random, seededRandom } from '@prate/runtime';
import { FileMarket } from '@prate/simulated-market';
import { candleFields, readTrades } from '@prate/simulated-market/files';
import { SqliteCandleStore } from '@prate/sqlite-store';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../../tooling/test-support/cases.ts';
import { klinesCsv } from './support/csv.ts';
import { busyMinutes, thinTape, tradesCsv } from './support/twins.ts';

const SERIES = { venue: 'file', symbol: 'A' };
const NOW = Date.UTC(2025, 0, 1);
const FROM = Date.UTC(2023, 0, 1);
const text = (name: string, content: string) => ({ name, stream: Readable.from([Buffer.from(content)]) });

// one trade in 500 is not there: a jump of ids
const tape = tradesCsv(thinTape(11, 25_000).filter((_, i) => i % 500 !== 250));
const klines = klinesCsv(busyMinutes(12, 7000).filter((_, i) => i % 700 !== 350));

/** A file of history that fails now and then, and at its last answer never comes back: as when the process is killed. */
function shaky(market: FileMarket, random: Random, answers: number): { market: BackfillMarket; stuck: Promise<void> } {
  let left = answers;
  let tell = (): void => {};
  const stuck = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const answer = async <C>(ask: () => Promise<Page<C>>): Promise<Page<C>> => {
    if (left === 0) {
      tell();
      return new Promise(() => {});
    }
    if (random.next() < 0.3) throw new StoreBusyError('any error that says: try again');
    left -= 1;
    return ask();
  };
  return {
    market: {
      venue: market.venue,
      capabilities: market.capabilities,
      getServerTime: () => market.getServerTime(),
      getCandles: (query, options) => answer(() => market.getCandles(query, options)),
      getTrades: (query, options) => answer(() => market.getTrades(query, options)),
    },
    stuck,
  };
}

describe('backfill from files into SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prate-backfill-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string): string => join(folder, name);
  const fill = (market: BackfillMarket, store: SqliteCandleStore, interval: string): Promise<BackfillReport> =>
    backfill({
      market,
      aggregator: new CandleAggregator({ store, cachedCandles: 0 }),
      ...{ symbols: ['A'], intervals: [interval], from: FROM, clock: new ManualClock() },
      retry: { attempts: 100, firstDelayMs: 0, maxDelayMs: 0 },
    });
  const dump = async (store: SqliteCandleStore, interval: string): Promise<unknown> => {
    const rows: CandleColumns = await store.readColumns({ series: SERIES, interval, from: FROM, to: NOW });
    return {
      rows: Array.from({ length: rows.length }, (_, i) => candleFields(rows, i).join()),
      coverage: await store.coverage(),
    };
  };
  const markets = new Map<string, FileMarket>();

  beforeAll(async () => {
    for (const [interval, content] of [
      ['1s', tape],
      ['1m', klines],
    ] as const) {
      const files = [{ symbol: 'A', source: text(interval, content) }];
      markets.set(interval, await FileMarket.open({ files, clock: new ManualClock(NOW) }));
    }
  });

  it('trades: rows and watched time are those of an import of the file', async () => {
    const [filled, imported] = [SqliteCandleStore.open(file('filled.db')), SqliteCandleStore.open(file('imported.db'))];
    const report = await fill(markets.get('1s') as FileMarket, filled, '1s');
    expect(report.symbols[0]?.gaps.length).toBeGreaterThan(40);
    const reading = readTrades(text('trades', tape));
    const aggregator = new CandleAggregator({ store: imported, cachedCandles: 0 });
    await aggregator.processTrades(reading, SERIES, { observed: () => reading.observed() });
    expect(await dump(filled, '1s')).toEqual(await dump(imported, '1s'));
    for (const store of [filled, imported]) await store.close();
  });

  it.each(['1s', '1m'])(
    '%s: faults, and the end of the process at any answer: the store is that of a clean run',
    async (interval) => {
      const market = markets.get(interval) as FileMarket;
      const clean = SqliteCandleStore.open(file(`clean-${interval}.db`));
      await fill(market, clean, interval);
      const expected = await dump(clean, interval);
      await clean.close();
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.array(fc.nat(4), { maxLength: 3 }), async (seed, kills) => {
          run += 1;
          const random = seededRandom(seed);
          // the stores of runs that were killed stay open: nobody closed them
          const left: SqliteCandleStore[] = [];
          for (const answers of kills) {
            const store = SqliteCandleStore.open(file(`${interval}-${run}.db`));
            left.push(store);
            const trouble = shaky(market, random, answers);
            await Promise.race([fill(trouble.market, store, interval), trouble.stuck]);
          }
          const store = SqliteCandleStore.open(file(`${interval}-${run}.db`));
          await fill(shaky(market, random, 1000).market, store, interval);
          expect(await dump(store, interval)).toEqual(expected);
          expect((await store.verify()).faults).toEqual([]);
          for (const each of [...left, store]) await each.close();
        }),
        cases(10),
      );
    },
  );
});
