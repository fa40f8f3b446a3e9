import { inspect } from 'node:util';
import { type Order, OrderType, PositionMode, PrateError, Side } from '@prate/domain';
import type { OrderRef } from '@prate/execution-port';
import type { HttpFault } from '@prate/mexc-sandbox';
import { describe, expect, it } from 'vitest';
import { CANARY_KEY, CANARY_SECRET, type ExecutionRig, executionRig } from './support/mexc-execution-rig.ts';

const symbol = 'BTC_USDT';
const PRIVATE = '/api/v1/private/order';
const limit = { symbol, side: Side.BUY, type: OrderType.LIMIT, price: '79000', quantity: '0.001' } as const;
const mine: OrderRef = { symbol, clientOrderId: 'mine' };

type Kind = 'create' | 'cancel' | 'amend';

interface Call {
  readonly name: string;
  readonly kind: Kind;
  readonly path: string;
  /** The scene before, without a fault; gives the call. */
  readonly prepare: (rig: ExecutionRig) => Promise<() => Promise<unknown>>;
}

const openOrder = async ({ port }: ExecutionRig): Promise<string> => {
  const outcome = await port.createOrder({ ...limit, clientOrderId: 'mine' });
  if (outcome.kind !== 'accepted') throw new Error(`the scene failed: ${outcome.kind}`);
  return outcome.order.id;
};

const calls: readonly Call[] = [
  {
    name: 'createOrder',
    kind: 'create',
    path: `${PRIVATE}/create`,
    prepare:
      async ({ port }) =>
      async () =>
        port.createOrder({ ...limit, clientOrderId: 'mine' }),
  },
  {
    name: 'createOrders',
    kind: 'create',
    path: `${PRIVATE}/submit_batch`,
    prepare:
      async ({ port }) =>
      async () =>
        (await port.createOrders([{ ...limit, clientOrderId: 'mine' }]))[0],
  },
  {
    name: 'closePosition',
    kind: 'create',
    path: `${PRIVATE}/create`,
    async prepare({ port }) {
      const opened = await port.createOrder({ symbol, side: Side.BUY, type: OrderType.MARKET, quantity: '0.001' });
      expect(opened.kind).toBe('accepted');
      return () => port.closePosition({ symbol, clientOrderId: 'mine' });
    },
  },
  {
    name: 'cancelOrder by id',
    kind: 'cancel',
    path: `${PRIVATE}/cancel`,
    async prepare(rig) {
      const orderId = await openOrder(rig);
      return () => rig.port.cancelOrder({ symbol, orderId });
    },
  },
  {
    name: 'cancelOrder by client id',
    kind: 'cancel',
    path: `${PRIVATE}/cancel_with_external`,
    async prepare(rig) {
      await openOrder(rig);
      return () => rig.port.cancelOrder(mine);
    },
  },
  {
    name: 'cancelAllOrders',
    kind: 'cancel',
    path: `${PRIVATE}/cancel_all`,
    async prepare(rig) {
      await openOrder(rig);
      return async () => (await rig.port.cancelAllOrders(symbol))[0]?.outcome;
    },
  },
  {
    name: 'amendOrder',
    kind: 'amend',
    path: `${PRIVATE}/change_limit_order`,
    async prepare(rig) {
      await openOrder(rig);
      return () => rig.port.amendOrder(mine, { price: '78000' });
    },
  },
];

interface Fault {
  readonly name: string;
  readonly fault: HttpFault;
  readonly after?: boolean | undefined;
  /** How a write that is sent once ends; a cancel that meets it each time; and one that meets it once. */
  readonly once: string;
  readonly always?: string | undefined;
}

const lost = (name: string, fault: HttpFault, after?: boolean): Fault => ({ name, fault, after, once: 'unknown' });

const faults: readonly Fault[] = [
  lost('reset before it is read', { kind: 'reset' }),
  lost('reset after it took effect', { kind: 'reset' }, true),
  lost('hang', { kind: 'hang' }),
  lost('hang after it took effect', { kind: 'hang' }, true),
  ...[500, 502, 503, 504].map((status) => lost(`${status}`, { kind: 'status', status })),
  lost('502 after it took effect', { kind: 'status', status: 502 }, true),
  lost('HTML with 200', { kind: 'html' }),
  lost('empty 200', { kind: 'empty' }),
  lost('truncated', { kind: 'truncated' }),
  lost('wrong content type', { kind: 'wrongType' }),
  lost('without data', { kind: 'noData' }),
  lost('code 603, look the order up first', { kind: 'refuse', code: 603 }),
  lost('429', { kind: 'status', status: 429 }),
  lost('429 with Retry-After', { kind: 'status', status: 429, retryAfterSeconds: 30 }),
  { name: 'an unknown code', fault: { kind: 'refuse', code: 987_654 }, once: 'rejected OTHER' },
  { name: '510', fault: { kind: 'refuse', code: 510 }, once: 'rejected RATE_LIMITED' },
  { name: '513', fault: { kind: 'refuse', code: 513 }, once: 'rejected OTHER' },
];

/** What became of it, in a word or two. */
const told = (outcome: unknown): string => {
  const { kind, reason } = outcome as { kind?: string; reason?: string };
  return reason === undefined ? String(kind) : `${kind} ${reason}`;
};

function expectNoCanary(...things: readonly unknown[]): void {
  for (const thing of things) {
    const text = inspect(thing, { depth: 20, showHidden: true, getters: true, maxArrayLength: null });
    expect(text).not.toContain(CANARY_KEY);
    expect(text).not.toContain(CANARY_SECRET);
    expect(text).not.toMatch(/\b[0-9a-f]{64}\b/);
  }
}

async function scene(): Promise<ExecutionRig> {
  const rig = await executionRig({ scripted: { editsInOneWay: true } });
  rig.backend.setBook(symbol, [{ price: '79999', volume: 1000 }], [{ price: '80001', volume: 1000 }]);
  rig.backend.trade(symbol, '80000', 10);
  await rig.port.connect();
  return rig;
}

/** Runs one cell, and what must hold in all of them. */
async function run(
  call: Call,
  { fault, after }: Fault,
  times: number,
  check: (rig: ExecutionRig, told: string) => Promise<void>,
) {
  await using rig = await scene();
  const start = await call.prepare(rig);
  const before = rig.seen(call.path);
  rig.sandbox.faults.http({ route: `POST ${call.path}`, fault, after, times });
  const { value, error } = await rig.settle(start(), fault.kind === 'hang' ? call.path : undefined);
  expectNoCanary(value, error, rig.logged);
  rig.sandbox.faults.clear();
  if (error !== undefined) expect(PrateError.is(error), String(error)).toBe(true);
  const word = error === undefined ? told(value) : `throws ${(error as PrateError).code}`;
  if (word === 'unknown') expect(PrateError.is((value as { cause: unknown }).cause)).toBe(true);
  if (word === 'accepted') expect((value as { order: { id: string } }).order.id).toMatch(/^\d{18}$/);
  const sendings = rig.seen(call.path) - before;
  // what makes or changes an order is never sent twice
  if (call.kind === 'cancel') expect(sendings).toBeLessThanOrEqual(5);
  else expect(sendings).toBe(1);
  await check(rig, word);
}

/** Not repeated by anything: it does not pass by itself. */
const edge = lost('403, a page of the edge', { kind: 'status', status: 403 });

const of = (kind: Kind): readonly Call[] => calls.filter((call) => call.kind === kind);

/** The order as the port finds it; after a 429 that may take a while. */
const now = async (rig: ExecutionRig): Promise<Order | null> =>
  (await rig.settle(rig.port.getOrder(mine))).value ?? null;

describe.each(of('create'))('$name', (call) => {
  it.each([...faults, edge])('$name', async (fault) => {
    await run(call, fault, 1, async (rig, word) => {
      // a batch and a single order are refused in the same words; nothing of them is accepted without its id
      expect(word).toBe(fault.once);
      const order = await now(rig);
      const tookEffect = fault.after === true || ['truncated', 'wrongType', 'noData'].includes(fault.fault.kind);
      expect(order !== null).toBe(tookEffect);
      if (word.startsWith('rejected')) expect(order).toBeNull();
      // an unknown order's client id is not to be had again; a refused one's is
      const { value: again } = await rig.settle(rig.port.createOrder({ ...limit, clientOrderId: 'mine' }));
      expect(told(again)).toBe(word === 'unknown' ? 'rejected DUPLICATE_CLIENT_ORDER_ID' : 'accepted');
    });
  });
});

describe.each(of('cancel'))('$name', (call) => {
  it.each(faults)('$name, once: it is sent again', async (fault) => {
    const refusedForGood = fault.fault.kind === 'refuse' && ![510, 513].includes(fault.fault.code);
    await run(call, fault, 1, async (rig, word) => {
      const order = await now(rig);
      if (refusedForGood) {
        expect(word).toBe(call.path.endsWith('cancel_all') && fault.once !== 'unknown' ? 'throws MEXC_API' : 'unknown');
        expect(order?.status).toBe('NEW');
        return;
      }
      // where the first sending took effect, the second finds nothing left to do
      expect(['cancelled', 'alreadyFinal']).toContain(word);
      expect(order?.status).toBe('CANCELLED');
    });
  });

  it.each(faults)('$name, each time', async (fault) => {
    await run(call, fault, Number.POSITIVE_INFINITY, async (rig, word) => {
      const order = await now(rig);
      if (order?.status === 'CANCELLED') expect(word).toBe('cancelled');
      else
        expect(word).toBe(call.path.endsWith('cancel_all') && fault.once !== 'unknown' ? 'throws MEXC_API' : 'unknown');
    });
  });
});

describe.each(of('amend'))('$name', (call) => {
  it.each([...faults, edge])('$name', async (fault) => {
    await run(call, fault, 1, async (rig, word) => {
      expect(word).toBe(fault.once);
      expect((await rig.settle(rig.port.getOpenOrders())).value).toHaveLength(1);
    });
  });
});

it('keys that MEXC refuses are an exception, in connect() and afterwards', async () => {
  await using rig = await executionRig({ options: { secretKey: 'wrong' } });
  await expect(rig.port.connect()).rejects.toMatchObject({ code: 'MEXC_API', mexcCode: 602 });
  expect(rig.port.isConnected()).toBe(false);
  await using other = await scene();
  other.sandbox.faults.http({ route: `POST ${PRIVATE}/create`, fault: { kind: 'refuse', code: 704 } });
  await expect(other.port.createOrder(limit)).rejects.toMatchObject({ code: 'MEXC_API', mexcCode: 704 });
});

it('an abort after the send is unknown; the position mode of the account is not touched by it', async () => {
  await using rig = await scene();
  const { port, sandbox } = rig;
  sandbox.faults.http({ route: `POST ${PRIVATE}/create`, fault: { kind: 'hang' }, after: true });
  const controller = new AbortController();
  const call = port.createOrder({ ...limit, clientOrderId: 'mine' }, { signal: controller.signal });
  while (rig.seen(`${PRIVATE}/create`) === 0) await rig.sockets.settle();
  controller.abort(new Error('enough'));
  expect(await call).toMatchObject({ kind: 'unknown', clientOrderId: 'mine' });
  expect((await port.getOrder(mine))?.status).toBe('NEW');
  expect(await port.settings.getPositionMode()).toBe(PositionMode.ONE_WAY);
});
