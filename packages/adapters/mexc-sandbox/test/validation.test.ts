import { describe, expect, it } from 'vitest';
import { order, rig } from './support/rig.ts';

/** Each body is wrong in its place and in every later one, so that the first that is found is the one that comes first. */
const WRONG_LATER: Record<string, unknown> = {
  side: 9,
  openType: 9,
  type: 9,
  vol: 0,
  price: -1,
  externalOid: 'x'.repeat(33),
  leverage: 9999,
  positionMode: 1,
};

const from = (first: string): Record<string, unknown> => {
  const names = Object.keys(WRONG_LATER);
  return Object.fromEntries(names.slice(names.indexOf(first)).map((name) => [name, WRONG_LATER[name]]));
};

describe('an order is checked in the order of the reference', () => {
  it.each<[string, Record<string, unknown>, number]>([
    ['an unknown contract', { symbol: 'NO_SUCH', ...from('side') }, 1001],
    ['one that the API may not trade', { symbol: 'CLO_USDT', ...from('side') }, 1002],
    ['a paused one', { symbol: 'LINK_USDT', ...from('side') }, 1002],
    ['side', from('side'), 2001],
    ['open type', from('openType'), 2002],
    ['type', from('type'), 2029],
    ['no volume', { ...from('price'), vol: undefined }, 2011],
    ['volume 0', from('vol'), 2011],
    ['half a contract', { ...from('price'), vol: 1.5 }, 2015],
    ['more than a priced order may have', { ...from('price'), vol: 2_500_001 }, 2028],
    ['more than a market order may have', { ...from('price'), type: 5, vol: 400_001 }, 2028],
    ['price', from('price'), 2007],
    ['no price', { ...from('externalOid'), price: undefined }, 2007],
    ['off the tick', { ...from('externalOid'), price: 79_000.05 }, 2015],
    ['a buy too high', { ...from('externalOid'), price: 88_000.1 }, 2003],
    ['a sell too low', { ...from('externalOid'), side: 3, price: 71_999.9 }, 2004],
    ['client id', from('externalOid'), 2030],
    ['a client id that was used', { ...from('leverage'), externalOid: 'used' }, 2042],
    ['leverage', from('leverage'), 2006],
    ['leverage of another position', { ...from('positionMode'), leverage: 10 }, 2021],
    ['position mode', from('positionMode'), 7002],
    ['nothing to close', { side: 2 }, 2009],
    ['more than can be closed', { side: 4, vol: 11, price: 81_000 }, 2008],
    ['too little money', { vol: 2_000_000 }, 2005],
    ['a number that is none', { vol: 'ten' }, 600],
    ['a body that is no JSON', {}, 601],
  ])('%s', async (what, wrong, code) => {
    const { client } = await rig();
    const held = await client.post('order/create', order({ type: 5, externalOid: 'used' }));
    expect(held.json.success).toBe(true);
    const body = what === 'a body that is no JSON' ? '{"symbol"' : JSON.stringify(order(wrong));
    const { status, json } = await client.post('order/create', body);
    expect([status, json.success, json.code]).toEqual([200, false, code]);
    expect(typeof json.message).toBe('string');
    expect((await client.get('order/list/open_orders')).json.data).toEqual([]);
  });

  it('the price of a market order is not needed and not looked at; types 5 and 6 are one', async () => {
    const { client } = await rig();
    for (const more of [
      { type: 5, price: undefined },
      { type: 6, price: undefined },
      { type: 5, price: 1 },
    ]) {
      expect((await client.post('order/create', order(more))).json.success).toBe(true);
    }
    expect((await client.get('position/open_positions')).json.data[0].holdVol).toBe(30);
  });

  it('numbers may come as texts, and keys that nobody knows are ignored', async () => {
    const { client } = await rig();
    const body = order({
      vol: '10',
      price: '79000.5',
      side: '1',
      type: '1',
      openType: '1',
      leverage: '20',
      timeInForce: 'IOC',
    });
    const { data } = (await client.post('order/create', body)).json;
    expect((await client.get(`order/get/${data.orderId}`)).json.data).toMatchObject({
      price: 79_000.5,
      vol: 10,
      state: 2,
    });
  });
});
