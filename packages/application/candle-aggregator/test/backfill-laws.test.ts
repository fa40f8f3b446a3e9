import { bucketCeil, clipRanges, intersectRanges, subtractRanges, toInterval } from '@prate/domain';
import { candlesFromTrades, IdGapTracker } from '@prate/domain/candles';
import { seededRandom } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import type { BackfillOptions } from '../src/index.ts';
import { dump, fill, minutes, tradesAt } from './support/backfill-setup.ts';
import { FakeStore } from './support/fake-store.ts';
import { HistoryMarket, type HistoryOptions } from './support/history-market.ts';
import { MINUTE, offsets, T0, textRows } from './support/values.ts';

/** A property has a hundred times as many cases in the long mode. */
const LAW_TIMEOUT_MS = 1_200_000;
const LONGEST = 40;
const PART = 'this run ends here';

const history = fc.record({
  seed: fc.nat(2 ** 31),
  numbers: fc.uniqueArray(fc.nat(LONGEST - 1), { maxLength: LONGEST }).map((all) => all.sort((a, b) => a - b)),
  nowMs: fc.nat(LONGEST * MINUTE).map((ms) => T0 + ms),
  missing: fc.constantFrom('unobserved', 'quiet') as fc.Arbitrary<'unobserved' | 'quiet'>,
});

/** Runs that end early, one after the other: after so many requests of a run it is aborted, or the store fails. */
const endings = fc.array(
  fc.record({ requests: fc.integer({ min: 1, max: 12 }), how: fc.constantFrom('abort', 'store', 'fault') }),
  {
    maxLength: 5,
  },
);

interface Run extends Omit<Partial<BackfillOptions>, 'market'> {
  readonly market: Omit<HistoryOptions, 'random' | 'onAsk'>;
  readonly seed: number;
  readonly step: string;
  readonly endings: readonly { readonly requests: number; readonly how: string }[];
}

/** Runs a backfill through faults and early ends until one run comes through; checks what each request is for. */
async function throughTrouble(
  store: FakeStore,
  { market, seed, step, endings: early, ...options }: Run,
): Promise<void> {
  const random = seededRandom(seed);
  for (const ending of [...early, null]) {
    const stop = new AbortController();
    let left = ending?.requests ?? Number.POSITIVE_INFINITY;
    const onAsk = async ({ symbol, from, to }: { symbol: string; from: number; to: number }): Promise<void> => {
      const stored = await store.coverage({ series: { venue: 'scripted', symbol } });
      const observed = stored.find((entry) => entry.step.text === step)?.observed ?? [];
      expect(offsets(intersectRanges([{ from, to }], observed))).toEqual([]);
      left -= 1;
      if (left > 0) return;
      if (ending?.how === 'abort') stop.abort(new Error(PART));
      else if (ending?.how === 'store') store.failure = { method: 'write', error: new Error(PART) };
    };
    // a run whose reads are tried once ends at its first fault, and says so in its report
    const retry = ending?.how === 'fault' ? { attempts: 1 } : undefined;
    const run = fill(store, new HistoryMarket({ ...market, random, onAsk }), {
      ...options,
      signal: stop.signal,
      ...(retry && { retry }),
    });
    await run.catch((error: Error) => {
      if (ending === null || error.message !== PART) throw error;
    });
    store.failure = null;
  }
}

describe('backfill through faults and interruptions', { timeout: LAW_TIMEOUT_MS }, () => {
  test('candles: the store is that of one clean run, and no stored bucket is asked for again', async () => {
    await fc.assert(
      fc.asyncProperty(history, endings, async ({ seed, numbers, nowMs, missing }, early) => {
        const market = { candles: { A: minutes(...numbers), B: minutes(...numbers.slice(3)) }, nowMs };
        const options = { symbols: ['A', 'B'], to: T0 + LONGEST * MINUTE, missing };
        const [clean, shaken] = [new FakeStore(), new FakeStore()];
        await fill(clean, new HistoryMarket(market), options);
        await throughTrouble(shaken, { market, seed, step: '1m', endings: early, ...options });
        for (const symbol of ['A', 'B']) {
          expect(await dump(shaken, '1m', symbol)).toEqual(await dump(clean, '1m', symbol));
        }
      }),
      cases(300),
    );
  });

  test('candles: watched are the rows that are closed, or (quiet) all closed buckets', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ seed, numbers, nowMs, missing }) => {
        const store = new FakeStore();
        const market = new HistoryMarket({ candles: { A: minutes(...numbers) }, nowMs, random: seededRandom(seed) });
        const report = await fill(store, market, { to: T0 + LONGEST * MINUTE, missing });
        const closed = numbers.map((n) => T0 + n * MINUTE).filter((open) => open + MINUTE <= nowMs);
        const to = T0 + Math.floor((nowMs - T0) / MINUTE) * MINUTE;
        const watched =
          missing === 'quiet' ? [{ from: T0, to }] : closed.map((open) => ({ from: open, to: open + MINUTE }));
        const gaps = watched.reduce((left, range) => subtractRanges(left, [range]), [{ from: T0, to }]);
        expect(report.symbols).toMatchObject([{ added: closed.length, replaced: 0, unchanged: 0 }]);
        expect(report.symbols[0]?.gaps.filter((gap) => gap.from < gap.to)).toEqual(
          gaps.filter((gap) => gap.from < gap.to),
        );
      }),
      cases(300),
    );
  });

  const tape = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 1600 }), fc.constantFrom(1, 1, 1, 1, 1, 1, 4)), { maxLength: 40 })
    .map((steps) => {
      let [ms, id] = [0, 0];
      return steps.map(([wait, more]) => {
        ms += wait;
        id += more;
        return [ms, id] as const;
      });
    });

  test('trades: the store is that of a file with all of them, and no stored second is asked for again', async () => {
    await fc.assert(
      fc.asyncProperty(tape, history, endings, async (rows, { seed, nowMs, missing }, early) => {
        const trades = tradesAt(rows);
        const to = T0 + 50_000;
        const market = { trades: { A: trades }, nowMs: Math.max(T0 + 1000, nowMs) };
        const store = new FakeStore();
        const options = { intervals: ['1s'], to, missing };
        await throughTrouble(store, { market, seed, step: '1s', endings: early, ...options });

        const end = Math.min(to, Math.floor(market.nowMs / 1000) * 1000);
        const told = rows.filter(([ms]) => T0 + ms < end);
        const ids = new IdGapTracker();
        for (const [ms, id] of told) ids.see(T0 + ms, String(id), true);
        const jumps = ids.jumps.map(({ range }) => range);
        const observed =
          missing === 'unobserved'
            ? ids.observed()
            : jumps.reduce((left, jump) => subtractRanges(left, [jump]), [{ from: T0, to: end }]);
        const expected = candlesFromTrades(tradesAt(told), toInterval('1s'), observed);
        expect(await dump(store, '1s')).toEqual({
          rows: textRows(expected),
          watched: offsets(clipRanges(observed, T0, end)),
        });
      }),
      cases(300),
    );
  });

  test('candles and trades: what was stored before the first run stays, and only the rest is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(LONGEST), fc.nat(LONGEST), async ({ seed, numbers, missing }, a, b) => {
        const market = { candles: { A: minutes(...numbers) }, nowMs: T0 + 1000 * MINUTE };
        const [clean, pieces] = [new FakeStore(), new FakeStore()];
        const options = { to: T0 + LONGEST * MINUTE, missing };
        await fill(clean, new HistoryMarket(market), options);
        const part = { from: T0 + Math.min(a, b) * MINUTE, to: T0 + Math.max(a, b) * MINUTE };
        await fill(pieces, new HistoryMarket(market), { ...options, ...part });
        await throughTrouble(pieces, { market, seed, step: '1m', endings: [], ...options });
        expect(await dump(pieces, '1m')).toEqual(await dump(clean, '1m'));
      }),
      cases(200),
    );
  });
});

describe('backfill within limits', { timeout: LAW_TIMEOUT_MS }, () => {
  test('never more requests in flight than `parallel`, and as many as there are symbols to fill it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2 ** 31), fc.integer({ min: 1, max: 7 }), async (seed, parallel) => {
        const symbols = ['A', 'B', 'C', 'D', 'E'];
        const candles = Object.fromEntries(symbols.map((symbol) => [symbol, minutes(0, 1, 2, 3, 4)]));
        const nowMs = bucketCeil(toInterval('1m'), T0 + 5 * MINUTE);
        const market = new HistoryMarket({ candles, nowMs, random: seededRandom(seed) });
        await fill(new FakeStore(), market, { symbols, parallel });
        expect(market.mostInFlight).toBe(Math.min(parallel, symbols.length));
      }),
      cases(100),
    );
  });
});
