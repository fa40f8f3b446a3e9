import { describe, expect, it } from 'vitest';
import { order, type Rig, rig } from './support/rig.ts';

const HOUR = 3_600_000;
const PLAN = {
  symbol: 'BTC_USDT',
  side: 4,
  vol: 10,
  openType: 1,
  leverage: 20,
  triggerPrice: '79000',
  triggerType: 2,
  executeCycle: 1,
  orderType: 5,
  trend: 1,
};

const post = async ({ client }: Rig, path: string, body: unknown) => (await client.post(path, body)).json;
const rows = async ({ client }: Rig, path: string) => (await client.get(path)).json.data;
const held = async (here: Rig): Promise<number[]> =>
  (await rows(here, 'position/open_positions')).map(({ holdVol }: { holdVol: number }) => holdVol);

async function withPosition(): Promise<Rig> {
  const here = await rig();
  expect((await post(here, 'order/create', order({ type: 5, vol: 20 }))).success).toBe(true);
  return here;
}

describe('plans', () => {
  it.each(['planorder/place', 'planorder/place/v2'])(
    '%s answers a text id; it waits, fires once, and names its order',
    async (path) => {
      const here = await withPosition();
      const { data: id } = await post(here, path, PLAN);
      expect(id).toMatch(/^\d{18}$/);
      here.backend.trade('BTC_USDT', '79000.1', 1);
      expect((await rows(here, 'planorder/list/orders'))[0]).toMatchObject({
        id,
        state: 1,
        executeCycle: 24,
        orderId: 0,
      });
      expect(await rows(here, 'order/list/open_orders')).toEqual([]);
      here.backend.trade('BTC_USDT', '79000', 1);
      here.backend.trade('BTC_USDT', '78000', 1);
      const [plan] = await rows(here, 'planorder/list/orders');
      expect(plan).toMatchObject({ id, state: 3 });
      const sent = (await here.client.get(`order/get/${plan.orderId}`)).json.data;
      expect(sent).toMatchObject({ externalOid: `planorder_${id}_1`, side: 4, dealVol: 10, state: 3 });
      expect(await held(here)).toEqual([10]);
    },
  );

  it('follow the price that they are told to, and fail where the order is refused', async () => {
    const here = await rig();
    const fair = await post(here, 'planorder/place/v2', {
      ...PLAN,
      side: 1,
      trend: 2,
      triggerType: 1,
      triggerPrice: 81_000,
    });
    const refused = await post(here, 'planorder/place/v2', { ...PLAN, vol: 11, trend: 3 });
    const states = async () => {
      const all: { id: string; state: number }[] = await rows(here, 'planorder/list/orders');
      return [fair.data, refused.data].map((id) => all.find((row) => row.id === id)?.state);
    };
    here.backend.setPrices('BTC_USDT', { fair: 80_500, index: 80_000 });
    here.backend.trade('BTC_USDT', 82_000, 1);
    expect(await states()).toEqual([1, 1]);
    here.backend.setPrices('BTC_USDT', { fair: 81_000, index: 78_000 });
    expect(await states()).toEqual([3, 5]);
  });

  it('are changed and cancelled while they wait, and expire after their cycle', async () => {
    const here = await withPosition();
    const { data: id } = await post(here, 'planorder/place/v2', PLAN);
    expect(
      (
        await post(here, 'planorder/change_price', {
          orderId: id,
          triggerPrice: 78_000,
          triggerType: 2,
          trend: 1,
          orderType: 5,
        })
      ).success,
    ).toBe(true);
    here.backend.trade('BTC_USDT', 79_000, 1);
    expect((await rows(here, 'planorder/list/orders'))[0]).toMatchObject({ state: 1, triggerPrice: 78_000 });
    expect((await post(here, 'planorder/cancel', [{ symbol: 'BTC_USDT', orderId: id }])).success).toBe(true);
    expect((await post(here, 'planorder/cancel', [{ symbol: 'BTC_USDT', orderId: id }])).code).toBe(3006);
    await post(here, 'planorder/place/v2', PLAN);
    here.clock.advance(24 * HOUR);
    here.backend.trade('BTC_USDT', 78_000, 1);
    expect((await rows(here, 'planorder/list/orders')).map(({ state }: { state: number }) => state)).toEqual([4, 2]);
    expect(await held(here)).toEqual([20]);
  });

  it.each([
    [{ triggerPrice: 0 }, 3004],
    [{ triggerPrice: 79_000.05 }, 3004],
    [{ triggerType: 3 }, 3002],
    [{ executeCycle: 9 }, 3003],
    [{ trend: 4 }, 3001],
    [{ orderType: 1 }, 2007],
    [{ symbol: 'CLO_USDT' }, 1002],
  ])('%o is refused with %d', async (wrong, code) => {
    const here = await withPosition();
    expect((await post(here, 'planorder/place/v2', { ...PLAN, ...wrong })).code).toBe(code);
  });
});

describe('take-profit and stop-loss', () => {
  const place = async (here: Rig, body: object) => {
    const [{ positionId }] = await rows(here, 'position/open_positions');
    return post(here, 'stoporder/place', { positionId, vol: 20, ...body });
  };

  it('the stop closes at or below its price, a part or all', async () => {
    const here = await withPosition();
    const { data: id } = await place(here, { vol: 5, stopLossPrice: 79_500, takeProfitPrice: 81_000 });
    await place(here, { volType: 2, stopLossPrice: 79_000 });
    here.backend.trade('BTC_USDT', 79_500, 1);
    expect(await held(here)).toEqual([15]);
    const details = await rows(here, `stoporder/order_details/${id}`);
    expect(details).toMatchObject({ id, state: 3, triggerSide: 2, isFinished: 1, realityVol: 5 });
    expect((await rows(here, `order/get/${details.placeOrderId}`)).dealVol).toBe(5);
    here.backend.trade('BTC_USDT', 78_900, 1);
    expect(await held(here)).toEqual([]);
    expect(await rows(here, 'stoporder/open_orders')).toEqual([]);
  });

  it('the take-profit closes at or above; what a closed position had is cancelled', async () => {
    const here = await withPosition();
    await place(here, { takeProfitPrice: 81_000 });
    await place(here, { stopLossPrice: 79_000 });
    here.backend.trade('BTC_USDT', 81_000, 1);
    expect(await held(here)).toEqual([]);
    const ended = await rows(here, 'stoporder/list/orders');
    expect(ended.map(({ state, triggerSide }: Record<string, number>) => [state, triggerSide])).toEqual([
      [2, 0],
      [3, 1],
    ]);
  });

  it('is refused without prices, on the wrong side, for too much, twice for a whole position, without one', async () => {
    const here = await withPosition();
    const codes = [
      await place(here, {}),
      await place(here, { stopLossPrice: 80_500 }),
      await place(here, { takeProfitPrice: 79_500 }),
      await place(here, { vol: 21, stopLossPrice: 79_000 }),
      await place(here, { volType: 2, stopLossPrice: 79_000 }),
      await place(here, { volType: 2, stopLossPrice: 78_000 }),
      await post(here, 'stoporder/place', { positionId: 1, vol: 1, stopLossPrice: 1 }),
      await post(here, 'stoporder/cancel', [{ stopPlanOrderId: 1 }]),
    ].map(({ code }) => code);
    expect(codes).toEqual([5001, 5003, 5003, 5004, 0, 5005, 2009, 5002]);
  });

  it('attached to an order it is told with it, can be changed, and stands once the order has traded', async () => {
    const here = await rig();
    const edge = await here.socket();
    await edge.login(here.clock.nowMs());
    const { data } = await post(here, 'order/create', order({ stopLossPrice: 78_000, lossTrend: 2 }));
    expect(await rows(here, `order/get/${data.orderId}`)).toMatchObject({ stopLossPrice: 78_000, lossTrend: 2 });
    await post(here, 'stoporder/change_price', { orderId: data.orderId, stopLossPrice: 77_000 });
    expect(await rows(here, 'stoporder/open_orders')).toEqual([]);
    here.backend.trade('BTC_USDT', 79_000, 10);
    expect((await rows(here, 'stoporder/open_orders'))[0]).toMatchObject({
      orderId: data.orderId,
      stopLossPrice: 77_000,
      vol: 10,
    });
    await edge.settled();
    expect(edge.on('push.personal.stop.order').map((frame) => frame.data.stopLossPrice)).toEqual([78_000, 77_000]);
    expect(edge.on('push.personal.stop.planorder')).toHaveLength(1);
  });
});

describe('trailing orders', () => {
  const TRAILING = {
    symbol: 'BTC_USDT',
    side: 4,
    vol: 10,
    openType: 1,
    leverage: 20,
    trend: 1,
    backType: 2,
    backValue: 200,
  };

  it('wake at their activation price, follow the best, and fire on the way back', async () => {
    const here = await withPosition();
    const { data: id } = await post(here, 'trackorder/place', { ...TRAILING, activePrice: 80_500 });
    const now = async () => (await rows(here, 'trackorder/list/orders'))[0];
    here.backend.trade('BTC_USDT', 80_400, 1);
    expect(await now()).toMatchObject({ id, state: 0 });
    here.backend.trade('BTC_USDT', 81_000, 1);
    expect(await now()).toMatchObject({ state: 1, markPrice: 81_000, triggerPrice: 80_800 });
    here.backend.trade('BTC_USDT', 80_801, 1);
    expect(await now()).toMatchObject({ state: 1, markPrice: 81_000 });
    here.backend.trade('BTC_USDT', 80_800, 1);
    expect(await now()).toMatchObject({ state: 2, orderId: expect.stringMatching(/^\d{18}$/) });
    expect(await held(here)).toEqual([10]);
  });

  it('come back by a share; are cancelled; and refuse a callback that is none', async () => {
    const here = await withPosition();
    await post(here, 'trackorder/place', { ...TRAILING, backType: 1, backValue: 0.01 });
    here.backend.trade('BTC_USDT', 80_000, 1);
    expect((await rows(here, 'trackorder/list/orders'))[0]).toMatchObject({ state: 1, triggerPrice: 79_200 });
    await post(here, 'trackorder/cancel', { symbol: 'BTC_USDT' });
    expect((await rows(here, 'trackorder/list/orders'))[0].state).toBe(4);
    expect((await post(here, 'trackorder/place', { ...TRAILING, backType: 1, backValue: 1 })).code).toBe(2045);
  });
});
