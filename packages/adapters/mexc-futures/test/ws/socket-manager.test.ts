import { ManualClock, seededRandom } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import type { WireDeal } from '../../src/wire/deals.ts';
import type { PrivatePush } from '../../src/ws/channels.ts';
import type { SocketProblem } from '../../src/ws/connection.ts';
import { SocketManager, type SocketManagerOptions } from '../../src/ws/socket-manager.ts';
import type { SocketItem } from '../../src/ws/topic.ts';
import { type FakeSocket, FakeTransport, settle } from '../support/fake-transport.ts';

const T0 = 1_790_000_000_000;
const SIGNED = { apiKey: 'canary-key', reqTime: String(T0), signature: 'canary-signature' };

/** A clock, a transport, and a manager whose problems are kept. */
function setUp(options: Partial<SocketManagerOptions> = {}) {
  const clock = new ManualClock(T0);
  const transport = new FakeTransport();
  const problems: SocketProblem[] = [];
  const manager = new SocketManager({
    clock,
    random: seededRandom(1),
    transport,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  const advance = async (ms: number, stepMs = 500): Promise<void> => {
    for (let left = ms; left > 0; left -= stepMs) {
      clock.advance(Math.min(stepMs, left));
      await settle();
    }
  };
  return { clock, transport, problems, manager, advance };
}

type DealItem = SocketItem<readonly WireDeal[]>;

const deal = (i: string, t = T0): object => ({ p: 80000.5, v: 3, T: 1, O: 3, M: 2, t, i });
const acknowledge = (socket: FakeSocket, name: string, ts = T0): void =>
  socket.tell({ channel: `rs.sub.${name}`, data: 'success', ts });
const pong = (socket: FakeSocket, ms: number): void => socket.tell({ channel: 'pong', data: ms });
const push = (socket: FakeSocket, symbol: string, data: unknown, ts = T0): void =>
  socket.tell({ channel: 'push.deal', symbol, data, ts });

/** A live subscription of deals. */
async function live(options: Partial<SocketManagerOptions> = {}) {
  const all = setUp(options);
  const items: DealItem[] = [];
  const subscription = all.manager.subscribe('deal', { symbol: 'BTC_USDT' }, (item) => items.push(item));
  all.transport.last.open();
  acknowledge(all.transport.last, 'deal');
  await subscription.ready;
  return { ...all, items, subscription };
}

describe('subscribing', () => {
  it('asks for every trade, becomes ready with the answer, and delivers typed pushes', async () => {
    const { transport, items } = await live();
    const socket = transport.last;
    expect(socket.url).toBe('wss://contract.mexc.com/edge');
    expect(socket.questions).toEqual([{ method: 'sub.deal', param: { compress: false, symbol: 'BTC_USDT' } }]);
    push(socket, 'BTC_USDT', [deal('1')], T0 + 5);
    push(socket, 'ETH_USDT', [deal('2')]);
    expect(items).toEqual([
      {
        kind: 'data',
        timeMs: T0 + 5,
        data: [{ id: '1', price: '80000.5', vol: '3', takerSide: 1, time: T0 }],
      },
    ]);
  });

  it('what is undefined leaves the default', async () => {
    const { manager, transport, advance } = setUp({ openTimeoutMs: undefined });
    manager.subscribe('depth', { symbol: 'BTC_USDT', compress: undefined }, () => {});
    await advance(9_500);
    expect(transport.last.isClosed).toBe(false);
    transport.last.open();
    expect(transport.last.questions).toEqual([{ method: 'sub.depth', param: { compress: false, symbol: 'BTC_USDT' } }]);
  });

  it('one question at a time: a refusal carries no id', async () => {
    const { manager, transport } = setUp();
    const a = manager.subscribe('deal', { symbol: 'A_USDT' }, () => {});
    const b = manager.subscribe('deal', { symbol: 'B_USDT' }, () => {});
    const c = manager.subscribe('ticker', { symbol: 'C_USDT' }, () => {});
    const socket = transport.last;
    socket.open();
    expect(socket.questions).toHaveLength(1);
    acknowledge(socket, 'deal');
    await a.ready;
    expect(socket.questions).toHaveLength(2);
    socket.tell({ channel: 'rs.error', data: "Contract doesn't exist!", ts: T0 });
    await expect(b.ready).rejects.toMatchObject({ code: 'SUBSCRIPTION_REFUSED', message: /B_USDT.*doesn't exist/ });
    await expect(b.done).rejects.toMatchObject({ code: 'SUBSCRIPTION_REFUSED' });
    acknowledge(socket, 'ticker');
    await c.ready;
    expect(transport.sockets).toHaveLength(1);
  });

  it('a push proves a subscription as well as its answer', async () => {
    const { manager, transport } = setUp();
    const items: DealItem[] = [];
    const subscription = manager.subscribe('deal', { symbol: 'BTC_USDT' }, (item) => items.push(item));
    transport.last.open();
    push(transport.last, 'BTC_USDT', [deal('1')]);
    await subscription.ready;
    expect(items).toHaveLength(1);
  });

  it('no answer in time: a new connection', async () => {
    const { manager, transport, advance, problems } = setUp();
    manager.subscribe('deal', { symbol: 'BTC_USDT' }, () => {});
    transport.last.open();
    await advance(4_500);
    pong(transport.last, T0);
    expect(transport.sockets).toHaveLength(1);
    await advance(1_500);
    expect(transport.sockets).toHaveLength(2);
    expect(problems[0]?.message).toContain('no rs.sub.deal within 5000 ms');
  });

  it('at most 30 subscriptions on a connection, and one interval of a symbol', () => {
    const { manager, transport } = setUp();
    for (let i = 0; i < 31; i++) manager.subscribe('deal', { symbol: `S${i}_USDT` }, () => {});
    expect(transport.sockets).toHaveLength(2);
    manager.subscribe('kline', { symbol: 'S0_USDT', interval: 'Min1' }, () => {});
    expect(transport.sockets).toHaveLength(2);
    manager.subscribe('kline', { symbol: 'S0_USDT', interval: 'Min5' }, () => {});
    expect(transport.sockets).toHaveLength(3);
  });

  it('followers of one subscription share it; the last to leave ends it, and the last subscription its socket', async () => {
    const { manager, transport, subscription } = await live();
    const second = manager.subscribe('deal', { symbol: 'BTC_USDT' }, () => {});
    const other = manager.subscribe('ticker', { symbol: 'BTC_USDT' }, () => {});
    await second.ready;
    acknowledge(transport.last, 'ticker');
    subscription.close();
    expect(transport.last.questions.at(-1)).toMatchObject({ method: 'sub.ticker' });
    second.close();
    expect(transport.last.questions.at(-1)).toEqual({
      method: 'unsub.deal',
      param: { compress: false, symbol: 'BTC_USDT' },
    });
    await second.done;
    expect(transport.open).toHaveLength(1);
    other.close();
    expect(transport.open).toHaveLength(0);
    expect(manager.stats.connections).toBe(0);
  });

  it('a listener that throws ends its own stream alone', async () => {
    const { manager, transport, items } = await live();
    const wrong = new Error('a mistake of the listener');
    const bad = manager.subscribe('deal', { symbol: 'BTC_USDT' }, () => {
      throw wrong;
    });
    push(transport.last, 'BTC_USDT', [deal('1')]);
    await expect(bad.done).rejects.toBe(wrong);
    expect(items).toHaveLength(1);
  });

  it('an abort closes the stream; before it began nothing is left behind', async () => {
    const { manager, transport } = setUp();
    const aborting = new AbortController();
    const one = manager.subscribe('deal', { symbol: 'A_USDT' }, () => {}, { signal: aborting.signal });
    aborting.abort();
    await expect(one.ready).rejects.toMatchObject({ name: 'AbortError' });
    await one.done;
    const two = manager.subscribe('deal', { symbol: 'A_USDT' }, () => {}, { signal: aborting.signal });
    await two.done;
    expect(transport.open).toHaveLength(0);
  });
});

describe('keeping the connection', () => {
  it('pings every few seconds; each pong says up to when everything was told', async () => {
    const { transport, advance, items } = await live();
    const socket = transport.last;
    const pings = (): number => socket.sent.filter((text) => text === '{"method":"ping"}').length;
    expect(pings()).toBe(1);
    await advance(5_000);
    expect(pings()).toBe(2);
    pong(socket, T0 + 5_000);
    expect(items).toEqual([{ kind: 'heartbeat', timeMs: T0 + 4_500 }]);
  });

  it('a half-open socket is given up after silence, and what was lost is told with its span', async () => {
    const { transport, advance, items } = await live();
    await advance(4_000);
    pong(transport.last, T0 + 4_000);
    await advance(11_500);
    expect(transport.last.isClosed).toBe(false);
    await advance(500);
    expect(transport.last.isClosed).toBe(true);
    expect(items.at(-1)).toEqual({ kind: 'interrupted', fromMs: T0 + 3_500 });
    await advance(500);
    expect(transport.sockets).toHaveLength(2);
    transport.last.open();
    expect(transport.last.questions[0]).toMatchObject({ method: 'sub.deal' });
    acknowledge(transport.last, 'deal', T0 + 20_000);
    push(transport.last, 'BTC_USDT', [deal('9')], T0 + 20_001);
    expect(items.slice(-2)).toMatchObject([
      { kind: 'gap', fromMs: T0 + 3_500, toMs: T0 + 20_000 },
      { kind: 'data', timeMs: T0 + 20_001 },
    ]);
  });

  it('a steady channel that stands still is dead, though pongs come', async () => {
    const { manager, transport, clock, advance } = setUp();
    const subscription = manager.subscribe('tickers', {}, () => {});
    transport.last.open();
    acknowledge(transport.last, 'tickers');
    await subscription.ready;
    for (let i = 0; i < 6; i++) {
      await advance(5_000);
      expect(transport.last.isClosed).toBe(false);
      pong(transport.last, clock.nowMs());
    }
    expect(transport.sockets[0]?.isClosed).toBe(true);
  });

  it('pauses double up to a bound while it cannot connect, with chance in them, and begin anew after a good session', async () => {
    const { transport, clock, advance } = await live({ maxPauseMs: 4_000 });
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      transport.last.drop();
      const from = clock.nowMs();
      const count = transport.sockets.length;
      while (transport.sockets.length === count) await advance(10, 10);
      pauses.push(clock.nowMs() - from);
    }
    const bounds = [500, 1_000, 2_000, 4_000, 4_000, 4_000];
    for (const [i, bound] of bounds.entries()) {
      expect(pauses[i]).toBeGreaterThanOrEqual(bound / 2);
      expect(pauses[i]).toBeLessThanOrEqual(bound + 10);
    }
    transport.last.open();
    acknowledge(transport.last, 'deal');
    await advance(10_000);
    transport.last.drop();
    await advance(500);
    expect(transport.sockets).toHaveLength(8);
  });

  it('a connection that does not open in time is given up', async () => {
    const { manager, transport, advance } = setUp();
    manager.subscribe('deal', { symbol: 'BTC_USDT' }, () => {});
    await advance(10_000);
    expect(transport.sockets[0]?.isClosed).toBe(true);
  });

  it('two losses before the subscription stands again are one gap from the first', async () => {
    const { transport, advance, items } = await live();
    transport.last.drop();
    await advance(500);
    transport.last.open();
    await advance(1_000);
    transport.last.drop();
    await advance(1_000);
    transport.last.open();
    acknowledge(transport.last, 'deal', T0 + 3_000);
    expect(items).toEqual([
      { kind: 'interrupted', fromMs: T0 - 500 },
      { kind: 'gap', fromMs: T0 - 500, toMs: T0 + 3_000 },
    ]);
  });
});

describe('malformed frames', () => {
  it('a push that cannot be read is counted, reported, told as lost, and harms nobody else', async () => {
    const { transport, items, manager, problems } = await live();
    push(transport.last, 'BTC_USDT', [{ p: 'x' }], T0 + 9);
    push(transport.last, 'BTC_USDT', [deal('1')], T0 + 10);
    expect(items.map(({ kind }) => kind)).toEqual(['gap', 'data']);
    expect(items[0]).toEqual({ kind: 'gap', fromMs: T0 - 491, toMs: T0 + 9 });
    expect(manager.stats.badFrames).toBe(1);
    expect(problems).toMatchObject([{ kind: 'bad-frame', message: /T of a deal is 1 or 2.*push\.deal/ }]);
  });

  it.each(['', '{"channel":', 'null', '17', '[]', '<html>', '{"data":1}'])(
    'what is no frame may have been anything, so every stream has lost something: %j',
    async (text) => {
      const { transport, items, manager } = await live();
      transport.last.text(text);
      expect(items).toMatchObject([{ kind: 'gap', fromMs: T0 - 500, toMs: T0 }]);
      expect(manager.stats.badFrames).toBe(1);
    },
  );

  it('a push that nobody asked for is counted', async () => {
    const { transport, manager } = await live();
    transport.last.tell({ channel: 'push.event.contract', data: {} });
    expect(manager.stats.unknownPushes).toBe(1);
  });
});

describe('the private stream', () => {
  const loginAnswer = (socket: FakeSocket, ts = T0): void => socket.tell({ channel: 'rs.login', data: 'success', ts });
  const refusal = { channel: 'rs.error', data: 'signature verification failed', ts: T0 };

  function privately() {
    const times: number[] = [];
    const all = setUp({
      login: (timeMs) => {
        times.push(timeMs);
        return SIGNED;
      },
    });
    const items: SocketItem<PrivatePush>[] = [];
    const subscription = all.manager.subscribePrivate((item) => items.push(item));
    return { ...all, times, items, subscription };
  }

  it('logs in with what the given function signs, on a connection of its own, and again after every loss', async () => {
    const { manager, transport, times, items, subscription, advance } = privately();
    manager.subscribe('deal', { symbol: 'BTC_USDT' }, () => {});
    expect(transport.sockets).toHaveLength(2);
    const [socket] = transport.sockets as [FakeSocket];
    socket.open();
    expect(socket.questions).toEqual([{ method: 'login', param: SIGNED }]);
    loginAnswer(socket);
    await subscription.ready;
    socket.tell({
      channel: 'push.personal.asset',
      data: { currency: 'USDT', availableBalance: 1.5, frozenBalance: 0, positionMargin: 2 },
      ts: T0 + 1,
    });
    expect(items).toMatchObject([{ kind: 'data', data: { channel: 'asset', value: { availableBalance: '1.5' } } }]);
    socket.drop();
    await advance(500);
    transport.last.open();
    loginAnswer(transport.last, T0 + 900);
    expect(times).toEqual([T0, T0 + 500]);
    expect(items.slice(1)).toEqual([
      { kind: 'interrupted', fromMs: T0 - 499 },
      { kind: 'gap', fromMs: T0 - 499, toMs: T0 + 900 },
    ]);
  });

  it('a refused login is an error with a code, and nothing is tried again', async () => {
    const { transport, subscription, advance, manager } = privately();
    transport.last.open();
    transport.last.tell(refusal);
    await expect(subscription.ready).rejects.toMatchObject({
      code: 'LOGIN_REFUSED',
      message: /signature verification/,
    });
    await expect(subscription.done).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
    await advance(60_000, 10_000);
    expect(transport.sockets).toHaveLength(1);
    expect(manager.stats.connections).toBe(0);
  });

  it('what was accepted once is tried three times before it is final', async () => {
    const { transport, subscription, advance } = privately();
    transport.last.open();
    loginAnswer(transport.last);
    await subscription.ready;
    transport.last.drop();
    for (let i = 0; i < 3; i++) {
      await advance(3_000);
      transport.last.open();
      transport.last.tell(refusal);
    }
    await expect(subscription.done).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
    expect(transport.sockets).toHaveLength(4);
  });

  it('a login function that throws ends the stream with its error', async () => {
    const broken = new Error('no key');
    const { manager, transport } = setUp({
      login: () => {
        throw broken;
      },
    });
    const subscription = manager.subscribePrivate(() => {});
    transport.last.open();
    await expect(subscription.ready).rejects.toBe(broken);
  });

  it('what is signed appears in no problem and no error', async () => {
    const { transport, subscription, problems, advance } = privately();
    transport.last.open();
    transport.last.text(`{"broken":`);
    await advance(6_000); // a login without an answer
    transport.last.open();
    transport.last.tell({ channel: 'rs.error', data: `no ${SIGNED.apiKey} with ${SIGNED.signature}`, ts: T0 });
    const error: unknown = await subscription.ready.catch((cause: unknown) => cause);
    const shown = JSON.stringify([problems, String(error), (error as Error).stack]);
    expect(problems).toHaveLength(3);
    for (const canary of Object.values(SIGNED).filter((text) => text.startsWith('canary')))
      expect(shown).not.toContain(canary);
  });

  it('without a login there is no private stream', () => {
    expect(() => setUp().manager.subscribePrivate(() => {})).toThrow('needs a login');
  });
});

describe('closing', () => {
  it('ends every stream in peace, leaves no socket and no sleeper, and may be called twice', async () => {
    const { manager, transport, subscription, advance, items } = await live();
    manager.close();
    manager.close();
    await subscription.done;
    expect(transport.open).toHaveLength(0);
    expect(items).toEqual([]);
    await advance(120_000, 10_000);
    expect(transport.sockets).toHaveLength(1);
    expect(() => manager.subscribe('deal', { symbol: 'A' }, () => {})).toThrow('closed');
  });

  it('during a pause before a new attempt, and before the first socket is open', async () => {
    const first = await live();
    first.transport.last.drop();
    first.manager.close();
    await first.advance(60_000, 10_000);
    expect(first.transport.sockets).toHaveLength(1);
    const second = setUp();
    const subscription = second.manager.subscribe('deal', { symbol: 'A' }, () => {});
    second.manager.close();
    await expect(subscription.ready).rejects.toMatchObject({ name: 'AbortError' });
    second.transport.last.open();
    expect(second.transport.last.sent).toEqual([]);
  });
});
