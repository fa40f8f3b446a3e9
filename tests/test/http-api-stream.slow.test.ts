import { isDeepStrictEqual } from 'node:util';
import { candleAt } from '@prate/domain/candles';
import {
  type BalancesState,
  type CandlesState,
  type EquityPoint,
  type FillsState,
  type HttpApi,
  type OrdersState,
  openApiDocument,
  type PositionsState,
  type SessionJson,
} from '@prate/http-api';
import { ManualClock } from '@prate/runtime';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../../tooling/test-support/cases.ts';
import { HttpApiRig, START_MS, SYMBOLS } from './support/http-api-rig.ts';
import { call } from './support/http-calls.ts';
import { problemsOf } from './support/openapi-check.ts';
import { StreamReader } from './support/stream-reader.ts';

const [BTC] = SYMBOLS as [string];
const document = openApiDocument('1.2.3');
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

let rig: HttpApiRig;
beforeAll(async () => {
  rig = await HttpApiRig.start();
});
afterAll(() => rig[Symbol.asyncDispose]());

async function reading(api: HttpApi = rig.api): Promise<StreamReader & Disposable> {
  const reader = new StreamReader(api);
  await reader.connect();
  return Object.assign(reader, { [Symbol.dispose]: () => reader.drop() });
}

const limitOrder = async (price: string): Promise<string> => {
  const body = { symbol: BTC, side: 'BUY', type: 'LIMIT', quantity: '0.01', price };
  const { json } = await call(rig.api, '/api/v1/orders', { body });
  return (json as { order: { id: string } }).order.id;
};

describe('a stream', () => {
  it('begins with who it is, and every message is as described', async () => {
    using reader = await reading();
    const topics = ['orders', 'fills', 'positions', 'balances', 'equity', 'session'] as const;
    for (const kind of topics) await reader.subscribe(kind, { kind });
    await reader.subscribe('c', { kind: 'candles', symbol: BTC, interval: '5s' });
    await reader.subscribe('bad', { kind: 'candles', symbol: 'NO_SUCH', interval: '5s' });
    await rig.advance(10_000);
    await limitOrder('1000');
    await reader.until(() => reader.data<OrdersState>('orders').orders.length > 0);
    await rig.execution.cancelAllOrders();
    await reader.until(() => reader.data<OrdersState>('orders').orders.length === 0);
    reader.unsubscribe('fills');
    await reader.until(() => reader.messages.at(-1)?.type === 'unsubscribed');
    expect(reader.messages[0]).toEqual({ type: 'hello', session: 'run-1', scope: 'read', heartbeatMs: 5000 });
    expect(reader.messages).toContainEqual(expect.objectContaining({ type: 'error', id: 'bad', code: 'NOT_FOUND' }));
    for (const message of reader.messages) expect(problemsOf(document, 'StreamServerMessage', message)).toEqual([]);
    const isChange = (message: { type: string; id?: string | null }): boolean =>
      message.type === 'change' && message.id === 'c';
    const changes = reader.messages.filter(isChange);
    expect(changes.length).toBeGreaterThan(0);
    for (const change of changes) {
      expect(problemsOf(document, 'StreamCandlesChange', (change as { data: unknown }).data)).toEqual([]);
    }
    expect(reader.faults).toEqual([]);
  });

  it('tells the account as the port has it', async () => {
    using reader = await reading();
    for (const kind of ['orders', 'fills', 'positions', 'balances'] as const) await reader.subscribe(kind, { kind });
    const id = await limitOrder('1000');
    const other = await limitOrder('1001');
    await rig.execution.cancelOrder({ symbol: BTC, orderId: id });
    const bought = { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.02', clientOrderId: 'stream-1' } as const;
    await rig.execution.createOrder(bought);
    await rig.advance(2000);
    await reader.until(() => reader.data<FillsState>('fills').fills.some((fill) => fill.clientOrderId === 'stream-1'));
    // nothing happens at the market now, so what is told comes to what there is
    await reader.until(
      () => JSON.stringify(reader.data<OrdersState>('orders').orders.map((o) => o.id)) === `["${other}"]`,
    );
    const { execution } = rig;
    expect(reader.data<OrdersState>('orders').orders).toEqual(asJson(await execution.getOpenOrders()));
    const fills = await execution.history?.getTrades({ limit: 200 });
    expect(reader.data<FillsState>('fills').fills.toReversed()).toEqual(asJson(fills));
    const positions = JSON.stringify(await execution.getPositions());
    await reader.until(
      () =>
        JSON.stringify(bySymbol(reader.data('positions'))) ===
        JSON.stringify(bySymbol({ positions: JSON.parse(positions) })),
    );
    const balances = await execution.getBalances();
    await reader.until(
      () => reader.data<BalancesState>('balances').balances[0]?.equity === balances[0]?.equity.toString(),
    );
    expect(reader.data<BalancesState>('balances').balances).toEqual(asJson(balances));
    expect(reader.faults).toEqual([]);
  });

  it('tells candles as the store has them once they are closed, and the one that is forming', async () => {
    using reader = await reading();
    await reader.subscribe('c', { kind: 'candles', symbol: BTC, interval: '15s' });
    const state = (): CandlesState => reader.data('c');
    expect(state().candles.length).toBeGreaterThan(5);
    for (let i = 0; i < 4; i += 1) await rig.advance(7000);
    const { columns } = await stored('15s');
    const last = columns.openTime[columns.length - 1] as number;
    await reader.until(() => state().candles.at(-1)?.openTime === last && (state().forming?.openTime ?? 0) > last);
    const rows = Array.from({ length: columns.length }, (_, i) => candleAt(columns, i));
    expect(state().candles).toEqual(rows.slice(-200));
    const partial = await rig.live.partial(BTC, '15s');
    expect(state().forming).toEqual(partial === null ? null : candleAt(partial, 0));
    expect(reader.faults).toEqual([]);
  });

  it('tells how the session is, and what it is worth', async () => {
    await using own = await HttpApiRig.start();
    using reader = await reading(own.api);
    await reader.subscribe('s', { kind: 'session' });
    await reader.subscribe('e', { kind: 'equity' });
    expect(reader.data<SessionJson>('s')).toEqual(asJson(own.control.status()));
    expect(reader.data<EquityPoint>('e').time).toBe(START_MS + 120_000);
    await own.advance(5000);
    await call(own.api, '/api/v1/kill', { body: { confirm: true } });
    await reader.until(() => reader.data<SessionJson>('s').strategy.state === 'stopped');
    await reader.until(() => reader.data<EquityPoint>('e').time === own.clock.nowMs());
    expect(reader.data<EquityPoint>('e').equity).toBe((await own.execution.getBalance()).equity.toString());
  });

  it('one id is one subscription; ended, it says no more', async () => {
    using reader = await reading();
    await reader.subscribe('x', { kind: 'orders' });
    await reader.subscribe('x', { kind: 'fills' });
    expect(reader.messages.at(-1)).toMatchObject({ type: 'error', code: 'ID_TAKEN' });
    reader.unsubscribe('x');
    await reader.until(() => reader.messages.at(-1)?.type === 'unsubscribed');
    reader.unsubscribe('x');
    await reader.until(() => reader.messages.at(-1)?.type === 'error');
    expect(reader.messages.at(-1)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('an account that was cut off is read anew, and told whole', async () => {
    await using own = await HttpApiRig.start();
    using reader = await reading(own.api);
    await reader.subscribe('o', { kind: 'orders' });
    await own.execution.disconnect();
    expect(await call(own.api, '/readyz', { token: null })).toMatchObject({ status: 503, json: { code: 'NOT_READY' } });
    expect(await call(own.api, '/api/v1/orders')).toMatchObject({ status: 503, json: { code: 'NOT_CONNECTED' } });
    await own.execution.connect();
    const order = { symbol: BTC, side: 'BUY', type: 'LIMIT', quantity: '0.01', price: '1000' } as const;
    await own.execution.createOrder(order); // while nobody listens
    await reader.until(() => reader.data<OrdersState>('o').orders.length === 1);
    expect(reader.messages.at(-1)?.type).toBe('snapshot');
    expect(reader.faults).toEqual([]);
  });

  it('a feed that ends is told to who hears its candles; what is stored can still be read', async () => {
    await using own = await HttpApiRig.start();
    using reader = await reading(own.api);
    await reader.subscribe('c', { kind: 'candles', symbol: BTC, interval: '5s' });
    await own.live.stop();
    await reader.until(() => !reader.known.has('c'));
    expect(reader.messages.at(-1)).toMatchObject({ type: 'error', id: 'c', code: 'FEED_ENDED' });
    await reader.subscribe('again', { kind: 'candles', symbol: BTC, interval: '5s' });
    expect(reader.messages.at(-1)).toMatchObject({ type: 'error', id: 'again', code: 'FEED_ENDED' });
    expect(await call(own.api, `/api/v1/candles?symbol=${BTC}&interval=5s`)).toMatchObject({ status: 200 });
  });

  it('a session that ends says so', async () => {
    await using own = await HttpApiRig.start();
    using reader = await reading(own.api);
    await own.api.close();
    await reader.until(() => reader.closeCode !== null);
    expect(reader.closeCode).toBe(1001);
  });
});

const bySymbol = ({ positions }: PositionsState): unknown =>
  [...positions].sort((a, b) => (a.symbol < b.symbol ? -1 : 1)).map(({ updatedAt: _, ...rest }) => rest);

async function stored(interval: string): Promise<{ columns: Awaited<ReturnType<typeof rig.candles.getColumns>> }> {
  await rig.live.flush();
  const width = Number.parseInt(interval, 10) * 1000;
  const to = Math.floor((rig.live.stats.to ?? 0) / width) * width;
  return { columns: await rig.candles.getColumns({ venue: 'synthetic', symbol: BTC }, START_MS, to, interval) };
}

describe('who comes back', () => {
  it('law: whatever is cut off and taken up again, nothing is missed and nothing told twice', async () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constant('play' as const), ms: fc.integer({ min: 300, max: 6000 }) }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'return' as const) }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('order' as const), price: fc.integer({ min: 1000, max: 2000 }) }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'restart' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 15 }), async (steps) => {
        await using own = await HttpApiRig.start({}, 30_000);
        using reader = await reading(own.api);
        await reader.subscribe('o', { kind: 'orders' });
        await reader.subscribe('f', { kind: 'fills' });
        await reader.subscribe('p', { kind: 'positions' });
        await reader.subscribe('c', { kind: 'candles', symbol: BTC, interval: '2s' });
        let isThere = true;
        for (const taken of steps) {
          if (taken.do === 'play') await own.advance(taken.ms);
          else if (taken.do === 'order') {
            const order = { symbol: BTC, side: 'BUY', type: 'LIMIT', quantity: '0.001', price: taken.price } as const;
            await own.execution.createOrder(order);
          } else if (taken.do === 'cancel') await own.execution.cancelAllOrders(BTC);
          else if (taken.do === 'drop' || (taken.do === 'restart' && isThere)) {
            reader.drop();
            isThere = false;
          }
          if (taken.do === 'restart') await own.restartApi();
          if (taken.do === 'return' && !isThere) {
            await reader.connect(own.api);
            isThere = true;
          }
        }
        if (!isThere) await reader.connect(own.api);
        const { execution, live, candles } = own;
        await live.flush();
        const to = Math.floor((live.stats.to ?? 0) / 2000) * 2000;
        const columns = await candles.getColumns({ venue: 'synthetic', symbol: BTC }, START_MS, to, '2s');
        const wanted = asJson({
          candles: Array.from({ length: columns.length }, (_, i) => candleAt(columns, i)).slice(-200),
          orders: await execution.getOpenOrders(),
          fills: await execution.history?.getTrades({ limit: 200 }),
        });
        await reader.until(() =>
          isDeepStrictEqual(
            {
              candles: reader.data<CandlesState>('c').candles.filter(({ openTime }) => openTime < to),
              orders: reader.data<OrdersState>('o').orders,
              fills: reader.data<FillsState>('f').fills.toReversed(),
            },
            wanted,
          ),
        );
        expect(reader.faults).toEqual([]);
      }),
      cases(12),
    );
  });
});

describe('who does not keep up', () => {
  it('is dropped with a reason, while others and the session go on', async () => {
    await using own = await HttpApiRig.start();
    const lazy = new StreamReader(own.api);
    await lazy.connect();
    await lazy.subscribe('o', { kind: 'orders' });
    using eager = await reading(own.api);
    await eager.subscribe('o', { kind: 'orders' });
    lazy.socket.pause();
    const order = { symbol: BTC, side: 'BUY', type: 'LIMIT', quantity: '0.0001', price: '1000' } as const;
    const dropped = async (): Promise<boolean> =>
      (await call(own.api, '/metrics')).text.includes('prate_stream_drops_total{reason="4408"} 1');
    let sent = 0;
    while (!(await dropped())) {
      for (let i = 0; i < 500; i += 1, sent += 1) await own.execution.createOrder(order);
      await eager.until(() => eager.data<OrdersState>('o').orders.length === sent);
      await own.execution.cancelAllOrders();
      sent = 0;
      await eager.until(() => eager.data<OrdersState>('o').orders.length === 0);
    }
    lazy.socket.resume();
    await lazy.until(() => lazy.closeCode !== null);
    expect([4408, 1006]).toContain(lazy.closeCode);
    expect(eager.faults).toEqual([]);
    const { candles } = own.runner.report() as { candles: number };
    await own.advance(10_000);
    expect(own.runner.report()?.candles).toBeGreaterThan(candles);
    // and it may come back, with where it was
    await lazy.connect();
    await lazy.until(() => lazy.data<OrdersState>('o').orders.length === 0 && lazy.known.get('o')?.isHearing === true);
    expect(lazy.faults).toEqual([]);
    lazy.drop();
  });

  it('is dropped when it answers no ping; who does is kept, and hears heartbeats', async () => {
    const clock = new ManualClock(START_MS);
    await using own = await HttpApiRig.start({ clock });
    using deaf = await reading(own.api);
    using well = await reading(own.api);
    deaf.socket.pause();
    const pinged = new Promise((resolve) => well.socket.once('ping', resolve));
    clock.advance(15_000);
    await pinged;
    await well.until(() => well.messages.filter(({ type }) => type === 'heartbeat').length === 3);
    // the pong has come when an answer to what was sent after it has
    await well.subscribe('s', { kind: 'session' });
    clock.advance(15_000);
    clock.advance(1000);
    deaf.socket.resume();
    await deaf.until(() => deaf.closeCode !== null);
    expect([4409, 1006]).toContain(deaf.closeCode);
    await well.subscribe('t', { kind: 'session' });
    expect(well.closeCode).toBeNull();
  });

  it('more streams than the server takes are refused, and told so', async () => {
    await using own = await HttpApiRig.start();
    const all: StreamReader[] = [];
    for (let i = 0; i < 32; i += 1) all.push(await reading(own.api));
    await Promise.all(all.map((reader) => reader.until(() => reader.messages.length > 0)));
    const late = await reading(own.api);
    await late.until(() => late.closeCode !== null);
    expect(late.closeCode).toBe(4429);
    for (const reader of all) {
      expect(reader.closeCode).toBeNull();
      reader.drop();
    }
  });
});
