import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CANDLE_STORE_PORT, type CandleBatch, StoreClosedError, StoreUnusableError } from '@prate/candle-store-port';
import { InvalidInputError } from '@prate/domain';
import { resolveAsync } from '@prate/runtime/inversify';
import Database from 'better-sqlite3';
import { Container } from 'inversify';
import { describe, expect, it } from 'vitest';
import { SqliteCandleStore } from '../../src/index.ts';
import { workerStoreModule } from '../../src/inversify.ts';
import { WorkerCandleStore } from '../../src/worker.ts';
import { scratch, steady, T0 } from '../support.ts';
import { hours, month, opens, run, second, Workers, X } from './rig.ts';

describe('open', () => {
  it('throws what the plain store throws: class, code and message', async () => {
    using place = scratch();
    writeFileSync(place.file, 'open_time_ms,open,high,low,close,volume\n'.repeat(100));
    const folder = join(place.folder, 'folder');
    mkdirSync(folder);
    for (const file of [place.file, folder, join(place.folder, 'none', 'candles.db')]) {
      const plain = (): unknown => SqliteCandleStore.open(file);
      const said = await WorkerCandleStore.open(file).catch((error: Error) => error);
      expect(said).toBeInstanceOf(StoreUnusableError);
      expect(plain).toThrow((said as Error).message);
    }
    const survives = 'anything' as never;
    await expect(WorkerCandleStore.open(place.file, { survives })).rejects.toThrow(InvalidInputError);
    for (const readers of [0, 1.5, 17, Number.NaN]) {
      await expect(WorkerCandleStore.open(place.file, { readers })).rejects.toThrow('from 1 to 16');
    }
  });

  it('a store that could not be opened leaves no worker', async () => {
    using place = scratch();
    using workers = new Workers();
    await expect(WorkerCandleStore.open(join(place.folder, 'none', 'candles.db'))).rejects.toThrow(StoreUnusableError);
    expect([workers.started, workers.alive.size]).toEqual([1, 0]);
  });

  it('a file is the same file for every worker, whatever the folder in which the process stands', async () => {
    using place = scratch();
    mkdirSync(join(place.folder, 'other'));
    const script = `
      import { WorkerCandleStore } from '@prate/sqlite-store/worker';
      process.chdir(${JSON.stringify(place.folder)});
      const store = await WorkerCandleStore.open('candles.db');
      process.chdir('other');
      console.log(store.file, (await store.stats()).rows);
      await store.close();`;
    expect(run(script)).toBe('candles.db 0\n');
  });
});

describe('threads', () => {
  it('the main entry loads no worker_threads', () => {
    const script = (entry: string): string => `
      await import('${entry}');
      console.log(process.moduleLoadList.some((name) => name.endsWith('NativeModule worker_threads')));`;
    expect(run(script('@prate/sqlite-store'))).toBe('false\n');
    expect(run(script('@prate/sqlite-store/worker'))).toBe('true\n');
  });

  it('a process whose open store does nothing ends; one whose call is under way does not, before it is done', () => {
    using place = scratch();
    const script = `
      import { WorkerCandleStore } from '@prate/sqlite-store/worker';
      const store = await WorkerCandleStore.open(${JSON.stringify(place.file)});
      void store.stats().then(({ rows }) => console.log(rows));`;
    expect(run(script)).toBe('0\n');
  });

  it('a writer at first, a reader when somebody reads, a second one when the first is busy, and no more than allowed', async () => {
    using place = scratch();
    using workers = new Workers();
    const store = await WorkerCandleStore.open(place.file, { readers: 2 });
    await store.write(X, hours(5));
    expect(workers.started).toBe(1);
    await store.stats();
    await store.series();
    expect(workers.started).toBe(2);
    const reads = [1, 2, 3, 4].map(() => store.readColumns({ ...month, interval: '1h' }));
    expect((await Promise.all(reads)).map(({ length }) => length)).toEqual([720, 720, 720, 720]);
    expect(workers.started).toBe(3);
    await store.close();
    expect(workers.alive.size).toBe(0);
  });

  it("':memory:' is one worker for all", async () => {
    using workers = new Workers();
    const store = await WorkerCandleStore.open(':memory:');
    await store.append([second(0, 5)]);
    expect(await opens(store)).toEqual([5]);
    expect(workers.started).toBe(1);
    await store.close();
  });

  it('a long read and a check of the whole file hold up no append', async () => {
    using place = scratch();
    const store = await WorkerCandleStore.open(place.file);
    await store.write(X, hours(5));
    await Promise.all([store.stats(), store.stats()]);
    const ended: string[] = [];
    const read = store.readColumns(month).then(() => ended.push('read'));
    const verify = store.verify().then(() => ended.push('verify'));
    for (let i = 0; i < 5; i += 1) await store.append([second(i, 5)]);
    ended.push('appends');
    await Promise.all([read, verify]);
    expect(ended.indexOf('appends')).toBeLessThan(ended.indexOf('read'));
    await store.close();
  });
});

describe('close', () => {
  it('waits for the calls under way and those that wait, folds the journal, and leaves no worker', async () => {
    using place = scratch();
    using workers = new Workers();
    const store = await WorkerCandleStore.open(place.file);
    const appends = Array.from({ length: 30 }, (_, i) => store.append([second(i, 5)]));
    const read = store.series();
    const closed = Promise.all([store.close(), store.close()]);
    await expect(store.stats()).rejects.toThrow(StoreClosedError);
    await closed;
    expect(workers.alive.size).toBe(0);
    await Promise.all([...appends, read]);
    const file = new Database(place.file, { readonly: true });
    expect(file.prepare('SELECT count(*) FROM journal').pluck().get()).toBe(0);
    file.close();
    const again = SqliteCandleStore.open(place.file);
    expect((await again.stats()).rows).toBe(30);
    await again.close();
  });

  it('ends a write whose batches still come with StoreClosedError', async () => {
    using place = scratch();
    const store = await WorkerCandleStore.open(place.file);
    let closed: Promise<void> | null = null;
    async function* source(): AsyncGenerator<CandleBatch> {
      yield { columns: steady('1s', T0, 1, 5) };
      closed = store.close();
      await closed;
      yield { columns: steady('1s', T0 + 1000, 1, 5) };
    }
    await expect(store.write(X, source())).rejects.toThrow(StoreClosedError);
    const again = SqliteCandleStore.open(place.file);
    expect((await again.stats()).rows).toBe(0);
    await again.close();
  });
});

describe('the container module', () => {
  it('binds one store, opened when it is asked for, and closed with the container', async () => {
    using place = scratch();
    using workers = new Workers();
    const container = new Container();
    container.load(workerStoreModule({ file: place.file, readers: 1 }));
    expect(workers.started).toBe(0);
    const store = await resolveAsync(container, CANDLE_STORE_PORT);
    expect(await resolveAsync(container, CANDLE_STORE_PORT)).toBe(store);
    await store.append([second(0, 5)]);
    await container.unbindAllAsync();
    await expect(store.stats()).rejects.toThrow(StoreClosedError);
    expect([workers.started, workers.alive.size]).toEqual([1, 0]);
  });
});
