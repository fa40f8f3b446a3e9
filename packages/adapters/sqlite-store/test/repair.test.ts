import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CandleQuery, type CandleStorePort, StoreCorruptError } from '@prate/candle-store-port';
import { InvalidInputError, type TimeRange } from '@prate/domain';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { textRows } from '../../../ports/candle-store-port/src/conformance/context.ts';
import { CandleDatabase } from '../src/database.ts';
import { type Dropped, SqliteCandleStore } from '../src/index.ts';
import { keepLevels } from '../src/keep-levels.ts';
import { callsOf, journaled, play, query } from './histories.ts';
import { DAY, HOUR, MINUTE, scratch, steady, T0 } from './support.ts';

const seconds = (hour: number, price: number) => ({ columns: steady('1s', T0 + hour * HOUR, 3600, price) });
const hourOf = (hour: number, interval: string) => ({
  ...{ series: 'X', interval, observedOnly: true },
  ...{ from: T0 + hour * HOUR, to: T0 + (hour + 1) * HOUR },
});

const keptAt = (dropped: Dropped | undefined) => dropped?.kept.map(({ text }) => text);

interface Place {
  readonly step: string;
  readonly isLevel: boolean;
  /** Of the stream's blocks, which one, counted from 0. */
  readonly nth: number;
}

/** Flips a bit in the middle of a block. */
function damage(file: string, { step, isLevel, nth }: Place): void {
  const database = new Database(file);
  const { id, body } = database
    .prepare(
      `SELECT b.id, b.body FROM blocks b JOIN streams s ON s.id = b.id / 4294967296 AND s.step = ? AND s.level = ?
       ORDER BY b.id LIMIT 1 OFFSET ?`,
    )
    .get(step, Number(isLevel), nth) as { id: number; body: Buffer };
  const at = body.length >> 1;
  body[at] = (body[at] as number) ^ 4;
  database.prepare('UPDATE blocks SET body = ? WHERE id = ?').run(body, id);
  database.close();
}

function change(file: string, sql: string): void {
  const database = new Database(file);
  database.prepare(sql).run();
  database.close();
}

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

/** A closed store of three hours of seconds. */
async function threeHours(file: string): Promise<void> {
  const store = SqliteCandleStore.open(file);
  for (const hour of [0, 1, 2]) await store.write('X', seconds(hour, 5 + hour));
  await store.close();
}

describe('repair', () => {
  it('a sound store stays as it is', async () => {
    using place = scratch();
    await threeHours(place.file);
    const store = SqliteCandleStore.open(place.file);
    const before = await store.stats();
    expect(await store.repair()).toEqual([]);
    expect(await store.stats()).toEqual(before);
    await store.close();
  });

  it('of damaged seconds their minutes are left; all else is as it was, and they can be written again', async () => {
    using place = scratch();
    await threeHours(place.file);
    const whole = SqliteCandleStore.open(place.file);
    const minutes = textRows(await whole.readColumns(hourOf(1, '1m')));
    await whole.close();
    damage(place.file, { step: '1s', isLevel: false, nth: 1 });
    const store = SqliteCandleStore.open(place.file);
    await expect(store.write('X', seconds(1, 6))).rejects.toThrow(StoreCorruptError);
    const dropped = await store.repair();
    expect(dropped).toMatchObject([
      { series: { symbol: 'X' }, step: { text: '1s' }, range: { from: T0 + HOUR, to: T0 + 2 * HOUR } },
    ]);
    expect(keptAt(dropped[0])).toEqual(['1m']);
    expect(dropped[0]?.problem).toMatch(/the block of 1s candles from .* is damaged/);
    expect((await store.verify()).faults).toEqual([]);
    expect((await store.readColumns(hourOf(1, '1s'))).length).toBe(0);
    expect(textRows(await store.readColumns(hourOf(1, '1m')))).toEqual(minutes);
    for (const hour of [0, 2]) expect((await store.readColumns(hourOf(hour, '1s'))).length).toBe(3600);
    expect(await store.coverage()).toMatchObject([
      { step: { text: '1s' }, rows: 7200 },
      { step: { text: '1m' }, rows: 60, observed: [{ from: T0 + HOUR, to: T0 + 2 * HOUR }] },
    ]);
    await store.write('X', seconds(1, 6));
    expect((await store.readColumns(hourOf(1, '1s'))).length).toBe(3600);
    expect(textRows(await store.readColumns(hourOf(1, '1m')))).toEqual(minutes);
    await store.close();
  });

  it('a damaged level loses nothing: it is made anew', async () => {
    using place = scratch();
    await threeHours(place.file);
    const whole = SqliteCandleStore.open(place.file);
    const queries = ['1m', '5m', '1h', '1d'].map((interval) => ({ ...hourOf(0, interval), to: T0 + DAY }));
    const expected = await Promise.all(queries.map(async (one) => textRows(await whole.readColumns(one))));
    await whole.close();
    for (const step of ['1m', '1h']) damage(place.file, { step, isLevel: true, nth: 0 });
    const store = SqliteCandleStore.open(place.file);
    expect((await store.verify()).faults.length).toBe(2);
    const dropped = await store.repair();
    expect(dropped.map(({ step, isLevel }) => [step?.text, isLevel]).sort()).toEqual([
      ['1h', true],
      ['1m', true],
    ]);
    expect((await store.coverage()).map(({ step }) => step.text)).toEqual(['1s']);
    expect((await store.verify()).faults).toEqual([]);
    for (const [i, one] of queries.entries()) expect(textRows(await store.readColumns(one))).toEqual(expected[i]);
    await store.close();
  });

  it('of seconds whose minutes are damaged too, the hours are left; without any level nothing is', async () => {
    using place = scratch();
    await threeHours(place.file);
    damage(place.file, { step: '1s', isLevel: false, nth: 2 });
    damage(place.file, { step: '1m', isLevel: true, nth: 0 });
    const store = SqliteCandleStore.open(place.file);
    const dropped = await store.repair();
    expect(dropped.map((each) => [each.step?.text, keptAt(each)])).toContainEqual(['1s', ['1h']]);
    expect((await store.readColumns(hourOf(2, '1h'))).open[0]).toBe(7);
    expect((await store.readColumns(hourOf(2, '1m'))).length).toBe(0);
    expect((await store.readColumns(hourOf(1, '1m'))).length).toBe(60);
    await store.write('Y', { columns: steady('7s', T0 - 3000, 3, 5) });
    await store.close();
    damage(place.file, { step: '7s', isLevel: false, nth: 0 });
    const again = SqliteCandleStore.open(place.file);
    expect(await again.repair()).toMatchObject([{ series: { symbol: 'Y' }, step: { text: '7s' }, kept: [] }]);
    expect((await again.series()).map(({ symbol }) => symbol)).toEqual(['X']);
    expect((await again.verify()).faults).toEqual([]);
    await again.close();
  });

  it.each([
    ['1m', 1440, DAY],
    ['1h', 24, DAY],
  ])('of damaged rows of %s, the level of the same step is left', async (step, count, length) => {
    using place = scratch();
    const before = SqliteCandleStore.open(place.file);
    await before.write('X', { columns: steady(step, T0, count, 5) });
    await before.write('X', { columns: steady('1s', T0 + 2 * DAY, 60, 6) });
    await before.close();
    damage(place.file, { step, isLevel: false, nth: 0 });
    const store = SqliteCandleStore.open(place.file);
    const asked = { series: 'X', interval: step, from: T0, to: T0 + length, observedOnly: true };
    const expected = textRows(await store.readColumns(asked));
    expect(expected.length).toBe(count);
    const [dropped] = await store.repair();
    expect(keptAt(dropped)).toContain(step);
    expect(textRows(await store.readColumns(asked))).toEqual(expected);
    await store.close();
  });

  it('a block that says a wrong number of rows is mended, and loses nothing', async () => {
    using place = scratch();
    await threeHours(place.file);
    change(place.file, 'UPDATE blocks SET rows = rows + 1');
    const store = SqliteCandleStore.open(place.file);
    expect((await store.verify()).faults.length).toBe(5);
    expect(await store.repair()).toEqual([]);
    expect(await store.verify()).toMatchObject({ rows: 3 * 3600, faults: [] });
    await store.close();
  });

  it.each([
    ['is found elsewhere', 'UPDATE blocks SET id = id + 100 WHERE id = (SELECT min(id) FROM blocks)'],
    ['has lost its stream', "DELETE FROM streams WHERE step = '1s'"],
    ['has got another name', "UPDATE streams SET symbol = 'Z' WHERE step = '1s'"],
  ])('of seconds whose block %s the minutes are left, and stay when minutes are written', async (_rule, sql) => {
    using place = scratch();
    await threeHours(place.file);
    change(place.file, sql);
    const store = SqliteCandleStore.open(place.file);
    expect((await store.verify()).faults.length).toBeGreaterThan(0);
    expect((await store.repair()).length).toBeGreaterThan(0);
    expect((await store.verify()).faults).toEqual([]);
    await store.write('X', { columns: steady('1m', T0 + HOUR - MINUTE, 2, 8) });
    const rows = textRows(await store.readColumns(hourOf(0, '1m')));
    expect([rows.length, rows[0]?.split(' ')[1], rows[59]?.split(' ')[1]]).toEqual([60, '5', '8']);
    const minutes = (await store.coverage({ series: 'X' })).find(({ step }) => step.text === '1m');
    expect(minutes?.observed[0]?.from).toBe(T0);
    await store.close();
  });

  it('a block that is found beyond the calendar ends nothing: it is dropped, its time is not known', async () => {
    using place = scratch();
    const before = SqliteCandleStore.open(place.file);
    await before.write('X', { columns: steady('1s', T0, 60, 5) });
    await before.write('X', { columns: steady('1w', T0, 2, 5) });
    await before.close();
    for (const step of ['1m', '1w']) {
      const stream = `(SELECT id FROM streams WHERE step = '${step}')`;
      change(place.file, `UPDATE blocks SET id = id + 536870912 WHERE id / 4294967296 = ${stream}`);
    }
    const store = SqliteCandleStore.open(place.file);
    const dropped = await store.repair();
    expect(dropped.map(({ step, range }) => [step?.text, range]).sort()).toEqual([
      ['1m', null],
      ['1w', null],
    ]);
    expect((await store.verify()).faults).toEqual([]);
    expect((await store.readColumns(hourOf(0, '1m'))).length).toBe(1);
    await store.close();
  });

  it('of slots that were watched in part and had no row it is not known when: they are not kept', async () => {
    using place = scratch();
    const before = SqliteCandleStore.open(place.file);
    const observed = [
      { from: T0, to: T0 + MINUTE },
      { from: T0 + MINUTE + 40_000, to: T0 + 3 * MINUTE },
    ];
    await before.write('X', { columns: steady('1s', T0, 20, 5), observed });
    await before.close();
    damage(place.file, { step: '1s', isLevel: false, nth: 0 });
    const store = SqliteCandleStore.open(place.file);
    await store.repair();
    expect(await store.coverage()).toMatchObject([
      {
        step: { text: '1m' },
        rows: 1,
        observed: [
          { from: T0, to: T0 + MINUTE },
          { from: T0 + 2 * MINUTE, to: T0 + 3 * MINUTE },
        ],
      },
    ]);
    await store.close();
  });

  it('what was appended over the damage and waited is kept', async () => {
    using place = scratch();
    await threeHours(place.file);
    damage(place.file, { step: '1s', isLevel: false, nth: 2 });
    const store = SqliteCandleStore.open(place.file);
    const late = steady('1s', T0 + 2 * HOUR + MINUTE, 2, 9);
    await store.append([{ series: 'X', columns: late }]);
    await store.repair();
    const file = new Database(place.file);
    expect(file.prepare('SELECT count(*) FROM journal').pluck().get()).toBe(0);
    file.close();
    expect(textRows(await store.readColumns(hourOf(2, '1s')))).toEqual(textRows(late));
    expect((await store.verify()).faults).toEqual([]);
    await store.close();
  });

  it('a damaged row of the journal is dropped; what others hold is folded', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    for (let i = 0; i < 3; i += 1) await store.append([{ series: 'X', columns: steady('1s', T0 + i * 1000, 1, 5) }]);
    const other = new Database(place.file);
    const { id, body } = other.prepare('SELECT id, body FROM journal ORDER BY id LIMIT 1 OFFSET 1').get() as {
      id: number;
      body: Buffer;
    };
    const at = body.length - 1;
    body[at] = (body[at] as number) ^ 1;
    other.prepare('UPDATE journal SET body = ? WHERE id = ?').run(body, id);
    other.close();
    expect(await store.repair()).toMatchObject([
      { series: null, range: { from: T0 + 1000, to: T0 + 2000 }, problem: expect.stringMatching(/of the journal/) },
    ]);
    expect((await store.verify()).faults).toEqual([]);
    expect(Array.from((await store.readColumns(hourOf(0, '1s'))).openTime)).toEqual([T0, T0 + 2000]);
    await store.close();
  });

  it('a row of the journal that names a wrong time loses nothing', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    await store.append([{ series: 'X', columns: steady('1s', T0, 1, 5) }]);
    change(place.file, 'UPDATE journal SET to_ms = to_ms + 4096');
    expect((await store.verify()).faults.length).toBe(1);
    expect(await store.repair()).toEqual([]);
    expect((await store.verify()).faults).toEqual([]);
    expect((await store.readColumns(hourOf(0, '1s'))).length).toBe(1);
    await store.close();
  });

  it('blocks whose stream is gone are dropped', async () => {
    using place = scratch();
    await threeHours(place.file);
    change(place.file, 'DELETE FROM streams');
    const store = SqliteCandleStore.open(place.file);
    expect(await store.repair()).toMatchObject([{ problem: '5 blocks belonged to no stream' }]);
    expect(await store.verify()).toEqual({ blocks: 0, rows: 0, faults: [] });
    await store.close();
  });

  it('where the structure of the file is damaged it says so, and changes nothing', async () => {
    using place = scratch();
    await threeHours(place.file);
    const other = new Database(place.file);
    other.unsafeMode();
    other.pragma('writable_schema = ON');
    const root = other.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'journal'").pluck().get();
    other.prepare("UPDATE sqlite_schema SET rootpage = ? WHERE name = 'blocks'").run(root);
    other.close();
    const store = SqliteCandleStore.open(place.file);
    const refused = expect(store.repair()).rejects;
    await refused.toThrow(/candles\.db: its structure is damaged.*\(SQLite: .*\); what can be read can be exported/);
    await store.close();
  });

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

  it('copyTo ends while another process writes all the time', async () => {
    using place = scratch();
    await threeHours(place.file);
    const store = SqliteCandleStore.open(place.file);
    const other = new Database(place.file);
    // more than the 100 pages that are copied at a time by default
    other.exec('CREATE TABLE more AS SELECT zeroblob(4000000); CREATE TABLE counter AS SELECT 0 AS n');
    const write = other.prepare('UPDATE counter SET n = n + 1');
    let isDone = false;
    const writing = async (): Promise<void> => {
      while (!isDone) {
        write.run();
        await new Promise(setImmediate);
      }
    };
    const written = writing();
    await store.copyTo(join(place.folder, 'copy.db'));
    isDone = true;
    await written;
    other.close();
    await store.close();
    const copied = SqliteCandleStore.open(join(place.folder, 'copy.db'));
    expect(await copied.verify()).toMatchObject({ rows: 3 * 3600, faults: [] });
    await copied.close();
  });

  it('copyTo: another file with the same, damage too; never over a file that is there', async () => {
    using place = scratch();
    await threeHours(place.file);
    damage(place.file, { step: '1s', isLevel: false, nth: 1 });
    const store = SqliteCandleStore.open(place.file);
    const copy = join(place.folder, 'copy.db');
    await store.copyTo(copy);
    await expect(store.copyTo(copy)).rejects.toThrow(InvalidInputError);
    await store.repair();
    await store.close();
    const copied = SqliteCandleStore.open(copy);
    expect((await copied.verify()).faults.length).toBe(1);
    expect(existsSync(copy)).toBe(true);
    await copied.close();
  });
});
