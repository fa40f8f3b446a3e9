import { InvalidInputError } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { HostNotAllowedError } from '../../src/auth/auth.ts';
import { RateLimitedError } from '../../src/limits/rate-limiter.ts';
import type { NewOrder } from '../../src/rest/bodies.ts';
import { MexcRest } from '../../src/rest/mexc-rest.ts';
import type { HttpReply } from '../../src/transport/http-transport.ts';
import { canary, expectNoCanary } from '../support/canary.ts';
import { envelope } from '../support/private-calls.ts';
import { rig, START_MS } from '../support/rig.ts';
import { reply, Scripted } from '../support/scripted.ts';

const order = { symbol: 'BTC_USDT', side: 1, type: 5, vol: '1', openType: 1 } as const;
const CREATED = envelope('{"orderId":"739113577038255616"}');

describe('MexcRest', () => {
  it('keys are for MEXC and this machine only; without keys any host may be read', async () => {
    expect(() => new MexcRest({ credentials: canary(), restBaseUrl: 'https://mexc.example' })).toThrow(
      HostNotAllowedError,
    );
    const transport = new Scripted(() => reply(CREATED));
    const rest = new MexcRest({ transport, restBaseUrl: 'https://mexc.example/' });
    expect(await rest.market.ping()).toBe(START_MS);
    await expect(rest.orders.create(order)).rejects.toMatchObject({ code: 'NO_CREDENTIALS' });
    expect(transport.requests).toEqual([]);
  });

  it.each(['api.mexc.com', 'ftp://api.mexc.com', 'https://api.mexc.com?x=1'])('%s is no base URL', (restBaseUrl) => {
    expect(() => new MexcRest({ restBaseUrl })).toThrow(InvalidInputError);
  });

  it('a read that goes on trying tells each failure: who stops waiting knows what the last one was', async () => {
    let asked = 0;
    const stopped = new Error('enough');
    const [stop, told]: [AbortController, string[]] = [new AbortController(), []];
    const transport = new Scripted(() => {
      asked += 1;
      return reply('<html>', { status: 500 + asked, contentType: 'text/html' });
    });
    const { rest, settle } = rig(transport);
    const onFailure = ({ message }: Error): void => {
      told.push(message);
      if (told.length === 2) stop.abort(stopped);
    };
    const ended = await settle(rest.market.contracts({ signal: stop.signal, onFailure }));
    expect(ended.error).toBe(stopped);
    expect(told).toEqual([expect.stringContaining('HTTP 501'), expect.stringContaining('HTTP 502')]);
  });

  it('paths of orders and plans, receive window, language and user agent are configurable', async () => {
    const transport = new Scripted(() => reply(envelope('"739113577038255616"')));
    const { rest, settle } = rig(transport, {
      orderCreatePath: '/api/v1/private/order/submit',
      planPlacePath: '/api/v1/private/planorder/place',
      recvWindow: 5,
      language: 'en',
      userAgent: 'mine/1',
    });
    const created = await settle(rest.orders.create(order));
    expect(created.value).toEqual({ kind: 'ok', data: { orderId: '739113577038255616', ts: null } });
    const plan = { ...order, triggerPrice: '1', triggerType: 1, executeCycle: 1, orderType: 5, trend: 1 } as const;
    await settle(rest.triggers.placePlan(plan));
    expect(transport.requests.map(({ url }) => new URL(url).pathname)).toEqual([
      '/api/v1/private/order/submit',
      '/api/v1/private/planorder/place',
    ]);
    expect(transport.requests[0]?.headers).toMatchObject({
      'Recv-Window': '5',
      Language: 'en',
      'User-Agent': 'mine/1',
    });
  });

  it('abort: before the send it throws, after it a write is unknown and a read throws', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const transport = new Scripted((_, signal) => {
      controller.abort(reason);
      return new Promise<HttpReply>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('foreign')), { once: true });
      });
    });
    const { rest, settle } = rig(transport);
    const options = { signal: controller.signal };
    const outcome = await settle(rest.orders.create(order, options));
    expect(outcome.value).toMatchObject({ kind: 'unknown', cause: { code: 'TRANSPORT', maybeSent: true } });
    expect((await settle(rest.orders.create(order, options))).error).toBe(reason);
    expect((await settle(rest.orders.cancel(['1'], options))).error).toBe(reason);
    expect((await settle(rest.account.assets(options))).error).toBe(reason);
    expect(transport.requests).toHaveLength(1);
  });

  it('a read that is aborted under way throws the reason', async () => {
    const controller = new AbortController();
    const transport = new Scripted(() => {
      controller.abort(new Error('enough'));
      return new Promise<HttpReply>(() => {});
    });
    const { rest, settle } = rig(transport);
    const { error } = await settle(rest.account.assets({ signal: controller.signal }));
    expect(error).toMatchObject({ message: 'enough' });
  });

  it('a cancel that was sent once is never less than unknown, even if the next was refused as too frequent', async () => {
    let sendings = 0;
    const transport = new Scripted(() => {
      sendings += 1;
      return sendings === 1 ? reply('', { status: 502 }) : reply('{"success":false,"code":510}');
    });
    const { rest, settle } = rig(transport);
    const { value } = await settle(rest.orders.cancel(['1']));
    expect(value).toMatchObject({ kind: 'unknown', cause: { code: 'HTTP_STATUS' } });
    expect(sendings).toBe(5);
  });

  it('a foreign error of a transport is unknown by its name alone: it may hold the request', async () => {
    const transport = new Scripted((request) => {
      throw Object.assign(new TypeError(`bad ${JSON.stringify(request.headers)}`), { request });
    });
    const { rest, settle, logged } = rig(transport);
    const created = await settle(rest.orders.create(order));
    expect(created.value).toMatchObject({ kind: 'unknown', cause: { message: expect.stringContaining('TypeError') } });
    expectNoCanary(created, logged, await settle(rest.account.assets()));
  });

  it('the client itself shows no key', () => {
    expectNoCanary(rig(new Scripted(() => reply(CREATED))).rest);
  });

  it('an answer to more or fewer items than were sent answers none', async () => {
    const transport = new Scripted(() => reply(envelope('[{"orderId":1,"errorCode":0},{"orderId":2,"errorCode":0}]')));
    const { rest, settle } = rig(transport);
    expect((await settle(rest.orders.cancel(['1']))).value).toMatchObject({ kind: 'unknown' });
    expect((await settle(rest.orders.createBatch([order]))).value).toMatchObject({ kind: 'unknown' });
  });

  it.each(['{"orderId":""}', '{"orderId":null}', '{"ts":1}', '{}', 'null', '[]', 'true', '""'])(
    'a create without an order id is never ok: data %s',
    async (data) => {
      const { rest, settle } = rig(new Scripted(() => reply(envelope(data))));
      expect((await settle(rest.orders.create(order))).value).toMatchObject({ kind: 'unknown' });
    },
  );

  it('what cannot be written is refused before it is sent', async () => {
    const transport = new Scripted(() => reply(CREATED));
    const { rest } = rig(transport);
    await expect(rest.orders.create({ ...order, vol: '1e3' })).rejects.toThrow(InvalidInputError);
    await expect(rest.orders.create({ ...order, vol: '1,"side":3' })).rejects.toThrow(InvalidInputError);
    await expect(rest.orders.create({ ...order, leverage: 1.5 })).rejects.toThrow(InvalidInputError);
    // who writes no types
    for (const none of [undefined, null, 'BTC_USDT', [order]]) {
      await expect(rest.orders.create(none as unknown as NewOrder)).rejects.toThrow(Error);
    }
    await expect(rest.orders.cancel([])).rejects.toThrow(/1 to 50/);
    await expect(rest.orders.get('')).rejects.toThrow(/orderId must be given/);
    expect(transport.requests).toEqual([]);
  });

  it('closing orders overtake opening ones in the queue, and 510 slows the class down', async () => {
    const transport = new Scripted(() => reply(CREATED));
    const { rest, settle } = rig(transport, { limits: { order: { calls: 1, windowMs: 2_000 } } });
    const first = rest.orders.create({ ...order, externalOid: 'first' });
    const open = rest.orders.create({ ...order, externalOid: 'open' });
    const close = rest.orders.create({ ...order, side: 4, externalOid: 'close' }, { urgent: true });
    await settle(Promise.all([first, open, close]));
    const sent = transport.requests.map(({ body = '' }) => /"externalOid":"(\w+)"/.exec(body)?.[1]);
    expect(sent).toEqual(['first', 'close', 'open']);
  });

  it.each([
    ['seconds', '3600'],
    ['a date', new Date(START_MS + 3_600_000).toUTCString()],
  ])('a long Retry-After in %s is told, not slept through', async (_, retryAfter) => {
    const transport = new Scripted(() => reply('', { status: 429, retryAfter }));
    const { rest, settle } = rig(transport);
    expect((await settle(rest.orders.create(order))).value).toMatchObject({
      kind: 'unknown',
      cause: { httpStatus: 429, retryAfterMs: 3_600_000 },
    });
    const { error } = await settle(rest.orders.create(order));
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error).toMatchObject({ message: expect.stringContaining('3600 s') });
    expect(transport.requests).toHaveLength(1);
  });
});
