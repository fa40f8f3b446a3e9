import { describe, expect, it } from 'vitest';
import { order, type Rig, rig } from './support/rig.ts';

const send = async ({ client }: Rig, path: string, body: unknown): Promise<number> =>
  (await client.post(path, body)).json.code;
const positions = async ({ client }: Rig) => (await client.get('position/open_positions')).json.data;
const usdt = async ({ client }: Rig) => (await client.get('account/asset/USDT')).json.data;

const at = (price: number): [{ price: number; volume: number }[], { price: number; volume: number }[]] => [
  [{ price, volume: 1_000_000 }],
  [{ price: price + 0.1, volume: 1_000_000 }],
];
/** Buys meet the first price, sells the second. */
const bookOf = (here: Rig, ask: number, bid: number): void =>
  here.backend.setBook('BTC_USDT', [{ price: bid, volume: 1_000_000 }], [{ price: ask, volume: 1_000_000 }]);

describe('positions and money', () => {
  it('the worked numbers of the reference: 10 contracts at 80,000, leverage 20, closed at 81,000, funding at 80,500', async () => {
    const here = await rig();
    bookOf(here, 80_000, 79_000);
    await send(here, 'order/create', order({ type: 5 }));
    const [position] = await positions(here);
    expect(position).toMatchObject({
      positionType: 1,
      openType: 1,
      state: 1,
      holdVol: 10,
      holdAvgPrice: 80_000,
      holdAvgPriceFullyScale: '80000.000000000000000000',
      im: 4,
      oim: 4,
      leverage: 20,
      realised: -0.064,
      liquidatePrice: 76_110.4,
    });
    expect(await usdt(here)).toMatchObject({ positionMargin: 4, cashBalance: 9999.936, availableBalance: 9995.936 });
    here.backend.setPrices('BTC_USDT', { fair: 80_500 });
    here.backend.settleFunding('BTC_USDT');
    const { data } = (await here.client.get('position/funding_records', { symbol: 'BTC_USDT', page_size: 10 })).json;
    expect(data).toMatchObject({ totalCount: 1, totalPage: 1, currentPage: 1 });
    expect(data.resultList[0]).toMatchObject({ positionValue: 80.5, funding: -0.00805, rate: 0.0001, positionType: 1 });
    bookOf(here, 82_000, 81_000);
    await send(here, 'order/create', order({ side: 4, type: 5 }));
    const [closed] = (await here.client.get('position/list/history_positions')).json.data;
    expect(closed).toMatchObject({
      state: 3,
      holdVol: 0,
      closeVol: 10,
      closeProfitLoss: 1,
      positionShowStatus: 'CLOSED',
    });
    // 1 − 0.064 − 0.0648 of the table, less the funding of 0.00805, cut at 4 decimals
    expect(closed.realised).toBe(0.8631);
    expect(await usdt(here)).toMatchObject({ positionMargin: 0, cashBalance: 10_000.86315, unrealized: 0 });
  });

  it('the short of the same numbers is liquidated at 83,886.4', async () => {
    const here = await rig();
    bookOf(here, 81_000, 80_000);
    await send(here, 'order/create', order({ side: 3, type: 5 }));
    expect((await positions(here))[0]).toMatchObject({ positionType: 2, liquidatePrice: 83_886.4 });
  });

  it('an inverse contract counts in its base coin', async () => {
    const here = await rig({
      scripted: { accounts: { mx0vTESTKEY0000001: { BTC: '1' } }, fees: { maker: 0, taker: 0 } },
    });
    const { backend, client } = here;
    backend.trade('BTC_USD', 50_000, 1);
    backend.setBook('BTC_USD', [], [{ price: 50_000, volume: 100 }]);
    await send(here, 'order/create', order({ symbol: 'BTC_USD', type: 5, vol: 50, leverage: 10 }));
    backend.trade('BTC_USD', 55_000, 1);
    expect((await positions(here))[0]).toMatchObject({ holdAvgPrice: 50_000, im: 0.01, holdVol: 50 });
    expect((await client.get('account/asset/BTC')).json.data.unrealized).toBe(0.0090909);
  });

  it('one-way: more averages, part of it closes, and a larger order the other way turns it round', async () => {
    const here = await rig();
    bookOf(here, 80_000, 79_999);
    await send(here, 'order/create', order({ type: 5, vol: 10 }));
    bookOf(here, 80_400, 79_999);
    await send(here, 'order/create', order({ type: 5, vol: 30 }));
    expect((await positions(here))[0]).toMatchObject({ holdVol: 40, holdAvgPrice: 80_300 });
    bookOf(here, 90_000, 80_500);
    expect(await send(here, 'order/create', order({ side: 4, type: 5, vol: 10 }))).toBe(0);
    expect((await positions(here))[0]).toMatchObject({
      holdVol: 30,
      holdAvgPrice: 80_300,
      closeProfitLoss: 0.2,
      im: 12.045,
      oim: 16.06,
    });
    await send(here, 'order/create', order({ side: 3, type: 5, vol: 50 }));
    const held = await positions(here);
    expect(held).toHaveLength(1);
    expect(held[0]).toMatchObject({ positionType: 2, holdVol: 20, holdAvgPrice: 80_500 });
  });

  it('one-way: reduceOnly on an opening side closes, and is refused without a position', async () => {
    const here = await rig();
    expect(await send(here, 'order/create', order({ side: 3, type: 5, reduceOnly: true }))).toBe(2009);
    await send(here, 'order/create', order({ type: 5 }));
    expect(await send(here, 'order/create', order({ side: 3, type: 5, vol: 11, reduceOnly: true }))).toBe(2008);
    expect(await send(here, 'order/create', order({ side: 3, type: 5, reduceOnly: true }))).toBe(0);
    expect(await positions(here)).toEqual([]);
  });

  it('resting closes freeze what they would close', async () => {
    const here = await rig();
    await send(here, 'order/create', order({ type: 5 }));
    expect(await send(here, 'order/create', order({ side: 4, price: 81_000, vol: 6 }))).toBe(0);
    expect((await positions(here))[0].frozenVol).toBe(6);
    expect(await send(here, 'order/create', order({ side: 4, price: 81_000, vol: 5 }))).toBe(2008);
    expect((await usdt(here)).frozenBalance).toBe(0);
  });

  it('hedge: both sides stand side by side, and the side codes close the right one', async () => {
    const here = await rig();
    await send(here, 'position/change_position_mode', { positionMode: 1 });
    expect((await here.client.get('position/position_mode')).text).toBe('{"success":true,"code":0,"data":1}');
    const hedge = (side: number, vol: number) =>
      send(here, 'order/create', order({ side, vol, type: 5, positionMode: 1 }));
    expect([await hedge(1, 10), await hedge(3, 6)]).toEqual([0, 0]);
    expect((await positions(here)).map((row: Record<string, number>) => [row['positionType'], row['holdVol']])).toEqual(
      [
        [1, 10],
        [2, 6],
      ],
    );
    expect([await hedge(2, 6), await hedge(4, 4), await hedge(2, 1)]).toEqual([0, 0, 2009]);
    expect((await positions(here)).map((row: Record<string, number>) => [row['positionType'], row['holdVol']])).toEqual(
      [[1, 6]],
    );
    expect(await send(here, 'position/change_position_mode', { positionMode: 2 })).toBe(7001);
    expect(await send(here, 'position/close_all', {})).toBe(0);
    expect(await positions(here)).toEqual([]);
  });

  it('leverage is set by direction, before and under a position, and not while orders are open', async () => {
    const here = await rig();
    const set = (body: object) => send(here, 'position/change_leverage', body);
    const both = async () =>
      (await here.client.get('position/leverage', { symbol: 'BTC_USDT' })).json.data.map(
        (row: Record<string, number>) => [row['positionType'], row['leverage'], row['openType']],
      );
    const long = { symbol: 'BTC_USDT', positionType: 1, openType: 1 };
    expect(await set({ ...long, leverage: 5 })).toBe(0);
    expect(await set({ ...long, positionType: 2, openType: 2, leverage: 7 })).toBe(0);
    expect(await both()).toEqual([
      [1, 5, 1],
      [2, 7, 2],
    ]);
    expect(await set({ ...long, leverage: 501 })).toBe(2006);
    expect(await set({ ...long, leverage: 0 })).toBe(2006);
    await send(here, 'order/create', order({ leverage: 5 }));
    expect(await set({ ...long, leverage: 6 })).toBe(2019);
    await send(here, 'order/cancel_all', {});
    bookOf(here, 80_000, 79_000);
    await send(here, 'order/create', order({ type: 5, leverage: 5 }));
    const [{ positionId }] = await positions(here);
    expect(await set({ positionId, leverage: 10 })).toBe(0);
    expect((await positions(here))[0]).toMatchObject({ leverage: 10, im: 8 });
    expect(await set({ ...long, openType: 2, leverage: 10 })).toBe(7003);
  });

  it('margin is added and taken away, no more than is there', async () => {
    const here = await rig();
    bookOf(here, 80_000, 79_000);
    await send(here, 'order/create', order({ type: 5 }));
    const [{ positionId }] = await positions(here);
    const change = (amount: number, type: string) => send(here, 'position/change_margin', { positionId, amount, type });
    expect(await change(1.5, 'ADD')).toBe(0);
    expect((await positions(here))[0].im).toBe(5.5);
    expect(await usdt(here)).toMatchObject({ positionMargin: 5.5, availableBalance: 9994.436 });
    expect([await change(2, 'SUB'), await change(1.5, 'SUB'), await change(20_000, 'ADD')]).toEqual([2018, 0, 2005]);
    expect((await positions(here))[0].im).toBe(4);
    expect(await change(1, 'GIVE')).toBe(600);
  });

  it('reverse closes and opens the other way', async () => {
    const here = await rig();
    const [bids, asks] = at(80_000);
    here.backend.setBook('BTC_USDT', bids, asks);
    await send(here, 'order/create', order({ type: 5 }));
    const [{ positionId }] = await positions(here);
    expect(await send(here, 'position/reverse', { symbol: 'BTC_USDT', positionId, vol: 10 })).toBe(0);
    expect((await positions(here))[0]).toMatchObject({ positionType: 2, holdVol: 10 });
  });

  it('an order holds its margin and the fee of a taker until it is cancelled', async () => {
    const here = await rig({ scripted: { fees: { maker: '0.0001', taker: '0.0002' } } });
    await send(here, 'order/create', order({ price: 80_000, leverage: 1 }));
    // 80 × 1.0002, the published order margin
    expect(await usdt(here)).toMatchObject({ frozenBalance: 80.016, availableBalance: 9919.984 });
    await send(here, 'order/cancel_all', {});
    expect(await usdt(here)).toMatchObject({ frozenBalance: 0, availableBalance: 10_000 });
  });

  it('fees are those of tiered_fee_rate/v2', async () => {
    const here = await rig();
    const { data } = (await here.client.get('account/tiered_fee_rate/v2', { symbol: 'BTC_USDT' })).json;
    expect(data).toMatchObject({ realMakerFee: 0.0006, realTakerFee: 0.0008 });
  });
});
