import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import {
  type Repaired,
  RepairedFeed,
  type RepairedFeedOptions,
  type RepairedItem,
  type Span,
} from '../../src/ws/repaired-feed.ts';
import { settle } from '../support/fake-transport.ts';

interface Thing {
  readonly id: string | null;
  readonly what: string;
}
const thing = (what: string, id: string | null = what): Thing => ({ id, what });
const things = (text: string): Thing[] => text.split(' ').map((what) => thing(what));
const GAP = { kind: 'gap', fromMs: 100, toMs: 200 } as const;

function setUp(options: Partial<RepairedFeedOptions<Thing>> = {}) {
  const clock = new ManualClock(1_000);
  const told: string[] = [];
  const asked: { span: Span; signal: AbortSignal; answer: (repaired: Repaired<Thing>) => void; refuse: () => void }[] =
    [];
  const failures: unknown[] = [];
  const tell = (item: RepairedItem<Thing>): void => {
    if (item.kind === 'items') told.push(item.items.map(({ what }) => what).join(' '));
    else if (item.kind === 'heartbeat') told.push(`heartbeat ${item.timeMs}`);
    else if (item.kind === 'interrupted') told.push(`interrupted ${item.fromMs}`);
    else told.push(`${item.kind} ${item.fromMs}-${item.toMs}`);
  };
  const feed = new RepairedFeed<Thing>({
    clock,
    listener: tell,
    onFailure: (error) => failures.push(error),
    repair: (span, signal) =>
      new Promise((answer, reject) => {
        asked.push({ span, signal, answer, refuse: () => reject(new Error('503')) });
      }),
    idOf: ({ id }) => id,
    likenessOf: ({ what }) => what,
    remembered: 100,
    ...options,
  });
  const push = (data: readonly Thing[]): void => feed.take({ kind: 'data', data, timeMs: 0 });
  const answer = async (items: readonly Thing[], missing: readonly Span[] = []): Promise<void> => {
    asked.at(-1)?.answer({ items, missing });
    await settle();
  };
  return { clock, feed, told, asked, push, answer, failures };
}

describe('a gap', () => {
  it('is filled by what the repair brings, before what came meanwhile, each thing once', async () => {
    const { feed, told, asked, push, answer } = setUp();
    push(things('a b'));
    push(things('b'));
    feed.take({ kind: 'interrupted', fromMs: 100 });
    feed.take(GAP);
    push(things('e f'));
    feed.take({ kind: 'heartbeat', timeMs: 300 });
    expect(asked).toMatchObject([{ span: { fromMs: 100, toMs: 200 } }]);
    await answer(things('b c d e'));
    push(things('c g'));
    expect(told).toEqual(['a b', 'interrupted 100', 'repaired 100-200', 'c d e', 'f', 'heartbeat 300', 'g']);
  });

  it('what the repair could not fetch stays a gap, told before the rest', async () => {
    const { feed, told, push, answer } = setUp();
    feed.take(GAP);
    push(things('d'));
    await answer(things('c'), [{ fromMs: 100, toMs: 150 }]);
    expect(told).toEqual(['repaired 100-200', 'gap 100-150', 'c', 'd']);
  });

  it.each([
    ['fails', 0],
    ['takes longer than 30 s', 30_000],
  ])('a repair that %s leaves the whole gap', async (_, afterMs) => {
    const { clock, feed, told, asked, push } = setUp();
    feed.take(GAP);
    push(things('d'));
    if (afterMs === 0) asked[0]?.refuse();
    else clock.advance(afterMs);
    await settle();
    expect(told).toEqual(['gap 100-200', 'd']);
    if (afterMs > 0) expect(asked[0]?.signal.aborted).toBe(true);
  });

  it('several gaps are repaired one after the other', async () => {
    const { feed, told, asked, push, answer } = setUp();
    feed.take(GAP);
    feed.take({ kind: 'gap', fromMs: 300, toMs: 400 });
    push(things('z'));
    await answer(things('a'));
    expect(asked).toHaveLength(2);
    await answer(things('b'));
    expect(told).toEqual(['repaired 100-200', 'a', 'repaired 300-400', 'b', 'z']);
  });
});

describe('fetched things without ids', () => {
  it('are the pushed ones where they look like them, as many as there are', async () => {
    const { feed, told, push, answer } = setUp();
    push([thing('x', '1'), thing('y', '2')]);
    feed.take(GAP);
    push([thing('x', '4'), thing('z', '5')]);
    const fetched = ['x', 'y', 'x', 'x', 'w'].map((what) => thing(what, null));
    await answer(fetched);
    // three x in all: one told before, one that waits, one that was lost
    expect(told).toEqual(['x y', 'repaired 100-200', 'x x w', 'z']);
  });

  it.each([
    [59_999, 'is the fetched one', ['repaired 100-200', 'x', 'b']],
    [60_001, 'is another', ['repaired 100-200', 'x', 'x b']],
  ])('pushed %d ms after the repair, one that looks like it %s', async (afterMs, _, expected) => {
    const { clock, feed, told, push, answer } = setUp();
    feed.take(GAP);
    await answer([thing('x', null)]);
    clock.advance(afterMs);
    push([thing('x', '1'), thing('b', '2')]);
    expect(told).toEqual(expected);
  });
});

it('where all have ids, these alone tell what comes again', async () => {
  const { feed, told, push, answer } = setUp({ likenessOf: undefined });
  push([thing('x', '1'), thing('y', '2')]);
  feed.take(GAP);
  push([thing('x', '4'), thing('z', '5')]);
  await answer([thing('y', '2'), thing('x', '3'), thing('x', '4')]);
  push([thing('x', '3'), thing('w', '6')]);
  expect(told).toEqual(['x y', 'repaired 100-200', 'x x', 'z', 'w']);
});

it('a closed feed tells nothing more, and its repair is aborted', async () => {
  const { feed, told, asked, push, answer } = setUp();
  feed.take(GAP);
  feed.close();
  feed.close();
  expect(asked[0]?.signal.aborted).toBe(true);
  await answer(things('a'));
  push(things('b'));
  expect(told).toEqual([]);
});
