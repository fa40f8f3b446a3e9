import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreBusyError, StoreUnusableError } from '@prate/candle-store-port';
import { InvalidInputError } from '@prate/domain';
import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { SqliteCandleStore } from '../src/index.ts';
import { MIGRATIONS } from '../src/migrate/migrations.ts';
import { withDisk } from './small-disk.ts';
import { scratch, steady, T0 } from './support.ts';

const refused = (file: string): StoreUnusableError => {
  try {
    SqliteCandleStore.open(file);
  } catch (error) {
    expect(error).toBeInstanceOf(StoreUnusableError);
    return error as StoreUnusableError;
  }
  throw new Error(`${file} was opened`);
};

describe('database file', () => {
  it('is there again after it was closed', async () => {
    using place = scratch();
    const first = SqliteCandleStore.open(place.file);
    await first.write('X', { columns: steady('1m', T0, 3, 5) });
    await first.close();
    const second = SqliteCandleStore.open(place.file);
    expect((await second.stats()).rows).toBe(3);
    expect(second.file).toBe(place.file);
    await second.close();
  });

  it('open: a file that is no SQLite file is refused, and left as it was', () => {
    using place = scratch();
    writeFileSync(place.file, 'open_time_ms,open,high,low,close,volume\n'.repeat(100));
    expect(refused(place.file).message).toMatch(/is not a Prate database: choose another file/);
  });

  it('open: an SQLite file of another program is refused, and left as it was', () => {
    using place = scratch();
    const other = new Database(place.file);
    other.exec('CREATE TABLE notes (text TEXT)');
    other.close();
    expect(refused(place.file).message).toMatch(/of another program/);
    const again = new Database(place.file, { readonly: true });
    expect(again.pragma('journal_mode', { simple: true })).toBe('delete');
    again.close();
  });

  it('open: an empty SQLite file that another program has marked as its own is refused', () => {
    using place = scratch();
    const other = new Database(place.file);
    other.pragma('user_version = 1');
    other.close();
    expect(refused(place.file).message).toMatch(/of another program/);
  });

  it('open: a store of a newer version is refused, with what to do', async () => {
    using place = scratch();
    await SqliteCandleStore.open(place.file).close();
    const newer = new Database(place.file);
    newer.pragma('user_version = 99');
    newer.close();
    expect(refused(place.file).message).toMatch(/newer Prate \(store version 99, this one knows \d+\): update Prate/);
  });

  it('open: a file of version 1 is brought up, with all that it holds; two stores at once do not hinder each other', async () => {
    using place = scratch();
    const first = SqliteCandleStore.open(place.file);
    await first.write('X', { columns: steady('1s', T0, 70, 5) });
    const before = await first.coverage();
    await first.close();
    const old = new Database(place.file);
    old.exec('DROP TABLE journal');
    old.pragma('user_version = 1');
    old.close();
    const stores = [SqliteCandleStore.open(place.file), SqliteCandleStore.open(place.file)];
    for (const [i, store] of stores.entries()) {
      expect(await store.coverage({ series: 'X' })).toEqual(before);
      await store.append([{ series: `S${i}`, columns: steady('1s', T0, 1, 5) }]);
      expect((await store.verify()).faults).toEqual([]);
    }
    for (const store of stores) expect((await store.stats()).rows).toBe(72);
    for (const store of stores) await store.close();
    const now = new Database(place.file, { readonly: true });
    expect(now.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    now.close();
  });

  it('open: bringing a file up is all or nothing', () => {
    using place = scratch();
    const old = new Database(place.file);
    for (const migrate of MIGRATIONS.slice(0, 1)) migrate(old);
    old.pragma('application_id = 0x50524154');
    old.pragma('user_version = 1');
    old.exec('CREATE TABLE journal (something TEXT)'); // in the way
    old.close();
    expect(() => SqliteCandleStore.open(place.file)).toThrow(StoreUnusableError);
    const again = new Database(place.file);
    expect(again.pragma('user_version', { simple: true })).toBe(1);
    again.exec('DROP TABLE journal');
    again.close();
    SqliteCandleStore.open(place.file);
  });

  it('open: an empty file becomes a store', async () => {
    using place = scratch();
    writeFileSync(place.file, '');
    const store = SqliteCandleStore.open(place.file);
    expect(await store.series()).toEqual([]);
    await store.close();
  });

  it('open: a missing folder and a folder in the place of the file are refused', () => {
    using place = scratch();
    expect(refused(join(place.folder, 'none', 'candles.db')).message).toMatch(
      /cannot be opened: its folder is not there/,
    );
    mkdirSync(place.file);
    expect(refused(place.file).message).toMatch(/cannot be opened/);
  });

  it('open: a file on a read-only disk is refused', async (context) => {
    await using disk = withDisk();
    if (disk === null) return context.skip('needs the right to mount a small disk');
    const file = join(disk.folder, 'candles.db');
    await SqliteCandleStore.open(file).close();
    execFileSync('mount', ['-o', 'remount,ro', disk.folder]);
    expect(refused(file).message).toMatch(/may not be written to|cannot be opened/);
  });

  it('open: what survives a power cut is told to SQLite, also when the file is new; another word is refused', async () => {
    const pragma = vi.spyOn(Database.prototype, 'pragma');
    try {
      using place = scratch();
      for (const [survives, found] of [
        [undefined, 'NORMAL'],
        ['kill', 'NORMAL'],
        ['power-cut', 'FULL'],
      ] as const) {
        pragma.mockClear();
        const store = SqliteCandleStore.open(place.file, { survives });
        const asked = pragma.mock.calls.map(([text]) => text).filter((text) => text.startsWith('synchronous'));
        expect(asked).toEqual([`synchronous = ${found}`]);
        await store.close();
      }
      expect(() => SqliteCandleStore.open(place.file, { survives: 'anything' as never })).toThrow(InvalidInputError);
    } finally {
      pragma.mockRestore();
    }
  });

  it("':memory:' keeps everything in memory, apart from every other", async () => {
    const [one, other] = [SqliteCandleStore.open(':memory:'), SqliteCandleStore.open(':memory:')];
    await one.write('X', { columns: steady('1m', T0, 3, 5) });
    expect([(await one.stats()).rows, (await other.stats()).rows]).toEqual([3, 0]);
    await one.close();
    await other.close();
  });

  it('write: the first long one leaves no log behind it, the next ones do; all is there', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    const log = (): number => (existsSync(`${place.file}-wal`) ? statSync(`${place.file}-wal`).size : 0);
    await store.write('X', { columns: steady('1s', T0, 86_400, 5) });
    expect(log()).toBeLessThan(10_000);
    await store.write('Y', { columns: steady('1s', T0, 86_400, 5) });
    expect(log()).toBeGreaterThan(10_000);
    const other = new Database(place.file);
    expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
    other.close();
    expect((await store.stats()).rows).toBe(2 * 86_400);
    expect((await store.verify()).faults).toEqual([]);
    await store.close();
  });

  it('write: the first long one goes to the log where another process has the file open', async () => {
    using place = scratch();
    const [one, other] = [SqliteCandleStore.open(place.file), SqliteCandleStore.open(place.file)];
    expect(await other.series()).toEqual([]);
    await one.write('X', { columns: steady('1s', T0, 86_400, 5) });
    expect(statSync(`${place.file}-wal`).size).toBeGreaterThan(10_000);
    expect((await other.stats()).rows).toBe(86_400);
    await one.close();
    await other.close();
  });

  it('write: a first long one that fails keeps nothing, and the file has its log again', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    const inTheWay = new Database(place.file);
    inTheWay.exec(`CREATE TRIGGER full AFTER INSERT ON blocks WHEN new.rows = 3600 AND new.id % 24 = 7
      BEGIN SELECT RAISE(ABORT, 'no'); END`);
    inTheWay.close();
    await expect(store.write('X', { columns: steady('1s', T0, 86_400, 5) })).rejects.toThrow(/no/);
    expect(await store.stats()).toMatchObject({ rows: 0, blocks: 0 });
    const other = new Database(place.file);
    expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
    other.exec('DROP TRIGGER full');
    other.close();
    expect((await store.write('X', { columns: steady('1s', T0, 86_400, 5) })).added).toBe(86_400);
    await store.close();
  });

  it('open: while another process is at its first long write; the log is used from the next write on', async () => {
    using place = scratch();
    await SqliteCandleStore.open(place.file).close();
    const writer = new Database(place.file);
    writer.pragma('journal_mode = delete');
    writer.exec("BEGIN IMMEDIATE; INSERT INTO streams (venue, symbol, step, level) VALUES ('v', 'S', '1m', 0)");
    const store = SqliteCandleStore.open(place.file);
    expect(await store.series()).toEqual([]);
    writer.exec('COMMIT');
    await store.write('X', { columns: steady('1m', T0, 3, 5) });
    expect(writer.prepare('SELECT count(*) FROM blocks').pluck().get()).toBe(2);
    expect(writer.pragma('journal_mode', { simple: true })).toBe('wal');
    writer.close();
    await store.close();
  });

  it('write: a lock that is held longer than the store waits is StoreBusyError, and the store works when it is gone', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    const other = new Database(place.file);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.write('X', { columns: steady('1m', T0, 3, 5) })).rejects.toThrow(StoreBusyError);
    expect((await store.stats()).rows).toBe(0);
    other.exec('ROLLBACK');
    other.close();
    expect((await store.write('X', { columns: steady('1m', T0, 3, 5) })).added).toBe(3);
    await store.close();
  });
});
