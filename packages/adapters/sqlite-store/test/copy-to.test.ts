import { join } from 'node:path';
import { InvalidInputError } from '@prate/domain';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { SqliteCandleStore } from '../src/index.ts';
import { flipBlock, threeHours } from './damaging.ts';
import { scratch } from './support.ts';

describe('copyTo', () => {
  it('ends while another process writes all the time', async () => {
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

  it('another file with the same, damage too; never over a file that is there', async () => {
    using place = scratch();
    await threeHours(place.file);
    flipBlock(place.file, 'SELECT id, body FROM blocks');
    const store = SqliteCandleStore.open(place.file);
    const copy = join(place.folder, 'copy.db');
    await store.copyTo(copy);
    await expect(store.copyTo(copy)).rejects.toThrow(InvalidInputError);
    await store.repair();
    await store.close();
    const copied = SqliteCandleStore.open(copy);
    expect((await copied.verify()).faults.length).toBe(1);
    await copied.close();
  });
});
