import { normalizeRanges, subtractRanges, type TimeRange, toInterval } from '@prate/domain';
import { candlesFromTrades } from '@prate/domain/candles';
import type { CandlesItem, TradesItem } from '@prate/market-data-port';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { liveSetup, toldBy } from './support/live-setup.ts';
import {
  gap,
  heartbeat,
  MINUTE,
  offsets,
  T0,
  type TradeRow,
  textRows,
  tradeColumns,
  trades,
} from './support/values.ts';

type Word =
  | { readonly kind: 'trades'; readonly rows: readonly TradeRow[] }
  | { readonly kind: 'heartbeat'; readonly at: number }
  | { readonly kind: 'gap'; readonly from: number; readonly to: number };

const wait = fc.oneof(
  fc.integer({ min: 0, max: 900 }),
  fc.integer({ min: 0, max: 9000 }),
  fc.constantFrom(0, 1000, 60_000),
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      wait,
      price: fc.integer({ min: 1, max: 300 }),
      quantity: fc.integer({ min: 1, max: 99 }),
      decimals: fc.integer({ min: 0, max: 3 }),
      together: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('heartbeat' as const), wait }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gap' as const), wait, lasts: wait }) },
);

/** What a feed may tell: trades split into items anyhow, heartbeats and gaps anywhere, time never going back. */
const words: fc.Arbitrary<Word[]> = fc
  .tuple(fc.integer({ min: 0, max: 70_000 }), fc.array(step, { maxLength: 50 }))
  .map(([start, steps]) => {
    const result: Word[] = [];
    let now = start;
    for (const each of steps) {
      now += each.wait;
      const last = result.at(-1);
      if (each.kind === 'heartbeat') result.push({ kind: 'heartbeat', at: now });
      else if (each.kind === 'gap') {
        result.push({ kind: 'gap', from: now, to: now + each.lasts });
        now += each.lasts;
      } else {
        const row: TradeRow = [now, each.price / 10 ** each.decimals, each.quantity / 10 ** each.decimals];
        if (last?.kind === 'trades' && each.together)
          result[result.length - 1] = { kind: 'trades', rows: [...last.rows, row] };
        else result.push({ kind: 'trades', rows: [row] });
      }
    }
    return result;
  });

const item = (word: Word): TradesItem => {
  if (word.kind === 'trades') return trades('A', ...word.rows);
  return word.kind === 'heartbeat' ? heartbeat(word.at) : gap(word.from, word.to);
};

const floor = (ms: number): number => Math.floor(ms / 1000) * 1000;
const ceil = (ms: number): number => Math.ceil(ms / 1000) * 1000;

/** What the words vouch for, by the rules of a file of trades, in milliseconds after T0. */
function watchedBy(told: readonly Word[]): TimeRange[] {
  const start = told.findIndex(({ kind }) => kind !== 'gap');
  const first = told[start];
  if (first === undefined || first.kind === 'gap') return [];
  const from = first.kind === 'trades' ? floor(first.rows[0]?.[0] ?? 0) : ceil(first.at);
  const ends = told.slice(start).map((word) => {
    if (word.kind === 'trades') return floor(word.rows.at(-1)?.[0] ?? 0) + 1000;
    return floor(word.kind === 'heartbeat' ? word.at : word.from);
  });
  const gaps = told.flatMap((word) => (word.kind === 'gap' ? [{ from: floor(word.from), to: ceil(word.to) }] : []));
  return subtractRanges(normalizeRanges([{ from, to: Math.max(...ends) }]), normalizeRanges([...gaps]));
}

test('any split of the trades, with heartbeats and gaps anywhere, stores what a batch of all of them stores', async () => {
  await fc.assert(
    fc.asyncProperty(words, fc.integer({ min: 1, max: 20 }), async (told, secondsPerWrite) => {
      const { live, market, seconds, watched } = liveSetup({ secondsPerWrite });
      const { done } = live.start();
      for (const word of told) {
        market.tell(item(word));
        await live.idle();
      }
      market.end();
      await done;
      const all = told.flatMap((word) => (word.kind === 'trades' ? word.rows : []));
      const observed = watchedBy(told).map(({ from, to }) => ({ from: from + T0, to: to + T0 }));
      expect(await seconds()).toEqual(textRows(candlesFromTrades(tradeColumns(all), toInterval('1s'), observed)));
      expect(await watched()).toEqual(offsets(observed));
    }),
    cases(200),
  );
});

test('a feed of several symbols, whose gaps name theirs, is as many feeds of one', async () => {
  const both = fc.tuple(words, words, fc.array(fc.boolean(), { maxLength: 60 }));
  await fc.assert(
    fc.asyncProperty(both, async ([ofA, ofB, turns]) => {
      const together = liveSetup({ symbols: ['A', 'B'] });
      // heartbeats name no symbol, so none comes before both have told so much
      const one = (symbol: string, word: Word): TradesItem[] => {
        if (word.kind === 'heartbeat') return [];
        return [word.kind === 'gap' ? gap(word.from, word.to, [symbol]) : trades(symbol, ...word.rows)];
      };
      const tape = [ofA.flatMap((word) => one('A', word)), ofB.flatMap((word) => one('B', word))] as const;
      const { done } = together.live.start();
      const left: [TradesItem[], TradesItem[]] = [[...tape[0]], [...tape[1]]];
      for (const turn of turns) together.market.tell(...left[turn ? 0 : 1].splice(0, 1));
      together.market.tell(...left[0], ...left[1]);
      together.market.end();
      await done;
      for (const [i, symbol] of (['A', 'B'] as const).entries()) {
        const alone = liveSetup({ symbols: [symbol] });
        const ended = alone.live.start().done;
        for (const told of tape[i] ?? [])
          alone.market.tell(told.kind === 'gap' ? { ...told, symbols: undefined } : told);
        alone.market.end();
        await ended;
        expect(await together.seconds(symbol)).toEqual(await alone.seconds(symbol));
        expect(await together.watched(symbol)).toEqual(await alone.watched(symbol));
      }
    }),
    cases(100),
  );
});

test('a subscription tells the candles that a query finds, at any interval, each as soon as it is over', async () => {
  const intervals = ['1s', '2s', '7s', '1m', '90s', '1h'] as const;
  await fc.assert(
    fc.asyncProperty(words, fc.constantFrom(...intervals), async (told, interval) => {
      const { live, market, store } = liveSetup();
      const items: CandlesItem[] = [];
      const subscription = live.candles(['A'], interval, (candles) => items.push(candles));
      const { done } = live.start();
      market.tell(...told.map(item));
      market.end();
      await Promise.all([done, subscription.done]);
      const width = (toInterval(interval).seconds ?? 0) * 1000;
      const lastTold = Math.max(...watchedBy(told).map(({ to }) => to), ...told.map(endOf), 0);
      const over = Math.floor((T0 + lastTold) / width) * width;
      const query = { series: { venue: 'scripted', symbol: 'A' }, interval, from: T0 - 60 * MINUTE, to: over };
      expect(toldBy(items).filter((row) => row.startsWith('A '))).toEqual(
        textRows(await store.readColumns(query)).map((row) => `A ${row}`),
      );
    }),
    cases(200),
  );
});

/** How far a word closes seconds. */
const endOf = (word: Word): number => {
  if (word.kind === 'trades') return floor(word.rows.at(-1)?.[0] ?? 0) + 1000;
  return word.kind === 'heartbeat' ? floor(word.at) : floor(word.from);
};

test('two runs over one feed store the same in the same writes', async () => {
  const run = async (told: readonly Word[]): Promise<unknown> => {
    const { live, market, store } = liveSetup({ secondsPerWrite: 3 });
    const { done } = live.start();
    for (const word of told) {
      market.tell(item(word));
      await live.idle();
    }
    market.end();
    await done;
    return [store.written, live.stats];
  };
  await fc.assert(
    fc.asyncProperty(words, async (told) => {
      expect(await run(told)).toEqual(await run(told));
    }),
    cases(30),
  );
});
