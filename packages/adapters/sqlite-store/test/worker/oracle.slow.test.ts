import type { CandleBatch } from '@prate/candle-store-port';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { SqliteCandleStore } from '../../src/index.ts';
import { StoreWorkerLostError, WorkerCandleStore } from '../../src/worker.ts';
import { expectSame, journaled, play, query } from '../histories.ts';
import { scratch, steady, T0 } from '../support.ts';
import { opens, second, Workers } from './rig.ts';

const asked = fc.array(query, { minLength: 2, maxLength: 2 });

describe('a store in workers against a plain one', () => {
  it('any sequence of writes, appends and deletes gives the same store, also for a plain store on the file', async () => {
    await fc.assert(
      fc.asyncProperty(journaled, asked, async (events, queries) => {
        using place = scratch();
        const store = await WorkerCandleStore.open(place.file);
        const [plain, oracle] = [SqliteCandleStore.open(place.file), SqliteCandleStore.open(':memory:')];
        await play(events, store, oracle);
        await expectSame(store, oracle, queries);
        await expectSame(plain, oracle, queries);
        await store.close();
        await expectSame(plain, oracle, queries);
        await plain.close();
        await oracle.close();
      }),
      cases(4),
    );
  });
});

describe('the loss of a worker', () => {
  it('every call that waits for it is told, and the next one opens another', async () => {
    using place = scratch();
    using workers = new Workers();
    const store = await WorkerCandleStore.open(place.file);
    const settled = Promise.allSettled([1, 2, 3].map(() => store.append([])));
    await workers.kill();
    for (const call of await settled) {
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'STORE_WORKER_LOST', retryable: true } });
      expect(String((call as PromiseRejectedResult).reason)).toMatch(/candles.db has ended \(exit code 1\)/);
    }
    await store.append([]);
    expect(workers.started).toBe(2);
    await store.close();
  });

  it('a reader that ends before its store is open: its call is told, and the next one opens another', async () => {
    using place = scratch();
    using workers = new Workers();
    const store = await WorkerCandleStore.open(place.file);
    await store.append([second(0, 5)]);
    process.once('worker', (reader) => void reader.terminate());
    await expect(opens(store)).rejects.toThrow(StoreWorkerLostError);
    expect(await opens(store)).toEqual([5]);
    expect(workers.started).toBe(3);
    await store.close();
  });

  it('a write whose worker was lost between two batches ends, and keeps nothing', async () => {
    using place = scratch();
    using workers = new Workers();
    const store = await WorkerCandleStore.open(place.file);
    async function* source(): AsyncGenerator<CandleBatch> {
      yield { columns: steady('1s', T0, 1, 5) };
      yield { columns: steady('1s', T0 + 1000, 1, 5) };
      await workers.kill();
      yield { columns: steady('1s', T0 + 2000, 1, 5) };
    }
    await expect(store.write('X', source())).rejects.toThrow(StoreWorkerLostError);
    expect((await store.stats()).rows).toBe(0);
    await store.close();
  });

  it("what ':memory:' held is gone with its worker, and the store says so instead of beginning anew", async () => {
    using workers = new Workers();
    const store = await WorkerCandleStore.open(':memory:');
    await workers.kill();
    await expect(store.stats()).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
    await expect(store.append([])).rejects.toThrow(/what :memory: held went with its worker/);
    await store.close();
  });

  it('a file that cannot be opened any more is told by every call', async () => {
    using place = scratch();
    using workers = new Workers();
    const store = await WorkerCandleStore.open(place.file);
    await workers.kill();
    place[Symbol.dispose]();
    await expect(store.append([])).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
    await expect(store.stats()).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
    await store.close();
  });
});
