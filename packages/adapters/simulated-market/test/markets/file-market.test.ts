import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CandleColumns } from '@prate/domain';
import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { FileMarket, type MarketFile } from '../../src/index.ts';
import { csv, errorOf, klineRows, tradeRows } from '../files/file-text.ts';
import { digest, Recorder } from './recorder.ts';

const T = 'time_ms,price,quantity,side,id\n';
const K = 'open_time_ms,open,high,low,close,volume\n';
const MINUTE = 60_000;

const trades = (symbol: string, rows: string, rest: Partial<MarketFile> = {}): MarketFile => ({
  symbol,
  source: csv(T + rows),
  ...rest,
});
const klines = (symbol: string, rows: string, rest: Partial<MarketFile> = {}): MarketFile => ({
  symbol,
  source: csv(K + rows),
  ...rest,
});

async function played(files: readonly MarketFile[], startMs = 0): Promise<string[]> {
  const market = await FileMarket.open({ files, clock: new ManualClock(startMs) });
  const heard = new Recorder(() => 0);
  const symbols = files.map(({ symbol }) => symbol);
  if (market.capabilities.includes('tradeStream')) market.trades(symbols, heard.take);
  else market.candles(symbols, '1m', heard.take);
  await market.play();
  return heard.lines;
}

describe('files of trades', () => {
  it('tick and lot are the last decimal places of the file, unless an instrument is given', async () => {
    const clock = new ManualClock();
    const file = trades('BTC_USDT', '1,28165.40,0.00250,buy,1\n2,28165.5,1,buy,2\n');
    const market = await FileMarket.open({ files: [file], clock });
    const [instrument] = await market.getInstruments();
    expect(instrument).toMatchObject({ symbol: 'BTC_USDT', baseAsset: 'BTC', quoteAsset: 'USDT' });
    expect([instrument?.tickSize, instrument?.lotSize, instrument?.minQuantity].map(String)).toEqual([
      '0.1',
      '0.0001',
      '0.0001',
    ]);
    if (instrument === undefined) throw new Error('no instrument');
    const own = { ...instrument, maxLeverage: 7 };
    const given = await FileMarket.open({ files: [trades('BTC_USDT', '1,2,3,buy,1\n', { instrument: own })], clock });
    expect(await given.getInstruments()).toEqual([own]);
  });

  it('trades of one moment are one item', async () => {
    expect(await played([trades('A', '5,1,1,buy,1\n5,2,1,buy,2\n6,3,1,buy,3\n')])).toEqual([
      'A 5 1 2',
      'A 6 3',
      'beat 1000',
    ]);
  });

  it('several files are merged by time; of one moment, the file that was given first goes first', async () => {
    const a = trades('A', '5,1,1,buy,\n900,2,1,buy,\n');
    const b = trades('B', '5,10,1,buy,\n700,20,1,buy,\n');
    expect(await played([b, a])).toEqual(['B 5 10', 'A 5 1', 'B 700 20', 'A 900 2', 'beat 1000']);
  });

  it('heartbeats: the second after a trade, the second before the next, and every minute in between', async () => {
    expect(await played([trades('A', '500,1,1,buy,1\n150500,2,1,buy,2\n152000,3,1,buy,3\n')])).toEqual([
      'A 500 1',
      'beat 1000',
      'beat 60000',
      'beat 120000',
      'beat 150000',
      'A 150500 2',
      'beat 151000',
      'beat 152000',
      'A 152000 3',
      'beat 153000',
    ]);
  });

  it('a jump of ids is a gap of whole seconds, told before the trade after it; no heartbeat vouches for it', async () => {
    expect(await played([trades('A', '500,1,1,buy,1\n2500,2,1,buy,2\n5500,3,1,buy,9\n8100,4,1,buy,10\n')])).toEqual([
      'A 500 1',
      'beat 1000',
      'beat 2000',
      'A 2500 2',
      'gap 2000-6000',
      'A 5500 3',
      'beat 8000',
      'A 8100 4',
      'beat 9000',
    ]);
  });

  it('a heartbeat vouches only for symbols whose files watched', async () => {
    const clock = new ManualClock();
    const files = [trades('A', '500,1,1,buy,\n5500,1,1,buy,\n'), trades('B', '3500,1,1,buy,\n')];
    const market = await FileMarket.open({ files, clock });
    const heard = { a: new Recorder(() => 0), both: new Recorder(() => 0) };
    market.trades(['A'], heard.a.take);
    market.trades(['A', 'B'], heard.both.take);
    await market.play();
    expect(heard.a.lines.filter((line) => line.startsWith('beat'))).toEqual([
      'beat 1000',
      'beat 3000',
      'beat 4000',
      'beat 5000',
      'beat 6000',
    ]);
    expect(heard.both.lines.filter((line) => line.startsWith('beat'))).toEqual(['beat 4000']);
  });

  it('begins where the clock stands; what lies before is history', async () => {
    expect(await played([trades('A', '500,1,1,buy,1\n1500,2,1,buy,2\n2500,3,1,buy,3\n')], 1500)).toEqual([
      'A 1500 2',
      'beat 2000',
      'A 2500 3',
      'beat 3000',
    ]);
  });

  it('a replay cannot see what is to come', async () => {
    const clock = new ManualClock();
    const rows = Array.from({ length: 10 }, (_, i) => `${i * 1000 + 500},${i + 1},1,buy,${i}`).join('\n');
    const market = await FileMarket.open({ files: [trades('A', rows)], clock });
    const range = { symbol: 'A', from: 0, to: 100_000 };
    expect(await errorOf(market.getTicker('A'))).toMatchObject({ code: 'NO_DATA_YET' });
    expect(await market.getTickers()).toEqual([]);
    await market.play({ until: 3500 });
    expect(tradeRows([(await market.getTrades(range)).columns])).toHaveLength(4);
    const candles = (await market.getCandles({ ...range, interval: '1s' })).columns;
    expect(Array.from(candles.openTime)).toEqual([0, 1000, 2000]);
    expect((await market.getTicker('A')).lastPrice.toString()).toBe('4');
  });

  it('candles tell how much of their time was watched', async () => {
    const clock = new ManualClock(200_000);
    const file = trades('A', '0,1,1,buy,1\n29999,2,1,buy,2\n59000,3,1,buy,9\n100000,4,1,buy,10\n');
    const market = await FileMarket.open({ files: [file], clock });
    const { columns } = await market.getCandles({ symbol: 'A', interval: '1m', from: 0, to: 200_000 });
    expect(Array.from(columns.coverage)).toEqual([29, 41]);
  });

  it('pages keep the trades of one moment together', async () => {
    const rows = Array.from({ length: 13_000 }, (_, i) => `${Math.floor(i / 3)},1,1,buy,${i}`).join('\n');
    const market = await FileMarket.open({ files: [trades('A', rows)], clock: new ManualClock(100_000) });
    const pages: number[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const { columns, next }: Awaited<ReturnType<FileMarket['getTrades']>> = await market.getTrades({
        symbol: 'A',
        from,
        to: 100_000,
      });
      pages.push(columns.length);
      from = next;
    }
    expect(pages).toEqual([10_002, 2998]);
  });

  it('two plays of one file are identical', async () => {
    const rows = Array.from(
      { length: 500 },
      (_, i) => `${i * 333},${100 + (i % 9)},1,buy,${i + (i > 200 ? 3 : 0)}`,
    ).join('\n');
    expect(digest(await played([trades('A', rows)]))).toBe(digest(await played([trades('A', rows)])));
  });
});

describe('files of klines', () => {
  const rows = '0,1,2,1,2,5\n60000,2,3,2,3,5\n240000,3,4,3,4,5\n';

  it('a candle comes at its close; missing rows are a gap, told when the next candle opens', async () => {
    const clock = new ManualClock();
    const market = await FileMarket.open({ files: [klines('A', rows)], clock });
    const heard = new Recorder(() => clock.nowMs());
    market.candles(['A'], '60s', heard.take);
    await market.play();
    expect(heard.lines).toEqual(['A candle 0 2', 'A candle 60000 3', 'gap 120000-240000', 'A candle 240000 4']);
    expect(heard.times).toEqual([MINUTE, 2 * MINUTE, 4 * MINUTE, 5 * MINUTE]);
  });

  it('several files are merged by time', async () => {
    const other = klines('B', '0,7,7,7,7,1\n60000,8,8,8,8,1\n');
    expect(await played([other, klines('A', '0,1,1,1,1,1\n60000,2,2,2,2,1\n')])).toEqual([
      'B candle 0 7',
      'A candle 0 1',
      'B candle 60000 8',
      'A candle 60000 2',
    ]);
  });

  it('history has closed candles only, at multiples of the interval of the file too', async () => {
    const market = await FileMarket.open({ files: [klines('A', rows)], clock: new ManualClock(4 * MINUTE + 1) });
    const query = { symbol: 'A', from: 0, to: 100 * MINUTE };
    const minutes = (await market.getCandles({ ...query, interval: '1m' })).columns;
    expect(Array.from(minutes.openTime)).toEqual([0, MINUTE]);
    const twos = (await market.getCandles({ ...query, interval: '2m' })).columns;
    expect(klineRows([twos])).toEqual(['0,1,3,1,3,10,,']);
    expect(await errorOf(market.getCandles({ ...query, interval: '30s' }))).toMatchObject({ code: 'INVALID_INPUT' });
    expect((await market.getTicker('A')).lastPrice.toString()).toBe('3');
  });

  it('the stream has the interval of the file, and no other', async () => {
    const market = await FileMarket.open({ files: [klines('A', rows)], clock: new ManualClock() });
    expect(() => market.candles(['A'], '5m', () => {})).toThrow('these files have 1m candles');
  });

  it('pages hold 2,000 candles', async () => {
    const many = Array.from({ length: 4500 }, (_, i) => `${i * 1000},1,1,1,1,1`).join('\n');
    const market = await FileMarket.open({ files: [klines('A', many)], clock: new ManualClock(10_000_000) });
    const query = { symbol: 'A', interval: '1s', from: 0, to: 10_000_000 };
    const first = await market.getCandles(query);
    expect([first.columns.length, first.next]).toEqual([2000, 2_000_000]);
    const last = await market.getCandles({ ...query, from: 4_000_000 });
    expect([last.columns.length, last.next]).toEqual([500, null]);
  });
});

describe('files that do not go together', () => {
  const clock = new ManualClock();
  it.each<readonly [string, readonly MarketFile[], string]>([
    ['no file', [], 'one file at least'],
    ['two files of one symbol', [trades('A', '1,1,1,buy,1\n'), trades('A', '1,1,1,buy,1\n')], 'one file a symbol'],
    [
      'trades and candles',
      [trades('A', '1,1,1,buy,1\n'), klines('B', '0,1,1,1,1,1\n', { interval: '1m' })],
      'not both',
    ],
    [
      'candles of two intervals',
      [klines('A', '0,1,1,1,1,1\n', { interval: '1m' }), klines('B', '0,1,1,1,1,1\n', { interval: '5m' })],
      'must have one interval, not 1m and 5m',
    ],
    [
      'a header of no kind',
      [{ symbol: 'A', source: csv('when,what\n1,2\n') }],
      't.csv:1: the header is neither of trades',
    ],
    ['no rows', [trades('A', '')], 't.csv: the file has a header and no rows'],
    ['a bad row', [trades('A', '1,-1,1,buy,1\n')], 't.csv:2: price must be above 0, not -1'],
  ])('%s', async (_what, files, message) => {
    const error = await errorOf(FileMarket.open({ files, clock }));
    expect(String(error)).toContain(message);
    expect((error as { code?: string }).code).toMatch(/^(INVALID_INPUT|BAD_FILE)$/);
  });
});

const DATA = process.env['PRATE_SHARED_DATA'] ?? join(import.meta.dirname, '../../../../../../shared/data');

describe.skipIf(!existsSync(DATA))(
  `real trades and the exchange's own candles (${existsSync(DATA) ? DATA : 'data set absent'})`,
  () => {
    it('whole minutes of BTCUSDT trades are the exchange candles, number for number', async () => {
      const clock = new ManualClock(1_700_000_000_000);
      const open = (path: string): Promise<FileMarket> =>
        FileMarket.open({ files: [{ symbol: 'BTCUSDT', source: join(DATA, path) }], clock });
      const ours = await open('trades/binance-usdm_BTCUSDT_20230404T2358_20230405T0006.csv.gz');
      const theirs = await open('klines_1m/binance-usdm_BTCUSDT_20230404T2350_20230405T0010.csv.gz');
      const query = { symbol: 'BTCUSDT', interval: '1m', from: 1_680_652_740_000, to: 1_680_653_160_000 };
      const whole = async (market: FileMarket): Promise<CandleColumns> => (await market.getCandles(query)).columns;
      expect(klineRows([await whole(ours)])).toEqual(klineRows([await whole(theirs)]));
      expect((await whole(ours)).length).toBe(7);
    });
  },
);
