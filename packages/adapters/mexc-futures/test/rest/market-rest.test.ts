import { describe, expect, it } from 'vitest';
import type { MexcRest } from '../../src/rest/mexc-rest.ts';
import { MexcApiError } from '../../src/wire/errors.ts';
import { envelope } from '../support/private-calls.ts';
import { rig, START_MS } from '../support/rig.ts';
import { reply, Scripted } from '../support/scripted.ts';

const CONTRACT =
  '{"id":10,"symbol":"BTC_USDT","displayName":"BTC_USDT","baseCoin":"BTC","quoteCoin":"USDT","settleCoin":"USDT","contractSize":0.0001,"minLeverage":1,"maxLeverage":500,"priceUnit":0.1,"volUnit":1,"minVol":1,"maxVol":400000,"limitMaxVol":2500000,"takerFeeRate":0.0004,"makerFeeRate":0.0001,"maintenanceMarginRate":0.001,"initialMarginRate":0.002,"state":0,"apiAllowed":true,"isHidden":false,"futureType":1,"positionOpenType":3,"riskLimitMode":"CUSTOM","riskLimitCustom":[{"level":1,"maxVol":50000,"mmr":0.001,"imr":0.002,"maxLeverage":500}],"someNewField":{"a":[1]}}';
const BOOK = '{"asks":[[80000.1,10,2]],"bids":[[80000,5,1]],"version":12,"timestamp":1767225600123}';
const TICKER =
  '{"symbol":"BTC_USDT","lastPrice":80000,"bid1":79999.9,"ask1":80000,"volume24":40146908,"amount24":1.06E8,"holdVol":900,"fairPrice":80001.2,"indexPrice":80000.7,"fundingRate":0.0001,"timestamp":1767225600123}';
const FUNDING =
  '{"symbol":"BTC_USDT","fundingRate":-0.000489,"maxFundingRate":0.001,"minFundingRate":-0.001,"collectCycle":8,"nextSettleTime":1767254400000,"timestamp":1767225600123}';
const KLINES =
  '{"time":[1767225600],"open":[80000],"close":[80010.5],"high":[80020],"low":[79990],"vol":[1200],"amount":[9600.6]}';
const window = { interval: 'Min1', start: 1_767_225_600, end: 1_767_225_660 } as const;
const WINDOW = 'end=1767225660&interval=Min1&start=1767225600';

type Row = readonly [request: string, data: string, call: (rest: MexcRest) => Promise<unknown>, gives: unknown];
const rows: readonly Row[] = [
  [
    'detail?symbol=BTC_USDT',
    CONTRACT,
    ({ market }) => market.contract('BTC_USDT'),
    { contractSize: '0.0001', maxLeverage: 500 },
  ],
  ['detail', `[${CONTRACT}]`, ({ market }) => market.contracts(), [{ priceUnit: '0.1', limitMaxVol: '2500000' }]],
  [
    'detail/country',
    `[${CONTRACT}]`,
    ({ market }) => market.contractsOfCountry(),
    [{ riskLimitCustom: [{ level: 1, maxVol: '50000', mmr: '0.001', imr: '0.002', maxLeverage: 500 }] }],
  ],
  [
    'depth/BTC_USDT?limit=5',
    BOOK,
    ({ market }) => market.depth('BTC_USDT', 5),
    { asks: [{ price: '80000.1', vol: '10' }], bids: [{ price: '80000', vol: '5' }], version: 12 },
  ],
  [
    'depth_commits/BTC_USDT/1000',
    '[{"asks":[[80000.1,0,0]],"bids":[],"version":14},{"asks":[],"bids":[[1,2,3]],"version":13}]',
    ({ market }) => market.depthCommits('BTC_USDT', 1000),
    [{ version: 13 }, { version: 14, asks: [{ vol: '0' }], timestamp: null }],
  ],
  [
    'deals/BTC_USDT?limit=100',
    '[{"p":31199,"v":18,"T":2,"O":1,"M":2,"t":1767225600985}]',
    ({ market }) => market.deals('BTC_USDT', 100),
    [{ price: '31199', vol: '18', takerSide: 2, time: 1_767_225_600_985, id: null }],
  ],
  [`kline/BTC_USDT?${WINDOW}`, KLINES, ({ market }) => market.klines('BTC_USDT', window), { length: 1, real: null }],
  [
    `kline/index_price/BTC_USDT?${WINDOW}`,
    KLINES,
    ({ market }) => market.indexKlines('BTC_USDT', window),
    { length: 1 },
  ],
  [`kline/fair_price/BTC_USDT?${WINDOW}`, KLINES, ({ market }) => market.fairKlines('BTC_USDT', window), { length: 1 }],
  [
    'ticker?symbol=BTC_USDT',
    TICKER,
    ({ market }) => market.ticker('BTC_USDT'),
    { amount24: '106000000', fairPrice: '80001.2' },
  ],
  ['ticker', `[${TICKER}]`, ({ market }) => market.tickers(), [{ bid1: '79999.9', maxBidPrice: null }]],
  [
    'funding_rate/BTC_USDT',
    FUNDING,
    ({ market }) => market.fundingRate('BTC_USDT'),
    { fundingRate: '-0.000489', collectCycle: 8 },
  ],
  ['funding_rate', `[${FUNDING}]`, ({ market }) => market.fundingRates(), [{ nextSettleTime: 1_767_254_400_000 }]],
  [
    'funding_rate/history?page_num=1&page_size=100&symbol=BTC_USDT',
    '{"pageSize":100,"totalCount":1,"totalPage":1,"currentPage":1,"resultList":[{"symbol":"BTC_USDT","fundingRate":0.000266,"settleTime":1767225600000}]}',
    ({ market }) => market.fundingHistory('BTC_USDT', { pageNum: 1, pageSize: 100 }),
    { totalPage: 1, rows: [{ fundingRate: '0.000266', settleTime: 1_767_225_600_000 }] },
  ],
];

describe('public endpoints', () => {
  it.each(rows)('GET %s, unsigned', async (request, data, call, gives) => {
    const transport = new Scripted(() => reply(envelope(data)));
    const { rest, settle } = rig(transport);
    const { value, error } = await settle(call(rest));
    expect(error).toBeUndefined();
    expect(value).toMatchObject(gives as object);
    expect(transport.requests).toEqual([
      {
        method: 'GET',
        url: `https://api.mexc.com/api/v1/contract/${request}`,
        headers: { 'User-Agent': 'prate' },
        body: undefined,
      },
    ]);
  });

  it('the time of the server', async () => {
    const { rest, settle } = rig(new Scripted(() => reply('')));
    expect((await settle(rest.market.ping())).value).toBe(START_MS);
    expect((await settle(rest.syncClock())).value).toBe(0);
  });

  it('a book without an envelope, as an older document shows it', async () => {
    const { rest, settle } = rig(new Scripted(() => reply(BOOK)));
    expect((await settle(rest.market.depth('BTC_USDT'))).value).toMatchObject({ version: 12 });
  });

  it('a refusal throws with code, meaning, path and status', async () => {
    const { rest, settle } = rig(new Scripted(() => reply('{"success":false,"code":1001,"message":"合约不存在!"}')));
    const { error } = await settle(rest.market.klines('NO_USDT', window));
    expect(error).toBeInstanceOf(MexcApiError);
    expect(error).toMatchObject({
      code: 'MEXC_API',
      mexcCode: 1001,
      path: '/api/v1/contract/kline/{symbol}',
      httpStatus: 200,
      retryable: false,
      message:
        '/api/v1/contract/kline/{symbol}: MEXC refused with code 1001 (the contract does not exist): 合约不存在!',
    });
  });
});
