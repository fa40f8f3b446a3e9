import { ManualClock, seededRandom } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { type BookItem, BookKeeper } from '../../src/book/book-keeper.ts';
import type { DepthLevel, WireDepth } from '../../src/wire/depth.ts';
import { settle } from '../support/fake-transport.ts';

const T0 = 1_790_000_000_000;
const BIDS: DepthLevel[] = [[99, 5]];
const ASKS: DepthLevel[] = [[101, 7]];
const depth = (version: number, bids: DepthLevel[] = BIDS, asks: DepthLevel[] = ASKS): WireDepth => ({
  begin: version,
  version,
  bids,
  asks,
});

interface Ask<T> {
  readonly answer: (value: T) => void;
  readonly refuse: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** A keeper whose questions the test answers. */
function setUp(levels?: number) {
  const clock = new ManualClock(T0);
  const items: (BookItem | { kind: 'shown'; version: number; best: number })[] = [];
  const snapshots: Ask<WireDepth>[] = [];
  const commits: Ask<readonly WireDepth[]>[] = [];
  const failures: unknown[] = [];
  const ask =
    <T>(list: Ask<T>[]) =>
    (signal: AbortSignal): Promise<T> =>
      new Promise((answer, refuse) => {
        list.push({ answer, refuse, signal });
      });
  const keeper = new BookKeeper({
    clock,
    random: seededRandom(1),
    listener: (item) => {
      if (item.kind === 'book')
        items.push({ kind: 'shown', version: item.book.version, best: item.book.bids.priceAt(0) });
      else items.push(item);
    },
    onFailure: (error) => failures.push(error),
    fetchSnapshot: ask(snapshots),
    fetchCommits: ask(commits),
    levels,
  });
  const push = (change: WireDepth, timeMs = clock.nowMs()): void => keeper.take({ kind: 'data', data: change, timeMs });
  const answer = async <T>(list: Ask<T>[], value: T): Promise<void> => {
    list.at(-1)?.answer(value);
    await settle();
  };
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settle();
  };
  return { clock, items, snapshots, commits, keeper, push, answer, advance, failures };
}

/** A keeper that shows version 100. */
async function proven(levels?: number) {
  const all = setUp(levels);
  all.keeper.take({ kind: 'heartbeat', timeMs: T0 });
  await all.answer(all.snapshots, depth(100));
  all.items.length = 0;
  return all;
}

describe('the start', () => {
  it('buffers while the snapshot is fetched, drops what it holds, and shows the book only then', async () => {
    const { push, items, snapshots, answer, keeper } = setUp();
    push(depth(99));
    push(depth(101, [[99, 1]]));
    push(depth(102, [[100, 2]]));
    expect(items).toEqual([]);
    expect(keeper.book).toBeNull();
    await answer(snapshots, depth(100));
    expect(items).toEqual([{ kind: 'shown', version: 102, best: 100 }]);
    push(depth(103));
    expect(items.at(-1)).toEqual({ kind: 'shown', version: 103, best: 100 });
  });

  it('a snapshot older than what waits is asked for again, with a pause', async () => {
    const { push, items, snapshots, answer, advance } = setUp();
    push(depth(105));
    await answer(snapshots, depth(100));
    expect(items).toEqual([]);
    await advance(250);
    expect(snapshots).toHaveLength(2);
    push(depth(106));
    await answer(snapshots, depth(105));
    expect(items).toEqual([{ kind: 'shown', version: 106, best: 99 }]);
  });

  it.each([
    ['fails', (ask: Ask<WireDepth> | undefined) => ask?.refuse(new Error('503'))],
    ['is crossed', (ask: Ask<WireDepth> | undefined) => ask?.answer(depth(100, [[101, 1]]))],
  ])('a snapshot that %s is asked for again', async (_, spoil) => {
    const { push, items, snapshots, answer, advance } = setUp();
    push(depth(101));
    spoil(snapshots.at(-1));
    await settle();
    await advance(250);
    expect(snapshots).toHaveLength(2);
    await answer(snapshots, depth(100));
    expect(items).toEqual([{ kind: 'shown', version: 101, best: 99 }]);
  });

  it('a snapshot that never comes is given up after 10 s, and its call told so', async () => {
    const { push, snapshots, advance } = setUp();
    push(depth(101));
    await advance(10_000);
    expect(snapshots[0]?.signal.aborted).toBe(true);
    await advance(250);
    expect(snapshots).toHaveLength(2);
  });
});

describe('a hole in the versions', () => {
  it('is bridged by the commits in whatever order, and its time is told as a gap before the book', async () => {
    const { push, items, commits, snapshots, answer, clock, keeper } = await proven();
    push(depth(101), T0 + 10);
    clock.advance(100);
    push(depth(104, [[100, 4]]));
    expect(items.at(-1)).toEqual({ kind: 'interrupted', fromMs: T0 + 10 });
    expect(keeper.book).toBeNull();
    keeper.take({ kind: 'heartbeat', timeMs: T0 + 100 });
    clock.advance(50);
    push(depth(105));
    await answer(commits, [depth(104), depth(103, [[98, 2]]), depth(102)]);
    expect(items.slice(2)).toEqual([
      { kind: 'gap', fromMs: T0 + 10, toMs: T0 + 150 },
      { kind: 'shown', version: 105, best: 99 },
    ]);
    expect(snapshots).toHaveLength(1);
  });

  it.each([
    ['do not reach back', [depth(103), depth(104)]],
    ['end before what waits', [depth(101), depth(102)]],
    ['leave the book crossed', [depth(101, [[200, 1]])]],
  ])('commits that %s are followed by a snapshot', async (_, answers) => {
    const { push, items, commits, snapshots, answer } = await proven();
    push(depth(104));
    await answer(commits, answers);
    expect(snapshots).toHaveLength(2);
    await answer(snapshots, depth(104));
    expect(items.map(({ kind }) => kind)).toEqual(['interrupted', 'gap', 'shown']);
  });

  it('a crossed book is made anew from a snapshot', async () => {
    const { push, items, commits, snapshots, answer } = await proven();
    push(depth(101, [[102, 1]]));
    expect(commits).toHaveLength(0);
    await answer(snapshots, depth(101));
    expect(items.map(({ kind }) => kind)).toEqual(['interrupted', 'gap', 'shown']);
  });
});

describe('a loss of the connection', () => {
  it('nothing is shown from the loss on; afterwards the book is proven again and the time since the last change is a gap', async () => {
    const { push, items, commits, answer, keeper, clock } = await proven();
    keeper.take({ kind: 'interrupted', fromMs: T0 + 5 });
    expect(keeper.book).toBeNull();
    clock.advance(3_000);
    keeper.take({ kind: 'gap', fromMs: T0 + 5, toMs: T0 + 3_000 });
    push(depth(103));
    await answer(commits, [depth(101), depth(102)]);
    expect(items).toEqual([
      { kind: 'interrupted', fromMs: T0 },
      { kind: 'gap', fromMs: T0, toMs: T0 + 3_000 },
      { kind: 'shown', version: 103, best: 99 },
    ]);
  });

  it('a snapshot asked for before another loss is not used after it', async () => {
    const { keeper, snapshots, items, push } = setUp();
    push(depth(101));
    keeper.take({ kind: 'interrupted', fromMs: T0 });
    expect(snapshots[0]?.signal.aborted).toBe(true);
    snapshots[0]?.answer(depth(100));
    await settle();
    expect(items).toEqual([]);
  });

  it('a closed keeper says nothing more and asks for nothing', async () => {
    const { keeper, snapshots, items, push, advance } = setUp();
    push(depth(101));
    keeper.close();
    keeper.close();
    snapshots[0]?.answer(depth(100));
    await advance(60_000);
    push(depth(102));
    expect(items).toEqual([]);
    expect(snapshots).toHaveLength(1);
  });
});

describe('a thin side', () => {
  const wide = (version: number): WireDepth =>
    depth(version, [
      [99, 1],
      [98, 1],
      [97, 1],
      [96, 1],
      [95, 1],
      [94, 1],
      [93, 1],
      [92, 1],
    ]);
  const REMOVED: DepthLevel[] = [99, 98, 97, 96, 95, 94, 93].map((price): DepthLevel => [price, 0]);

  it('is fetched again without a gap, and the book stands meanwhile', async () => {
    const { push, items, snapshots, answer, keeper } = setUp(8);
    push(wide(100));
    await answer(snapshots, wide(100));
    push(depth(101, REMOVED));
    expect(keeper.book?.bids.size).toBe(1);
    push(depth(102, [[92, 3]]));
    await answer(
      snapshots,
      depth(101, [
        [92, 1],
        [91, 1],
      ]),
    );
    expect(keeper.book?.bids.size).toBe(2);
    expect(keeper.book?.bids.volumeAt(0)).toBe(3);
    push(depth(103));
    expect(items.map(({ kind }) => kind)).toEqual(['shown', 'shown', 'shown', 'shown', 'shown']);
  });
});

it('what a listener throws while the keeper works on its own closes it, and is told', async () => {
  const failures: unknown[] = [];
  const wrong = new Error('a mistake of the listener');
  const keeper = new BookKeeper({
    clock: new ManualClock(T0),
    random: seededRandom(1),
    listener: () => {
      throw wrong;
    },
    onFailure: (error) => failures.push(error),
    fetchSnapshot: async () => depth(100),
    fetchCommits: async () => [],
  });
  keeper.take({ kind: 'heartbeat', timeMs: T0 });
  await settle();
  expect(failures).toEqual([wrong]);
  expect(keeper.book).toBeNull();
});
