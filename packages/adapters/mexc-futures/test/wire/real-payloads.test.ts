import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Decimal, toBaseQuantity, toInterval } from '@prate/domain';
import { rowsOf } from '@prate/domain/candles';
import { describe, expect, it } from 'vitest';
import { toInstrument, withTiersAt } from '../../src/instruments/mexc-instrument.ts';
import { dealsToTrades } from '../../src/market/deals-to-trades.ts';
import { klinesToColumns } from '../../src/market/klines-to-columns.ts';
import { readAsset, readFundingRecord, readLeverage, readPosition } from '../../src/wire/account.ts';
import { readDeals } from '../../src/wire/deals.ts';
import { readEnvelope } from '../../src/wire/envelope.ts';
import { Fields, readList } from '../../src/wire/fields.ts';
import { type Json, parseJson } from '../../src/wire/json-text.ts';
import { readKlineText } from '../../src/wire/kline-text.ts';
import { readKlines } from '../../src/wire/klines.ts';
import { readBook, readContract, readFundingRate, readPastFunding, readTicker } from '../../src/wire/market.ts';
import { readCancelItem, readFill, readOrder } from '../../src/wire/orders.ts';
import { readPage } from '../../src/wire/pages.ts';
import { readStopOrder } from '../../src/wire/triggers.ts';

const DATA = join(
  process.env['PRATE_SHARED_DATA'] ?? join(import.meta.dirname, '../../../../../../shared/data'),
  'mexc',
);
const present = existsSync(join(DATA, 'payloads.jsonl'));

/** Replies of MEXC or of its documents; the fixtures elsewhere are our own. */
describe.skipIf(!present)(`real payloads${present ? '' : ' (skipped: set PRATE_SHARED_DATA to the data set)'}`, () => {
  const payloads = (present ? readFileSync(join(DATA, 'payloads.jsonl'), 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { transport: string; channel_or_path: string; payload: string });
  const dataOf = (path: string): Json[] =>
    payloads
      .filter(({ transport, channel_or_path }) => transport === 'rest' && channel_or_path === path)
      .map(({ payload }) => {
        const envelope = readEnvelope({ body: payload, contentType: undefined }, path);
        return envelope.kind === 'data' && envelope.data !== undefined ? envelope.data : {};
      });

  it.each<readonly [string, (fields: Fields) => unknown]>([
    ['GET /api/v1/contract/depth', readBook],
    ['GET /api/v1/contract/detail', readContract],
    ['GET /api/v1/contract/ticker', readTicker],
    ['GET /api/v1/contract/funding_rate', readFundingRate],
    ['GET /api/v1/contract/funding_rate/BTC_USDT', readFundingRate],
    ['GET /api/v1/contract/funding_rate/history', readPage(readPastFunding)],
    ['GET /api/v1/private/account/assets', readAsset],
    ['GET /api/v1/private/position/open_positions', readPosition],
    ['GET /api/v1/private/position/leverage', readLeverage],
    ['GET /api/v1/private/position/funding_records', readPage(readFundingRecord)],
    ['GET /api/v1/private/order/get/123', readOrder],
    ['GET /api/v1/private/order/external/ETH_USDT/123', readOrder],
    ['GET /api/v1/private/order/deal_details/123', readFill],
    ['POST /api/v1/private/order/cancel', readCancelItem],
    ['GET /api/v1/private/stoporder/open_orders', readStopOrder],
  ])('%s', (path, read) => {
    const found = dataOf(path);
    expect(found.length).toBeGreaterThan(0);
    for (const data of found) {
      if (Array.isArray(data)) expect(readList(data, path, read).length).toBeGreaterThan(0);
      else expect(read(new Fields(data, path))).toBeTypeOf('object');
    }
  });

  it('public trades', () => {
    for (const data of dataOf('GET /api/v1/contract/deals/ETH_USDT')) {
      expect(readDeals(data, 'deals')).toMatchObject([{ vol: '18' }, { vol: '15' }]);
    }
  });

  it('the detail of a contract as captured', () => {
    const captured = payloads.filter(({ channel_or_path }) => channel_or_path.includes('data object only'));
    expect(captured).toHaveLength(1);
    for (const { payload } of captured) {
      expect(readContract(new Fields(parseJson(payload), 'detail'))).toMatchObject({
        symbol: 'BTC_USDT',
        contractSize: '0.0001',
      });
    }
  });

  it('orders and positions as they are pushed', () => {
    const pushed = (channel: string): Json[] =>
      payloads
        .filter(({ channel_or_path }) => channel_or_path === channel)
        .map(({ payload }) => new Fields(parseJson(payload), channel).raw('data') as Json);
    for (const order of pushed('push.personal.order')) readOrder(new Fields(order, 'order'));
    for (const position of pushed('push.personal.position')) readPosition(new Fields(position, 'position'));
  });

  it('a reply of 481 klines: each opens where the last closed, and the real prices differ', () => {
    const body = gunzipSync(
      readFileSync(join(DATA, 'kline_THE_USDT_Min1_20250212T1500_2300.response.json.gz')),
    ).toString();
    const envelope = readEnvelope({ body, contentType: undefined }, 'kline');
    if (envelope.kind === 'refusal') throw new Error('refused');
    const klines = readKlines(envelope.data, 'kline: data');
    expect([klines.length, klines.texts.size]).toEqual([481, 0]);
    expect(klines.open.slice(1)).toEqual(klines.close.slice(0, -1));
    expect(klines.real?.open).not.toEqual(klines.open);
  });

  it('the same reply as candles: those of trades by default, in order, volumes in whole contracts', () => {
    const body = gunzipSync(
      readFileSync(join(DATA, 'kline_THE_USDT_Min1_20250212T1500_2300.response.json.gz')),
    ).toString();
    const rows = gunzipSync(readFileSync(join(DATA, '../klines_1m/mexc-futures_THE_USDT_20250212T1500_2300.csv.gz')))
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const [names = [], ...lines] = rows;
    const klines = readKlineText(body) ?? readKlines((parseJson(body) as { data: Json }).data, 'kline');
    const from = (klines.time[0] as number) * 1_000;
    const to = from + klines.length * 60_000;
    for (const [prices, prefix] of [
      ['real', 'real_'],
      ['chart', ''],
    ] as const) {
      const rules = { interval: toInterval('1m'), prices, contractSize: new Decimal(1), from, to, closedAtMs: to };
      const candles = [...rowsOf(klinesToColumns(klines, rules))];
      const column = (name: string): number[] => lines.map((line) => Number(line[names.indexOf(name)]));
      expect(candles.map(({ openTime }) => openTime)).toEqual(column('open_time_ms'));
      expect(candles.map(({ open }) => open)).toEqual(column(`${prefix}open`));
      expect(candles.map(({ high }) => high)).toEqual(column(`${prefix}high`));
      expect(candles.map(({ volume }) => volume)).toEqual(column('volume'));
      expect(candles.map(({ turnover }) => turnover)).toEqual(column('quote_volume'));
    }
  });

  it('captured contracts are instruments, and captured pushes of trades are trades', () => {
    const pushed = payloads.filter(
      ({ transport, channel_or_path }) => transport === 'ws' && channel_or_path === 'push.deal',
    );
    expect(pushed.length).toBeGreaterThan(2);
    for (const { payload } of pushed) {
      const { data } = parseJson(payload) as { data: Json };
      const trades = dealsToTrades(readDeals(data, 'push.deal'), new Decimal('0.0001'));
      expect(trades.length).toBe(1);
      expect(trades.price[0]).toBeGreaterThan(0);
    }
    for (const data of dataOf('GET /api/v1/contract/detail')) {
      for (const one of Array.isArray(data) ? data : [data]) {
        const instrument = toInstrument(readContract(new Fields(one as Json, 'detail')));
        expect(toBaseQuantity(instrument, instrument.contract.volUnit).eq(instrument.lotSize)).toBe(true);
        expect(withTiersAt(instrument, new Decimal(31_000)).riskTiers.at(-1)?.maxNotional).toBeNull();
      }
    }
  });
});
