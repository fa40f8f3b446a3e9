import { request } from 'node:http';
import { Decimal } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { type AdminOptions, applyFault, MexcSandbox, parseFault, ScriptedBackend } from '../src/index.ts';
import { SECRET } from './support/raw-client.ts';
import { order, type Rig, rig } from './support/rig.ts';

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what came
  readonly json: any;
}

/** With exactly these headers: fetch would not send a foreign Host. */
function call(url: string, method: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const type = text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...type, ...headers } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const whole = Buffer.concat(parts).toString();
        const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json');
        resolve({
          status: answer.statusCode ?? 0,
          type: answer.headers['content-type'] ?? '',
          text: whole,
          json: isJson ? JSON.parse(whole) : null,
        });
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

interface AdminRig extends Rig {
  readonly opened: { readonly name: string; readonly balance: string | null }[];
  admin(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
}

async function adminRig(more: Partial<AdminOptions> = {}): Promise<AdminRig> {
  const opened: { name: string; balance: string | null }[] = [];
  const waiting: { advance?: (ms: number) => void } = {};
  const here = await rig({
    seed: 40,
    admin: {
      about: { market: '<b>a script</b>', speed: 1 },
      openAccount: ({ name, balance }) => {
        opened.push({ name, balance: balance?.toString() ?? null });
        return balance ?? new Decimal(10_000);
      },
      advance: async (ms) => waiting.advance?.(ms),
      ...more,
    },
  });
  waiting.advance = (ms) => here.clock.advance(ms);
  const admin: AdminRig['admin'] = (method, path, body, headers) =>
    call(`${here.sandbox.restUrl}${path}`, method, body, headers);
  return { ...here, opened, admin };
}

describe('accounts', () => {
  it('POST makes one with a key of its own; name and balance are optional', async () => {
    const { admin, opened } = await adminRig();
    const first = await admin('POST', '/sandbox/accounts');
    expect(first.status).toBe(201);
    expect(first.json).toEqual({
      name: 'account-2',
      apiKey: expect.stringMatching(/^mx0v[0-9a-f]{14}$/),
      secretKey: expect.stringMatching(/^[0-9a-f]{32}$/),
      balance: 10_000,
    });
    const second = await admin('POST', '/sandbox/accounts', { name: 'grid bot', balance: '0.000000000000000001' });
    expect(second.text).toContain('"balance":0.000000000000000001');
    expect(second.json.apiKey).not.toBe(first.json.apiKey);
    expect(opened).toEqual([
      { name: 'account-2', balance: null },
      { name: 'grid bot', balance: '0.000000000000000001' },
    ]);
  });

  it('what is no account is refused with what would be right, and makes none', async () => {
    const { admin, opened } = await adminRig();
    await admin('POST', '/sandbox/accounts', { name: 'one' });
    for (const [body, problem] of [
      [{ name: 'one' }, "there is an account 'one' already"],
      [{ name: '<script>' }, 'name: must be 1 to 32 letters'],
      [{ balance: -1 }, 'balance: must be an amount from 0 up'],
      [{ balance: '1e400' }, 'balance: must be an amount'],
      [{ nmae: 'x' }, 'Unrecognized key: "nmae"'],
      ['{', 'the body is not JSON'],
    ] as const) {
      const { status, json } = await admin('POST', '/sandbox/accounts', body);
      expect([status, json.error]).toEqual([400, expect.stringContaining(problem)]);
    }
    expect(opened).toHaveLength(1);
  });
});

describe('faults by admin path', () => {
  it('are set, listed with their seeds, met, and cleared', async () => {
    const { admin, client } = await adminRig();
    const route = 'POST /api/v1/private/order/create';
    await admin('POST', '/sandbox/faults', { kind: 'refuse', code: 510, times: 'always', route });
    const { json } = await admin('POST', '/sandbox/faults', { kind: 'frames', drop: 0.25, seed: 9 });
    expect(json).toEqual({
      seed: 40,
      http: [{ kind: 'refuse', code: 510, route, seed: 41, met: 0, left: 'always' }],
      frames: { drop: 0.25, seed: 9 },
      silence: [],
      bookJumps: {},
      skewMs: 0,
    });
    for (let i = 0; i < 3; i += 1) expect((await client.post('order/create', order())).json.code).toBe(510);
    expect((await admin('GET', '/sandbox/faults')).json.http[0].met).toBe(3);
    await admin('DELETE', '/sandbox/faults');
    expect((await client.post('order/create', order())).json.success).toBe(true);
    expect((await admin('GET', '/sandbox/faults')).json).toMatchObject({ http: [], frames: null });
  });

  it('do not meet the admin paths themselves', async () => {
    const { admin } = await adminRig();
    await admin('POST', '/sandbox/faults', { kind: 'reset', times: 'always' });
    expect((await admin('GET', '/sandbox/status')).status).toBe(200);
    expect((await admin('GET', '/')).status).toBe(200);
    expect((await admin('DELETE', '/sandbox/faults')).status).toBe(200);
  });

  it('chance with one seed meets the same requests again, whatever else draws', async () => {
    const met = async (words: string, others: readonly string[]): Promise<string> => {
      const here = await adminRig();
      for (const other of others) applyFault(here.sandbox.faults, parseFault(other));
      applyFault(here.sandbox.faults, parseFault(words));
      let found = '';
      for (let i = 0; i < 40; i += 1) {
        const { json } = await here.client.get('order/list/open_orders');
        found += json.code === 510 ? 'x' : '.';
      }
      return found;
    };
    const words = 'refuse,code=510,chance=0.3,times=always,seed=';
    const first = await met(`${words}5`, []);
    expect(first).toMatch(/^[x.]{40}$/);
    expect(first).toContain('x');
    expect(await met(`${words}5`, ['delay,ms=0,chance=0.5,times=always,route=GET /api/v1/contract/*'])).toBe(first);
    expect(await met(`${words}6`, [])).not.toBe(first);
  });

  it.each([
    [{ kind: 'storm' }, 'kind must be one of delay, hang, reset'],
    [{ kind: 'delay' }, 'delay: ms'],
    [{ kind: 'delay', ms: 5, chance: 2 }, 'delay: chance'],
    [{ kind: 'reset', ms: 5 }, 'Unrecognized key: "ms"'],
    [{ kind: 'jumpBook', symbol: 'BTC_USDT', by: 0 }, 'jumpBook: by'],
    [null, 'kind must be one of'],
  ])('%j is refused', async (body, problem) => {
    const { admin } = await adminRig();
    const { status, json } = await admin('POST', '/sandbox/faults', body);
    expect([status, json.error]).toEqual([400, expect.stringContaining(problem)]);
  });

  it('as flags: the same words in one text', () => {
    expect(parseFault('delay,ms=500,chance=0.1,times=always')).toEqual({
      kind: 'delay',
      ms: 500,
      chance: 0.1,
      times: 'always',
    });
    expect(parseFault('reset,after,route=POST /api/v1/private/order/create')).toEqual({
      kind: 'reset',
      after: true,
      route: 'POST /api/v1/private/order/create',
    });
    expect(parseFault('frames,drop=0.01,channels=push.deal+push.depth')).toEqual({
      kind: 'frames',
      drop: 0.01,
      channels: ['push.deal', 'push.depth'],
    });
    expect(parseFault('skewClock,ms=-15000')).toEqual({ kind: 'skewClock', ms: -15_000 });
    expect(() => parseFault('delay,sm=5')).toThrow('delay: ms');
    expect(() => parseFault('')).toThrow('kind must be one of');
  });
});

describe('a socket that is cut', () => {
  it('ends with a reset in place of a frame, by the same seed at the same frame', async () => {
    const framesUntilCut = async (seed: number): Promise<number> => {
      const here = await rig();
      const edge = await here.socket();
      await edge.ask('sub.deal', { symbol: 'BTC_USDT' });
      here.sandbox.faults.frames({ cut: 0.2, seed });
      for (let i = 0; i < 60; i += 1) here.backend.trade('BTC_USDT', 80_000, 1);
      expect(await edge.closed).toBe(1006);
      return edge.on('push.deal').length;
    };
    const first = await framesUntilCut(3);
    expect(first).toBeLessThan(60);
    expect(await framesUntilCut(3)).toBe(first);
  });
});

describe('the clock', () => {
  it('moves by so much, or to a time, and not back', async () => {
    const { admin, clock } = await adminRig();
    const from = clock.nowMs();
    expect((await admin('POST', '/sandbox/clock', { advanceMs: 90_000 })).json).toEqual({
      now: from + 90_000,
      skewMs: 0,
    });
    expect((await admin('POST', '/sandbox/clock', { to: from + 100_000 })).json.now).toBe(from + 100_000);
    expect((await admin('GET', '/sandbox/clock')).json.now).toBe(from + 100_000);
    for (const body of [{ to: from }, { advanceMs: -1 }, { advanceMs: 8 * 86_400_000 }, { advanceMs: 1, to: 2 }, {}]) {
      expect((await admin('POST', '/sandbox/clock', body)).status).toBe(400);
    }
    expect(clock.nowMs()).toBe(from + 100_000);
  });
});

describe('the status', () => {
  it('shows orders, requests and faults, and no secret; what comes from outside is text, not markup', async () => {
    const { admin, client } = await adminRig();
    await client.post('order/create', order({ externalOid: '<img src=x>' }));
    await client.get('account/assets');
    await admin('GET', '/api/v1/contract/ticker?symbol=%3Cscript%3E&signature=0123456789abcdef');
    await admin('POST', '/sandbox/faults', { kind: 'delay', ms: 250, chance: 0.5 });
    const page = await admin('GET', '/');
    expect(page.type).toBe('text/html; charset=utf-8');
    for (const text of [
      'BTC_USDT',
      '79000',
      '/api/v1/private/order/create',
      'delay: ms 250',
      'account-1',
      '&#60;b&#62;a script',
    ])
      expect(page.text).toContain(text);
    expect(page.text).not.toMatch(/<(script|img|b)\b/);
    const status = await admin('GET', '/sandbox/status');
    expect(status.json.accounts[0].orders).toMatchObject([
      { symbol: 'BTC_USDT', price: 79_000, clientOrderId: '<img src=x>' },
    ]);
    for (const { text } of [page, status]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain('0123456789abcdef');
    }
  });
});

describe('who may', () => {
  const everything = [
    ['GET', '/'],
    ['GET', '/sandbox/status'],
    ['POST', '/sandbox/accounts'],
    ['GET', '/sandbox/faults'],
    ['DELETE', '/sandbox/faults'],
    ['POST', '/sandbox/clock'],
  ] as const;

  it.each(everything)('%s %s: not under a foreign name, not from a page of another origin', async (method, path) => {
    const { admin, opened } = await adminRig();
    for (const headers of [
      { host: 'evil.example' },
      { host: 'evil.example:80' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
    ]) {
      const { status, json } = await admin(method, path, undefined, headers as unknown as Record<string, string>);
      expect([status, json.error]).toEqual([403, expect.stringContaining('admin paths are not served')]);
    }
    expect(opened).toEqual([]);
  });

  it('a form of a web page cannot post: the body must be called JSON; no answer allows other origins', async () => {
    const { admin, opened } = await adminRig();
    const form = await admin('POST', '/sandbox/accounts', '{"name":"x"}', { 'content-type': 'text/plain' });
    expect(form.status).toBe(415);
    expect(opened).toEqual([]);
  });

  it.each(everything)('%s %s: with a token, whoever has it', async (method, path) => {
    const { admin } = await adminRig({ token: 'a-long-token' });
    expect((await admin(method, path)).status).toBe(401);
    expect((await admin(method, path, undefined, { authorization: 'Bearer a-long-tokem' })).status).toBe(401);
    expect((await admin(method, `${path}?token=a-long-toke`)).status).toBe(401);
    expect([200, 201, 400]).toContain(
      (await admin(method, path, undefined, { authorization: 'Bearer a-long-token' })).status,
    );
    expect([200, 201, 400]).toContain((await admin(method, `${path}?token=a-long-token`)).status);
  });

  it('beyond loopback only with a token', async () => {
    const backend = new ScriptedBackend({ accounts: {} });
    const admin = { about: {}, openAccount: () => new Decimal(0), advance: async () => {} };
    for (const host of ['0.0.0.0', '::', '192.168.1.10', 'example.com']) {
      await expect(MexcSandbox.start({ backend, accounts: [], host, admin })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: `to listen on ${host}, which others can reach, a token is needed`,
      });
    }
    await using open = await MexcSandbox.start({
      backend,
      accounts: [],
      host: '0.0.0.0',
      admin: { ...admin, token: 't' },
    });
    expect((await call(`${open.restUrl}/sandbox/status`, 'GET')).status).toBe(401);
    expect((await call(`${open.restUrl}/api/v1/contract/ping`, 'GET')).json.success).toBe(true);
  });

  it('without `admin` there are no such paths', async () => {
    const { sandbox } = await rig();
    expect((await call(`${sandbox.restUrl}/sandbox/status`, 'GET')).json).toMatchObject({ success: false, code: 404 });
    expect(() => sandbox.openAccount()).toThrow('accounts are made where `admin` is there');
  });
});
