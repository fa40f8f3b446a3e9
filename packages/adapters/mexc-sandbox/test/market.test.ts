import { Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { rig, START_MS } from './support/rig.ts';

const MINUTE = 60_000;

describe('market data over REST', () => {
  it('detail: an array without a symbol, an object with one; every contract has what clients need', async () => {
    const { client } = await rig();
    const { data } = (await client.open('/api/v1/contract/detail')).json;
    const rows = data.map(
      ({ symbol, contractSize, priceUnit, state, apiAllowed, settleCoin, riskIncrVol }: Record<string, unknown>) => [
        symbol,
        contractSize,
        priceUnit,
        state,
        apiAllowed,
        settleCoin,
        riskIncrVol,
      ],
    );
    expect(rows).toEqual([
      ['BTC_USDT', 0.0001, 0.1, 0, true, 'USDT', 0],
      ['ETH_USDT', 0.01, 0.01, 0, true, 'USDT', 0],
      ['CLO_USDT', 10, 0.0001, 0, false, 'USDT', 0],
      ['LINK_USDT', 0.1, 0.001, 4, true, 'USDT', 0],
      ['BTC_USD', 100, 0.1, 0, true, 'BTC', 0],
    ]);
    const one = (await client.open('/api/v1/contract/detail', { symbol: 'BTC_USDT' })).json.data;
    expect(one.riskLimitCustom[0]).toEqual({ level: 1, maxVol: 50_000, mmr: 0.001, imr: 0.002, maxLeverage: 500 });
    expect((await client.open('/api/v1/contract/detail', { symbol: 'NO_SUCH' })).json.code).toBe(1001);
  });

  it('klines: seconds, open at the close before, real prices beside, the forming bar among them', async () => {
    const { client, clock, backend } = await rig();
    clock.advance(MINUTE);
    backend.trade('BTC_USDT', '80010.5', 5);
    backend.trade('BTC_USDT', '80020', 7, Side.SELL);
    clock.advance(3 * MINUTE);
    backend.trade('BTC_USDT', '80015', 1);
    const { data } = (await client.open('/api/v1/contract/kline/BTC_USDT', { interval: 'Min1' })).json;
    const t = START_MS / 1000;
    expect(data).toEqual({
      time: [t, t + 60, t + 240],
      open: [80_000, 80_000, 80_020],
      close: [80_000, 80_020, 80_015],
      high: [80_000, 80_020, 80_020],
      low: [80_000, 80_000, 80_015],
      vol: [10, 12, 1],
      amount: [80, 96.01925, 8.0015],
      realOpen: [80_000, 80_010.5, 80_015],
      realClose: [80_000, 80_020, 80_015],
      realHigh: [80_000, 80_020, 80_015],
      realLow: [80_000, 80_010.5, 80_015],
    });
    const five = (await client.open('/api/v1/contract/kline/BTC_USDT', { interval: 'Min5' })).json.data;
    expect([five.time, five.vol, five.realHigh]).toEqual([[t], [23], [80_020]]);
    const times = async (query: Record<string, number>) =>
      (await client.open('/api/v1/contract/kline/BTC_USDT', { interval: 'Min1', ...query })).json.data.time;
    expect(await times({ start: t + 60 })).toEqual([t + 60, t + 240]);
    expect(await times({ end: t + 60 })).toEqual([t, t + 60]);
    expect(await times({ start: t + 1, end: t + 239 })).toEqual([t + 60]);
    expect((await client.open('/api/v1/contract/kline/BTC_USDT', { interval: 'Hour1' })).json.code).toBe(600);
  });

  it('klines: of more than 2,000 rows the newest 2,000', async () => {
    const { client, clock, backend } = await rig();
    for (let i = 0; i < 2010; i += 1) {
      clock.advance(MINUTE);
      backend.trade('BTC_USDT', 80_000 + i, 1);
    }
    const { data } = (await client.open('/api/v1/contract/kline/BTC_USDT', { start: START_MS / 1000 })).json;
    expect([data.time.length, data.close.at(-1)]).toEqual([2000, 82_009]);
  });

  it('index and fair klines follow their own prices, without volume', async () => {
    const { client, backend } = await rig();
    backend.setPrices('BTC_USDT', { fair: 80_100, index: 80_050 });
    const close = async (source: string) => {
      const { data } = (await client.open(`/api/v1/contract/kline/${source}/BTC_USDT`, { interval: 'Min1' })).json;
      return [data.close, data.vol];
    };
    expect(await close('fair_price')).toEqual([[80_100], [0]]);
    expect(await close('index_price')).toEqual([[80_050], [0]]);
    expect((await client.open('/api/v1/contract/fair_price/BTC_USDT')).json.data.fairPrice).toBe(80_100);
    expect((await client.open('/api/v1/contract/index_price/BTC_USDT')).json.data.indexPrice).toBe(80_050);
  });

  it('deals: newest first, contracts, the taker’s side, without ids', async () => {
    const { client, backend } = await rig();
    backend.trade('BTC_USDT', '79999.5', 3, Side.SELL);
    expect((await client.open('/api/v1/contract/deals/BTC_USDT', { limit: 1 })).json.data).toEqual([
      { p: 79_999.5, v: 3, T: 2, O: 3, M: 2, t: START_MS },
    ]);
    expect((await client.open('/api/v1/contract/deals/BTC_USDT', { limit: 101 })).json.code).toBe(600);
  });

  it('depth and its commits: the changes since a version lead from that book to this one', async () => {
    const { client, backend } = await rig();
    const before = (await client.open('/api/v1/contract/depth/BTC_USDT')).json.data;
    expect(before).toMatchObject({
      bids: [
        [79_999, 1000, 1],
        [79_998, 5000, 1],
      ],
      timestamp: START_MS,
    });
    backend.setBook('BTC_USDT', [{ price: '79999', volume: 7 }], [{ price: '80001', volume: 1000 }]);
    backend.setBook(
      'BTC_USDT',
      [
        { price: '80000', volume: 3 },
        { price: '79999', volume: 7 },
      ],
      [{ price: '80001', volume: 1000 }],
    );
    const after = (await client.open('/api/v1/contract/depth/BTC_USDT', { limit: 1 })).json.data;
    expect(after.bids).toEqual([[80_000, 3, 1]]);
    expect(after.version).toBe(before.version + 2);
    const { data: commits } = (await client.open('/api/v1/contract/depth_commits/BTC_USDT/1000')).json;
    const newer = commits
      .filter(({ version }: { version: number }) => version > before.version)
      .toSorted((a: { version: number }, b: { version: number }) => a.version - b.version);
    expect(newer).toEqual([
      {
        asks: [[80_002, 0, 0]],
        bids: [
          [79_998, 0, 0],
          [79_999, 7, 1],
        ],
        version: before.version + 1,
      },
      { asks: [], bids: [[80_000, 3, 1]], version: before.version + 2 },
    ]);
  });

  it('ticker: an object with a symbol, an array without; its band is what orders are held to', async () => {
    const { client } = await rig();
    const { data } = (await client.open('/api/v1/contract/ticker', { symbol: 'BTC_USDT' })).json;
    expect(data).toMatchObject({
      lastPrice: 80_000,
      bid1: 79_999,
      ask1: 80_001,
      volume24: 10,
      fairPrice: 80_000,
      maxBidPrice: 88_000,
      minAskPrice: 72_000,
      timestamp: START_MS,
    });
    expect((await client.open('/api/v1/contract/ticker')).json.data).toHaveLength(5);
  });

  it('funding: the settlement to come, and those that were, in pages', async () => {
    const { client, backend, clock } = await rig();
    backend.setFundingRate('BTC_USDT', '-0.000489');
    const { data } = (await client.open('/api/v1/contract/funding_rate/BTC_USDT')).json;
    expect(data).toMatchObject({ fundingRate: -0.000489, collectCycle: 8, nextSettleTime: START_MS + 8 * 3_600_000 });
    for (let i = 0; i < 3; i += 1) {
      clock.advance(8 * 3_600_000);
      backend.settleFunding('BTC_USDT');
    }
    const page = (
      await client.open('/api/v1/contract/funding_rate/history', { symbol: 'BTC_USDT', page_num: 2, page_size: 2 })
    ).json;
    expect(page.data).toEqual({
      pageSize: 2,
      totalCount: 3,
      totalPage: 2,
      currentPage: 2,
      resultList: [
        { symbol: 'BTC_USDT', fundingRate: -0.000489, settleTime: START_MS + 8 * 3_600_000, collectCycle: 8 },
      ],
    });
  });

  it('the spot stubs have no envelope', async () => {
    const { client } = await rig();
    expect((await client.open('/api/v3/exchangeInfo')).text).toBe('{"symbols":[]}');
    expect((await client.open('/api/v3/capital/config/getall', { timestamp: 1 })).text).toBe('[]');
  });
});
