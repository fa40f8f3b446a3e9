import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasOrders, LiveSession, type Orders, openDesk, SANDBOX } from '../support/live-session.ts';

const REGISTER = new URL('../support/spans-to-file.mjs', import.meta.url).href;

interface WrittenSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

it('a module of --import registers an SDK: orders of the strategy and of the API are in its spans, and how it ended', async () => {
  using desk = openDesk();
  const file = join(desk.folder, 'spans.ndjson');
  const env = { NODE_OPTIONS: `--import "${REGISTER}"`, SPANS_FILE: file, MEXC_SECRET_KEY: 'sk-9f86d081884c7d65' };
  const session = await LiveSession.begin(desk, `${SANDBOX} --strategy buys.mjs`, env);
  await session.until<Orders>('/orders', hasOrders);
  const order = { symbol: 'BTC_USDT', side: 'SELL', type: 'LIMIT', price: '9000000', quantity: '0.001' };
  await session.call('/orders', { ...order, clientOrderId: env.MEXC_SECRET_KEY });
  expect((await session.kill('SIGINT')).code).toBe(0);
  const text = readFileSync(file, 'utf8');
  const spans = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as WrittenSpan);
  const created = spans.filter(({ name }) => name === 'execution.createOrder').map(({ attributes }) => attributes);
  expect(created).toMatchObject([
    { 'prate.side': 'BUY', 'prate.order.type': 'MARKET', 'prate.outcome': 'accepted' },
    { 'prate.side': 'BUY', 'prate.order.type': 'LIMIT', 'prate.outcome': 'accepted' },
    { 'prate.side': 'SELL', 'prate.order.type': 'LIMIT', 'prate.outcome': 'accepted' },
  ]);
  expect(spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['execution.connect', 'execution.cancelAllOrders', 'execution.disconnect']),
  );
  for (const secret of [env.MEXC_SECRET_KEY, session.token]) expect(text).not.toContain(secret);
});
