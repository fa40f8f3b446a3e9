import { describe, expect, it } from 'vitest';
import { order, type Rig, rig } from './support/rig.ts';

const create = async ({ client }: Rig, more: Record<string, unknown> = {}): Promise<string> => {
  const { json } = await client.post('order/create', order(more));
  expect(json).toMatchObject({ success: true, code: 0 });
  return json.data.orderId;
};

describe('orders over REST', () => {
  it('create answers a text id and a time, and the order is open', async () => {
    const { client, clock } = await rig();
    const created = await client.post('order/create', order({ externalOid: 'mine-1' }));
    expect(created.json).toEqual({
      success: true,
      code: 0,
      data: { orderId: expect.stringMatching(/^\d{18}$/), ts: clock.nowMs() },
    });
    const { data: open } = (await client.get('order/list/open_orders', { page_num: 1, page_size: 100 })).json;
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({
      orderId: created.json.data.orderId,
      externalOid: 'mine-1',
      state: 2,
      side: 1,
      orderType: 1,
      price: 79_000,
      vol: 10,
      dealVol: 0,
      positionMode: 2,
    });
    expect(open[0]).not.toHaveProperty('code');
  });

  it('submit, the older path, answers the id as an integer with all its digits', async () => {
    const { client } = await rig();
    const { text } = await client.post('order/submit', order());
    const [, digits = ''] = /^\{"success":true,"code":0,"data":(\d{18})\}$/.exec(text) ?? [];
    expect(BigInt(digits) > 2n ** 53n).toBe(true);
    expect((await client.get(`order/get/${digits}`)).json.data.orderId).toBe(digits);
  });

  it('ids rise', async () => {
    const here = await rig();
    const ids = [await create(here), await create(here), await create(here)].map(BigInt);
    expect(ids.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
  });

  it('open orders answer with and without a symbol, and with a slash at the end', async () => {
    const here = await rig();
    const id = await create(here);
    for (const path of ['open_orders', 'open_orders/', 'open_orders/BTC_USDT', 'open_orders/BTC_USDT/']) {
      const { data } = (await here.client.get(`order/list/${path}`)).json;
      expect(data.map((row: { orderId: string }) => row.orderId)).toEqual([id]);
    }
    expect((await here.client.get('order/list/open_orders/ETH_USDT')).json.data).toEqual([]);
  });

  it('a client id finds its order; an unknown one is success without data', async () => {
    const here = await rig();
    const id = await create(here, { externalOid: 'mine' });
    expect((await here.client.get('order/external/BTC_USDT/mine')).json.data.orderId).toBe(id);
    expect((await here.client.get('order/external/BTC_USDT/other')).text).toBe('{"success":true,"code":0}');
    expect((await here.client.get('order/get/1')).json).toMatchObject({ success: false, code: 2040 });
  });

  it('cancel takes texts, integers and {orderIds}, and answers item by item with exact digits', async () => {
    const here = await rig();
    const { client } = here;
    const ids = [await create(here), await create(here), await create(here)];
    const filled = await create(here, { type: 5 });
    const first = await client.post('order/cancel', [ids[0], filled, '17']);
    expect(first.text).toContain(`{"orderId":${ids[0]},"errorCode":0,"errorMsg":"success"}`);
    expect(first.json.success).toBe(true);
    expect(first.json.data.map((item: { errorCode: number }) => item.errorCode)).toEqual([0, 2041, 2040]);
    const second = await client.post('order/cancel', `[${ids[1]}]`);
    expect(second.text).toContain(`"orderId":${ids[1]},"errorCode":0`);
    const third = await client.post('order/cancel', { orderIds: [ids[2]] });
    expect(third.json.data[0].errorMsg).toBe('success');
    expect((await client.get('order/list/open_orders')).json.data).toEqual([]);
    expect(
      (
        await client.post(
          'order/cancel',
          Array.from({ length: 51 }, () => '1'),
        )
      ).json.code,
    ).toBe(2013);
  });

  it('cancel by client id takes an array and a single object', async () => {
    const here = await rig();
    await create(here, { externalOid: 'a' });
    await create(here, { externalOid: 'b' });
    const row = (externalOid: string) => ({ symbol: 'BTC_USDT', externalOid });
    const { client } = here;
    expect((await client.post('order/cancel_with_external', row('a'))).json.data[0].errorCode).toBe(0);
    const { data } = (await client.post('order/batch_cancel_with_external', [row('b'), row('c')])).json;
    expect(data.map((item: { errorCode: number }) => item.errorCode)).toEqual([0, 2040]);
  });

  it('cancel all, of one symbol or of every one, answers without data', async () => {
    const here = await rig();
    here.backend.trade('ETH_USDT', '3000', 1);
    await create(here);
    await create(here, { symbol: 'ETH_USDT', price: 2900 });
    expect((await here.client.post('order/cancel_all', { symbol: 'ETH_USDT' })).text).toBe('{"success":true,"code":0}');
    expect((await here.client.get('order/list/open_orders')).json.data).toHaveLength(1);
    await here.client.post('order/cancel_all');
    expect((await here.client.get('order/list/open_orders')).json.data).toEqual([]);
  });

  it('a batch answers item by item: a refused one has a code and no id', async () => {
    const { client } = await rig();
    const rows = [order({ externalOid: 'a' }), order({ externalOid: 'b', vol: 0 })];
    const { json, text } = await client.post('order/submit_batch', rows);
    expect(json.data[0]).toMatchObject({ externalOid: 'a', errorCode: 0 });
    expect(text).toMatch(/"orderId":\d{18},/);
    expect(json.data[1]).toMatchObject({ externalOid: 'b', errorCode: 2011 });
    expect(json.data[1]).not.toHaveProperty('orderId');
  });

  it('an edited order is a new one with the old client id; in one-way mode, and once it has traded, it is refused', async () => {
    const here = await rig();
    const { client, backend } = here;
    const stuck = await create(here);
    expect((await client.post('order/change_limit_order', { orderId: stuck, price: 78_000, vol: 5 })).json.code).toBe(
      2053,
    );
    await client.post('order/cancel_all');
    await client.post('position/change_position_mode', { positionMode: 1 });
    const old = await create(here, { positionMode: 1, externalOid: 'mine' });
    const edited = await client.post('order/change_limit_order', { orderId: old, price: 78_000, vol: 20 });
    expect(edited.json.data).toMatch(/^\d{18}$/);
    expect(edited.json.data).not.toBe(old);
    expect((await client.get(`order/get/${old}`)).json.data.state).toBe(4);
    const { data } = (await client.get('order/external/BTC_USDT/mine')).json;
    expect(data).toMatchObject({ orderId: edited.json.data, price: 78_000, vol: 20 });
    backend.trade('BTC_USDT', '77000', 5);
    const again = await client.post('order/change_limit_order', { orderId: data.orderId, price: 77_000, vol: 20 });
    expect(again.json.code).toBe(2052);
  });

  it('types: IOC, FOK, post-only and market end as the reference says', async () => {
    const here = await rig();
    const state = async (more: Record<string, unknown>) => {
      const { data } = (await here.client.get(`order/get/${await create(here, more)}`)).json;
      return [data.orderType, data.state, data.dealVol, data.errorCode];
    };
    expect(await state({ type: 3, price: 80_001, vol: 1500 })).toEqual([3, 4, 1000, 18]);
    expect(await state({ type: 3, price: 79_000 })).toEqual([3, 4, 0, 18]);
    expect(await state({ type: 4, price: 80_002, vol: 5001 })).toEqual([4, 4, 0, 19]);
    expect(await state({ type: 4, price: 80_002, vol: 1000 })).toEqual([4, 3, 1000, 0]);
    expect(await state({ type: 2, price: 80_002 })).toEqual([2, 4, 0, 20]);
    expect(await state({ type: 2, price: 79_000 })).toEqual([2, 2, 0, 0]);
    expect(await state({ type: 5, vol: 4500 })).toEqual([5, 4, 4000, 21]);
    expect(await state({ type: 1, price: 85_000 })).toEqual([1, 2, 0, 0]);
  });

  it('a resting order fills at its own price, by no more than was traded, better prices first', async () => {
    const here = await rig();
    const { client, backend } = here;
    const worse = await create(here, { price: 78_990 });
    const better = await create(here, { price: 79_000 });
    backend.trade('BTC_USDT', '79001', 100);
    expect((await client.get(`order/get/${better}`)).json.data.dealVol).toBe(0);
    backend.trade('BTC_USDT', '78000', 14);
    expect((await client.get(`order/get/${better}`)).json.data).toMatchObject({
      state: 3,
      dealVol: 10,
      dealAvgPrice: 79_000,
    });
    expect((await client.get(`order/get/${worse}`)).json.data).toMatchObject({ state: 2, dealVol: 4 });
    const { data } = (await client.get(`order/deal_details/${better}`)).json;
    expect(data).toEqual([
      {
        id: expect.stringMatching(/^\d{18}$/),
        symbol: 'BTC_USDT',
        side: 1,
        vol: 10,
        price: 79_000,
        feeCurrency: 'USDT',
        fee: 0.0474, // 79 × 0.0006
        timestamp: here.clock.nowMs(),
        profit: 0,
        category: 1,
        orderId: better,
        positionMode: 2,
        taker: false,
      },
    ]);
  });

  it('histories: final orders and fills, newest first, in pages, within 90 days', async () => {
    const here = await rig();
    const { client, clock } = here;
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      ids.unshift(await create(here, { type: 5 }));
      clock.advance(1500);
    }
    await create(here);
    const orders = async (query: Record<string, string | number>) =>
      (await client.get('order/list/history_orders', query)).json.data.map((row: { orderId: string }) => row.orderId);
    expect(await orders({ states: 3 })).toEqual(ids);
    expect(await orders({ states: '4' })).toEqual([]);
    expect(await orders({ page_num: 2, page_size: 2 })).toEqual(ids.slice(2));
    expect(await orders({ start_time: clock.nowMs() - 3000 })).toEqual(ids.slice(0, 2));
    expect(await orders({ startTime: clock.nowMs() - 3000, endTime: clock.nowMs() - 2000 })).toEqual([ids[1]]);
    const [row] = (await client.get('order/list/history_orders')).json.data;
    expect(row.updateTime % 1000).toBe(0);
    for (const path of ['order_deals', 'order_deals/v3']) {
      const { data } = (await client.get(`order/list/${path}`, { symbol: 'BTC_USDT' })).json;
      expect(data.map((fill: { orderId: string }) => fill.orderId)).toEqual(ids);
      expect(data.every((fill: { positionMode: number }) => fill.positionMode === 2)).toBe(true);
    }
    const day = 86_400_000;
    const long = await client.get('order/list/history_orders', { start_time: 0, end_time: 91 * day });
    expect(long.json.code).toBe(6003);
    expect((await client.get('order/list/history_orders', { page_size: 101 })).json.code).toBe(600);
  });
});
