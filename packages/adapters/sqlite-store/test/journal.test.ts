import { StoreCorruptError } from '@prate/candle-store-port';
import { toInterval } from '@prate/domain';
import { columnsFromCandles } from '@prate/domain/candles';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { SqliteCandleStore } from '../src/index.ts';
import { GROUPS, groupOf } from '../src/journal/journal.ts';
import { DAY, HOUR, scratch, steady, T0 } from './support.ts';

const second = (i: number, price: number, symbol = 'X') => ({
  series: symbol,
  columns: steady('1s', T0 + i * 1000, 1, price),
});

/** How the file's tables look to another program. */
function counts(file: string): { readonly journal: number; readonly blocks: number } {
  const database = new Database(file, { readonly: true });
  const count = (table: string): number => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  const found = { journal: count('journal'), blocks: count('blocks') };
  database.close();
  return found;
}

/** The n-th block in the order in which they were written. */
const blockAt = (database: Database.Database, n: number): { readonly id: number; readonly body: Buffer } =>
  database.prepare('SELECT id, body FROM blocks ORDER BY id LIMIT 1 OFFSET ?').get(n) as { id: number; body: Buffer };

const opens = async (store: SqliteCandleStore, symbol = 'X', interval = '1s'): Promise<number[]> =>
  Array.from((await store.readColumns({ series: symbol, interval, from: T0, to: T0 + DAY })).open);

const symbols = Array.from({ length: 300 }, (_, i) => `S${i}_USDT`);

describe('the journal', () => {
  it('one commit of many series is a few small rows: fewer than 100 bytes a series, and no block', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    const prices = {
      open: '64000.1',
      high: '64003.9',
      low: '63999',
      close: '64001.7',
      volume: '0.1234',
      turnover: '7898.1',
    };
    const candle = { openTime: T0, ...prices, trades: 12, source: 'TRADES' as const };
    const columns = columnsFromCandles([candle], toInterval('1s'));
    await store.append(symbols.map((symbol) => ({ series: { venue: 'mexc', symbol }, columns })));
    const database = new Database(place.file, { readonly: true });
    const bytes = database.prepare('SELECT sum(length(body)) FROM journal').pluck().get() as number;
    database.close();
    expect(bytes / 300).toBeLessThan(100);
    const { journal, blocks } = counts(place.file);
    expect(journal).toBeLessThanOrEqual(GROUPS);
    expect(blocks).toBe(0);
    expect((await store.series()).length).toBe(300);
    await store.close();
    expect(counts(place.file).journal).toBe(0);
  });

  it('a row is folded within 96 commits, and no commit folds more than one group', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    const watching = new Database(place.file, { readonly: true });
    const rowsOf = watching.prepare('SELECT id FROM journal ORDER BY id').pluck();
    let before = new Map<number, number>();
    let folded = 0;
    for (let commit = 1; commit <= 300; commit += 1) {
      await store.append(symbols.map((symbol) => second(commit, 5, symbol)));
      const ids = rowsOf.all() as number[];
      expect((ids[0] as number) / GROUPS).toBeGreaterThan(commit - 96);
      const groups = new Map<number, number>();
      for (const id of ids) groups.set(id % GROUPS, (groups.get(id % GROUPS) ?? 0) + 1);
      const shrunk = [...before].filter(([group, rows]) => (groups.get(group) ?? 0) < rows);
      expect(shrunk.length).toBeLessThanOrEqual(1);
      folded += shrunk.length;
      before = groups;
    }
    expect(folded).toBeGreaterThan(50);
    watching.close();
    expect(await store.verify()).toMatchObject({ rows: 300 * 300, faults: [] });
    await store.close();
  });

  it('one series alone is folded no oftener than many', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    let folds = 0;
    for (let commit = 1, rows = 0; commit <= 400; commit += 1) {
      await store.append([second(commit, 5, 'A')]); // its group has an early turn
      const { journal } = counts(place.file);
      if (journal < rows) folds += 1;
      rows = journal;
    }
    expect(folds).toBeGreaterThan(3);
    expect(folds).toBeLessThanOrEqual(12);
    await store.close();
  });

  it('an append of very many rows does not stay in the journal', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    await store.append([{ series: 'X', columns: steady('1s', T0, 20_000, 5) }]);
    expect(counts(place.file).journal).toBe(0);
    expect((await opens(store)).length).toBe(20_000);
    await store.close();
  });

  it('write and delete find what was appended before: the later wins, and counts are exact', async () => {
    const store = SqliteCandleStore.open(':memory:');
    await store.append([second(0, 5), second(1, 5)]);
    expect(await store.write('X', { columns: steady('1s', T0, 3, 6) })).toEqual({
      added: 1,
      replaced: 2,
      unchanged: 0,
    });
    await store.append([second(1, 7)]);
    await store.append([second(1, 8), second(2, 8)]);
    expect(await opens(store)).toEqual([6, 8, 8]);
    expect(await store.delete({ series: 'X', from: T0, to: T0 + 2000 })).toBe(2);
    expect(await opens(store)).toEqual([8]);
    await store.append([second(0, 9)]);
    expect(await opens(store)).toEqual([9, 8]);
    expect((await store.stats()).rows).toBe(2);
    await store.close();
  });

  it('levels, statistics and another store on the file see what was appended, and neither writes', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    const other = SqliteCandleStore.open(place.file);
    await store.write('X', { columns: steady('1s', T0 - HOUR, 7, 4) });
    for (let i = 0; i < 61; i += 1) {
      await store.append([second(i, i + 1)]);
      for (const reader of [store, other]) {
        expect((await opens(reader)).length).toBe(i + 1);
        expect((await reader.stats()).rows).toBe(i + 8);
      }
    }
    const { journal } = counts(place.file);
    expect(journal).toBeGreaterThan(0);
    const sums = await Promise.all(
      ['1m', '1h'].map(async (interval) => {
        const query = { series: 'X', interval, from: T0, to: T0 + DAY };
        return Array.from((await other.readColumns(query)).volume, Number);
      }),
    );
    expect(sums).toEqual([[1830, 61], [1891]]);
    const told = [await other.stats(), await other.verify()];
    await other.close();
    expect(counts(place.file).journal).toBe(journal);
    await store.close();
    expect(counts(place.file).journal).toBe(0);
    const again = SqliteCandleStore.open(place.file);
    const [stats, report] = [await again.stats(), await again.verify()];
    expect([stats.rows, stats.blocks, stats.series, report]).toEqual([
      (told[0] as typeof stats).rows,
      (told[0] as typeof stats).blocks,
      1,
      told[1],
    ]);
    await again.close();
  });

  it('a read in batches goes on right when the journal is folded meanwhile, also where a level was made by it', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    const reader = SqliteCandleStore.open(place.file);
    const far = [0, 100, 200].map((day) => ({ series: 'X', columns: steady('1s', T0 + day * DAY, 60, day + 1) }));
    await store.append(far);
    const seen: number[] = [];
    for await (const batch of reader.read({ series: 'X', interval: '1m', from: T0, to: T0 + 300 * DAY })) {
      seen.push(...batch.open);
      await store.write('X', { columns: steady('1s', T0 + 400 * DAY, 1, 9) });
    }
    expect(seen).toEqual([1, 101, 201]);
    await reader.close();
    await store.close();
  });

  it('a read in batches goes on right when a level is dropped meanwhile', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    const days = 130;
    for (let n = 0; n < days; n += 1) await store.write('X', { columns: steady('1s', T0 + n * DAY, 1, n + 1) });
    const found: number[] = [];
    let batches = 0;
    for await (const batch of store.read({ series: 'X', interval: '1m', from: T0, to: T0 + days * DAY })) {
      found.push(...batch.open);
      batches += 1;
      // far from what is read; but minutes of this series are not exact any more
      if (batches === 1)
        await store.write('X', { columns: steady('7s', T0 + 1000 * DAY - ((T0 + 1000 * DAY) % 7000), 1, 5) });
    }
    expect(found).toEqual(Array.from({ length: days }, (_, n) => n + 1));
    expect(batches).toBeGreaterThan(1);
    await store.close();
  });

  it('an append that fails leaves nothing behind, not even for the next one', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    await store.write('B', { columns: steady('1s', T0, 5, 5) });
    const good = second(0, 5, 'NEW');
    const bad = { series: 'BAD', columns: { ...steady('1s', T0, 1, 5), high: Float64Array.of(1) } };
    await expect(store.append([good, bad])).rejects.toThrow(/row 0/);
    expect((await store.series()).map(({ symbol }) => symbol)).toEqual(['B']);
    // a row in the way of the commit: SQLite refuses the second of two rows, after the stream of the first was made
    const other = new Database(place.file);
    other.exec(`CREATE TRIGGER refuse BEFORE INSERT ON journal WHEN NEW.id % ${GROUPS} = ${groupOf({ venue: 'default', symbol: 'B' })}
      BEGIN SELECT RAISE(ABORT, 'refused'); END`);
    await expect(store.append([good, second(0, 5, 'B')])).rejects.toThrow(/refused/);
    other.exec('DROP TRIGGER refuse');
    other.close();
    await store.append([second(0, 6, 'OTHER')]);
    await store.append([good]);
    expect(await opens(store, 'NEW')).toEqual([5]);
    expect(await opens(store, 'OTHER')).toEqual([6]);
    expect((await store.verify()).faults).toEqual([]);
    await store.close();
  });
});

describe('damage in the journal', () => {
  const [near, far] = ['X', 'BTC_USDT'];
  const apart = 'ETH_USDT';

  /** Ten commits, an hour apart, of two series of one group and one of another; the store was not closed. */
  async function tenHours(file: string): Promise<SqliteCandleStore> {
    const store = SqliteCandleStore.open(file);
    for (let i = 0; i < 10; i += 1) {
      await store.append([near, far, apart].map((symbol) => second(i * 3600, i + 1, symbol)));
    }
    return store;
  }

  it('its two series share a group, the third does not', () => {
    const [a, b, c] = [near, far, apart].map((symbol) => groupOf({ venue: 'default', symbol }));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it('a flipped byte anywhere in a row is found and the commit named; every other row and series reads', async () => {
    using place = scratch();
    const store = await tenHours(place.file);
    const other = new Database(place.file);
    const group = groupOf({ venue: 'default', symbol: near });
    const id = 5 * GROUPS + group;
    const body = other.prepare('SELECT body FROM journal WHERE id = ?').pluck().get(id) as Buffer;
    const put = other.prepare('UPDATE journal SET body = ? WHERE id = ?');
    for (let at = 0; at < body.length; at += 1) {
      const flipped = Buffer.from(body);
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
      put.run(flipped, id);
      const { faults } = await store.verify();
      expect(faults.length).toBe(1);
      expect(faults[0]?.problem).toMatch(
        /commit 5 of the journal, of 2024-01-01T04:00:00.000Z to 2024-01-01T04:00:01.000Z, is damaged/,
      );
      expect(faults[0]?.range).toEqual({ from: T0 + 4 * HOUR, to: T0 + 4 * HOUR + 1000 });
    }
    for (const symbol of [near, far]) {
      await expect(opens(store, symbol)).rejects.toThrow(StoreCorruptError);
      await expect(opens(store, symbol)).rejects.toThrow(/commit 5 of the journal/);
      for (const hour of [0, 1, 2, 3, 5, 6, 7, 8, 9]) {
        const range = { from: T0 + hour * HOUR, to: T0 + (hour + 1) * HOUR };
        expect([...(await store.readColumns({ series: symbol, interval: '1s', ...range })).open]).toEqual([hour + 1]);
      }
    }
    expect(await opens(store, apart)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // work goes on, and the row stays as evidence
    await store.append([second(10 * 3600, 11, near)]);
    await store.close();
    expect(other.prepare('SELECT id FROM journal').pluck().all()).toEqual([id]);
    const again = SqliteCandleStore.open(place.file);
    expect((await again.verify()).faults.length).toBe(1);
    put.run(body, id);
    expect(await opens(again, near)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect((await again.verify()).faults).toEqual([]);
    await again.close();
    other.close();
  });

  it('a row in a wrong place, times of its own that are wrong, and a name that changed are found', async () => {
    using place = scratch();
    const store = await tenHours(place.file);
    const other = new Database(place.file);
    const problems = async (): Promise<string[]> => (await store.verify()).faults.map(({ problem }) => problem);
    const group = groupOf({ venue: 'default', symbol: near });
    const change = async (sql: string, back: string, found: RegExp): Promise<void> => {
      other.exec(sql);
      expect((await problems()).join('\n')).toMatch(found);
      other.exec(back);
      expect(await problems()).toEqual([]);
    };
    const row = 3 * GROUPS + group;
    await change(
      `UPDATE journal SET id = ${row + 64 * GROUPS} WHERE id = ${row}`,
      `UPDATE journal SET id = ${row} WHERE id = ${row + 64 * GROUPS}`,
      /commit 67 of the journal.*checksum does not match/,
    );
    await change(
      `UPDATE journal SET to_ms = to_ms + 4096 WHERE id = ${row}`,
      `UPDATE journal SET to_ms = to_ms - 4096 WHERE id = ${row}`,
      /commit 3 of the journal.*holds candles of another time/,
    );
    await change(
      `UPDATE streams SET symbol = 'Y' WHERE symbol = '${near}'`,
      `UPDATE streams SET symbol = '${near}' WHERE symbol = 'Y'`,
      /wrong place|under another name/,
    );
    await change(
      `UPDATE streams SET symbol = 'Y' WHERE symbol = '${near}'; INSERT INTO streams VALUES (99, 'default', '${near}', '1s', 0)`,
      `DELETE FROM streams WHERE id = 99; UPDATE streams SET symbol = '${near}' WHERE symbol = 'Y'`,
      /wrong place|under another name/,
    );
    other.close();
    await store.close();
  });

  it('a damaged block under what was appended: that time is not read, the rest is, and nothing of the append is lost', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    await store.write(
      near,
      [0, 1].map((hour) => ({ columns: steady('1s', T0 + hour * HOUR, 60, 5) })),
    );
    await store.append([second(3600 + 60, 6, near)]);
    const other = new Database(place.file);
    const { id, body } = blockAt(other, 1);
    const put = other.prepare('UPDATE blocks SET body = ? WHERE id = ?');
    put.run(Buffer.from(body).fill(255, 4, 8), id);
    const hour = async (n: number): Promise<number> => {
      const range = { from: T0 + n * HOUR, to: T0 + (n + 1) * HOUR };
      return (await store.readColumns({ series: near, interval: '1s', ...range })).length;
    };
    expect(await hour(0)).toBe(60);
    await expect(hour(1)).rejects.toThrow(/the block of 1s candles from 2024-01-01T01:00:00.000Z .* is damaged/);
    await store.close();
    expect(other.prepare('SELECT count(*) FROM journal').pluck().get()).toBe(1);
    put.run(body, id);
    other.close();
    const again = SqliteCandleStore.open(place.file);
    expect((await opens(again, near)).length).toBe(121);
    await again.close();
  });

  it('a damaged block stops neither the appends of its series nor those of others, which are folded', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    for (const symbol of [near, far, apart]) await store.write(symbol, { columns: steady('1s', T0, 60, 5) });
    const other = new Database(place.file);
    const { id, body } = blockAt(other, 0);
    const put = other.prepare('UPDATE blocks SET body = ? WHERE id = ?');
    put.run(Buffer.from(body).fill(255, 4, 8), id);
    const commits = 300;
    for (let i = 0; i < commits; i += 1) {
      const own = i % 3 === 0 ? [near] : [];
      await store.append([...own, far, apart].map((symbol) => second(60 + i, i + 6, symbol)));
    }
    const all = [...Array.from({ length: 60 }, () => 5), ...Array.from({ length: commits }, (_, i) => i + 6)];
    for (const symbol of [far, apart]) expect(await opens(store, symbol)).toEqual(all);
    await expect(opens(store, near)).rejects.toThrow(
      /the block of 1s candles from 2024-01-01T00:00:00.000Z .* is damaged/,
    );
    await expect(store.write(near, { columns: steady('1s', T0 + HOUR, 1, 5) })).rejects.toThrow(StoreCorruptError);
    await store.write(far, { columns: steady('1s', T0, 1, 4) });
    expect((await opens(store, far))[0]).toBe(4);
    const { faults } = await store.verify();
    expect(faults.map(({ series, step }) => [series?.symbol, step?.text])).toEqual([[near, '1s']]);
    await store.close();
    expect(other.prepare('SELECT count(*) FROM journal').pluck().get()).toBe(commits / 3);
    put.run(body, id);
    other.close();
    const again = SqliteCandleStore.open(place.file);
    expect((await again.verify()).faults).toEqual([]);
    expect(await opens(again, near)).toEqual(all.filter((_, i) => i < 60 || (i - 60) % 3 === 0));
    await again.write(near, { columns: steady('1s', T0 + HOUR, 1, 5) });
    expect((await again.verify()).faults).toEqual([]);
    await again.close();
    expect(counts(place.file).journal).toBe(0);
  });
});
