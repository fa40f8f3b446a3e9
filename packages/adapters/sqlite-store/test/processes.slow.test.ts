import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CandleStorePort } from '@prate/candle-store-port';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { DAY, long, MINUTE, STORES, scratch, steady, T0 } from './support.ts';

const script = fileURLToPath(new URL('./child-store.ts', import.meta.url));

class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  constructor(task: string, file: string, kind: string) {
    this.#process = spawn(process.execPath, ['--conditions=@prate/source', script, task, file, kind]);
    this.#process.stderr.on('data', (text) => {
      this.#errors += String(text);
    });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the child has ended: ${this.#errors}`);
    return value;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Waits for its end; rejects when it ended badly. */
  async end(): Promise<void> {
    if (this.running) await once(this.#process, 'exit');
    if (this.#process.exitCode !== 0) throw new Error(`exit code ${this.#process.exitCode}: ${this.#errors}`);
  }

  /** Kills it, and returns the lines that it printed until then. */
  async kill(): Promise<string[]> {
    this.#process.kill('SIGKILL');
    const rest: string[] = [];
    for (let next = await this.#lines.next(); next.done !== true; next = await this.#lines.next())
      rest.push(next.value);
    if (this.running) await once(this.#process, 'exit');
    return rest;
  }
}

const opens = async (store: CandleStorePort, interval: string): Promise<number[]> =>
  Array.from((await store.readColumns({ series: 'X', interval, from: T0, to: T0 + 60 * DAY })).open);

describe.each(STORES)('several processes on one file: %s', (kind, open) => {
  it('a reader beside a writer sees every write whole or not at all', async () => {
    using place = scratch();
    const store = await open(place.file);
    await store.stats(); // opens what reads
    const child = new Child('flip', place.file, kind);
    expect(await child.line()).toBe('ready');
    const seen = new Set<number>();
    while (child.running) {
      const found = await opens(store, '1m');
      expect(found.length).toBe(90);
      expect(new Set(found).size, `prices of several writes: ${[...new Set(found)].join(', ')}`).toBe(1);
      seen.add(found[0] as number);
      const covered = await store.coverage();
      expect(covered.map(({ rows }) => rows)).toEqual([90, 3]);
      await new Promise(setImmediate); // lets the child's end be heard
    }
    await child.end();
    expect(new Set(await opens(store, '1m'))).toEqual(new Set([60]));
    expect(seen.size).toBeGreaterThan(1);
    expect((await store.verify()).faults).toEqual([]);
    await store.close();
  });

  it('two writers and a reader: no error, and no row is lost', async () => {
    using place = scratch();
    const store = await open(place.file);
    const child = new Child('flip', place.file, kind);
    expect(await child.line()).toBe('ready');
    let written = 0;
    while (child.running) {
      await store.write('Y', { columns: steady('1m', T0 + written * MINUTE, 1, written + 1) });
      written += 1;
      await new Promise(setImmediate);
    }
    await child.end();
    const [x, y] = await store.coverage();
    expect((await store.coverage({ series: 'Y' }))[0]?.rows).toBe(written);
    expect([x, y].length).toBe(2);
    expect(new Set(await opens(store, '1m'))).toEqual(new Set([60]));
    expect((await store.verify()).faults).toEqual([]);
    await store.close();
  });

  it('a reader beside a live feed sees every second that was acknowledged before it looked, and whole commits only', async () => {
    using place = scratch();
    const store = await open(place.file);
    const child = new Child('feed', place.file, kind);
    let acknowledged = Number(await child.line());
    let looks = 0;
    while (acknowledged < 399) {
      for (const symbol of [`S${looks % 40}`, 'S7']) {
        const query = { series: symbol, interval: '1s', from: T0, to: T0 + DAY };
        const found = Array.from((await store.readColumns(query)).open);
        expect(found.length).toBeGreaterThan(acknowledged);
        expect(found).toEqual(found.map((_, second) => second + 1));
      }
      if (looks % 10 === 0) {
        const { rows, faults } = await store.verify();
        expect(faults).toEqual([]);
        expect(rows % 40).toBe(0);
        expect(rows).toBeGreaterThanOrEqual((acknowledged + 1) * 40);
        expect((await store.coverage()).length).toBe(40);
      }
      looks += 1;
      acknowledged = Number(await child.line());
    }
    await child.end();
    expect(looks).toBeGreaterThan(100);
    expect(await store.verify()).toMatchObject({ rows: 400 * 40, faults: [] });
    await store.close();
  });

  it('several processes may bring one old file up at the same moment', async () => {
    for (let round = 0; round < (long ? 20 : 2); round += 1) {
      using place = scratch();
      const store = await open(place.file);
      await store.write('X', { columns: steady('1s', T0, 70, 5) });
      await store.close();
      const old = new Database(place.file);
      old.exec('DROP TABLE journal');
      old.pragma('user_version = 1');
      old.close();
      const children = [1, 2, 3, 4].map(() => new Child('open', place.file, kind));
      await Promise.all(children.map((child) => child.line()));
      expect(await Promise.all(children.map((child) => child.line()))).toEqual(['70', '70', '70', '70']);
      await Promise.all(children.map((child) => child.kill()));
    }
  });

  it('several processes may make one new file at the same moment', async () => {
    for (let round = 0; round < (long ? 20 : 2); round += 1) {
      using place = scratch();
      const children = [1, 2, 3, 4].map(() => new Child('flip', place.file, kind));
      await Promise.all(children.map((child) => child.line()));
      await Promise.all(children.map((child) => child.kill()));
    }
  });

  it('a process that finds a new file locked waits for the lock, and then makes it', async () => {
    using place = scratch();
    const other = new Database(place.file);
    other.exec('BEGIN IMMEDIATE');
    const child = new Child('open', place.file, kind);
    expect(await child.line()).toBe('begin');
    // no condition tells that it waits: one that does not wait ends within this time
    for (const until = performance.now() + 500; child.running && performance.now() < until; ) await delay(5);
    other.exec('ROLLBACK');
    expect(await child.line()).toBe('0');
    await child.kill();
    expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
    other.close();
  });

  it('two processes may begin one new file with a long write each', async () => {
    for (let round = 0; round < (long ? 20 : 3); round += 1) {
      using place = scratch();
      const children = [1, 2].map(() => new Child('big', place.file, kind));
      await Promise.all(children.map((child) => child.end()));
      const store = await open(place.file);
      expect(await store.verify()).toMatchObject({ rows: 120 * 1440, faults: [] });
      await store.close();
    }
  });
});

describe.each(STORES)('kill -9: %s', (kind, open) => {
  it('in the middle of writes: no acknowledged write is lost or doubled', async () => {
    using place = scratch();
    let acknowledged = -1;
    for (let round = 0; round < (long ? 200 : 4); round += 1) {
      const child = new Child('fill', place.file, kind);
      for (let lines = 0; lines < 3 + ((round * 7) % 40); lines += 1) acknowledged = Number(await child.line());
      acknowledged = Number((await child.kill()).at(-1) ?? acknowledged);
      const store = await open(place.file);
      const found = await opens(store, '1m');
      expect(found).toEqual(found.map((_, minute) => minute + 1));
      // the last one may have been written and not yet acknowledged
      expect([acknowledged + 1, acknowledged + 2]).toContain(found.length);
      expect(await store.verify()).toMatchObject({ rows: found.length, faults: [] });
      await store.close();
    }
  });

  it('in the middle of a big write: all of it or nothing', async () => {
    const counts: number[] = [];
    for (let round = 0; round < (long ? 100 : 4); round += 1) {
      using place = scratch();
      const child = new Child('big', place.file, kind);
      expect(await child.line()).toBe('begin');
      // a moment later each round, to meet the transaction at different points
      if (round > 0) await new Promise((resolve) => setTimeout(resolve, round * 3));
      const ended = (await child.kill()).includes('end');
      const store = await open(place.file);
      const { rows, faults } = await store.verify();
      expect(faults).toEqual([]);
      expect(ended ? [120 * 1440] : [0, 120 * 1440]).toContain(rows);
      counts.push(rows);
      await store.close();
    }
    expect(counts).toContain(0);
  });
});
