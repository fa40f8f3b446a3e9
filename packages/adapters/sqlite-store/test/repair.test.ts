import { StoreCorruptError } from '@prate/candle-store-port';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { textRows } from '../../../ports/candle-store-port/src/conformance/context.ts';
import { type Dropped, SqliteCandleStore } from '../src/index.ts';
import { change, flipBlock, threeHours } from './damaging.ts';
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
const damage = (file: string, { step, isLevel, nth }: Place): void =>
  flipBlock(
    file,
    `SELECT b.id, b.body FROM blocks b JOIN streams s ON s.id = b.id / 4294967296
     WHERE s.step = '${step}' AND s.level = ${Number(isLevel)} ORDER BY b.id LIMIT 1 OFFSET ${nth}`,
  );

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
});
