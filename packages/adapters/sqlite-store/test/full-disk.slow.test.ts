import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreFullError } from '@prate/candle-store-port';
import { toInterval } from '@prate/domain';
import { type CandleColumns, columnsFromCandles } from '@prate/domain/candles';
import { seededRandom } from '@prate/runtime';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { CandleDatabase } from '../src/database.ts';
import { mapSqliteError } from '../src/map-sqlite-error.ts';
import { withDisk } from './small-disk.ts';
import { STORES, scratch, steady, T0 } from './support.ts';

const second = (n: number): CandleColumns => steady('1s', T0 + n * 1000, 1, n + 1);

/** Hours of seconds that do not pack well. */
function noise(from: number, hours: number, seed: number): CandleColumns {
  const random = seededRandom(seed);
  const candles = Array.from({ length: hours * 3600 }, (_, i) => {
    const price = 1000 + random.next();
    const prices = { open: price, high: price, low: price, close: price };
    return { openTime: from + i * 1000, ...prices, volume: random.next(), turnover: random.next() };
  });
  return columnsFromCandles(candles, toInterval('1s'));
}

describe.each(STORES)('full disk: %s', (_, open) => {
  it('a write without room is StoreFullError, keeps nothing, and works again when there is room', async (context) => {
    await using disk = withDisk();
    if (disk === null) return context.skip('needs the right to mount a small disk');
    const [file, ballast] = [join(disk.folder, 'candles.db'), join(disk.folder, 'ballast')];
    const store = await open(file);
    await store.write('X', { columns: steady('1m', T0, 1000, 5) });
    writeFileSync(ballast, Buffer.alloc(250_000));
    const before = await store.coverage();
    await expect(store.write('X', { columns: noise(T0, 6, 1) })).rejects.toThrow(StoreFullError);
    expect(await store.coverage()).toEqual(before);
    expect((await store.verify()).faults).toEqual([]);
    rmSync(ballast);
    expect((await store.write('X', { columns: noise(T0, 2, 1) })).added).toBe(7200);
    await store.close();
    const again = await open(file);
    expect(await again.verify()).toMatchObject({ rows: 8200, faults: [] });
    await again.close();
  });

  it('appends and folds without room are StoreFullError, lose nothing, and go on when there is room', async (context) => {
    await using disk = withDisk();
    if (disk === null) return context.skip('needs the right to mount a small disk');
    const [file, ballast] = [join(disk.folder, 'candles.db'), join(disk.folder, 'ballast')];
    const store = await open(file);
    await store.write('X0', { columns: noise(T0 - 3_600_000, 1, 1) });
    writeFileSync(ballast, Buffer.alloc(100_000));
    let [acknowledged, refused] = [0, 0];
    const commit = (): Promise<void> =>
      store.append(Array.from({ length: 30 }, (_, i) => ({ series: `X${i}`, columns: second(acknowledged) })));
    while (refused < 10) {
      try {
        await commit();
        acknowledged += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(StoreFullError);
        refused += 1;
      }
      expect(acknowledged).toBeLessThan(3000);
    }
    expect(acknowledged).toBeGreaterThan(0);
    const rows = 3600 + 30 * acknowledged;
    expect(await store.verify()).toMatchObject({ rows, faults: [] });
    await store.close(); // cannot fold either, and loses nothing
    rmSync(ballast);
    const again = await open(file);
    expect(await again.verify()).toMatchObject({ rows, faults: [] });
    for (let i = 0; i < 5; i += 1) {
      await again.append([{ series: 'X0', columns: second(acknowledged + i) }]);
    }
    const found = await again.readColumns({ series: 'X0', interval: '1s', from: T0, to: T0 + 3_600_000 });
    expect(Array.from(found.openTime, (open) => (open - T0) / 1000)).toEqual(
      Array.from({ length: acknowledged + 5 }, (_, i) => i),
    );
    await again.close();
    const last = await open(file);
    expect(await last.verify()).toMatchObject({ rows: rows + 5, faults: [] });
    await last.close();
  });

  it('a disk that is full when it is opened is StoreFullError', async (context) => {
    await using disk = withDisk();
    if (disk === null) return context.skip('needs the right to mount a small disk');
    writeFileSync(join(disk.folder, 'ballast'), Buffer.alloc(512 * 1024));
    await expect(open(join(disk.folder, 'candles.db'))).rejects.toThrow(StoreFullError);
  });
});

it('a limit of pages that SQLite meets is called full too, and what it refused is not there', () => {
  using place = scratch();
  const database = new CandleDatabase(place.file);
  const stream = database.write(() => database.stream({ venue: 'default', symbol: 'X' }, toInterval('1s')));
  const fill = (from: number, count: number): void =>
    database.write(() => {
      for (let block = from; block < from + count; block += 1)
        database.putBlock(stream, { block, rows: 1, body: new Uint8Array(3000) });
    });
  fill(0, 3);
  // the limit is a connection's own: another connection to the same file meets it, not the store's
  const limited = new Database(place.file);
  limited.pragma(`max_page_count = ${limited.pragma('page_count', { simple: true })}`);
  const insert = limited.prepare('INSERT INTO blocks (id, rows, body) VALUES (?, 1, zeroblob(9000))');
  let full: unknown;
  try {
    limited.transaction(() => {
      for (let id = 1; id < 9; id += 1) insert.run(id);
    })();
  } catch (error) {
    full = mapSqliteError(error, place.file);
  }
  limited.close();
  expect(full).toBeInstanceOf(StoreFullError);
  expect(database.stats().blocks).toBe(3);
  fill(3, 3);
  expect(database.stats().blocks).toBe(6);
  database.close();
});
