import { chmodSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox } from 'prate-sandbox';
import { describe, expect, it, vi } from 'vitest';
import { spawnPrate } from './support/desk.ts';
import {
  documentOf,
  hasOrders,
  hasPosition,
  LiveSession,
  NO_MEXC,
  type Orders,
  openDesk,
  type Positions,
  SANDBOX,
  type SessionReply,
} from './support/live-session.ts';

// a quiet minute of the market is waited for
vi.setConfig({ testTimeout: 240_000 });

describe('the end of a session', () => {
  it.each([
    ['keep-orders', 1, 1],
    ['cancel-orders', 0, 1],
    ['close-positions', 0, 0],
  ] as const)('--at-end %s: the next one finds %i orders and %i positions', async (policy, orders, positions) => {
    using desk = openDesk();
    const first = await LiveSession.begin(desk, `${SANDBOX} --strategy buys.mjs --at-end ${policy}`);
    await first.until('/positions', hasPosition);
    await first.until('/orders', hasOrders);
    const { code } = await first.kill('SIGINT');
    expect(code).toBe(0);
    // of another symbol: what the account holds elsewhere is there all the same
    const next = await LiveSession.begin(
      desk,
      '--source sandbox --symbols XRP_USDT --history none --strategy idle.mjs --at-end keep-orders',
    );
    const found = {
      orders: (await next.call<Orders>('/orders')).orders.length,
      positions: (await next.call<Positions>('/positions')).positions.length,
    };
    expect(found).toEqual({ orders, positions });
    await next.kill('SIGINT');
  });
});

describe('the kill switch over HTTP', () => {
  const press = (session: LiveSession) =>
    session.call<{ strategyStopped: boolean; cancelled: number; verified: boolean; problems: string[] }>('/kill', {
      confirm: true,
    });

  it('stops the strategy, cancels everything, verifies it; the session goes on', async () => {
    using desk = openDesk();
    const session = await LiveSession.begin(desk, `${SANDBOX} --strategy often.mjs --interval 1s`);
    await session.until('/orders', hasOrders);
    const result = await press(session);
    expect(result).toMatchObject({ strategyStopped: true, verified: true, problems: [] });
    expect(result.cancelled).toBeGreaterThan(0);
    expect((await session.call<SessionReply>('/session')).strategy).toMatchObject({ state: 'stopped' });
    const path = '/candles?symbol=BTC_USDT&interval=1s&last=5';
    const newest = ({ openTime }: { openTime: number[] }): number => openTime.at(-1) ?? 0;
    const before = newest(await session.call(path));
    await session.until<{ openTime: number[] }>(path, (reply) => newest(reply) > before);
    expect((await session.call<Orders>('/orders')).orders).toEqual([]);
    expect((await session.kill('SIGINT')).code).toBe(0);
  });

  it('a strategy whose callback does not come back is cut off: it can order nothing more', async () => {
    using desk = openDesk();
    const session = await LiveSession.begin(desk, `${SANDBOX} --strategy hangs.mjs`);
    await session.until('/orders', hasOrders);
    expect(await press(session)).toMatchObject({
      ...{ strategyStopped: true, cancelled: 1, verified: true },
      problems: [expect.stringContaining('did not come back')],
    });
    await sleep(4500); // by now it has tried to order again
    expect((await session.call<Orders>('/orders')).orders).toEqual([]);
    const { code } = await session.kill('SIGINT');
    expect(code).toBe(1); // the strategy failed
  });

  it('and such a one keeps no SIGINT: three seconds, its order is cancelled', async () => {
    using desk = openDesk();
    const session = await LiveSession.begin(desk, `${SANDBOX} --strategy hangs.mjs`);
    await session.until('/orders', hasOrders);
    const since = performance.now();
    const ended = await session.kill('SIGINT');
    expect(performance.now() - since).toBeLessThan(10_000); // three seconds, which the soak asks of a machine of its own
    expect(documentOf(ended)).toMatchObject({ orders: 1 });
    const next = await LiveSession.begin(desk, `${SANDBOX} --strategy idle.mjs`);
    expect((await next.call<Orders>('/orders')).orders).toEqual([]);
    await next.kill('SIGINT');
  });
});

describe('stopping the strategy over HTTP', () => {
  const stop = (session: LiveSession) => session.call<Pick<SessionReply, 'strategy'>>('/strategy/stop', {});

  it('orders stay; the session goes on and ends with 0', async () => {
    using desk = openDesk();
    const session = await LiveSession.begin(desk, `${SANDBOX} --strategy buys.mjs`);
    await session.until('/orders', hasOrders);
    expect((await stop(session)).strategy).toMatchObject({ state: 'stopped' });
    expect((await session.call<Orders>('/orders')).orders).toHaveLength(1);
    expect((await stop(session)).strategy).toMatchObject({ state: 'stopped' }); // again, nothing changes
    expect((await session.kill('SIGINT')).code).toBe(0);
  });

  it('a callback that does not come back is cut off, and the answer says so', async () => {
    using desk = openDesk();
    const session = await LiveSession.begin(desk, `${SANDBOX} --strategy never.mjs`);
    await session.until('/orders', hasOrders);
    const stopped = await Promise.all([stop(session), stop(session)]);
    for (const { strategy } of stopped)
      expect(strategy).toMatchObject({ state: 'failed', reason: expect.stringContaining('did not come back') });
    expect((await session.call<Orders>('/orders')).orders).toHaveLength(1);
    const ended = await session.kill('SIGINT');
    expect(ended.code).toBe(1); // the strategy failed
    expect(documentOf(ended).problems).toEqual([expect.stringContaining('did not come back')]);
  });
});

describe('a strategy that throws', () => {
  it('with a page: the session goes on, the page says failed, and the end is 1', async () => {
    using desk = openDesk();
    const session = await LiveSession.begin(desk, `${SANDBOX} --strategy throws.mjs`);
    const { strategy } = await session.until<SessionReply>('/session', (reply) => reply.strategy.state === 'failed');
    expect(strategy.reason).toContain('too hot');
    // the market goes on all the same
    await session.until<SessionReply>('/session', ({ feeds }) => feeds[0]?.connected === true);
    const { code, stderr } = await session.kill('SIGINT');
    expect([code, stderr]).toEqual([1, expect.stringContaining('the strategy has failed')]);
  });

  it('and tells a secret: it is in no answer, document, report or line', async () => {
    using desk = openDesk();
    const secret = { MEXC_SECRET_KEY: 'CANARYSECRET5e8d0c2b7a6f4e3d' };
    const line = `${SANDBOX} --strategy tells.mjs --report told.html`;
    const session = await LiveSession.begin(desk, line, secret);
    const failed = await session.until<SessionReply>('/session', ({ strategy }) => strategy.state === 'failed');
    const report = await session.call<{ report: { errors: unknown[] } }>('/report');
    const { stdout, stderr } = await session.kill('SIGINT');
    const files = ['told.html', 'told.json'].map((name) => readFileSync(join(desk.folder, name), 'utf8'));
    for (const text of [JSON.stringify(failed), JSON.stringify(report), stdout, stderr, ...files]) {
      expect(text).toContain('signing with [hidden] failed');
      expect(text).not.toContain(secret.MEXC_SECRET_KEY);
    }
  });

  it('without a page: it ends at once with 1', async () => {
    using desk = openDesk();
    const line = `up ${SANDBOX} --strategy throws.mjs --no-page --for 60s`;
    const since = performance.now();
    const { code, stderr } = await spawnPrate(line, desk.folder, NO_MEXC).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('too hot')]);
    expect(performance.now() - since).toBeLessThan(15_000);
  });
});

describe('a sandbox elsewhere on this machine', () => {
  it('that answers requests and has no streams: says that it waits, and --for ends it all the same', async () => {
    using desk = openDesk();
    const sandbox = await startSandbox({
      ...{ market: 'synthetic:3', speed: 1, faults: [], seed: 1, balance: '1', rateLimits: false },
      symbols: ['BTC_USDT'],
    });
    const env = { PRATE_MEXC_REST_URL: sandbox.ready.rest, PRATE_MEXC_WS_URL: NO_MEXC['PRATE_MEXC_WS_URL'] };
    const { code, stdout, stderr } = await spawnPrate(
      'up --symbols BTC_USDT --for 1s --json --port 0 --strategy idle.mjs',
      desk.folder,
      env,
    ).ended;
    await sandbox.close();
    expect(stderr).toContain('still waiting for the streams of a sandbox at');
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ rows: 0, page: null })]);
  });

  it('is never stored as MEXC; lost connections are told and the session goes on', async () => {
    using desk = openDesk();
    const sandbox = await startSandbox({
      ...{ market: 'synthetic:3', speed: 1, faults: [], seed: 1, balance: '1', rateLimits: false },
      symbols: ['BTC_USDT'],
    });
    try {
      const env = { PRATE_MEXC_REST_URL: sandbox.ready.rest, PRATE_MEXC_WS_URL: sandbox.ready.ws };
      const session = await LiveSession.begin(desk, '--symbols BTC_USDT --strategy idle.mjs --history 10m', env);
      const { source } = await session.call<SessionReply>('/session');
      expect(source).toEqual({
        kind: 'mexc',
        isSynthetic: true,
        description: `a sandbox at ${env.PRATE_MEXC_REST_URL}: no real prices`,
      });
      const gapsOf = ({ feeds }: SessionReply): number => feeds[0]?.gaps ?? 0;
      // no trades by REST either: what the connection loses is lost
      sandbox.server.faults.http({
        route: 'GET /api/v1/contract/deals/*',
        fault: { kind: 'status', status: 502 },
        times: 100,
      });
      await sleep(1500);
      sandbox.server.faults.resetSockets();
      await session.until<SessionReply>('/session', (reply) => gapsOf(reply) > 0);
      sandbox.server.faults.clear();
      await session.until<SessionReply>('/session', ({ feeds }) => feeds[0]?.connected === true);
      await sleep(2000);
      const ended = await session.kill('SIGINT');
      expect(ended.code).toBe(0);
      expect(documentOf(ended).gaps).toBeGreaterThan(0);
      expect(documentOf(ended)).toMatchObject({ source: 'mexc', venue: 'sandbox' });
      expect(JSON.stringify(await desk.json('candles status'))).not.toContain('"mexc"');
    } finally {
      await sandbox.close();
    }
  });
});

describe('the page', () => {
  it('has the port that was asked for, or says that it is taken; without one it takes another', async () => {
    using desk = openDesk();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const line = `up ${SANDBOX} --strategy idle.mjs --port ${port} --json`;
    const { code, stderr } = await spawnPrate(line, desk.folder, NO_MEXC).ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`port ${port} is taken: choose another, or 0 for a free one`),
    ]);
    await new Promise((resolve) => taken.close(resolve));
    const own = await LiveSession.begin(desk, `${SANDBOX} --strategy idle.mjs --port ${port}`);
    expect(own.url).toBe(`http://127.0.0.1:${port}`);
    await own.kill('SIGINT');
    expect(await isFree(port)).toBe(true);
    // whoever has the usual port, it is taken now
    const usual = createServer().on('error', () => {});
    await new Promise((resolve) => usual.once('listening', resolve).once('error', resolve).listen(4747, '127.0.0.1'));
    const { stdout } = await spawnPrate(`up ${SANDBOX} --strategy idle.mjs --for 1s --json`, desk.folder, NO_MEXC)
      .ended;
    await new Promise((resolve) => usual.close(resolve));
    const { page } = JSON.parse(stdout) as { page: string };
    expect(page).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(page).not.toBe('http://127.0.0.1:4747');
  });

  it('its tokens are kept for their owner alone; bad ones, and ones that others could read, are made anew', async () => {
    using desk = openDesk();
    const file = join(desk.folder, 'data/page-tokens.json');
    const tokenOf = async (): Promise<string> => {
      const { code } = await desk.run('up --source synthetic:1 --for 1s --port 0 --json --strategy idle.mjs');
      expect([code, statSync(file).mode & 0o777]).toEqual([0, 0o600]);
      return (JSON.parse(readFileSync(file, 'utf8')) as { trade: string }).trade;
    };
    const first = await tokenOf();
    expect(await tokenOf()).toBe(first);
    desk.write({ 'data/page-tokens.json': '{"read":"short"}' });
    const second = await tokenOf();
    expect(second).not.toBe(first);
    chmodSync(file, 0o644);
    expect(await tokenOf()).not.toBe(second);
  });
});

it('a session leaves nothing behind in its process: no timers, no sockets, no workers', async () => {
  using desk = openDesk();
  const play = () => desk.run(`up ${SANDBOX} --strategy buys.mjs --for 1s --port 0 --json`, { env: NO_MEXC });
  const left = async (): Promise<string[]> => {
    await sleep(300);
    return process
      .getActiveResourcesInfo()
      .filter((name) => /Timeout|TCP|Worker|MessagePort|FS/.test(name))
      .toSorted();
  };
  await play(); // what is loaded and pooled once
  const before = await left();
  expect((await play()).code).toBe(0);
  expect((await play()).code).toBe(0);
  expect(await left()).toEqual(before);
});

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}
