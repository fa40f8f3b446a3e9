import { type CandleBatch, StoreBusyError } from '@prate/candle-store-port';
import { InvalidInputError, InvalidRowError } from '@prate/domain';
import { CandleBuffers } from '@prate/domain/candles';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { SqliteCandleStore } from '../../src/index.ts';
import { StoreWorker } from '../../src/worker/store-worker.ts';
import { StoreWorkerLostError, WorkerCandleStore } from '../../src/worker.ts';
import { DAY, HOUR, scratch, steady, T0 } from '../support.ts';
import { hours, month, opens, second, Workers, X } from './rig.ts';

describe('calls', () => {
  it('writes are done in the order in which they came, and a read sees what was acknowledged before', async () => {
    using place = scratch();
    const store = await WorkerCandleStore.open(place.file);
    const calls: Promise<unknown>[] = [];
    for (let i = 0; i < 40; i += 1) {
      calls.push(store.append([second(i % 4, i + 1)]));
      if (i === 30) calls.push(store.delete({ series: X, from: T0, to: T0 + DAY }));
    }
    await Promise.all(calls);
    expect(await opens(store)).toEqual([37, 38, 39, 40]);
    const [first, later] = [
      store.write(X, { columns: steady('1s', T0, 1, 1) }),
      store.write(X, { columns: steady('1s', T0, 1, 2) }),
    ];
    await Promise.all([first, later]);
    expect((await opens(store))[0]).toBe(2);
    await store.close();
  });

  it('append: what it was given may be filled again at once', async () => {
    const store = await WorkerCandleStore.open(':memory:');
    const { columns } = second(0, 5);
    const [first, busy] = [store.append([{ series: X, columns }]), store.append([second(9, 9)])];
    for (const prices of [columns.open, columns.high, columns.low, columns.close]) prices[0] = 77;
    await Promise.all([first, busy]);
    expect(await opens(store)).toEqual([5, 9]);
    await store.close();
  });

  it('verify: tells how far it has come, as the plain store does; nobody is told after an abort', async () => {
    using place = scratch();
    const plain = SqliteCandleStore.open(place.file);
    const days = Array.from({ length: 1200 }, (_, day) => ({ columns: steady('1m', T0 + day * DAY, 1, 5) }));
    await plain.write(X, days);
    const { blocks } = await plain.stats();
    const store = await WorkerCandleStore.open(place.file);
    for (const each of [plain, store]) {
      const told: [number, number][] = [];
      const report = await each.verify({ onProgress: (...progress) => void told.push(progress) });
      expect(report).toMatchObject({ rows: 1200, blocks, faults: [] });
      expect(told).toEqual(Array.from({ length: Math.floor(blocks / 2) }, (_, i) => [2 * (i + 1), blocks]));
    }
    const stop = new AbortController();
    const told: number[] = [];
    const onProgress = (done: number): void => {
      told.push(done);
      stop.abort();
    };
    await expect(store.verify({ signal: stop.signal, onProgress })).rejects.toThrow('aborted');
    expect((await store.verify()).rows).toBe(1200);
    expect(told).toEqual([2]);
    const breaks = (): void => {
      throw new Error('the caller’s own');
    };
    for (const each of [plain, store]) {
      await expect(each.verify({ onProgress: breaks })).rejects.toThrow('the caller’s own');
      expect((await each.verify()).rows).toBe(1200);
    }
    await Promise.all([plain.close(), store.close()]);
  });

  it('write: a row that breaks a rule is named by its place, however long the batch; nothing is kept', async () => {
    const store = await WorkerCandleStore.open(':memory:');
    const columns = steady('1s', T0, 200_000, 5);
    columns.volume[170_000] = -1 as never;
    const said = await store.write(X, { columns }).catch((error: unknown) => error);
    expect(said).toBeInstanceOf(InvalidRowError);
    expect((said as InvalidRowError).index).toBe(170_000);
    expect((await store.stats()).rows).toBe(0);
    expect((await store.write(X, { columns: steady('1s', T0, 200_000, 5) })).added).toBe(200_000);
    await store.close();
  });

  it('write: a batch that is refused ends the write, also while its source hangs', async () => {
    const store = await WorkerCandleStore.open(':memory:');
    async function* hanging(): AsyncGenerator<CandleBatch> {
      yield { columns: { ...steady('1s', T0, 1, 5), high: Float64Array.of(1) } };
      await new Promise(() => {});
    }
    await expect(store.write(X, hanging())).rejects.toThrow(InvalidRowError);
    await store.close();
  });

  it('write: a source is asked no further once the worker is lost', async () => {
    using workers = new Workers();
    const store = await WorkerCandleStore.open(':memory:');
    let asked = 0;
    const source = function* (): Generator<CandleBatch> {
      for (; asked < 5; asked += 1) yield { columns: steady('1s', T0 + asked * HOUR, 1, 5) };
    };
    const refused = expect(store.write(X, source())).rejects.toThrow(StoreWorkerLostError);
    await workers.kill();
    await refused;
    expect(asked).toBeLessThanOrEqual(1);
    await store.close();
  });

  it('read: one batch is made ahead, and no more', async () => {
    using place = scratch();
    const store = await WorkerCandleStore.open(place.file);
    await store.write(X, { columns: steady('1h', T0, 5 * 24, 5) });
    const seen: number[] = [];
    for await (const batch of store.read({ ...month, to: T0 + 5 * DAY })) {
      seen.push(batch.open[0] as number);
      if (seen.length > 1) continue;
      await Promise.all([store.series(), store.series(), store.series()]); // the second batch is made by now
      await store.write(X, { columns: steady('1h', T0, 5 * 24, 6) });
    }
    expect(seen).toEqual([5, 5, 6, 6, 6]);
    await store.close();
  });

  it('read: batches that were given stay as they are, and a loop that is left leaves nothing behind', async () => {
    using place = scratch();
    const store = await WorkerCandleStore.open(place.file);
    await store.write(X, { columns: steady('1s', T0, 3 * 86_400, 5) });
    const kept: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      for await (const { open } of store.read({ ...month, to: T0 + 3 * DAY })) {
        kept.push(
          open.length,
          open.reduce((sum, price) => sum + price, 0),
        );
        break;
      }
    }
    expect(kept).toEqual([1, 2, 3].flatMap(() => [86_400, 5 * 86_400]));
    await store.close();
  });

  it('read: what is left in a worker is forgotten', async () => {
    using place = scratch();
    await SqliteCandleStore.open(place.file).write(X, { columns: steady('1h', T0, 48, 5) });
    const worker = new StoreWorker({ file: place.file, options: {} }, () => {});
    await worker.do({ kind: 'open' }, []);
    const query = {
      series: { venue: 'default', symbol: X },
      interval: steady('1s', T0, 0, 5).interval,
      from: T0,
      to: T0 + 9 * DAY,
    };
    const first = async (): Promise<unknown> => {
      const answer = await worker.do({ kind: 'next', read: 1, query }, []);
      return answer.ok ? (answer.value as { openTime: Float64Array }).openTime[0] : answer.error;
    };
    expect([await first(), await first()]).toEqual([T0, T0 + DAY]);
    await worker.do({ kind: 'stop', read: 1 }, []);
    expect(await first()).toBe(T0);
    await worker.end();
  });

  it('what cannot be sent is InvalidInputError, and the caller keeps his buffers', async () => {
    const store = await WorkerCandleStore.open(':memory:');
    const into = new CandleBuffers(7);
    const query = { ...month, interpolation: (() => {}) as never };
    await expect(store.readColumns(query, { into })).rejects.toThrow(InvalidInputError);
    expect(into.openTime.length).toBe(7);
    await store.close();
  });

  it('a lock of another process is StoreBusyError', async () => {
    using place = scratch();
    const store = await WorkerCandleStore.open(place.file);
    const other = new Database(place.file);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.append([second(0, 5)])).rejects.toThrow(StoreBusyError);
    other.exec('ROLLBACK');
    other.close();
    await store.append([second(0, 5)]);
    await store.close();
  });
});

describe('readColumns into buffers', () => {
  it('puts one answer after the other into the same memory, and none into the memory of another', async () => {
    const store = await WorkerCandleStore.open(':memory:');
    await store.write(X, hours(5));
    const into = new CandleBuffers();
    const query = { ...month, interval: '1m', to: T0 + DAY };
    const fresh = await store.readColumns(query);
    for (let turn = 0; turn < 3; turn += 1) {
      const columns = await store.readColumns(query, { into });
      expect(columns).toEqual(fresh);
      expect(columns.open.buffer).toBe(into.open.buffer);
      expect(into.open.length).toBeGreaterThanOrEqual(1440);
    }
    await store.close();
  });

  it('comes back after a refusal and after an abort, and is empty after the loss of a worker', async () => {
    using place = scratch();
    using workers = new Workers();
    const store = await WorkerCandleStore.open(place.file, { readers: 1 });
    await store.write(X, hours(5));
    const into = new CandleBuffers(100);
    await expect(store.readColumns({ ...month, fill: 'bogus' as never }, { into })).rejects.toThrow(InvalidInputError);
    expect(into.open.length).toBe(100);
    const stop = new AbortController();
    const aborted = store.readColumns({ ...month, interval: '1h' }, { into, signal: stop.signal });
    expect(into.open.length).toBe(0);
    stop.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await store.stats(); // the one reader has done what nobody waits for
    expect(into.open.length).toBeGreaterThanOrEqual(720);
    const refused = expect(store.readColumns(month, { into })).rejects.toThrow(StoreWorkerLostError);
    await workers.kill();
    await refused;
    expect(into.open.length).toBe(0);
    expect((await store.readColumns({ ...month, interval: '1h' }, { into })).length).toBe(720);
    await store.close();
  });

  it('two answers at the same time into the same buffers are each right', async () => {
    const store = await WorkerCandleStore.open(':memory:');
    await store.write(X, hours(5));
    const into = new CandleBuffers();
    const queries = [1, 2, 3].map((days) => ({ ...month, interval: '1h', to: T0 + days * DAY }));
    const found = await Promise.all(queries.map((query) => store.readColumns(query, { into })));
    expect(found.at(-1)?.openTime.at(-1)).toBe(T0 + 3 * DAY - HOUR);
    await store.close();
  });
});

describe('abort', () => {
  it('ends a read at once, under way or not, and a write that waits; one that has begun is waited for', async () => {
    using place = scratch();
    const store = await WorkerCandleStore.open(place.file, { readers: 2 });
    await store.write(X, hours(5));
    await Promise.all([store.stats(), store.stats()]);
    const stop = new AbortController();
    const { signal } = stop;
    const ended: string[] = [];
    const note = (what: string) => (error: Error) => ended.push(`${what}: ${error.message}`);
    const uncut = store.readColumns(month).then(() => ended.push('a read without a signal'));
    const calls = [
      store.readColumns(month, { signal }).catch(note('a read under way')),
      store.readColumns(month, { signal }).catch(note('a read that waits')),
      store.append([second(0, 5)], { signal }).then(() => ended.push('an append that has begun')),
      store.append([second(1, 5)], { signal }).catch(note('an append that waits')),
      store.delete({ series: X, from: T0, to: T0 + DAY }, { signal }).catch(note('a delete that waits')),
    ];
    stop.abort(new Error('stopped'));
    await Promise.all([uncut, ...calls]);
    expect(ended.slice(0, 4).sort()).toEqual([
      'a delete that waits: stopped',
      'a read that waits: stopped',
      'a read under way: stopped',
      'an append that waits: stopped',
    ]);
    expect(ended.slice(4).sort()).toEqual(['a read without a signal', 'an append that has begun']);
    expect(await store.coverage({ series: X })).toMatchObject([{ rows: 1 }, { rows: 720 }]);
    await store.close();
  });

  it('ends a loop over batches', async () => {
    using place = scratch();
    const store = await WorkerCandleStore.open(place.file);
    await store.write(X, hours(5));
    const stop = new AbortController();
    let batches = 0;
    const loop = async (): Promise<void> => {
      for await (const _ of store.read(month, { signal: stop.signal })) {
        batches += 1;
        stop.abort(new Error('stopped'));
      }
    };
    await expect(loop()).rejects.toThrow('stopped');
    expect(batches).toBe(1);
    expect((await store.stats()).rows).toBe(720);
    await store.close();
  });
});
