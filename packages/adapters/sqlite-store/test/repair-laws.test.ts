import type { CandleQuery, CandleStorePort } from '@prate/candle-store-port';
import type { TimeRange } from '@prate/domain';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { textRows } from '../../../ports/candle-store-port/src/conformance/context.ts';
import { CandleDatabase } from '../src/database.ts';
import { SqliteCandleStore } from '../src/index.ts';
import { keepLevels } from '../src/keep-levels.ts';
import { callsOf, journaled, play, query } from './histories.ts';
import { HOUR, scratch, T0 } from './support.ts';

/** Takes a byte off some blocks, counted from 0; returns how many there were. */
function cutBlocks(file: string, places: readonly number[]): number {
  const database = new Database(file);
  const ids = database.prepare('SELECT id FROM blocks ORDER BY id').pluck().all() as number[];
  const hit = new Set(places.flatMap((place) => ids[place % ids.length] ?? []));
  const cut = database.prepare('UPDATE blocks SET body = substr(body, 1, length(body) - 1) WHERE id = ?');
  for (const id of hit) cut.run(id);
  database.close();
  return hit.size;
}

/** The rows whose candles do not reach into the ranges. */
async function rowsBeside(store: CandleStorePort, asked: CandleQuery, ranges: readonly TimeRange[]): Promise<string[]> {
  const columns = await store.readColumns(asked);
  const width = (columns.interval.seconds ?? 31 * 86_400) * 1000;
  const isBeside = (open: number): boolean => ranges.every(({ from, to }) => open + width <= from || open >= to);
  return textRows(columns).filter((_, i) => isBeside(columns.openTime[i] as number));
}

/** Of the minutes and hours that can be read, each on its own, how many seconds were watched. */
async function readableCoverage(store: CandleStorePort): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const interval of ['1m', '1h']) {
    for (let from = T0 - 3 * HOUR; from < T0 + 3 * HOUR; from += HOUR) {
      const asked = { series: 'BTC_USDT', interval, from, to: from + HOUR, observedOnly: true };
      const columns = await store.readColumns(asked).catch(() => null);
      if (columns === null) continue;
      for (let i = 0; i < columns.length; i += 1) {
        found.set(`${interval} ${columns.openTime[i]}`, columns.coverage[i] as number);
      }
    }
  }
  return found;
}

describe('repair', () => {
  it('any damage to blocks of any history: all else is as it was, and the store is sound and can be written', async () => {
    const hits = fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 });
    let [found, compared, read] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(journaled, hits, fc.array(query, { minLength: 2, maxLength: 3 }), async (events, at, asked) => {
        using place = scratch();
        const oracle = SqliteCandleStore.open(':memory:');
        const store = SqliteCandleStore.open(place.file);
        await play(events, store, oracle);
        await store.close();
        const damaged = cutBlocks(place.file, at);
        const mended = SqliteCandleStore.open(place.file);
        const readable = await readableCoverage(mended);
        const dropped = await mended.repair();
        found += dropped.length;
        expect(dropped.length).toBe(damaged);
        expect((await mended.verify()).faults).toEqual([]);
        const lost = dropped.filter(({ isLevel }) => !isLevel).map(({ range }) => range as TimeRange);
        for (const one of asked) {
          const unfilled = { ...one, fill: 'none' as const }; // flat rows have the price before, which may be lost
          const expected = await rowsBeside(oracle, unfilled, lost);
          expect(await rowsBeside(mended, unfilled, lost)).toEqual(expected);
          compared += expected.length;
        }
        const after = await readableCoverage(mended);
        for (const [bucket, seconds] of readable) {
          // of an hour, minutes without a row that were watched in part may be missing
          expect(after.get(bucket) ?? -1).toBeGreaterThanOrEqual(bucket.startsWith('1m') ? seconds : 0);
        }
        read += readable.size;
        for (const event of events) for (const call of callsOf(event)) await call(mended);
        expect((await mended.verify()).faults).toEqual([]);
        await mended.close();
        await oracle.close();
      }),
      cases(15),
    );
    expect(found).toBeGreaterThan(15);
    expect(compared).toBeGreaterThan(200);
    expect(read).toBeGreaterThan(50);
  });

  it('what levels say of a sound store is in its rows: nothing is kept of them', async () => {
    await fc.assert(
      fc.asyncProperty(journaled, async (events) => {
        using place = scratch();
        const oracle = SqliteCandleStore.open(':memory:');
        const store = SqliteCandleStore.open(place.file);
        await play(events, store, oracle);
        await store.close();
        const database = new CandleDatabase(place.file);
        for (const { series } of database.allStreams()) {
          expect(database.write(() => keepLevels(database, series, new Map()))).toEqual([]);
        }
        database.close();
        await oracle.close();
      }),
      cases(15),
    );
  });
});
