import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Client, spawnSandbox } from './support/process.ts';

const START = 1_704_067_200_000;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'prate-sandbox-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A trade every 100 ms for 20 s, up by a tick each. */
function tradesFile(): string {
  const file = join(folder(), 'trades.csv');
  const rows = Array.from(
    { length: 200 },
    (_, i) => `${START + i * 100},${(1000 + i / 10).toFixed(1)},0.${(i % 9) + 1},BUY,${i}`,
  );
  writeFileSync(file, `time_ms,price,quantity,side,id\n${rows.join('\n')}\n`);
  return file;
}

function klinesFile(): string {
  const file = join(folder(), 'klines.csv');
  const rows = Array.from(
    { length: 30 },
    (_, i) => `${START + i * 60_000},${100 + i},${101 + i},${99 + i},${100.5 + i},12.5`,
  );
  writeFileSync(file, `open_time_ms,open,high,low,close,volume\n${rows.join('\n')}\n`);
  return file;
}

describe('a process of its own', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints one line of JSON when it is ready; %s ends it with 0 and nothing more',
    async (signal) => {
      const { child, ready, ended } = spawnSandbox(['--symbols', 'BTC_USDT']);
      const line = await ready;
      expect(line).toEqual({
        rest: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        ws: `${line.rest.replace('http', 'ws')}/edge`,
        apiKey: expect.stringMatching(/^mx0v/),
        secretKey: expect.stringMatching(/^[0-9a-f]{32}$/),
        seed: 1,
      });
      const client = new Client(line);
      expect((await client.get('account/assets')).data).toMatchObject([{ currency: 'USDT', availableBalance: 10_000 }]);
      const socket = new WebSocket(line.ws);
      const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
      await new Promise((resolve) => socket.addEventListener('open', resolve));
      child.kill(signal);
      const { stdout, ...rest } = await ended;
      expect(rest).toEqual({ code: 0, signal: null, stderr: '' });
      expect(stdout.trimEnd().split('\n')).toHaveLength(1);
      await closed;
      await expect(fetch(line.rest)).rejects.toThrow();
    },
  );

  it('a port that is taken is told, with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    expect(await spawnSandbox(['--port', String(port)]).ended).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `prate-sandbox: port ${port} is in use: choose another, or none for a free one\n`,
    });
  });

  it.each([
    [['--host', '0.0.0.0'], 'to listen on 0.0.0.0, which others can reach, a token is needed'],
    [['--market', 'synthetic:x'], "the seed of a synthetic market is a whole number below 4294967296, not 'x'"],
    [['--market', 'trades.csv'], 'a file holds one symbol: say which, such as --symbols BTC_USDT'],
    [['--symbols', 'FOO_BAR'], "the synthetic market has no symbol 'FOO_BAR'; it has BTC_USDT"],
    [['--symbols', 'btc'], "symbols such as BTC_USDT,ETH_USDT, each once; not 'btc'"],
    [['--speed', '0'], "speed must be a number above 0, not '0'"],
    [['--speed', '100000'], 'speed must be above 0, up to 1000; not 100000'],
    [['--trades-per-second', '0'], "trades per second must be a number above 0, not '0'"],
    [['--fault', 'storm'], 'kind must be one of delay, hang'],
    [['--port', '70000'], "a whole number from 0 to 65535, not '70000'"],
  ])('%j is a mistake in the usage: 2, and what would be right', async (args, problem) => {
    const { code, stdout, stderr } = await spawnSandbox(args).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('    at ');
  });

  it('a synthetic market: an hour of minutes at the start, a book of 50 levels that moves, the clock by hand', async () => {
    const { ready } = spawnSandbox(['--market', 'synthetic:3', '--symbols', 'ETH_USDT,BTC_USDT']);
    const client = new Client(await ready);
    expect((await client.market('detail')).map(({ symbol }: { symbol: string }) => symbol)).toEqual([
      'ETH_USDT',
      'BTC_USDT',
    ]);
    const { time } = await client.market('kline/BTC_USDT?interval=Min1');
    expect(time.length).toBeGreaterThan(50);
    expect(Math.abs(Date.now() / 1000 - time.at(-1))).toBeLessThan(180);
    const book = await client.market('depth/BTC_USDT');
    expect([book.bids.length, book.asks.length]).toEqual([50, 50]);
    const { now } = await client.json('GET', '/sandbox/clock');
    const later = await client.json('POST', '/sandbox/clock', { advanceMs: 20 * 60_000 });
    expect(later.now).toBeGreaterThanOrEqual(now + 20 * 60_000);
    const after = await client.market('kline/BTC_USDT?interval=Min1');
    expect(after.time.at(-1) - time.at(-1)).toBeGreaterThanOrEqual(20 * 60 - 180);
    expect((await client.market('depth/BTC_USDT')).version).toBeGreaterThan(book.version + 1000);
    // a client that goes by the machine's time is still understood, and so is one that asks for the server's
    expect((await client.get('account/assets')).success).toBe(true);
  });

  it('a file of trades is played from its first, at its own times, times the speed; then it stands still', async () => {
    const { ready } = spawnSandbox(['--market', tradesFile(), '--symbols', 'FIL_USDT', '--speed', '50']);
    const client = new Client(await ready);
    const [contract] = await client.market('detail');
    expect(contract).toMatchObject({ symbol: 'FIL_USDT', contractSize: 0.1, volUnit: 1, priceUnit: 0.1 });
    let trades = await client.market('deals/FIL_USDT');
    while (trades[0]?.p !== 1019.9) trades = await client.market('deals/FIL_USDT');
    expect(trades[0]).toMatchObject({ p: 1019.9, v: 2, T: 1, t: START + 19_900 });
    const book = await client.market('depth/FIL_USDT');
    expect([book.bids[0][0], book.asks[0][0]]).toEqual([1019.8, 1020]);
    expect((await client.market('kline/FIL_USDT?interval=Min1')).vol).toEqual([
      Array.from({ length: 200 }, (_, i) => (i % 9) + 1).reduce((sum, each) => sum + each, 0),
    ]);
  });

  it('a file of klines is played by their closes', async () => {
    const { ready } = spawnSandbox(['--market', klinesFile(), '--symbols', 'FIL_USDT', '--speed', '1000']);
    const client = new Client(await ready);
    let bars = await client.market('kline/FIL_USDT?interval=Min1');
    while (bars.time.length < 30) bars = await client.market('kline/FIL_USDT?interval=Min1');
    expect(bars.realClose).toEqual(Array.from({ length: 30 }, (_, i) => 100.5 + i));
    expect(bars.realHigh).toEqual(Array.from({ length: 30 }, (_, i) => 101 + i));
    expect((await client.market('ticker?symbol=FIL_USDT')).lastPrice).toBe(129.5);
  });

  it('accounts, faults by flag, and a token', async () => {
    const { ready } = spawnSandbox([
      ...['--symbols', 'BTC_USDT', '--balance', '250', '--token', 'let-me-in', '--seed', '77'],
      ...['--fault', 'refuse,code=510,route=GET /api/v1/private/account/assets', '--fault', 'skewClock,ms=-5000'],
    ]);
    const line = await ready;
    expect(line.seed).toBe(77);
    const token = { authorization: 'Bearer let-me-in' };
    const client = new Client(line);
    expect((await client.get('account/assets')).code).toBe(510);
    expect((await client.get('account/assets')).data[0].availableBalance).toBe(250);
    // however long an answer takes: told between two looks at the clock behind it
    const before = await client.json('GET', '/sandbox/clock', undefined, token);
    const told = await client.market('ping');
    const after = await client.json('GET', '/sandbox/clock', undefined, token);
    expect([before.skewMs, after.skewMs]).toEqual([-5000, -5000]);
    expect(told + 5000).toBeGreaterThanOrEqual(before.now);
    expect(told + 5000).toBeLessThanOrEqual(after.now);
    expect(await client.json('POST', '/sandbox/accounts', { name: 'second' })).toHaveProperty('error');
    const second = await client.json('POST', '/sandbox/accounts', { name: 'second', balance: '33.5' }, token);
    const other = new Client({ ...second, rest: line.rest });
    expect((await other.get('account/assets')).data[0].availableBalance).toBe(33.5);
  });
});
