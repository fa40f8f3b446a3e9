import { InvalidInputError, OrderType, Side } from '@prate/domain';
import type { ExecutionEvent, OrderRef } from '@prate/execution-port';
import { describe, expect, it } from 'vitest';
import { EditedReplies } from './support/edited-replies.ts';
import { type ExecutionRig, executionRig } from './support/mexc-execution-rig.ts';

const symbol = 'BTC_USDT';
const limit = { symbol, side: Side.BUY, type: OrderType.LIMIT, price: '79000', quantity: '0.001' } as const;
const PRIVATE = '/api/v1/private';

async function connected(): Promise<ExecutionRig> {
  const rig = await executionRig();
  await rig.port.connect();
  return rig;
}

interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

function gate(): Gate {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

/** A rig on transports whose replies of one path stay away until the test lets them through. */
async function holding(path: string): Promise<ExecutionRig & { arrived: Promise<void>; release: () => void }> {
  const arrived = gate();
  const held = gate();
  const transport = new EditedReplies(async (one, reply) => {
    if (!one.endsWith(path)) return reply;
    arrived.open();
    await held.passed;
    return reply;
  });
  const rig = await executionRig({ options: { transport } });
  return {
    ...rig,
    arrived: arrived.passed,
    release: () => held.open(),
    async [Symbol.asyncDispose]() {
      held.open();
      await rig[Symbol.asyncDispose]();
      await transport.close();
    },
  };
}

describe('connect', () => {
  it('a second caller leaves with its own abort, and the first one is connected', async () => {
    await using rig = await holding('position_mode');
    const first = rig.port.connect();
    await rig.arrived;
    const controller = new AbortController();
    const second = rig.port.connect({ signal: controller.signal });
    const reason = new Error('the second has enough');
    controller.abort(reason);
    await expect(second).rejects.toBe(reason);
    rig.release();
    await first;
    expect(rig.port.isConnected()).toBe(true);
  });

  it('the first caller leaves, and the second one is connected', async () => {
    await using rig = await holding('position_mode');
    const controller = new AbortController();
    const first = rig.port.connect({ signal: controller.signal });
    await rig.arrived;
    const second = rig.port.connect();
    const reason = new Error('the first has enough');
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    rig.release();
    await second;
    expect(rig.port.isConnected()).toBe(true);
  });

  it('with nobody left it ends; a later call begins anew', async () => {
    await using rig = await holding('position_mode');
    const controller = new AbortController();
    const only = rig.port.connect({ signal: controller.signal });
    await rig.arrived;
    controller.abort(new Error('enough'));
    await expect(only).rejects.toThrow('enough');
    expect(rig.port.isConnected()).toBe(false);
    rig.release();
    await rig.port.connect();
    expect(rig.port.isConnected()).toBe(true);
  });

  it('its signal means nothing once it is done: events go on', async () => {
    await using rig = await executionRig();
    const controller = new AbortController();
    await rig.port.connect({ signal: controller.signal });
    controller.abort(new Error('a time-out that came later'));
    const events = rig.port.events()[Symbol.asyncIterator]();
    await rig.port.createOrder(limit);
    await rig.sockets.settle();
    expect((await events.next()).done).toBe(false);
  });
});

describe('disconnect', () => {
  it('ends what is under way at once: a read throws, an order is unknown', async () => {
    await using rig = await connected();
    for (const route of [`POST ${PRIVATE}/order/create`, `GET ${PRIVATE}/account/assets`])
      rig.sandbox.faults.http({ route, fault: { kind: 'hang' } });
    const order = rig.port.createOrder({ ...limit, clientOrderId: 'mine' });
    const read = rig.port.getBalance();
    read.catch(() => {});
    while (rig.seen(`${PRIVATE}/order/create`) + rig.seen(`${PRIVATE}/account/assets`) < 3) await rig.sockets.settle();
    await rig.port.disconnect(); // time stands still: nothing here waits for it
    expect(await order).toMatchObject({ kind: 'unknown', clientOrderId: 'mine' });
    await expect(read).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('with connections of its own too, and it can connect again', async () => {
    await using rig = await executionRig({ options: { transport: undefined } });
    await rig.port.connect();
    rig.sandbox.faults.http({ route: `GET ${PRIVATE}/order/list/open_orders`, fault: { kind: 'hang' } });
    const read = rig.port.getOpenOrders();
    read.catch(() => {});
    const before = rig.seen(`${PRIVATE}/order/list/open_orders`);
    while (rig.seen(`${PRIVATE}/order/list/open_orders`) === before) await rig.sockets.settle();
    await rig.port.disconnect();
    await expect(read).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await rig.port.connect();
    expect(await rig.port.getOpenOrders()).toEqual([]);
  });
});

const LONG = 'x'.repeat(10_000);
const NO_IDS: readonly unknown[] = ['', '.', '..', 'a/b', '1e5', '0', '-1', 12, null, undefined, {}, LONG];
const NO_SYMBOLS: readonly unknown[] = ['', '..', 'a/b', 'BTC USDT', 'a?b', 5, null, {}, [], LONG];

describe('what is no argument is refused before anything is sent', () => {
  const calls = (
    port: ExecutionRig['port'],
  ): Readonly<Record<string, readonly [call: (value: never) => Promise<unknown>, values: readonly unknown[]]>> => ({
    'cancelOrder by id': [(orderId) => port.cancelOrder({ symbol, orderId }), NO_IDS],
    'getOrder by id': [(orderId) => port.getOrder({ symbol, orderId }), NO_IDS],
    'amendOrder by id': [(orderId) => port.amendOrder({ symbol, orderId }, { price: 1 }), NO_IDS],
    'cancelOrder by client id': [
      (clientOrderId) => port.cancelOrder({ symbol, clientOrderId }),
      ['', '..', 'a/b', 5, LONG],
    ],
    'getOrder by client id': [(clientOrderId) => port.getOrder({ symbol, clientOrderId }), ['', '..', 'a/b', 5, LONG]],
    'getOrder, symbol': [(one) => port.getOrder({ symbol: one, orderId: '1' }), [undefined, ...NO_SYMBOLS]],
    getOrder: [(ref) => port.getOrder(ref), [null, undefined, 5, '1', [], {}]],
    cancelOrder: [(ref) => port.cancelOrder(ref), [null, undefined, 5, '1', [], {}]],
    amendOrder: [(changes) => port.amendOrder({ symbol, orderId: '1' }, changes), [null, undefined, 5, {}]],
    createOrders: [(requests) => port.createOrders(requests), [null, undefined, 5, {}, LONG]],
    cancelAllOrders: [(one) => port.cancelAllOrders(one), NO_SYMBOLS],
    getOpenOrders: [(one) => port.getOpenOrders(one), NO_SYMBOLS],
    getPosition: [(one) => port.getPosition(one), [undefined, ...NO_SYMBOLS]],
    'getPosition, side': [(side) => port.getPosition(symbol, side), ['BUY', 5, null, LONG]],
    getPositions: [(options) => port.getPositions(options), ['BTC_USDT', 5, null, [], { signal: 5 }]],
    getBalance: [(asset) => port.getBalance(asset), ['', 'a/b', 5, null, LONG]],
    options: [(options) => port.getBalances(options), ['BTC_USDT', 5, null, { signal: 'x' }]],
    'settings.getLeverage': [(one) => port.settings.getLeverage(one), [undefined, ...NO_SYMBOLS]],
    'settings.setLeverage': [(value) => port.settings.setLeverage(symbol, value), [null, undefined, '5', 1.5, LONG]],
    'settings.setMarginMode': [(value) => port.settings.setMarginMode(symbol, value), [null, undefined, 5, LONG]],
    'settings.setPositionMode': [(value) => port.settings.setPositionMode(value), [null, undefined, 5, LONG]],
    'settings.addMargin': [(value) => port.settings.addMargin(symbol, value), [null, undefined, {}, -1, LONG]],
    'settings.removeMargin': [(side) => port.settings.removeMargin(symbol, 1, side), ['BUY', null]],
    'history.getOrders': [
      (query) => port.history.getOrders(query),
      [null, undefined, 5, { symbol: '..' }, { limit: LONG }],
    ],
    'history.getTrades': [(query) => port.history.getTrades(query), [null, undefined, { from: LONG }]],
    'history.getFundingPayments': [(query) => port.history.getFundingPayments(query), [null, undefined, 5]],
    'history.getFees': [(one) => port.history.getFees(one), [undefined, ...NO_SYMBOLS]],
    'triggers.cancel': [(id) => port.triggers.cancel(symbol, id), [null, undefined, 5, '']],
    'triggers.cancel, symbol': [(one) => port.triggers.cancel(one, 'plan-1'), [undefined, ...NO_SYMBOLS]],
    'triggers.cancelAll': [(one) => port.triggers.cancelAll(one), NO_SYMBOLS],
    'triggers.list': [(one) => port.triggers.list(one), NO_SYMBOLS],
  });

  it('by an InvalidInputError that is short', async () => {
    await using rig = await connected();
    const before = rig.sandbox.requests.length;
    for (const [name, [call, values]] of Object.entries(calls(rig.port))) {
      for (const value of values) {
        const error: unknown = await call(value as never).then(
          () => 'nothing was thrown',
          (reason: unknown) => reason,
        );
        const what = `${name} with ${String(JSON.stringify(value)).slice(0, 40)}`;
        expect(error, what).toBeInstanceOf(InvalidInputError);
        expect((error as Error).message.length, what).toBeLessThan(250);
      }
    }
    expect(rig.sandbox.requests.length).toBe(before);
  });

  it('by a rejection, where the outcome is a value', async () => {
    await using rig = await connected();
    const { port } = rig;
    const before = rig.sandbox.requests.length;
    const refused = async (outcome: Promise<unknown>): Promise<void> => {
      const told = (await outcome) as { kind: string; message: string };
      expect(told).toMatchObject({ kind: 'rejected', clientOrderId: expect.any(String) });
      expect(told.message.length).toBeLessThan(250);
    };
    for (const value of [null, undefined, 5, LONG, []]) {
      await refused(port.createOrder(value as never));
      await refused(port.closePosition(value as never));
      await refused(port.triggers.create(value as never));
    }
    for (const one of NO_SYMBOLS) {
      await refused(port.createOrder({ ...limit, symbol: one as never }));
      await refused(port.closePosition({ symbol: one as never }));
    }
    for (const more of [{ side: LONG }, { type: LONG }, { price: LONG }, { quantity: LONG }, { clientOrderId: LONG }]) {
      await refused(port.createOrder({ ...limit, ...(more as object) }));
    }
    expect(rig.sandbox.requests.length).toBe(before);
  });

  it('closePosition closes all of a position: a field that it does not know is refused, not passed over', async () => {
    await using rig = await connected();
    rig.backend.setBook(symbol, [{ price: '79999', volume: 1000 }], [{ price: '80001', volume: 1000 }]);
    await rig.port.createOrder({ symbol, side: Side.BUY, type: OrderType.MARKET, quantity: '0.002' });
    const asked = { symbol, quantity: '0.001' };
    const outcome = await rig.port.closePosition(asked);
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'INVALID_REQUEST' });
    expect((await rig.port.getPosition(symbol))?.quantity.toString()).toBe('0.002');
    const undefinedSide = { symbol, positionSide: undefined, quantity: undefined };
    expect((await rig.port.closePosition(undefinedSide)).kind).toBe('accepted');
  });

  it('ids of other clients are no mistake', async () => {
    await using rig = await connected();
    const refs: readonly OrderRef[] = [
      { symbol, orderId: '739113577038255616' },
      { symbol, clientOrderId: '_m_0123456789abcdef0123456789abcdef' },
      { symbol: '龙虾_USDT', clientOrderId: 'planorder_739113577038255616_1' },
    ];
    for (const ref of refs) expect(await rig.port.getOrder(ref)).toBeNull();
  });
});

describe('a contract whose size changes', () => {
  it('is a gap of the events since the contracts were last read, and orders are of the new size', async () => {
    let hasChanged = false;
    const transport = new EditedReplies((path, reply) =>
      hasChanged && path.includes('/contract/detail')
        ? { ...reply, body: reply.body.replaceAll('"contractSize":0.0001,', '"contractSize":0.001,') }
        : reply,
    );
    await using rig = await executionRig({ options: { transport } });
    const { port, clock } = rig;
    await port.connect();
    const gaps: ExecutionEvent[] = [];
    void (async () => {
      for await (const event of port.events()) if (event.kind === 'gap') gaps.push(event);
    })();
    hasChanged = true;
    const fromMs = clock.nowMs();
    for (let passed = 0; passed < 304_000; passed += 4_000) {
      clock.advance(4_000);
      await rig.sockets.settle();
    }
    await port.createOrder(limit); // of the old size: an order does not wait for the list, which is read meanwhile
    while (gaps.length === 0) await rig.sockets.settle();
    expect(gaps).toEqual([{ kind: 'gap', fromMs, toMs: clock.nowMs() }]);
    expect(await port.createOrder({ ...limit, quantity: '0.0015' })).toMatchObject({ reason: 'INVALID_QUANTITY' });
    await transport.close();
  });
});

it('a symbol or an asset that MEXC does not have is nothing of it, also where MEXC refuses to look', async () => {
  await using rig = await connected();
  rig.sandbox.faults.http({
    route: `GET ${PRIVATE}/position/open_positions`,
    fault: { kind: 'refuse', code: 1001 },
    times: 2,
  });
  expect(await rig.port.getPosition('NOPE')).toBeNull();
  expect(await rig.port.closePosition({ symbol: 'NOPE' })).toEqual({ kind: 'noPosition' });
  expect((await rig.port.getBalance('NOPE')).total.toString()).toBe('0');
});
