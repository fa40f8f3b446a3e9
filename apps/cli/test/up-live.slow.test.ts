import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { readAccountFile, type SavedAccount, writeAccountFile } from '../src/paper/account-file.ts';
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

describe('a session without MEXC', () => {
  it('auto: a sandbox, said in the document and by the API; what it stored can be queried', async () => {
    using desk = openDesk();
    const session = await LiveSession.begin(desk, '--for 8s --history 1h');
    const { source } = await session.call<SessionReply>('/session');
    expect(source).toMatchObject({ kind: 'sandbox', isSynthetic: true });
    expect(source.description).toMatch(
      /^a sandbox on this machine, .*MEXC cannot be reached at http:\/\/127\.0\.0\.1:9/,
    );
    const ran = await session.ended;
    expect(ran.code).toBe(0);
    const document = documentOf(ran);
    expect(document).toMatchObject({
      ...{ source: 'sandbox', description: source.description, venue: 'sandbox', problems: [] },
      symbols: ['BTC_USDT', 'ETH_USDT', 'SOL_USDT'],
      db: join(desk.folder, 'data/prate.db'),
      ...{ orders: expect.any(Number), fills: expect.any(Number), equity: expect.stringMatching(/^\d/) },
    });
    expect(document.stored.TRADES).toBeGreaterThan(5);
    expect(document.stored.EXCHANGE).toBeGreaterThan(100);
    const minutes = await desk.json<{ candles: unknown[] }>('candles query --symbol BTC_USDT --interval 1m');
    expect(minutes.candles.length).toBeGreaterThan(50);
    expect(await desk.output('candles verify')).toMatch(/, 0 faults$/m);
  });

  it('auto in a terminal: the first line says that prices are made up, and why', async () => {
    using desk = openDesk();
    const { code, stdout } = await spawnPrate('up --for 2s --history none --no-page', desk.folder, NO_MEXC).ended;
    expect(stdout).toMatch(
      /^Prate · a sandbox on this machine, prices made up from seed 1: no real ones \(MEXC cannot be/,
    );
    expect(code).toBe(0);
  });
});

describe('a session that is stopped', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: 0 within three seconds, with a report; the next one goes on',
    async (signal) => {
      using desk = openDesk();
      const first = await LiveSession.begin(desk, `${SANDBOX} --strategy buys.mjs`);
      const { positions } = await first.until('/positions', hasPosition);
      await first.until('/orders', hasOrders);
      const path = '/candles?symbol=BTC_USDT&interval=1s&last=5';
      await first.until<{ openTime: number[] }>(path, ({ openTime }) => openTime.length > 2);
      const since = performance.now();
      const ended = await first.kill(signal);
      expect(performance.now() - since).toBeLessThan(10_000); // three seconds, which the soak asks of a machine of its own
      expect(ended.code).toBe(0);
      expect(documentOf(ended)).toMatchObject({ orders: 2, fills: expect.any(Number) });
      const rows = async (): Promise<string> =>
        desk.output('candles query --symbol BTC_USDT --interval 1s --format csv');
      const before = await rows();
      expect(before.split('\n').length).toBeGreaterThan(2);

      const second = await LiveSession.begin(desk, `${SANDBOX} --strategy idle.mjs`);
      expect(second.token).toBe(first.token);
      expect((await second.call<Positions>('/positions')).positions).toMatchObject([
        { symbol: 'BTC_USDT', quantity: positions[0]?.quantity },
      ]);
      expect((await second.call<Orders>('/orders')).orders).toEqual([]); // cancelled at the end
      const fills = await second.call<{ fills: { id: string }[] }>('/fills');
      expect(new Set(fills.fills.map(({ id }) => id)).size).toBe(fills.fills.length);
      await sleep(2500);
      const again = await second.kill(signal);
      expect(documentOf(again)).toMatchObject({ orders: 0, fills: 0 });
      const lines = (await rows()).trim().split('\n');
      expect(new Set(lines.map((line) => line.split(',')[0])).size).toBe(lines.length);
      // the second that was open when the first was cut off may have grown whole
      const kept = before.trim().split('\n').slice(0, -1);
      expect(lines.slice(0, kept.length)).toEqual(kept);
    },
  );

  it('kill -9, five times in a row: each start works, nothing is damaged, the dead lock is taken over', async () => {
    using desk = openDesk();
    for (let i = 0; i < 5; i += 1) {
      const session = await LiveSession.begin(desk, `${SANDBOX} --strategy buys.mjs`);
      await sleep(i * 300);
      expect((await session.kill('SIGKILL')).stdout).toBe('');
    }
    expect(await desk.output('candles verify')).toMatch(/, 0 faults$/m);
    const last = await LiveSession.begin(desk, `${SANDBOX} --strategy idle.mjs --for 1s`);
    expect((await last.ended).code).toBe(0);
  });

  it('kill -9: what the account did up to ten seconds before is kept', async () => {
    using desk = openDesk();
    const session = await LiveSession.begin(desk, `${SANDBOX} --strategy often.mjs --interval 1s`);
    await session.until<Orders>('/orders', ({ orders }) => orders.length > 3);
    await sleep(10_500); // by now they are saved
    await session.kill('SIGKILL');
    const killedAt = Date.now();
    const { time } = JSON.parse(readFileSync(join(desk.folder, 'data/account-sandbox.json'), 'utf8')) as {
      time: number;
    };
    expect(killedAt - time).toBeLessThan(11_500);
    const next = await LiveSession.begin(desk, `${SANDBOX} --strategy idle.mjs --at-end keep-orders`);
    expect((await next.call<Orders>('/orders')).orders.length).toBeGreaterThan(1);
    await next.kill('SIGINT');
  });

  it('the time in which no session ran is played to what the account holds, and told', async () => {
    using desk = openDesk();
    const first = await LiveSession.begin(desk, `${SANDBOX} --strategy buys.mjs`);
    await first.until('/positions', hasPosition);
    expect(documentOf(await first.kill('SIGINT'))).toMatchObject({ meanwhile: null });
    const file = join(desk.folder, 'data/account-sandbox.json');
    const saved = readAccountFile(file) as SavedAccount;
    const threeHours = 3 * 3_600_000;
    await writeAccountFile(file, { ...saved, time: saved.time - threeHours }); // as if it had ended then
    const next = await LiveSession.begin(desk, `${SANDBOX} --strategy idle.mjs`);
    const ended = await next.kill('SIGINT');
    expect(ended.stderr).toMatch(
      /^no session ran for (2 h 5\d min|3 h.*), whose minutes were played to the account: /m,
    );
    const { meanwhile } = documentOf(ended) as unknown as { meanwhile: { from: number; to: number } };
    expect(meanwhile).toMatchObject({ skippedMs: 0, problem: null, fills: expect.any(Number) });
    expect(meanwhile.to - meanwhile.from).toBeGreaterThan(threeHours - 180_000);
    expect(readAccountFile(file)?.time).toBeGreaterThan(saved.time);
  });

  it('an account that cannot be saved: said in the terminal and in the report, exit code 1; the session ends as any other', async () => {
    using desk = openDesk();
    const session = await LiveSession.begin(desk, `${SANDBOX} --strategy buys.mjs`);
    await session.until('/positions', hasPosition);
    const file = join(desk.folder, 'data/account-sandbox.json');
    rmSync(file, { force: true });
    mkdirSync(join(file, 'in the way'), { recursive: true });
    const ended = await session.kill('SIGINT');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^the paper account cannot be saved to .*account-sandbox\.json \(E[A-Z]+\): /m);
    const document = documentOf(ended);
    expect(document.problems).toEqual([
      expect.stringMatching(/^the paper account is not saved to .*account-sandbox\.json/),
    ]);
    expect(document).toMatchObject({ fills: expect.any(Number), equity: expect.stringMatching(/^\d/) });
    expect(existsSync(`${file}.tmp`)).toBe(false);
  });

  it('two on one account: the second refuses and names the process', async () => {
    using desk = openDesk();
    const first = await LiveSession.begin(desk, `${SANDBOX} --strategy idle.mjs`);
    const { code, stdout, stderr } = await spawnPrate(`up ${SANDBOX} --json --port 0`, desk.folder, NO_MEXC).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`account-sandbox\\.json is in use by process ${first.pid} on `));
    expect((await first.call<SessionReply>('/session')).strategy.state).toBe('running');
    expect((await first.kill('SIGINT')).code).toBe(0);
  });
});
