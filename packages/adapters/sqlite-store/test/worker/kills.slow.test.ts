import type { CandleStorePort } from '@prate/candle-store-port';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { SqliteCandleStore } from '../../src/index.ts';
import { StoreWorkerLostError, WorkerCandleStore } from '../../src/worker.ts';
import { callsOf, expectSame, inBatches, journaled, play, query } from '../histories.ts';
import { scratch } from '../support.ts';
import { Workers } from './rig.ts';

const asked = fc.array(query, { minLength: 2, maxLength: 2 });

describe('a store in workers that die', { timeout: 7_200_000 }, () => {
  it('workers that die at any moment: nothing that was acknowledged is lost, and what was not may be done again', async () => {
    const moments = fc.array(fc.option(fc.nat(60), { nil: null }), { minLength: 1, maxLength: 12 });
    let lost = 0;
    await fc.assert(
      fc.asyncProperty(journaled, moments, asked, async (events, kills, queries) => {
        using place = scratch();
        using workers = new Workers();
        const store = await WorkerCandleStore.open(place.file);
        const oracle = SqliteCandleStore.open(':memory:');
        /** Until it is acknowledged. */
        const insist = async (call: (store: CandleStorePort) => Promise<unknown>): Promise<void> => {
          try {
            await call(store);
          } catch (error) {
            expect(error).toBeInstanceOf(StoreWorkerLostError);
            lost += 1;
            await insist(call);
          }
        };
        const calls = events.flatMap(callsOf);
        for (const [i, call] of calls.entries()) {
          await call(oracle);
          const done = insist(call);
          const turns = kills[i % kills.length] ?? null;
          // every kill in a short history, some in a long one: a new worker takes its time
          if (turns !== null && (calls.length < 20 || i % 17 === 0)) {
            await workers.kill(turns);
          }
          await done;
        }
        await expectSame(store, oracle, queries);
        await store.close();
        expect(workers.alive.size).toBe(0);
        await oracle.close();
      }),
      cases(6),
    );
    expect(lost).toBeGreaterThan(0);
  });

  it('readers that die while they read: the answer is the typed error or right, in batches too', async () => {
    await fc.assert(
      fc.asyncProperty(journaled, asked, fc.nat(60), async (events, queries, turns) => {
        using place = scratch();
        using workers = new Workers();
        const store = await WorkerCandleStore.open(place.file);
        const oracle = SqliteCandleStore.open(':memory:');
        await play(events, store, oracle);
        const found = Promise.allSettled(queries.map((one) => inBatches(store, one)));
        await workers.kill(turns);
        for (const [i, result] of (await found).entries()) {
          if (result.status === 'fulfilled') expect(result.value).toEqual(await inBatches(oracle, queries[i] as never));
          else expect(result.reason).toBeInstanceOf(StoreWorkerLostError);
        }
        await expectSame(store, oracle, queries);
        await store.close();
        await oracle.close();
      }),
      cases(4),
    );
  });
});
