import { HttpResponse, http } from 'msw';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endpointsWith } from '../../src/rest/endpoints.ts';
import { UndiciTransport } from '../../src/transport/undici-transport.ts';
import { CANARY_KEY, canary } from '../support/canary.ts';
import { createNetwork } from '../support/network.ts';
import { envelope, privateCalls } from '../support/private-calls.ts';
import { rig, START_MS } from '../support/rig.ts';

const BASE = 'https://api.mexc.com';
const json = (text: string) => new HttpResponse(text, { headers: { 'content-type': 'application/json' } });

const ping = http.get(`${BASE}/api/v1/contract/ping`, () => json(envelope(String(START_MS + 7_000))));
const net = createNetwork(ping);
beforeAll(() => net.enable());
afterEach(() => net.resetHandlers());
afterAll(() => net.disable());

const transport = new UndiciTransport();
afterAll(() => transport.close());

describe('every private endpoint', () => {
  it('is in the table of calls, with its method and kind', () => {
    const declared = Object.values(endpointsWith())
      .filter(({ signed }) => signed)
      .map(({ method, path, kind }) => `${method} ${path} ${kind}`);
    const asked = privateCalls.map(({ request, kind }) => {
      const [method, target = ''] = request.split(' ');
      return [`${method} /api/v1/private/${target.replace(/\?.*/, '')}`, kind] as const;
    });
    // path parameters of the table of calls are filled in
    const pattern = (text: string): RegExp => new RegExp(`^${text.replace(/\{\w+\}/g, '[^/]+')}$`);
    const missing = declared.filter((text) => !asked.some(([path, kind]) => pattern(text).test(`${path} ${kind}`)));
    expect(missing).toEqual([]);
    expect(asked).toHaveLength(declared.length);
  });

  it.each(privateCalls)('$name: sends what is documented, signed to the letter, and reads the answer', async (row) => {
    const { call, request, data, gives } = row;
    const seen: { text: string; headers: Headers; parameters: string }[] = [];
    net.use(
      http.all(`${BASE}/api/v1/private/*`, async ({ request: sent }) => {
        const url = new URL(sent.url);
        const body = await sent.text();
        const target = url.pathname.replace('/api/v1/private/', '') + url.search;
        const parameters = sent.method === 'POST' ? body : url.search.slice(1);
        seen.push({
          text: `${sent.method} ${target}${body === '' ? '' : ` ${body}`}`,
          headers: sent.headers,
          parameters,
        });
        return json(envelope(data));
      }),
    );
    const { rest, settle } = rig(transport);
    const result = await settle(call(rest));
    expect(result.error).toBeUndefined();
    if (typeof gives === 'object') expect(result.value).toMatchObject(gives as object);
    else expect(result.value).toBe(gives);
    expect(seen.map(({ text }) => text)).toEqual([request]);
    const { headers, parameters } = seen[0] as (typeof seen)[0];
    // signed with the server's time, which is 7 s ahead
    const signed = canary()
      .signerFor(BASE)
      .sign(START_MS + 7_000, parameters);
    expect(Object.fromEntries(headers)).toMatchObject({
      apikey: CANARY_KEY,
      'request-time': String(START_MS + 7_000),
      signature: signed,
      'content-type': 'application/json',
      'user-agent': 'prate',
    });
    expect(headers.has('recv-window')).toBe(false);
  });
});
