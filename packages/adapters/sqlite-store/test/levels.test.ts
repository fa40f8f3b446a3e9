import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { SqliteCandleStore } from '../src/index.ts';
import { DAY, HOUR, MINUTE, scratch, steady, T0 } from './support.ts';

/** Damages every block of the streams that the condition names. */
function damageAll(file: string, condition: string): void {
  const database = new Database(file);
  const ids = database
    .prepare(`SELECT blocks.id FROM blocks JOIN streams ON streams.id = blocks.id / 4294967296 WHERE ${condition}`)
    .pluck()
    .all();
  for (const id of ids) database.prepare("UPDATE blocks SET body = x'00' WHERE id = ?").run(id);
  database.close();
}

const levelsOf = (file: string): unknown[] => {
  const database = new Database(file);
  const rows = database.prepare('SELECT step FROM streams WHERE level = 1 ORDER BY step').pluck().all();
  database.close();
  return rows;
};

const range = { series: 'X', from: T0, to: T0 + DAY };

describe('levels', () => {
  it('a query of minutes or coarser reads no seconds, one of hours or coarser no minutes', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    await store.write('X', { columns: steady('1s', T0, 3 * 3600, 5) });
    damageAll(place.file, "step = '1s'");
    expect((await store.readColumns({ ...range, interval: '5m' })).length).toBe(36);
    damageAll(place.file, "step = '1m'");
    expect((await store.readColumns({ ...range, interval: '1h' })).length).toBe(3);
    expect((await store.readColumns({ ...range, interval: '1M' })).length).toBe(1);
    expect((await store.readColumns({ ...range, from: T0 - DAY, interval: '1d' })).length).toBe(1);
    await expect(store.readColumns({ ...range, interval: '1m' })).rejects.toThrow('the block of 1m level');
    await expect(store.readColumns({ ...range, interval: '5s' })).rejects.toThrow('the block of 1s candles');
    await store.close();
  });

  it('flat rows are made from the rows themselves: a level does not say when the market was watched', async () => {
    const store = SqliteCandleStore.open(':memory:');
    const seconds = steady('1s', T0 + 10_000, 1, 5);
    const observed = [
      { from: T0, to: T0 + 20_000 },
      { from: T0 + 40_000, to: T0 + 2 * MINUTE },
    ];
    await store.write('X', { columns: seconds, observed });
    // between second 20 and 40 anything may have happened, so the price of the second minute is not known
    expect((await store.readColumns({ ...range, interval: '1m', fill: 'flat' })).length).toBe(1);
    await store.close();
  });

  it('a series of minutes has hours, one of hours nothing, and one whose steps do not divide each other nothing', async () => {
    using place = scratch();
    const store = SqliteCandleStore.open(place.file);
    await store.write('H', { columns: steady('1h', T0, 3, 5) });
    expect(levelsOf(place.file)).toEqual([]);
    await store.write('M', { columns: steady('1m', T0, 3, 5) });
    expect(levelsOf(place.file)).toEqual(['1h']);
    await store.write('M', { columns: steady('90s', T0, 3, 5) });
    expect(levelsOf(place.file)).toEqual([]);
    await store.delete({ series: 'M', from: T0 - HOUR, to: T0 + HOUR });
    await store.write('M', { columns: steady('1m', T0, 120, 5) });
    expect((await store.readColumns({ ...range, series: 'M', interval: '1h' })).length).toBe(2);
    await store.close();
  });

  it('when finer rows come to a series of old, its levels hold the old ones too', async () => {
    const store = SqliteCandleStore.open(':memory:');
    await store.write('X', { columns: steady('1m', T0, 60, 5) });
    await store.write('X', { columns: steady('1s', T0 + 5 * HOUR, 60, 7) });
    const { open, length } = await store.readColumns({ ...range, interval: '1h' });
    expect([length, ...open]).toEqual([2, 5, 7]);
    await store.close();
  });
});
