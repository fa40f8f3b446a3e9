import { ManualClock, seededRandom } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import type { WireFill, WireOrder } from '../../src/wire/orders.ts';
import { AccountFeed, type AccountItem, type AccountSnapshot } from '../../src/ws/account-feed.ts';
import type { PrivatePush } from '../../src/ws/channels.ts';
import { settle } from '../support/fake-transport.ts';
import { assetOf, fillOf, orderOf, positionOf } from '../support/wire-objects.ts';

const T0 = 1_790_000_000_000;
const order = (orderId: string, version: number, fields: object = {}): WireOrder =>
  orderOf({ orderId, version, ...fields });
const fill = (id: string): WireFill => fillOf({ id, orderId: 'o', timestamp: T0 + 200 });
const position = (version: number, holdVol: number) => positionOf({ positionId: 7, holdVol, version });
const usdt = assetOf({ availableBalance: 5 });

function setUp() {
  const clock = new ManualClock(T0);
  const told: string[] = [];
  const rest = {
    openOrders: [] as WireOrder[],
    openPositions: [position(1, 5)],
    assets: [usdt],
    fills: [] as WireFill[],
    ended: new Map<string, WireOrder>(),
    cameAndWent: [] as WireOrder[],
    isDown: false,
  };
  const failures: unknown[] = [];
  const answer = <T>(value: () => T): Promise<T> =>
    rest.isDown ? Promise.reject(new Error('503')) : Promise.resolve(value());
  const tell = (item: AccountItem): void => {
    if (item.kind === 'order') told.push(`order ${item.order.orderId} v${item.order.version} ${item.order.state}`);
    else if (item.kind === 'fill') told.push(`fill ${item.fill.id}`);
    else if (item.kind === 'position') told.push(`position ${item.position.holdVol}`);
    else if (item.kind === 'asset') told.push(`asset ${item.asset.availableBalance}`);
    else if (item.kind === 'other') told.push(`other ${item.push.channel}`);
    else if (item.kind === 'heartbeat') told.push('heartbeat');
    else if (item.kind === 'interrupted') told.push('interrupted');
    else told.push(`${item.kind} ${item.fromMs - T0}-${item.toMs - T0}`);
  };
  const feed = new AccountFeed({
    clock,
    random: seededRandom(1),
    listener: tell,
    onFailure: (error) => failures.push(error),
    fetchAccount: () => {
      const askedAtMs = clock.nowMs();
      return answer((): AccountSnapshot => ({ askedAtMs, ...rest }));
    },
    fetchOrder: ({ orderId }) => answer(() => rest.ended.get(orderId) ?? null),
    fetchEnded: () => answer(() => rest.cameAndWent),
    fetchFills: () => answer(() => rest.fills),
  });
  const push = (data: PrivatePush): void => feed.take({ kind: 'data', data, timeMs: clock.nowMs() });
  const pushOrder = (value: WireOrder): void => push({ channel: 'order', value });
  const advance = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(Math.min(500, left));
      await settle();
    }
  };
  const lose = (fromMs: number, toMs: number): void => feed.take({ kind: 'gap', fromMs: T0 + fromMs, toMs: T0 + toMs });
  return { clock, feed, told, rest, push, pushOrder, advance, lose, failures };
}

async function begun() {
  const all = setUp();
  await all.feed.begin();
  all.told.length = 0;
  return all;
}

it('begins with the account as it is, then what was pushed meanwhile, in order and once', async () => {
  const { feed, told, rest, pushOrder, push } = setUp();
  rest.openOrders.push(order('a', 2));
  pushOrder(order('a', 1));
  pushOrder(order('b', 1));
  await feed.begin();
  push({ channel: 'order.deal', value: fill('f1') });
  push({ channel: 'order.deal', value: fill('f1') });
  push({ channel: 'adl.level', value: { positionId: '7', adlLevel: 1 } });
  expect(told).toEqual(['order a v2 2', 'position 5', 'asset 5', 'order b v1 2', 'fill f1', 'other adl.level']);
});

describe('a loss', () => {
  it('is repaired from REST: fills, open orders, orders that ended, positions; what comes meanwhile waits', async () => {
    const { feed, told, rest, pushOrder, push, advance, lose } = await begun();
    pushOrder(order('a', 1));
    pushOrder(order('b', 1));
    push({ channel: 'position', value: position(2, 6) });
    await advance(500);
    told.length = 0;
    rest.openOrders = [order('b', 3), order('c', 1)];
    rest.ended.set('a', order('a', 2, { state: 3, dealVol: 10 }));
    rest.openPositions = [];
    rest.fills = [fill('f1')];
    rest.cameAndWent = [order('e', 2, { state: 4 })];
    feed.take({ kind: 'interrupted', fromMs: T0 + 100 });
    lose(100, 400);
    pushOrder(order('b', 2));
    pushOrder(order('d', 1));
    await settle();
    expect(told).toEqual([
      'interrupted',
      'repaired 100-400',
      'fill f1',
      'order b v3 2',
      'order c v1 2',
      'order e v2 4',
      'order a v2 3',
      'position 0',
      'order d v1 2',
    ]);
    expect(feed.state.openPositions).toEqual([]);
  });

  it('that REST cannot repair is a gap at once; the account is put right as soon as REST answers', async () => {
    const { told, rest, pushOrder, advance, lose } = await begun();
    rest.isDown = true;
    lose(100, 400);
    pushOrder(order('d', 1));
    await settle();
    expect(told).toEqual(['gap 100-400', 'order d v1 2']);
    await advance(3_000);
    rest.isDown = false;
    rest.openOrders = [order('d', 1)];
    rest.fills = [fill('f1')];
    await advance(8_000);
    expect(told.slice(2)).toEqual([expect.stringMatching(/^repaired 0-/), 'fill f1']);
  });
});

describe('the audit', () => {
  it('finds what a healthy socket did not push, and tells it as a loss', async () => {
    const { told, rest, pushOrder, advance } = await begun();
    pushOrder(order('a', 1));
    rest.openOrders = [order('a', 1)];
    await advance(62_000);
    expect(told).toEqual(['order a v1 2']);
    rest.openOrders = [];
    rest.ended.set('a', order('a', 2, { state: 4 }));
    await advance(62_500);
    expect(told.slice(1)).toEqual(['repaired 60000-122000', 'order a v2 4']);
  });

  it('a push that trails behind REST is no loss', async () => {
    const { told, rest, pushOrder, advance } = await begun();
    await advance(59_500);
    rest.openOrders = [order('a', 1)];
    await advance(1_000);
    pushOrder(order('a', 1));
    await advance(5_000);
    expect(told).toEqual(['order a v1 2']);
  });

  it('a balance that moved with the price is told, and is no loss', async () => {
    const { told, rest, advance } = await begun();
    rest.assets = [{ ...usdt, availableBalance: '6' }];
    await advance(62_000);
    expect(told).toEqual(['asset 6']);
  });

  it('does not run while the connection is down, and ends with close', async () => {
    const { feed, told, rest, advance } = await begun();
    rest.openOrders = [order('a', 1)];
    feed.take({ kind: 'interrupted', fromMs: T0 });
    await advance(130_000);
    expect(told).toEqual(['interrupted']);
    feed.close();
    feed.close();
    await advance(130_000);
    expect(told).toEqual(['interrupted']);
  });
});
