import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '@prate/runtime';
import { startSandbox } from 'prate-sandbox';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../src/config.ts';
import { isLiveSource, openLiveSource } from '../../src/live-sources.ts';
import type { LiveSource } from '../../src/sources.ts';
import { catching, Desk } from '../support/desk.ts';

const settingsOf = (restUrl: string, wsUrl = restUrl.replace('http', 'ws')): Settings =>
  ({ mexc: { restUrl, wsUrl, orderCreatePath: undefined, planPlacePath: undefined } }) as Settings;

interface Asked {
  readonly source: 'auto' | 'mexc' | 'sandbox';
  readonly settings: Settings;
  readonly symbols?: readonly string[];
  readonly kept?: (venue: string) => readonly string[];
  readonly signal?: AbortSignal;
}

const open = ({ source, settings, symbols, kept = () => [], signal }: Asked): Promise<LiveSource> =>
  openLiveSource(catching({ signal }).io, source, { settings, log: silentLogger, symbols, kept });

/** Opens it, looks, and closes it. */
async function look(
  asked: Asked,
): Promise<Pick<LiveSource, 'kind' | 'description' | 'symbols' | 'isSynthetic'> & { venue: string }> {
  const source = await open(asked);
  const { kind, description, symbols, isSynthetic, market } = source;
  await source.close();
  return { kind, description, symbols, isSynthetic, venue: market.venue };
}

/** Where nobody listens. */
const NOBODY = settingsOf('http://127.0.0.1:9', 'ws://127.0.0.1:9/edge');

async function withServer<T>(answer: RequestListener, use: (settings: Settings) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(settingsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const HTML: RequestListener = (_request, reply) => {
  reply.writeHead(200, { 'content-type': 'text/html' });
  reply.end('<html><body>Welcome to the hotel</body></html>');
};

const withStatus =
  (status: number): RequestListener =>
  (_request, reply) => {
    reply.writeHead(status);
    reply.end('not from your country');
  };

describe('source auto', () => {
  const because = (what: string): RegExp =>
    new RegExp(
      `^a sandbox on this machine, prices made up from seed 1: no real ones \\(MEXC cannot be reached at http://[\\w.:]+: ${what}\\)$`,
    );

  it.each<[string, RequestListener, string]>([
    ['hangs', () => {}, 'no answer within 3 s'],
    ['answers HTML', HTML, 'the reply is no JSON by its Content-Type'],
    ['forbids', withStatus(403), "status 403, MEXC's edge refused: .*"],
    ['is broken', withStatus(502), 'status 502, .*'],
    ['hangs up', (request) => request.socket.destroy(), 'the connection was broken off'],
  ])('a MEXC that %s: a sandbox within a few seconds, and it says why', async (_rule, answer, what) => {
    const since = performance.now();
    const found = await withServer(answer, (settings) => look({ source: 'auto', settings }));
    expect(found).toMatchObject({ kind: 'sandbox', isSynthetic: true, venue: 'sandbox' });
    expect(found.description).toMatch(because(what));
    expect(performance.now() - since).toBeLessThan(15_000);
  });

  it.each([
    ['where nobody listens', NOBODY, 'the connection was refused'],
    [
      'of a name that there is not',
      settingsOf('http://mexc.invalid'),
      'the name mexc\\.invalid (was not found|could not be looked up: no name server answered)',
    ],
  ])('a MEXC %s is asked again for a while, and then it is a sandbox', async (_rule, settings, what) => {
    const { kind, description } = await look({ source: 'auto', settings });
    expect(kind).toBe('sandbox');
    expect(description).toMatch(because(what));
  });

  it('a server that speaks as MEXC does on this machine is a sandbox: nothing of it is ever stored as MEXC', async () => {
    const sandbox = await startSandbox({
      ...{ market: 'synthetic:7', speed: 1, faults: [], seed: 1, balance: '1', rateLimits: false, port: undefined },
      symbols: ['BTC_USDT', 'ETH_USDT'],
    });
    try {
      const settings = settingsOf(sandbox.ready.rest, sandbox.ready.ws);
      const found = await look({ source: 'auto', settings, symbols: ['all'] });
      expect(found).toMatchObject({ kind: 'mexc', isSynthetic: true, venue: 'sandbox' });
      expect(found.symbols.toSorted()).toEqual(['BTC_USDT', 'ETH_USDT']);
      expect(found.description).toBe(`a sandbox at ${sandbox.ready.rest}: no real prices`);
      const strange = open({ source: 'mexc', settings, symbols: ['BTC_USDT', 'NONE_USDT'] });
      await expect(strange).rejects.toThrow(
        /the market has no NONE_USDT; it has 2 symbols, such as BTC_USDT, ETH_USDT/,
      );
    } finally {
      await sandbox.close();
    }
  });

  it('is stopped while it waits: at once', async () => {
    const stop = new AbortController();
    await withServer(
      () => stop.abort(new Error('enough')),
      (settings) => expect(open({ source: 'auto', settings, signal: stop.signal })).rejects.toThrow('enough'),
    );
  });
});

it('source mexc takes nothing else: an error that says what there is', async () => {
  await expect(open({ source: 'mexc', settings: NOBODY })).rejects.toThrow(
    /MEXC cannot be reached at http:\/\/127\.0\.0\.1:9: .*--source sandbox is a market of this machine/,
  );
});

it('half an exchange on this machine and half elsewhere is refused', async () => {
  const settings = settingsOf('https://api.mexc.com', 'ws://127.0.0.1:9/edge');
  await expect(open({ source: 'auto', settings })).rejects.toThrow(/are not one venue/);
});

describe('source sandbox', () => {
  it('asks nobody, and has what the account holds besides what was asked for', async () => {
    const source = await open({
      ...{ source: 'sandbox', settings: NOBODY, symbols: ['ETH_USDT'] },
      kept: (venue) => (venue === 'sandbox' ? ['XRP_USDT'] : []),
    });
    await source.close();
    expect(source.symbols).toEqual(['ETH_USDT']);
    expect(source.listed.toSorted()).toEqual(['ETH_USDT', 'XRP_USDT']);
  });

  it('a symbol that cannot be made up: says so', async () => {
    await expect(open({ source: 'sandbox', settings: NOBODY, symbols: ['what-is-this'] })).rejects.toThrow(
      /what-is-this/,
    );
  });
});

it('which sources are markets of their own', () => {
  expect(['auto', 'mexc', 'sandbox', 'synthetic:1', 'trades.csv'].map(isLiveSource)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

it.each([
  'candles backfill --symbol BTC_USDT --interval 1m --from 2024-05-01 --venue mexc',
  'candles live --symbol BTC_USDT --venue mexc',
  'instruments --venue mexc',
])('%s without MEXC: said after some seconds, with the reason', { timeout: 30_000 }, async (command) => {
  using desk = new Desk();
  const env = { PRATE_MEXC_REST_URL: 'http://127.0.0.1:9', PRATE_MEXC_WS_URL: 'ws://127.0.0.1:9/edge' };
  const { code, stderr } = await desk.run(command, { env });
  expect(stderr).toBe(
    'prate: MEXC cannot be reached at http://127.0.0.1:9: the connection was refused; prate doctor looks closer\n',
  );
  expect(code).toBe(1);
});
