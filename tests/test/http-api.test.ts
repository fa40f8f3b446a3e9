import { type Candle, candleAt } from '@prate/domain/candles';
import type {
  BalanceJson,
  CandleWindowJson,
  CoverageJson,
  CreateOutcomeJson,
  FillJson,
  OrderJson,
  PositionJson,
} from '@prate/http-api';
import { openApiDocument } from '@prate/http-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpApiRig, START_MS, SYMBOLS } from './support/http-api-rig.ts';
import { call } from './support/http-calls.ts';
import { schemaProblems } from './support/openapi-check.ts';

const [BTC] = SYMBOLS as [string];
const MINUTE = 60_000;
let rig: HttpApiRig;

beforeAll(async () => {
  rig = await HttpApiRig.start({}, 5 * MINUTE);
});
afterAll(() => rig[Symbol.asyncDispose]());

const document = openApiDocument('1.2.3');

/** Asks, and holds status and body against the description. */
async function get<T>(path: string): Promise<T> {
  const answer = await call(rig.api, `/api/v1${path}`);
  expect(answer.status, answer.text).toBe(200);
  expect(schemaProblems(document, 'get', `/api/v1${path}`, 200, answer.json)).toEqual([]);
  return answer.json as T;
}

async function send<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const answer = await call(rig.api, `/api/v1${path}`, { method, body });
  expect(answer.status, answer.text).toBe(200);
  expect(schemaProblems(document, method.toLowerCase(), `/api/v1${path}`, 200, answer.json)).toEqual([]);
  return answer.json as T;
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('every route tells what the session has', () => {
  it('session: the status, and what the token may do', async () => {
    expect(await get('/session')).toEqual({ ...(asJson(rig.control.status()) as object), scope: 'trade' });
    const asReader = await call(rig.api, '/api/v1/session', { token: rig.api.token('read') });
    expect(asReader.json).toMatchObject({ id: 'run-1', scope: 'read' });
  });

  it('instruments: steps and fees as exact text', async () => {
    const { instruments } = await get<{ instruments: Record<string, unknown>[] }>('/instruments');
    expect(instruments.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
    expect(instruments[0]).toMatchObject({ tickSize: '0.1', lotSize: '0.0001', makerFee: '0.0002', minNotional: null });
  });

  it('orders, fills, positions and balances are those of the port, to the last digit', async () => {
    const { execution } = rig;
    const made = await send<CreateOutcomeJson>('POST', '/orders', {
      ...{ symbol: BTC, side: 'BUY', type: 'LIMIT', quantity: '0.0123', price: '30000.1', clientOrderId: 'mine' },
    });
    expect(made).toMatchObject({ kind: 'accepted', order: { price: '30000.1', remaining: '0.0123', status: 'NEW' } });
    const { orders } = await get<{ orders: OrderJson[] }>(`/orders?symbol=${BTC}`);
    expect(orders).toEqual(asJson(await execution.getOpenOrders(BTC)));
    expect((await get<{ orders: OrderJson[] }>('/orders?symbol=ETH_USDT')).orders).toEqual([]);

    const gone = await send<{ kind: string }>('DELETE', `/orders/${orders[0]?.id}?symbol=${BTC}`);
    expect(gone).toMatchObject({ kind: 'cancelled', order: { clientOrderId: 'mine', status: 'CANCELLED' } });
    expect(await send('DELETE', `/orders/${orders[0]?.id}?symbol=${BTC}`)).toMatchObject({ kind: 'alreadyFinal' });
    expect(await send('DELETE', `/orders/999999?symbol=${BTC}`)).toEqual({ kind: 'notFound' });

    await send('POST', '/orders', { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.01' });
    await rig.advance(10_000);
    const history = await get<{ orders: OrderJson[] }>('/orders/history?limit=1000');
    expect(history.orders).toEqual(asJson(await execution.history?.getOrders({ limit: 1000 })));
    expect(history.orders.length).toBeGreaterThan(3);
    const { fills } = await get<{ fills: FillJson[] }>(`/fills?symbol=${BTC}&limit=3`);
    expect(fills).toEqual(asJson(await execution.history?.getTrades({ symbol: BTC, limit: 3 })));
    expect(fills).toHaveLength(3);
    const { positions } = await get<{ positions: PositionJson[] }>('/positions');
    expect(positions).toEqual(asJson(await execution.getPositions()));
    expect(positions.length).toBeGreaterThan(0);
    const { balances } = await get<{ balances: BalanceJson[] }>('/balances');
    expect(balances).toEqual(asJson(await execution.getBalances()));
  });

  it('orders: a refusal of the venue is a value with the legal neighbours', async () => {
    const refused = await send('POST', '/orders', { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.00015' });
    expect(refused).toMatchObject({ kind: 'rejected', reason: 'INVALID_QUANTITY', below: '0.0001', above: '0.0002' });
  });

  it('orders: none is taken on a live venue, and cancelling is', async () => {
    rig.control.mode = 'live';
    try {
      const body = { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.01' };
      const before = (await rig.execution.history?.getOrders({ limit: 1000 }))?.length;
      const answer = await call(rig.api, '/api/v1/orders', { body });
      expect(answer).toMatchObject({ status: 403, json: { code: 'LIVE_TRADING' } });
      expect((await rig.execution.history?.getOrders({ limit: 1000 }))?.length).toBe(before);
      expect(await send('DELETE', `/orders/1?symbol=${BTC}`)).toMatchObject({ kind: expect.any(String) });
    } finally {
      rig.control.mode = 'paper';
    }
  });

  it('equity: what the account was worth when it was read', async () => {
    const curve = await get<{ asset: string; time: number[]; equity: string[] }>('/equity');
    expect(curve.asset).toBe('USDT');
    expect(curve.time[0]).toBe(START_MS + 5 * MINUTE);
    expect(Number(curve.equity[0])).toBeCloseTo(10_000, -2);
    expect(await get('/equity?from=1&to=2')).toEqual({ asset: 'USDT', time: [], equity: [] });
  });

  it('report: that of the run', async () => {
    expect(await get('/report')).toEqual({ report: asJson(rig.runner.report()) });
  });
});

describe('candles', () => {
  it('a window has the rows of the store, exactly, as columns', async () => {
    const to = START_MS + 3 * MINUTE;
    const window = await get<CandleWindowJson>(`/candles?symbol=${BTC}&interval=5s&from=${START_MS}&to=${to}`);
    const columns = await rig.candles.getColumns({ venue: 'synthetic', symbol: BTC }, START_MS, to, '5s');
    expect(window).toMatchObject({ symbol: BTC, interval: '5s', from: START_MS, to, priceDecimals: 1 });
    const rows = Array.from({ length: columns.length }, (_, i) => candleAt(columns, i));
    expect(rowsOf(window)).toEqual(rows);
    expect(rows.length).toBeGreaterThan(30);
  });

  it('the last so many: only closed ones, and pages back to the first', async () => {
    const pages: number[][] = [];
    let before = '';
    for (;;) {
      const page: CandleWindowJson = await get(`/candles?symbol=${BTC}&interval=15s&last=7&fill=flat${before}`);
      pages.unshift([...page.openTime]);
      expect(page.openTime.length).toBeLessThanOrEqual(7);
      if (page.earlier === null) break;
      before = `&before=${page.earlier}`;
    }
    const opens = pages.flat();
    const now = rig.clock.nowMs();
    const all: CandleWindowJson = await get(
      `/candles?symbol=${BTC}&interval=15s&from=${START_MS}&to=${now + MINUTE}&fill=flat`,
    );
    expect(opens).toEqual(all.openTime);
    expect(all.openTime[0]).toBe(START_MS);
    expect(all.openTime.at(-1)).toBe(Math.floor(now / 15_000) * 15_000 - 15_000);
  });

  it('a time that nobody watched is a gap, and is stepped over', async () => {
    const before = START_MS - 86_400_000;
    const minute = { open: 60_000, high: 60_010, low: 59_990, close: 60_001, volume: 1 };
    await rig.candles.processAndStore([{ openTime: before, ...minute }], { venue: 'synthetic', symbol: BTC });
    const all = `&from=${before - MINUTE}&to=${START_MS}`;
    const window = await get<CandleWindowJson>(`/candles?symbol=${BTC}&interval=1m${all}`);
    expect(window.openTime).toEqual([before]);
    expect(window.source.map((code) => window.sources[code])).toEqual(['EXCHANGE']);
    expect(window.gaps).toEqual([
      { from: before - MINUTE, to: before },
      { from: before + MINUTE, to: START_MS },
    ]);
    expect(window.earlier).toBeNull();
    const seconds = await get<CandleWindowJson>(
      `/candles?symbol=${BTC}&interval=1s&from=${before}&to=${before + 3000}`,
    );
    expect(seconds.source.map((code) => seconds.sources[code])).toEqual(Array(3).fill('INTERPOLATED'));
    expect(seconds.coverage).toEqual([0, 0, 0]);
    const real = await get<CandleWindowJson>(
      `/candles?symbol=${BTC}&interval=1s&observedOnly=true&from=${before}&to=${before + 3000}`,
    );
    expect(real.openTime).toEqual([]);

    const last = await get<CandleWindowJson>(
      `/candles?symbol=${BTC}&interval=1m&last=3&before=${START_MS + 2 * MINUTE}`,
    );
    expect(last.openTime).toEqual([before, START_MS, START_MS + MINUTE]);
    expect(last.gaps).toEqual([{ from: before + MINUTE, to: START_MS }]);
  });

  it('a closed window that was watched whole may be kept; any window is told again only when it changed', async () => {
    const path = `/api/v1/candles?symbol=${BTC}&interval=1m&from=${START_MS}&to=${START_MS + MINUTE}`;
    const first = await call(rig.api, path);
    expect(first.headers['cache-control']).toBe('private, max-age=3600');
    const again = await call(rig.api, path, { headers: { 'if-none-match': first.headers.etag as string } });
    expect(again).toMatchObject({ status: 304, text: '' });
    const open = await call(rig.api, `/api/v1/candles?symbol=${BTC}&interval=1m&last=2`);
    expect(open.headers['cache-control']).toBe('private, no-cache');
    expect((await call(rig.api, '/api/v1/positions')).headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['interval=5s&last=5', 'symbol: is missing'],
    [`symbol=${BTC}&interval=0s`, 'interval must be'],
    [`symbol=${BTC}&interval=1s&from=0&to=20001000`, 'at most 20000'],
    [`symbol=${BTC}&interval=1s&last=20001`, 'last'],
    [`symbol=${BTC}&interval=1s&from=1`, 'from needs to'],
    [`symbol=${BTC}&interval=1s&to=1`, 'to needs from'],
    [`symbol=${BTC}&interval=1s&from=1&to=5&last=3`, 'either'],
    [`symbol=${BTC}&interval=1s&from=0x10&to=5`, 'whole number'],
    [`symbol=${BTC}&interval=1s&form=1`, 'form'],
    [`symbol=${BTC}&symbol=${BTC}&interval=1s`, 'symbol'],
  ])('refuses %s and says what would be right', async (query, words) => {
    const answer = await call(rig.api, `/api/v1/candles?${query}`);
    expect(answer.status).toBe(400);
    expect((answer.json as { message: string }).message).toContain(words);
  });

  it('a symbol of which nothing is known is not found; an interval of any width is answered', async () => {
    expect(await call(rig.api, '/api/v1/candles?symbol=NO_SUCH&interval=1m')).toMatchObject({ status: 404 });
    for (const interval of ['7s', '90s', '4h', '1d', '1w', '1M']) {
      const window = await get<CandleWindowJson>(`/candles?symbol=${BTC}&interval=${interval}&last=3`);
      expect(window.interval).toBe(interval);
    }
  });

  it('coverage: which time is stored, step by step', async () => {
    const { steps } = await get<CoverageJson>(`/coverage?symbol=${BTC}&from=${START_MS}`);
    expect(steps.map(({ step }) => step)).toEqual(['1s']);
    expect(steps[0]).toMatchObject({ stretches: 1, observed: [{ from: START_MS, to: START_MS + 310_000 }] });
  });
});

const rowsOf = (window: CandleWindowJson): Candle[] =>
  window.openTime.map((openTime, i) => ({
    openTime,
    open: window.open[i] as number,
    high: window.high[i] as number,
    low: window.low[i] as number,
    close: window.close[i] as number,
    volume: window.volume[i] as number,
    turnover: window.turnover[i] as number | null,
    trades: window.trades[i] as number | null,
    source: window.sources[window.source[i] as number] as Candle['source'],
    coverage: window.coverage[i] as number,
  }));

describe('what is no operation', () => {
  it('unknown routes and methods are refused in the same shape', async () => {
    for (const path of ['/api/v1/nothing', '/api/v2/session', '/nothing', '/api']) {
      expect(await call(rig.api, path)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
    }
    const wrong = await call(rig.api, '/api/v1/orders/1', { method: 'PUT', body: {} });
    expect(wrong).toMatchObject({ status: 405, json: { code: 'METHOD_NOT_ALLOWED' }, headers: { allow: 'DELETE' } });
    expect(await call(rig.api, '/metrics', { method: 'POST', body: {} })).toMatchObject({ status: 405 });
    expect(await call(rig.api, '/api/v1/session', { method: 'HEAD' })).toMatchObject({ status: 405 });
  });

  it('health and readiness say only that', async () => {
    expect(await call(rig.api, '/healthz', { token: null })).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await call(rig.api, '/readyz', { token: null })).toMatchObject({ status: 200, json: { status: 'ready' } });
  });

  it('openapi.json is the description that is checked here', async () => {
    expect((await call(rig.api, '/openapi.json', { token: null })).json).toEqual(document);
  });

  it('metrics: names end in their unit, labels are few, and no token is in them', async () => {
    const { text, headers } = await call(rig.api, '/metrics', { token: rig.api.token('read') });
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toMatch(/^prate_strategy_running 1$/m);
    expect(text).toMatch(/^prate_feed_connected\{stream="trades"\} 1$/m);
    expect(text).toMatch(/^prate_session_start_time_seconds 1736942400$/m);
    expect(text).toMatch(/prate_http_request_duration_seconds_count\{method="GET",route="none",status="404"\} [1-9]/);
    expect(text).not.toContain('/api/v1/nothing');
    expect(text).not.toContain(rig.api.token('read'));
  });
});

describe('the ends of a session', () => {
  it('stop: the strategy ends, and its orders stay', async () => {
    await using own = await HttpApiRig.start();
    await call(own.api, '/api/v1/orders', {
      body: { symbol: BTC, side: 'BUY', type: 'LIMIT', quantity: '0.01', price: '1000' },
    });
    const answer = await call(own.api, '/api/v1/strategy/stop', { body: {} });
    expect(answer).toMatchObject({ status: 200, json: { strategy: { name: 'ma-cross', state: 'stopped' } } });
    expect(await own.execution.getOpenOrders()).toHaveLength(1);
  });

  it('kill: it must be meant; then nothing is open any more, and it says so', async () => {
    await using own = await HttpApiRig.start();
    for (const price of ['1000', '1001']) {
      await call(own.api, '/api/v1/orders', {
        body: { symbol: BTC, side: 'BUY', type: 'LIMIT', quantity: '0.01', price },
      });
    }
    for (const body of [undefined, {}, { confirm: 'true' }, { confirm: false }, { confirm: true, more: 1 }]) {
      expect(await call(own.api, '/api/v1/kill', { method: 'POST', body })).toMatchObject({ status: 400 });
    }
    expect(await own.execution.getOpenOrders()).toHaveLength(2);
    const answer = await call(own.api, '/api/v1/kill', { body: { confirm: true } });
    expect(answer.json).toEqual({ strategyStopped: true, cancelled: 2, verified: true, remaining: [], problems: [] });
    expect(schemaProblems(document, 'post', '/api/v1/kill', 200, answer.json)).toEqual([]);
    expect(await own.execution.getOpenOrders()).toEqual([]);
  });
});
