import { describe, expect, it } from 'vitest';
import { order, rig } from './support/rig.ts';

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
  });
});
