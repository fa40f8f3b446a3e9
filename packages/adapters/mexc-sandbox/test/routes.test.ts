import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { routes } from '../src/server/routes/index.ts';
import { order, type Rig, rig, START_MS } from './support/rig.ts';

const PLAN = {
  symbol: 'BTC_USDT',
  side: 4,
  vol: 5,
  openType: 1,
  leverage: 20,
  triggerPrice: '79000',
  triggerType: 2,
  executeCycle: 2,
  orderType: 5,
  trend: 1,
};
const TRAILING = {
  symbol: 'BTC_USDT',
  side: 4,
  vol: 5,
  openType: 1,
  leverage: 20,
  trend: 1,
  backType: 2,
  backValue: 100,
};

interface World {
  readonly [name: string]: string | number;
}

/** What there must be for every route to have something to tell. */
async function world({ client, backend, clock }: Rig): Promise<World> {
  const made = async (path: string, body: object): Promise<string> => {
    const { json } = await client.post(path, body);
    expect(json.success, `${path}: ${json.message}`).toBe(true);
    return json.data.orderId ?? json.data;
  };
  backend.setFundingRate('BTC_USDT', '0.0001');
  const filled = await made('order/create', order({ type: 5, vol: 20, externalOid: 'filled' }));
  await made('order/create', order({ type: 5, vol: 5, side: 4 }));
  backend.settleFunding('BTC_USDT');
  const resting = await made('order/create', order({ externalOid: 'resting', stopLossPrice: 70_000 }));
  const [{ positionId }] = (await client.get('position/open_positions')).json.data;
  const plan = await made('planorder/place/v2', PLAN);
  const stop = await made('stoporder/place', { positionId, vol: 5, stopLossPrice: 70_000, takeProfitPrice: 90_000 });
  const trailing = await made('trackorder/place', TRAILING);
  clock.advance(1);
  return { filled, resting, positionId, plan, stop, trailing };
}

/** What each route is asked with, where it needs anything. */
const ASKED: Record<string, (world: World) => unknown> = {
  'GET /api/v1/contract/funding_rate/history': () => ({ symbol: 'BTC_USDT' }),
  'GET /api/v1/contract/risk_reverse/history': () => ({ symbol: 'BTC_USDT' }),
  'GET /api/v1/private/position/leverage': () => ({ symbol: 'BTC_USDT' }),
  'GET /api/v1/private/order/batch_query': ({ filled, resting }) => ({ order_ids: `${filled},${resting}` }),
  'GET /api/v1/private/order/list/order_deals': () => ({ symbol: 'BTC_USDT' }),
  'GET /api/v1/private/order/list/order_deals/v3': () => ({ symbol: 'BTC_USDT' }),
  'POST /api/v1/private/position/change_leverage': () => ({
    symbol: 'ETH_USDT',
    openType: 1,
    positionType: 1,
    leverage: 9,
  }),
  'POST /api/v1/private/position/change_margin': ({ positionId }) => ({ positionId, amount: 1, type: 'ADD' }),
  'POST /api/v1/private/position/change_auto_add_im': ({ positionId }) => ({ positionId, isEnabled: true }),
  'POST /api/v1/private/position/change_position_mode': () => ({ positionMode: 2 }),
  'POST /api/v1/private/position/reverse': ({ positionId }) => ({ symbol: 'BTC_USDT', positionId, vol: 15 }),
  'POST /api/v1/private/order/create': () => order(),
  'POST /api/v1/private/order/submit': () => order(),
  'POST /api/v1/private/order/submit_batch': () => [order()],
  'POST /api/v1/private/order/cancel': ({ resting }) => [resting],
  'POST /api/v1/private/order/cancel_with_external': () => ({ symbol: 'BTC_USDT', externalOid: 'resting' }),
  'POST /api/v1/private/order/batch_cancel_with_external': () => [{ symbol: 'BTC_USDT', externalOid: 'resting' }],
  'POST /api/v1/private/order/batch_query_with_external': () => [{ symbol: 'BTC_USDT', externalOid: 'resting' }],
  'POST /api/v1/private/order/chase_limit_order': ({ resting }) => ({ orderId: resting }),
  'POST /api/v1/private/order/change_limit_order': ({ resting }) => ({ orderId: resting, price: 78_000, vol: 3 }),
  'POST /api/v1/private/planorder/place': () => PLAN,
  'POST /api/v1/private/planorder/place/v2': () => PLAN,
  'POST /api/v1/private/planorder/change_price': ({ plan }) => ({
    orderId: plan,
    triggerPrice: 78_500,
    triggerType: 2,
    trend: 2,
    orderType: 5,
  }),
  'POST /api/v1/private/planorder/change_stop_order': ({ plan }) => ({ orderId: plan, stopLossPrice: 70_000 }),
  'POST /api/v1/private/planorder/cancel': ({ plan }) => [{ symbol: 'BTC_USDT', orderId: plan }],
  'POST /api/v1/private/stoporder/place': ({ positionId }) => ({ positionId, vol: 5, stopLossPrice: 71_000 }),
  'POST /api/v1/private/stoporder/cancel': ({ stop }) => [{ stopPlanOrderId: stop }],
  'POST /api/v1/private/stoporder/change_price': ({ resting }) => ({ orderId: resting, stopLossPrice: 69_000 }),
  'POST /api/v1/private/stoporder/change_plan_price': ({ stop }) => ({ stopPlanOrderId: stop, stopLossPrice: 69_000 }),
  'POST /api/v1/private/trackorder/place': () => TRAILING,
  'POST /api/v1/private/trackorder/cancel': ({ trailing }) => ({ trackOrderId: trailing }),
  'POST /api/v1/private/trackorder/change_order': ({ trailing }) => ({
    trackOrderId: trailing,
    trend: 1,
    backType: 1,
    backValue: 0.01,
  }),
};

const REFUSED: Record<string, number> = { 'POST /api/v1/private/account/change_risk_level': 8817 };

/** Success without `data`. */
const VOID =
  /change_leverage|change_margin|change_auto_add_im|change_position_mode|position\/reverse$|cancel_all|chase|change_price|change_stop_order|change_plan_price|(plan|stop|track)order\/cancel$|change_order$/;

const filledIn = (path: string, { filled, stop }: World): string =>
  path
    .replace(':symbol', 'BTC_USDT')
    .replace(':limit', '1000')
    .replace(':currency', 'USDT')
    .replace(':orderId', String(filled))
    .replace(':externalOid', 'filled')
    .replace(':id', String(stop));

describe('every route answers in the envelope', () => {
  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', async (name, route) => {
    const here = await rig({ scripted: { editsInOneWay: true } });
    const made = await world(here);
    const asked = ASKED[name]?.(made);
    const path = filledIn(route.path, made);
    const short = path.replace('/api/v1/private/', '');
    const { status, json, headers } =
      route.access !== 'private'
        ? await here.client.open(path, asked as Record<string, string>)
        : route.method === 'GET'
          ? await here.client.get(short, asked as Record<string, string>)
          : await here.client.post(short, asked ?? {});
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json;charset=utf-8']);
    if (route.access === 'bare') return;
    if (REFUSED[name] !== undefined) {
      expect(json).toMatchObject({ success: false, code: REFUSED[name] });
      return;
    }
    expect(json, json.message).toMatchObject({ success: true, code: 0 });
    expect(Object.hasOwn(json, 'data')).toBe(!VOID.test(name));
  });

  it('a path that there is none of is refused with 404', async () => {
    const { client } = await rig();
    expect((await client.get('order/list')).json).toMatchObject({ success: false, code: 404 });
  });
});

const data = process.env['PRATE_SHARED_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');
const payloads = join(data, 'mexc/payloads.jsonl');
const present = existsSync(payloads);
if (!present) console.log(`MEXC payloads: skipped, there is no ${payloads} (PRATE_SHARED_DATA names another folder)`);

/** What has no meaning here: marketing, regions, what documents print and payloads have not, or have under another name. */
const LEFT_OUT = new Set(
  ['vid', 'baseCoinId', 'openingCountdownOption', 'showBeforeOpen', 'isMaxLeverage']
    .concat(['threshold', 'showAppraisalCountdown', 'riskIncrVol', 'depthStepList', 'taker', 'positionShowStatus'])
    .concat(['reverseErrorCode', 'takeProfitType', 'priceProtect', 'stopLossPrice', 'takeProfitPrice']),
);

describe.skipIf(!present)('answers have every field of the payloads that others recorded', () => {
  const rows: { channel_or_path: string; payload: string }[] = present
    ? readFileSync(payloads, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  const SAME: readonly (readonly [recorded: string, asked: string])[] = [
    ['GET /api/v1/private/account/assets', 'account/assets'],
    ['GET /api/v1/private/position/funding_records', 'position/funding_records'],
    ['GET /api/v1/private/position/leverage', 'position/leverage?symbol=BTC_USDT'],
    ['GET /api/v1/private/position/open_positions', 'position/open_positions'],
    ['GET /api/v1/private/order/get/123', 'order/get/FILLED'],
    ['GET /api/v1/private/order/list/history_orders', 'order/list/history_orders'],
    ['GET /api/v1/private/order/deal_details/123', 'order/deal_details/FILLED'],
    ['GET /api/v1/private/stoporder/open_orders', 'stoporder/open_orders'],
    ['GET /api/v1/private/planorder/list/orders', 'planorder/list/orders'],
    ['GET /api/v1/private/order/open_order_total_count', 'order/open_order_total_count'],
    ['GET /api/v1/contract/detail', '/api/v1/contract/detail'],
    ['GET /api/v1/contract/depth', '/api/v1/contract/depth/BTC_USDT'],
    ['GET /api/v1/contract/deals/ETH_USDT', '/api/v1/contract/deals/BTC_USDT'],
    ['GET /api/v1/contract/funding_rate/BTC_USDT', '/api/v1/contract/funding_rate/BTC_USDT'],
    ['GET /api/v1/contract/risk_reverse', '/api/v1/contract/risk_reverse'],
    ['GET /api/v1/contract/ticker', '/api/v1/contract/ticker'],
  ];

  it.each(SAME)('%s', async (recorded, asked) => {
    const here = await rig();
    const { filled } = await world(here);
    const row = rows.find(({ channel_or_path }) => channel_or_path === recorded);
    expect(row, `a payload of ${recorded}`).toBeDefined();
    const [path = '', query = ''] = asked.replace('FILLED', String(filled)).split('?');
    const parameters = Object.fromEntries(new URLSearchParams(query));
    const ours = path.startsWith('/')
      ? await here.client.open(path, parameters)
      : await here.client.get(path, parameters);
    const theirs = fieldsOf(JSON.parse(row?.payload ?? '{}').data);
    const missing = theirs.filter((name) => !fieldsOf(ours.json.data).includes(name) && !LEFT_OUT.has(name));
    expect(missing).toEqual([]);
  });
});

/** Of an object, of the first row of a list, or of a page. */
function fieldsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return fieldsOf(value[0]);
  const { resultList } = (value ?? {}) as { readonly resultList?: unknown };
  return resultList === undefined ? Object.keys(value ?? {}) : fieldsOf(resultList);
}

it('the reference’s time is the sandbox’s', () => {
  expect(new Date(START_MS).toISOString()).toBe('2026-01-01T00:00:00.000Z');
});
