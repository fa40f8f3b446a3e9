import { describe, expect, it } from 'vitest';
import { type FeedSource, type Follower, SharedFeeds, type Teller } from '../../src/market/shared-feed.ts';
import { type Leg, Stream } from '../../src/market/stream.ts';
import { settle } from '../support/fake-transport.ts';

type Item = { readonly kind: 'thing'; readonly name: string };
type Any =
  | Parameters<Follower<Item>['take']>[0]
  | { kind: 'heartbeat'; timeMs: number }
  | { kind: 'gap'; fromMs: number; toMs: number };

const heartbeat = (timeMs: number): Any => ({ kind: 'heartbeat', timeMs });
const textOf = (item: Any): string =>
  item.kind === 'thing'
    ? item.name
    : item.kind === 'heartbeat'
      ? `until ${item.timeMs}`
      : `gap ${item.fromMs}-${item.toMs}`;

async function streamOf(count: number) {
  const told: string[] = [];
  const followers: Follower<Any>[] = [];
  const left: number[] = [];
  const stream = new Stream<Item>(
    (item) => void told.push(textOf(item as Any)),
    undefined,
    async () =>
      Array.from({ length: count }, (_, place) => (follower: Follower<never>): Leg => {
        followers.push(follower as unknown as Follower<Any>);
        return { ready: Promise.resolve(), leave: () => void left.push(place) };
      }) as never,
  );
  await stream.ready;
  return { told, followers, left, stream };
}

describe('a stream of several symbols', () => {
  it('has told up to where the slowest of its feeds has, and never goes back', async () => {
    const { told, followers } = await streamOf(2);
    followers[0]?.take(heartbeat(10));
    expect(told).toEqual([]);
    followers[1]?.take(heartbeat(5));
    followers[1]?.take(heartbeat(4));
    followers[0]?.take(heartbeat(12));
    followers[1]?.take(heartbeat(20));
    expect(told).toEqual(['until 5', 'until 12']);
  });

  it('a gap of one is told once, as it is', async () => {
    const { told, followers } = await streamOf(2);
    followers[1]?.take({ kind: 'gap', fromMs: 1, toMs: 2 });
    expect(told).toEqual(['gap 1-2']);
  });

  it('a feed that ends with an error ends it with that error, and leaves the others', async () => {
    const { followers, left, stream } = await streamOf(2);
    followers[1]?.end(new Error('refused'));
    await expect(stream.done).rejects.toThrow('refused');
    expect(left).toEqual([0, 1]);
  });
});

describe('a feed that is shared', () => {
  function feeds() {
    const shared = new SharedFeeds<string>();
    const opened: Teller<string>[] = [];
    const closed: true[] = [];
    const open = (teller: Teller<string>): FeedSource => {
      opened.push(teller);
      return { ready: Promise.resolve(), done: new Promise(() => {}), close: () => void closed.push(true) };
    };
    const follow = () => {
      const told: string[] = [];
      const { leave } = shared.follow('a', { take: (item) => void told.push(item), end: () => told.push('end') }, open);
      return { told, leave };
    };
    return { opened, follow, closedCount: () => closed.length };
  }

  it('has one source, which ends with its last follower', () => {
    const { opened, follow, closedCount } = feeds();
    const [first, second] = [follow(), follow()];
    opened[0]?.tell('x');
    expect([first.told, second.told, opened.length]).toEqual([['x'], ['x'], 1]);
    first.leave();
    first.leave();
    expect(closedCount()).toBe(0);
    second.leave();
    expect(closedCount()).toBe(1);
    follow();
    expect(opened).toHaveLength(2);
  });

  it('who follows later gets the state, unless it holds no more', () => {
    const { opened, follow } = feeds();
    follow();
    opened[0]?.tell('event');
    opened[0]?.tell('state', true);
    expect(follow().told).toEqual(['state']);
    opened[0]?.forget();
    expect(follow().told).toEqual([]);
  });

  it('who leaves while an item is told does not get it', async () => {
    const { opened, follow } = feeds();
    const first = follow();
    const second = follow();
    first.told.push = (...items) => {
      second.leave();
      return items.length;
    };
    opened[0]?.tell('x');
    await settle();
    expect(second.told).toEqual([]);
  });
});
