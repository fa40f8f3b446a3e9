import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { HttpFaultRule } from '../src/index.ts';
import type { Answer } from './support/raw-client.ts';
import { order, type Rig, rig } from './support/rig.ts';

const CREATE = 'POST /api/v1/private/order/create';
const openOrders = async ({ client }: Rig): Promise<number> =>
  (await client.get('order/list/open_orders')).json.data.length;

/** One create that meets the rule, and how many orders stand then. */
async function spoilt(rule: Omit<HttpFaultRule, 'route'>): Promise<{ answer: Answer | 'reset'; orders: number }> {
  const here = await rig();
  here.sandbox.faults.http({ ...rule, route: CREATE });
  const answer = await here.client.post('order/create', order()).catch(() => 'reset' as const);
  const orders = await openOrders(here);
  expect((await here.client.post('order/create', order())).json.success).toBe(true);
  return { answer, orders };
}

describe('faults of requests', () => {
  it('reset: before it is read there is no order, after it there is', async () => {
    expect(await spoilt({ fault: { kind: 'reset' } })).toEqual({ answer: 'reset', orders: 0 });
    expect(await spoilt({ fault: { kind: 'reset' }, after: true })).toEqual({ answer: 'reset', orders: 1 });
  });

  it.each([500, 502, 503, 504, 403])('status %d is a page of HTML, and nothing was done', async (status) => {
    const { answer, orders } = await spoilt({ fault: { kind: 'status', status } });
    expect(answer).toMatchObject({ status, text: expect.stringContaining('<html>') });
    expect(orders).toBe(0);
  });

  it('429 with and without Retry-After', async () => {
    const told = async (retryAfterSeconds?: number) => {
      const { answer } = await spoilt({ fault: { kind: 'status', status: 429, retryAfterSeconds } });
      return answer === 'reset' ? answer : answer.headers.get('retry-after');
    };
    expect([await told(3), await told()]).toEqual(['3', null]);
  });

  it('a page, an empty body, a refusal: with 200, the order placed only where `after` says so', async () => {
    const page = await spoilt({ fault: { kind: 'html' } });
    expect(page).toMatchObject({ answer: { status: 200, text: expect.stringContaining('<html>') }, orders: 0 });
    const empty = await spoilt({ fault: { kind: 'empty' }, after: true });
    expect(empty).toMatchObject({ answer: { status: 200, text: '' }, orders: 1 });
    const refused = await spoilt({ fault: { kind: 'refuse', code: 510 } });
    expect(refused).toMatchObject({ answer: { json: { success: false, code: 510 } }, orders: 0 });
    const odd = await spoilt({ fault: { kind: 'refuse', code: 77_777, message: 'new' }, after: true });
    expect(odd).toMatchObject({ answer: { json: { success: false, code: 77_777, message: 'new' } }, orders: 1 });
  });

  it('a spoilt true answer: cut, of the wrong type, without data; the order stands', async () => {
    const cut = await spoilt({ fault: { kind: 'truncated' } });
    expect(cut).toMatchObject({
      answer: { status: 200, json: undefined, text: expect.stringMatching(/^\{"success":true/) },
      orders: 1,
    });
    const type = await spoilt({ fault: { kind: 'wrongType' } });
    expect(type.answer === 'reset' ? '' : type.answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(type).toMatchObject({
      answer: { json: { success: true, data: { orderId: expect.any(String) } } },
      orders: 1,
    });
    const bare = await spoilt({ fault: { kind: 'noData' } });
    expect(bare).toMatchObject({ answer: { text: '{"success":true,"code":0}' }, orders: 1 });
  });

  it('without data, a refusal stays what it was', async () => {
    const here = await rig();
    here.sandbox.faults.http({ route: CREATE, fault: { kind: 'noData' } });
    expect((await here.client.post('order/create', order({ vol: 0 }))).json.code).toBe(2011);
  });

  it('delay: the answer comes when the clock gets there, and the order before or after', async () => {
    for (const after of [false, true]) {
      const here = await rig();
      here.sandbox.faults.http({ route: CREATE, fault: { kind: 'delay', ms: 30_000 }, after });
      let answered = false;
      const pending = here.client.post('order/create', order()).then((answer) => {
        answered = true;
        return answer;
      });
      while (!here.sandbox.requests.some(({ method }) => method === 'POST')) await here.client.get('account/assets');
      while (after && (await openOrders(here)) === 0);
      await here.client.get('account/assets');
      here.clock.advance(29_999);
      expect(await openOrders(here), 'orders that stand while the answer is late').toBe(after ? 1 : 0);
      expect(answered).toBe(false);
      here.clock.advance(1);
      // the request was signed 30 s ago, and is checked only now where it was held back
      expect((await pending).json).toMatchObject(after ? { success: true } : { code: 513 });
    }
  });

  it('hang: no answer, an open connection, and close() ends it all the same', async () => {
    const here = await rig();
    here.sandbox.faults.http({ route: CREATE, fault: { kind: 'hang' }, after: true });
    const pending = here.client.post('order/create', order()).catch(() => 'ended');
    while ((await openOrders(here)) === 0);
    await here.sandbox.close();
    expect(await pending).toBe('ended');
  });

  it('a rule meets its route and as many requests as it says; the oldest of several first', async () => {
    const { client, sandbox } = await rig();
    const codes = async (count: number): Promise<number[]> => {
      const all: number[] = [];
      for (let i = 0; i < count; i += 1) all.push((await client.get('account/assets')).json.code);
      return all;
    };
    sandbox.faults.http({ route: 'GET /api/v1/private/account/*', times: 2, fault: { kind: 'refuse', code: 510 } });
    sandbox.faults.http({ fault: { kind: 'refuse', code: 604 } });
    sandbox.faults.http({ route: 'POST *', fault: { kind: 'refuse', code: 801 } });
    expect(await codes(4)).toEqual([510, 510, 604, 0]);
    sandbox.faults.http({ times: Number.POSITIVE_INFINITY, fault: { kind: 'refuse', code: 510 } });
    expect(await codes(3)).toEqual([510, 510, 510]);
    sandbox.faults.clear();
    expect(await codes(1)).toEqual([0]);
  });

  it('chance comes from the seed: the same requests meet the same faults', async () => {
    const run = async (): Promise<string> => {
      const { client, sandbox } = await rig();
      sandbox.faults.http({ chance: 0.5, times: Number.POSITIVE_INFINITY, fault: { kind: 'refuse', code: 510 } });
      let met = '';
      for (let i = 0; i < 40; i += 1) met += (await client.get('account/assets')).json.success ? '.' : 'x';
      return met;
    };
    const first = await run();
    expect(first).toMatch(/x.*\..*x/);
    expect(await run()).toBe(first);
  });

  it('the requests that came are listed, without their headers', async () => {
    const { client, sandbox, clock } = await rig();
    await client.post('position/close_all', {});
    await client.open('/api/v1/contract/ticker', { symbol: 'BTC_USDT' });
    expect(sandbox.requests).toEqual([
      { method: 'POST', url: '/api/v1/private/position/close_all', body: '{}', timeMs: clock.nowMs() },
      { method: 'GET', url: '/api/v1/contract/ticker?symbol=BTC_USDT', body: '', timeMs: clock.nowMs() },
    ]);
  });

  it('listens on loopback alone, and not after close()', async () => {
    const { sandbox } = await rig();
    expect(new URL(sandbox.restUrl).hostname).toBe('127.0.0.1');
    const { port } = new URL(sandbox.restUrl);
    await sandbox.close();
    await sandbox.close();
    const outcome = await new Promise((resolve) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('connect', () => resolve('open'));
      socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    });
    expect(outcome).toBe('ECONNREFUSED');
  });
});

describe('rate limits', () => {
  it('are off by default; on, each route has its own, and the window passes', async () => {
    const free = await rig();
    for (let i = 0; i < 6; i += 1) expect((await free.client.post('order/create', order())).json.success).toBe(true);
    const { client, clock } = await rig({ rateLimits: true });
    const codes: number[] = [];
    for (let i = 0; i < 5; i += 1) codes.push((await client.post('order/create', order())).json.code);
    expect(codes).toEqual([0, 0, 0, 0, 510]);
    expect((await client.get('order/list/open_orders')).json.success).toBe(true);
    clock.advance(1999);
    expect((await client.post('order/create', order())).json.code).toBe(510);
    clock.advance(1);
    expect((await client.post('order/create', order())).json.code).toBe(0);
  });
});
