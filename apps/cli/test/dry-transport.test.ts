import { createHmac } from 'node:crypto';
import { Credentials } from '@prate/mexc-futures/auth';
import type { HttpReply, HttpRequest, HttpTransport } from '@prate/mexc-futures/rest';
import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { type DryRequest, DryTransport } from '../src/dry-transport.ts';

const KEY = 'mx0vTESTKEY0000001';
const SECRET = '0123456789abcdef0123456789abcdef';
const URL_BASE = 'https://api.mexc.com/api/v1/private/';
const NOW = 1_767_225_600_000;

/** Carries nothing, and counts what it was asked to. */
class Nobody implements HttpTransport {
  readonly asked: string[] = [];
  reply: HttpReply | null = null;

  async send({ url }: HttpRequest): Promise<HttpReply> {
    this.asked.push(url);
    if (this.reply === null) throw new Error('no network');
    return this.reply;
  }

  async close(): Promise<void> {}
}

const rig = (hedge = false) => {
  const [open, over] = [new Nobody(), new AbortController()];
  const transport = new DryTransport({
    public: open,
    clock: new ManualClock(NOW),
    hedge,
    assume: {},
    end: (reason) => over.abort(reason),
  });
  const send = async (request: HttpRequest): Promise<unknown> =>
    JSON.parse((await transport.send(request, new AbortController().signal)).body);
  return { open, over, transport, send };
};

const signed = (method: 'GET' | 'POST', path: string, parameters: string): HttpRequest => ({
  method,
  url: `${URL_BASE}${path}${method === 'GET' && parameters !== '' ? `?${parameters}` : ''}`,
  headers: new Credentials(KEY, SECRET).signerFor(URL_BASE).headers(NOW, parameters),
  ...(method === 'POST' ? { body: parameters } : {}),
});

describe('the transport of a dry run', () => {
  it.each([
    ['GET without parameters', signed('GET', 'position/position_mode', '')],
    ['GET with a query', signed('GET', 'order/list/open_orders', 'page_num=1&page_size=20&symbol=BTC_USDT')],
    ['POST', signed('POST', 'order/create', '{"symbol":"BTC_USDT","price":80000.5,"vol":10}')],
  ])(
    '%s: the string to sign is what the signature was made of, and neither key nor signature is kept',
    async (_rule, request) => {
      const { transport, send, open } = rig();
      await send(request);
      const [{ toSign, headers }] = transport.requests as [DryRequest];
      const text = toSign.replace('<ApiKey>', KEY);
      expect(createHmac('sha256', SECRET).update(text).digest('hex')).toBe(request.headers['Signature']);
      expect(headers).toMatchObject({ ApiKey: '<ApiKey>', Signature: '<Signature>', 'Request-Time': String(NOW) });
      expect(JSON.stringify(transport.requests)).not.toMatch(/mx0v|[0-9a-f]{64}/);
      expect(open.asked).toEqual([]);
    },
  );

  it('looking up an order after a change ends the run; other questions are answered', async () => {
    const { transport, send, over } = rig(true);
    expect(await send(signed('GET', 'position/position_mode', ''))).toMatchObject({ data: 1 });
    expect(await send(signed('POST', 'order/create', '{}'))).toMatchObject({ data: { orderId: expect.any(String) } });
    expect({ changed: transport.hasChanged, over: over.signal.aborted }).toEqual({ changed: true, over: false });
    expect(await send(signed('GET', 'planorder/list/orders', ''))).toMatchObject({ data: [] });
    await expect(send(signed('GET', 'order/get/1', ''))).rejects.toMatchObject({ code: 'TRANSPORT', maybeSent: false });
    expect(over.signal.aborted).toBe(true);
  });

  it('a public question goes out; where nobody answers, published values do, and nobody is asked again', async () => {
    const { transport, send, open } = rig();
    const ask = (path: string) =>
      send({ method: 'GET', url: `https://api.mexc.com/api/v1/contract/${path}`, headers: {} });
    open.reply = { status: 200, contentType: 'application/json', retryAfter: undefined, body: '{"data":7}' };
    expect(await ask('ping')).toEqual({ data: 7 });
    open.reply = { ...open.reply, status: 403 };
    expect(await ask('ping')).toMatchObject({ success: true, data: NOW });
    expect(await ask('detail?symbol=ETH_USDT')).toMatchObject({ data: { symbol: 'ETH_USDT', contractSize: 0.01 } });
    expect(open.asked).toHaveLength(2);
    expect([...transport.offline]).toEqual(['https://api.mexc.com']);
    await expect(ask('deals/BTC_USDT')).rejects.toThrow('nothing was published for /api/v1/contract/deals/BTC_USDT');
  });
});
