import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { SqliteCandleStore } from '../src/index.ts';
import { DAY, long, scratch, steady, T0 } from './support.ts';

const SERIES = ['A', 'B', 'C'];
const COMMITS = 40;
const CHECKPOINTED = 10;
const WAL_HEADER = 32;

const second = (n: number) => SERIES.map((series) => ({ series, columns: steady('1s', T0 + n * 1000, 1, n + 1) }));

/**
 * A file and its WAL as a power cut may leave them: the first commits are in the file, the others in the WAL alone.
 * Returns how long the WAL was after each of those.
 */
async function interrupted(file: string, copy: string): Promise<number[]> {
  const store = SqliteCandleStore.open(file);
  for (let n = 0; n < CHECKPOINTED; n += 1) await store.append(second(n));
  const other = new Database(file);
  other.pragma('wal_checkpoint(TRUNCATE)');
  other.close();
  const lengths: number[] = [];
  for (let n = CHECKPOINTED; n < COMMITS; n += 1) {
    await store.append(second(n));
    lengths.push(statSync(`${file}-wal`).size);
    if (n === 20) await store.write('B', { columns: steady('1s', T0 + DAY, 100, 9) }); // folds a group, and more
  }
  copyFileSync(file, copy);
  copyFileSync(`${file}-wal`, `${copy}-wal`);
  await store.close();
  return lengths;
}

/** How many commits the file shows; what it shows is whole. */
async function commitsOf(file: string): Promise<number> {
  const store = SqliteCandleStore.open(file);
  try {
    expect((await store.verify()).faults).toEqual([]);
    const opens = await Promise.all(
      SERIES.map(async (series) =>
        Array.from((await store.readColumns({ series, interval: '1s', from: T0, to: T0 + 3_600_000 })).open),
      ),
    );
    for (const found of opens) expect(found).toEqual(found.map((_, n) => n + 1));
    expect(new Set(opens.map((found) => found.length)).size).toBe(1);
    const more = await store.readColumns({ series: 'B', interval: '1s', from: T0 + DAY, to: T0 + 2 * DAY });
    expect([0, 100]).toContain(more.length);
    return opens[0]?.length ?? 0;
  } finally {
    await store.close();
  }
}

describe('a torn end of the WAL', () => {
  it('cut anywhere: the store opens, and holds a whole number of commits, all that the rest of the WAL tells', async () => {
    using place = scratch();
    const copy = join(place.folder, 'copy.db');
    const lengths = await interrupted(place.file, copy);
    const wal = readFileSync(`${copy}-wal`);
    const page = 4096 + 24;
    const cuts = new Set([0, 1, WAL_HEADER - 1, WAL_HEADER, wal.length]);
    for (const length of lengths.filter((_, i) => long || i % 6 === 0)) {
      for (const cut of [length - page, length - page + 24, length - 1, length, length + 1, length + page / 2])
        cuts.add(Math.max(0, Math.min(wal.length, cut)));
    }
    if (long) for (let cut = 0; cut < wal.length; cut += 509) cuts.add(cut);
    for (const cut of cuts) {
      const file = join(place.folder, `cut-${cut}.db`);
      copyFileSync(copy, file);
      writeFileSync(`${file}-wal`, wal.subarray(0, cut));
      const whole = CHECKPOINTED + lengths.filter((length) => length <= cut).length;
      expect(await commitsOf(file), `cut at ${cut}`).toBe(whole);
    }
  });

  it('a flipped byte anywhere in it: what came before is there, and no half commit', async () => {
    using place = scratch();
    const copy = join(place.folder, 'copy.db');
    const lengths = await interrupted(place.file, copy);
    const wal = readFileSync(`${copy}-wal`);
    const stride = long ? 211 : Math.ceil(wal.length / 40);
    for (let at = 3; at < wal.length; at += stride) {
      const file = join(place.folder, `flip-${at}.db`);
      copyFileSync(copy, file);
      const flipped = Buffer.from(wal);
      flipped[at] = (flipped[at] as number) ^ 16;
      writeFileSync(`${file}-wal`, flipped);
      const whole = CHECKPOINTED + (at < WAL_HEADER ? 0 : lengths.filter((length) => length <= at).length);
      expect(await commitsOf(file), `flipped at ${at}`).toBe(whole);
    }
  });
});
