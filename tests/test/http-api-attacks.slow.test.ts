import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInputError } from '@prate/domain';
import { HttpApi, openApiDocument, STREAM_PROTOCOL, STREAM_TOKEN_PREFIX } from '@prate/http-api';
import { seededRandom } from '@prate/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { HttpApiRig, keepingLogger, SYMBOLS } from './support/http-api-rig.ts';
import { type Answer, type Call, call, sendRaw, streamStatus } from './support/http-calls.ts';
import { traversals } from './support/traversals.ts';

const [BTC] = SYMBOLS as [string];
const ORDER = { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.01' };
const SECRET_FILE = 'the-database-next-door';
const { logger, lines } = keepingLogger();
let folder: string;
let rig: HttpApiRig;
let orders: number;

const ordersSoFar = async (): Promise<number> =>
  ((await rig.execution.history?.getOrders({ limit: 1000 }))?.length ?? 0) +
  (await rig.execution.getOpenOrders()).length;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'prate-page-'));
  const page = join(folder, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Prate</title>');
  writeFileSync(join(page, 'assets', 'index-Ab12Cd34.js'), 'export {};');
  writeFileSync(join(page, '.env'), SECRET_FILE);
  writeFileSync(join(folder, 'prate.db'), SECRET_FILE);
  mkdirSync(join(folder, 'page-next-door'));
  writeFileSync(join(folder, 'page-next-door', 'prate.db'), SECRET_FILE);
  rig = await HttpApiRig.start({ assets: page, logger });
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  orders = await ordersSoFar();
});
/** Whatever was sent, the session goes on, and nobody's order but the strategy's is in it. */
afterEach(async () => {
  expect(await ordersSoFar()).toBe(orders);
  const { candles } = rig.runner.report() as { candles: number };
  await rig.advance(10_000);
  expect(rig.runner.report()?.candles).toBeGreaterThan(candles);
  expect(await call(rig.api, '/api/v1/session')).toMatchObject({
    status: 200,
    json: { strategy: { state: 'running' } },
  });
});

const post = (call: Call): Call => ({ method: 'POST', body: ORDER, ...call });
const own = (): string => `127.0.0.1:${rig.api.port}`;

describe('Host', () => {
  it.each([
    ['a name that was bent here', 'evil.example'],
    ['with the port', 'evil.example:PORT'],
    ['another port', '127.0.0.1:1'],
    ['no port', '127.0.0.1'],
    ['ours as the start of another', '127.0.0.1:PORT.evil.example'],
    ['ours as a user', '127.0.0.1:PORT@evil.example'],
  ])('%s is refused, on every path', async (_what, name) => {
    const host = name.replace('PORT', String(rig.api.port));
    for (const path of ['/', '/healthz', '/api/v1/session', '/metrics', '/assets/index-Ab12Cd34.js']) {
      expect(await call(rig.api, path, { headers: { host } })).toMatchObject({
        status: 421,
        json: { code: 'FOREIGN_HOST' },
      });
    }
    expect(await call(rig.api, '/api/v1/orders', post({ headers: { host } }))).toMatchObject({ status: 421 });
  });

  it('two of them, none, or a target that names another host are refused', async () => {
    const auth = `Authorization: Bearer ${rig.api.token('trade')}\r\nConnection: close\r\n`;
    const two = `GET /api/v1/session HTTP/1.1\r\nHost: ${own()}\r\nHost: evil.example\r\n${auth}\r\n`;
    expect(await sendRaw(rig.api.port, two)).toMatch(/^HTTP\/1.1 4/);
    const empty = `GET /api/v1/session HTTP/1.1\r\nHost:\r\n${auth}\r\n`;
    expect(await sendRaw(rig.api.port, empty)).toMatch(/^HTTP\/1.1 421/);
    for (const version of ['1.0', '1.1']) {
      const none = `GET /api/v1/session HTTP/${version}\r\n${auth}\r\n`;
      expect(await sendRaw(rig.api.port, none)).toMatch(/^HTTP\/1.1 4/);
    }
    const absolute = `GET http://evil.example/api/v1/session HTTP/1.1\r\nHost: ${own()}\r\n${auth}\r\n`;
    expect(await sendRaw(rig.api.port, absolute)).toMatch(/^HTTP\/1.1 400/);
  });

  it('its own names are answered', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]']) {
      const host = `${name}:${rig.api.port}`;
      expect(await call(rig.api, '/api/v1/session', { headers: { host } })).toMatchObject({ status: 200 });
    }
  });
});

describe('Origin', () => {
  it.each([
    'https://evil.example',
    'null',
    'http://127.0.0.1:1',
    'http://127.0.0.1',
    'http://localhost:PORT.evil.example',
  ])('a change, a read and a page from %s are refused, whatever the token', async (text) => {
    const origin = text.replace('PORT', String(rig.api.port));
    for (const path of ['/api/v1/session', '/']) {
      expect(await call(rig.api, path, { headers: { origin } })).toMatchObject({
        status: 403,
        json: { code: 'FOREIGN_ORIGIN' },
      });
    }
    expect(await call(rig.api, '/api/v1/orders', post({ headers: { origin } }))).toMatchObject({ status: 403 });
    expect(await call(rig.api, '/api/v1/kill', { body: { confirm: true }, headers: { origin } })).toMatchObject({
      status: 403,
    });
  });

  it('a browser that says the request comes from another site is refused without an Origin too', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect(await call(rig.api, '/api/v1/session', { headers })).toMatchObject({ status: 403 });
    // a link from elsewhere may open the page: it holds nothing
    expect(await call(rig.api, '/', { headers, token: null })).toMatchObject({ status: 200 });
  });

  it('nobody is told that another origin may ask', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const answer = await call(rig.api, '/api/v1/orders', { method: 'OPTIONS', headers, token: null });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('its own page may ask', async () => {
    const headers = { origin: rig.api.url, 'sec-fetch-site': 'same-origin' };
    expect(await call(rig.api, '/api/v1/session', { headers })).toMatchObject({ status: 200 });
  });
});

/** Every operation, with a body and a query that would do. */
function operations(): {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly scope: string;
}[] {
  const { paths } = openApiDocument('1') as { paths: Record<string, Record<string, Record<string, string>>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId }]) => operationId !== 'openStream')
      .map(([method, { operationId, 'x-scope': scope }]) => ({
        ...{ id: operationId as string, scope: scope as string, method: method.toUpperCase() },
        path: `${path.replace('{orderId}', '1')}?symbol=${BTC}`,
      })),
  );
}
const bodyOf = (id: string): unknown => ({ createOrder: ORDER, kill: { confirm: true }, stopStrategy: {} })[id];

describe('tokens', () => {
  const wrong = 'A'.repeat(43);

  it('no operation is done without a token, or with one that is none', async () => {
    expect(operations().length).toBeGreaterThanOrEqual(15);
    for (const { id, method, path } of operations()) {
      for (const token of [null, wrong, `${rig.api.token('trade')}A`, rig.api.token('trade').slice(0, -1), '']) {
        const answer = await call(rig.api, path, { method, body: bodyOf(id), token });
        expect(answer, `${id} ${token}`).toMatchObject({ status: 401, json: { code: 'UNAUTHORIZED' } });
        expect(answer.headers['www-authenticate']).toContain('Bearer');
      }
    }
    expect(await call(rig.api, '/metrics', { token: null })).toMatchObject({ status: 401 });
  });

  it('the read token changes nothing', async () => {
    const changes = operations().filter(({ method }) => method !== 'GET');
    expect(changes.map(({ id }) => id).sort()).toEqual(['cancelOrder', 'createOrder', 'kill', 'stopStrategy']);
    for (const { id, method, path } of changes) {
      const answer = await call(rig.api, path, { method, body: bodyOf(id), token: rig.api.token('read') });
      expect(answer, id).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
    }
  });

  it('a token counts in its header alone: not in a cookie, a query, a body or another scheme', async () => {
    const token = rig.api.token('trade');
    const without = { token: null } as const;
    expect(await call(rig.api, `/api/v1/session?token=${token}`, without)).toMatchObject({ status: 401 });
    for (const headers of [
      { cookie: `token=${token}` },
      { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` },
      { authorization: token },
      { 'x-token': token },
    ]) {
      expect(await call(rig.api, '/api/v1/session', { ...without, headers })).toMatchObject({ status: 401 });
    }
    expect(await call(rig.api, '/api/v1/kill', { ...without, body: { confirm: true, token } })).toMatchObject({
      status: 401,
    });
  });

  it('to be reached by others takes tokens of one’s own, and good ones', async () => {
    const listen = (more: object): Promise<HttpApi> => HttpApi.start({ ...rig.apiOptions(), ...more });
    for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.com']) {
      await expect(listen({ host })).rejects.toThrow(InvalidInputError);
    }
    const good = 'r'.repeat(32);
    for (const tokens of [
      { read: 'short', trade: good },
      { read: good, trade: good },
      { read: good, trade: `${good}é` },
    ]) {
      const refused = await listen({ host: '0.0.0.0', tokens }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(InvalidInputError);
      expect(String(refused)).not.toContain(tokens.trade);
    }
    await using open = await listen({
      ...{ host: '0.0.0.0', tokens: { read: good, trade: 't'.repeat(32) } },
      allowedHosts: ['prate.lan:8080'],
    });
    expect(await call(open, '/api/v1/session', { headers: { host: 'prate.lan:8080' } })).toMatchObject({ status: 200 });
    expect(await call(open, '/api/v1/session', { headers: { host: 'evil.example' } })).toMatchObject({ status: 421 });
  });

  it('tokens are made of the given chance, 256 bits each, others at each start', async () => {
    await using other = await HttpApi.start({ ...rig.apiOptions(), random: seededRandom(8) });
    const all = [rig.api, other].flatMap((api) => [api.token('read'), api.token('trade')]);
    expect(new Set(all).size).toBe(4);
    for (const token of all) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(rig.api.pageUrl()).toBe(`http://127.0.0.1:${rig.api.port}/#token=${rig.api.token('trade')}`);
  });
});

describe('cross-site requests', () => {
  it.each([
    ['application/x-www-form-urlencoded', 'confirm=true'],
    ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="confirm"\r\n\r\ntrue\r\n--x--'],
    ['text/plain', '{"confirm":true}'],
    ['text/plain;application/json', '{"confirm":true}'],
    ['', '{"confirm":true}'],
  ])('what a form can send as %s is refused, even with the token', async (type, body) => {
    for (const token of [rig.api.token('trade'), null]) {
      for (const origin of [rig.api.url, 'https://evil.example']) {
        const answer = await call(rig.api, '/api/v1/kill', { body, token, headers: { origin, 'content-type': type } });
        expect([401, 403, 415]).toContain(answer.status);
        if (token !== null && origin === rig.api.url)
          expect(answer.json).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
      }
    }
  });
});

describe('WebSocket hijack', () => {
  const path = '/api/v1/stream';
  const open = (protocols: string[], headers?: Record<string, string>, target = path): Promise<number> =>
    streamStatus(`ws://${own()}${target}`, protocols, headers);
  const good = (): string[] => [STREAM_PROTOCOL, STREAM_TOKEN_PREFIX + rig.api.token('read')];

  it('a foreign page, a bent name, a missing or wrong token open none', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
      expect(await open(good(), { origin })).toBe(403);
    }
    expect(await open(good(), { host: 'evil.example' })).toBe(421);
    expect(await open([STREAM_PROTOCOL])).toBe(401);
    expect(await open([STREAM_PROTOCOL, `${STREAM_TOKEN_PREFIX}${'A'.repeat(43)}`])).toBe(401);
    expect(await open([good()[1] as string])).toBe(401);
    expect(await open([STREAM_PROTOCOL], {}, `${path}?token=${rig.api.token('trade')}`)).toBe(401);
    expect(await open([STREAM_PROTOCOL], { cookie: `token=${rig.api.token('trade')}` })).toBe(401);
    expect(await open(good(), {}, '/api/v1/streams')).toBe(404);
    expect(await open(good(), {}, '/')).toBe(404);
    expect(await open(good(), { origin: rig.api.url })).toBe(101);
  });

  it('frames that are too large, no JSON, no message or too many end the stream and nothing else', async () => {
    for (const frame of ['{', '[]', '{"type":"buy"}', '["x"]'.repeat(2000), Buffer.from([1, 2, 3]), '['.repeat(4000)]) {
      const socket = new WebSocket(`ws://${own()}${path}`, good());
      const closed = new Promise<number>((resolve) => socket.on('close', resolve));
      socket.on('open', () => socket.send(frame));
      expect([4400, 1009]).toContain(await closed);
    }
    const socket = new WebSocket(`ws://${own()}${path}`, good());
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.on('open', () => {
      for (let i = 0; i < 1000; i += 1) socket.send(`{"type":"unsubscribe","id":"${i}"}`);
    });
    expect(await closed).toBe(4400);
  });
});

describe('path traversal', () => {
  it.each(traversals('prate.db'))('%s gives nothing of what lies around the page', async (path) => {
    const asked = `GET ${path} HTTP/1.1\r\nHost: ${own()}\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(rig.api.port, asked);
    expect(answer).toMatch(/^HTTP\/1.1 (400|403|404|414)/);
    expect(answer).not.toContain(SECRET_FILE);
    expect(answer).not.toContain(folder);
  });

  it('a file that was not there when the server started is not there', async () => {
    writeFileSync(join(folder, 'page', 'late.txt'), SECRET_FILE);
    expect(await call(rig.api, '/late.txt', { token: null })).toMatchObject({ status: 404 });
  });

  it('the page itself is served, under a strict policy', async () => {
    const page = await call(rig.api, '/?symbol=BTC_USDT', { token: null });
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('<title>Prate</title>') });
    expect(page.headers).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /default-src 'none';.*connect-src 'self';.*frame-ancestors 'none'/,
      ),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*|http:/);
    const script = await call(rig.api, '/assets/index-Ab12Cd34.js', { token: null });
    expect(script.headers['cache-control']).toContain('immutable');
    for (const path of ['/api/v1/session', '/api/v1/nothing', '/nothing']) {
      expect((await call(rig.api, path)).headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    }
  });
});

describe('bodies', () => {
  const send = (body: string, headers = {}): ReturnType<typeof call> =>
    call(rig.api, '/api/v1/orders', { method: 'POST', body, headers });

  it('too large ones are refused, with a length and without', async () => {
    const large = JSON.stringify({ ...ORDER, clientOrderId: 'x'.repeat(20_000) });
    expect(await send(large)).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
    const head = `POST /api/v1/orders HTTP/1.1\r\nHost: ${own()}\r\nAuthorization: Bearer ${rig.api.token('trade')}\r\nContent-Type: application/json\r\n`;
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(8)}0\r\n\r\n`;
    expect(await sendRaw(rig.api.port, chunked)).toMatch(/^HTTP\/1.1 413/);
    // a gigabyte that is only announced is not waited for
    expect(await sendRaw(rig.api.port, `${head}Content-Length: 1000000000\r\n\r\n{`)).toMatch(/^HTTP\/1.1 413/);
  });

  it('what is no JSON, too deep, or no order is refused', async () => {
    const deep = `${'['.repeat(7000)}${']'.repeat(7000)}`;
    const poisoned = '{"__proto__":{"isAdmin":true},"symbol":"BTC_USDT"}';
    const bodies = [
      '',
      '{',
      '{"symbol":',
      'null',
      '[]',
      '"x"',
      '1',
      deep,
      `{"symbol":${deep}}`,
      poisoned,
      '\u0000',
      '{"a":1}{"a":1}',
    ];
    for (const body of bodies) {
      const answer = await send(body);
      expect(answer.status, body.slice(0, 40)).toBe(400);
      expect(Object.keys(answer.json as object).sort()).toEqual(['code', 'message']);
    }
    for (const wrong of [
      { side: 'HOLD' },
      { quantity: 0.01 },
      { quantity: '1e5' },
      { quantity: `0.${'0'.repeat(200)}1` },
      { quoteQuantity: '5' },
      { leverage: 100 },
      { symbol: 'x'.repeat(65) },
      { clientOrderId: '../..' },
      { constructor: {} },
    ]) {
      expect(await send(JSON.stringify({ ...ORDER, ...wrong }))).toMatchObject({ status: 400 });
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

describe('heads', () => {
  const start = (): string => `GET /healthz HTTP/1.1\r\nHost: ${own()}\r\n`;

  it('floods of headers are refused', async () => {
    expect(await sendRaw(rig.api.port, `${start()}X: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431/);
    const many = Array.from({ length: 5000 }, (_, i) => `X-${i}: y\r\n`).join('');
    expect(await sendRaw(rig.api.port, `${start()}${many}\r\n`)).toMatch(/^HTTP\/1.1 431/);
    const named = 'HTTP/1.1 431 Request Header Fields Too Large';
    expect(await sendRaw(rig.api.port, `${start()}${'x'.repeat(20_000)}: y\r\n\r\n`)).toContain(named);
    expect(await sendRaw(rig.api.port, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1.1 4/);
  });

  /** Each hides a second request in what a first one, read otherwise, would take for its body. */
  it.each([
    ['a length and chunks', 'Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 60\r\n\r\n'],
    ['a list of lengths', 'Content-Length: 0, 60\r\n\r\n'],
    ['a signed length', 'Content-Length: +0\r\n\r\n'],
    ['a length that is none', 'Content-Length: 0x0\r\n\r\n'],
    ['chunks of another name', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['chunks that are not last', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['a blank before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'],
    ['a chunk that is none', 'Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n'],
    ['a line end alone', 'Content-Length: 0\n\n'],
    ['a bare return in a header', 'X: a\rContent-Length: 0\r\n\r\n'],
    ['a zero in a header', 'X: a\u0000b\r\n\r\n'],
  ])('%s: neither the first nor the hidden request is done', async (_what, rest) => {
    const head = `POST /api/v1/kill HTTP/1.1\r\nHost: ${own()}\r\nAuthorization: Bearer ${rig.api.token('trade')}\r\nContent-Type: application/json\r\n`;
    const hidden = `GET /healthz HTTP/1.1\r\nHost: ${own()}\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(rig.api.port, `${head}${rest}${hidden}`);
    expect(answer).toMatch(/^HTTP\/1.1 4/);
    expect(answer).not.toContain('"ok"');
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
  });

  it('what is not HTTP at all is refused', async () => {
    for (const bytes of [
      '\u0016\u0003\u0001\u0002\u0000\u0001',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'QUIT\r\n\r\n',
      'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    ]) {
      expect(await sendRaw(rig.api.port, bytes)).not.toMatch(/^HTTP\/1.1 [123]/);
    }
  });
});

describe('secrets', () => {
  it('what breaks inside says nothing outside but that it broke', async () => {
    const canary = 'mx0vCANARYKEY7f3a91';
    const broken = vi
      .spyOn(rig.execution, 'getPositions')
      .mockRejectedValue(
        Object.assign(new Error(`signing with ${canary} failed`), { config: { headers: { ApiKey: canary } } }),
      );
    const answer = await call(rig.api, '/api/v1/positions');
    broken.mockRestore();
    expect(answer).toMatchObject({ status: 500, json: { code: 'INTERNAL' } });
    expect(answer.text + JSON.stringify(answer.headers)).not.toContain(canary);
  });

  it('no token is in any answer, header, metric or line of the log', async () => {
    const tokens = [rig.api.token('read'), rig.api.token('trade')];
    const answers = [];
    for (const { id, method, path } of operations().filter((operation) => operation.method === 'GET')) {
      answers.push(await call(rig.api, path, { method, body: bodyOf(id) }));
    }
    for (const path of ['/', '/metrics', '/openapi.json', '/healthz', '/readyz', `/nothing?token=${tokens[1]}`]) {
      answers.push(await call(rig.api, path));
    }
    answers.push(await call(rig.api, '/api/v1/orders', { body: { ...ORDER, symbol: 'NO_SUCH' } }));
    const told = answers.map(({ text, headers }) => text + JSON.stringify(headers)).join('\n');
    const logged = lines.join('\n');
    expect(logged).toContain('a request failed');
    for (const token of tokens) {
      expect(told).not.toContain(token);
      expect(logged).not.toContain(token);
    }
  });
});

describe('too much of it', () => {
  const ask = async (to: HttpApiRig, times: number, token: string): Promise<Answer[]> => {
    const answers: Answer[] = [];
    while (answers.length < times) {
      const some = Array.from({ length: Math.min(50, times - answers.length) });
      answers.push(...(await Promise.all(some.map(() => call(to.api, '/api/v1/session', { token })))));
    }
    return answers;
  };

  it('one token has so many requests; the kill switch is always there', async () => {
    await using own = await HttpApiRig.start();
    const token = own.api.token('read');
    const answers = await ask(own, 1001, token);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ status: 429, json: { code: 'TOO_MANY_REQUESTS' } });
    expect(await call(own.api, '/api/v1/session')).toMatchObject({ status: 200 });
    await ask(own, 1000, own.api.token('trade'));
    expect(await call(own.api, '/api/v1/session')).toMatchObject({ status: 429 });
    expect(await call(own.api, '/api/v1/kill', { body: { confirm: true } })).toMatchObject({ status: 200 });
  });

  it('who has a token comes through among hundreds that connect in the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const asked = call(rig.api, '/api/v1/session');
      const crowd = Array.from({ length: 700 }, () => connect(rig.api.port, '127.0.0.1').on('error', () => {}));
      expect(await asked).toMatchObject({ status: 200 });
      for (const socket of crowd) socket.destroy();
    }
  });

  it('more questions to a store that hangs than are taken are refused; who goes away is not waited for', async () => {
    const asked: AbortSignal[] = [];
    const hanging = (_series: unknown, ...rest: unknown[]): Promise<never> => {
      const { signal } = rest.at(-1) as { signal: AbortSignal };
      asked.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    await using own = await HttpApiRig.start({ candles: { getColumns: hanging, coverage: hanging } });
    const { port } = own.api;
    const question = `GET /api/v1/candles?symbol=${BTC}&interval=5s HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${own.api.token('read')}\r\n\r\n`;
    const waiting = Array.from({ length: 16 }, () => connect(port, '127.0.0.1').setNoDelay());
    for (const socket of waiting) socket.write(question);
    await vi.waitFor(() => expect(asked).toHaveLength(16));
    const path = `/api/v1/candles?symbol=${BTC}&interval=5s`;
    const refused = await call(own.api, path);
    expect(refused).toMatchObject({ status: 503, json: { code: 'BUSY' }, headers: { 'retry-after': '1' } });
    for (const socket of waiting) socket.destroy();
    await vi.waitFor(() => expect(asked.every(({ aborted }) => aborted)).toBe(true));
    await vi.waitFor(async () => {
      const late = new AbortController();
      const sent = fetch(`${own.api.url}${path}`, {
        headers: { authorization: `Bearer ${own.api.token('read')}` },
        signal: late.signal,
      }).catch(() => null);
      await vi.waitFor(() => expect(asked.length).toBeGreaterThan(16));
      late.abort();
      await sent;
    });
  });
});
