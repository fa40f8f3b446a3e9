import { ManualClock } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { FileMarket, type PlayedMarket, SyntheticMarket } from '../../src/index.ts';
import { csv } from '../files/file-text.ts';
import { Recorder } from './recorder.ts';

/** A property has a hundred times as many cases in the long mode. */
const LAW_TIMEOUT_MS = 1_200_000;
const START = 1_767_225_600_000; // 2026-01-01

/** Trades as waits from one to the next, and by how much the id grows. */
const steps = fc.array(
  fc.tuple(fc.oneof(fc.constant(0), fc.nat(1500), fc.nat(200_000)), fc.constantFrom(1, 1, 1, 1, 4)),
  {
    minLength: 1,
    maxLength: 40,
  },
);

function rowsOf(trades: readonly (readonly [waitMs: number, idStep: number])[]): string[] {
  let timeMs = 0;
  let id = 0;
  return trades.map(([waitMs, idStep], i) => {
    timeMs += waitMs;
    id += idStep;
    return `${timeMs},${i + 1},1,buy,${id}`;
  });
}

const open = (rows: readonly string[], clock: ManualClock): Promise<FileMarket> =>
  FileMarket.open({
    files: [{ symbol: 'A', source: csv(`time_ms,price,quantity,side,id\n${rows.join('\n')}`) }],
    clock,
  });

/** What a market tells when it is played in stretches that end at these moments, and then to `untilMs` or its end. */
async function playedIn(
  market: PlayedMarket,
  symbol: string,
  stops: readonly number[],
  untilMs?: number,
): Promise<string[]> {
  const heard = new Recorder(() => 0);
  market.trades([symbol], heard.take);
  for (const until of [...stops].sort((a, b) => a - b)) await market.play({ until });
  await market.play({ until: untilMs });
  return heard.lines;
}

describe('replay laws', () => {
  it(
    'playing in stretches tells the same as playing at once',
    async () => {
      const stops = fc.array(fc.nat(300_000), { maxLength: 10 });
      await fc.assert(
        fc.asyncProperty(steps, stops, async (trades, moments) => {
          const rows = rowsOf(trades);
          const once = await playedIn(await open(rows, new ManualClock()), 'A', []);
          expect(await playedIn(await open(rows, new ManualClock()), 'A', moments)).toEqual(once);
        }),
        cases(100),
      );
      await fc.assert(
        fc.asyncProperty(fc.nat(1000), fc.array(fc.nat(20_000), { maxLength: 5 }), async (seed, moments) => {
          const make = (): SyntheticMarket =>
            new SyntheticMarket({ seed, symbols: ['BTC_USDT'], clock: new ManualClock(START) });
          const until = START + 20_000;
          const once = await playedIn(make(), 'BTC_USDT', [], until);
          const stretches = moments.map((offset) => START + offset);
          expect(await playedIn(make(), 'BTC_USDT', stretches, until)).toEqual(once);
        }),
        cases(20),
      );
    },
    LAW_TIMEOUT_MS,
  );

  it(
    'every trade is told once and in order, heartbeats ascend, are at most two a trade and one a minute, and vouch for no gap',
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (trades) => {
          const rows = rowsOf(trades);
          const clock = new ManualClock();
          const market = await open(rows, clock);
          const prices: number[] = [];
          const beats: number[] = [];
          const gaps: { fromMs: number; toMs: number }[] = [];
          market.trades(['A'], (item) => {
            if (item.kind === 'trades') prices.push(...item.trades.price);
            else if (item.kind === 'gap') gaps.push(item);
            else beats.push(item.timeMs);
          });
          await market.play();
          expect(prices).toEqual(rows.map((_, i) => i + 1));
          for (const [i, timeMs] of beats.entries()) {
            expect(timeMs).toBeGreaterThan(beats[i - 1] ?? -1);
            expect(timeMs % 1000).toBe(0);
            // the second before it lies in no gap
            expect(gaps.some(({ fromMs, toMs }) => timeMs - 1000 >= fromMs && timeMs <= toMs)).toBe(false);
          }
          expect(beats.length).toBeLessThanOrEqual(2 * rows.length + clock.nowMs() / 60_000);
        }),
        cases(200),
      );
    },
    LAW_TIMEOUT_MS,
  );
});
