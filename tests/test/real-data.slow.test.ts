import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../../tooling/test-support/fixture-tree.ts';
import { type Fields, readCsv, rowOf, tapeTradeOf } from './support/csv.ts';
import { CommandLine } from './support/prate.ts';
import { type Row, SlowResampler, slowCandles, slowResample } from './support/slow-candles.ts';
import { differences, eachStored, importFile, pricesAndVolume, stored } from './support/stored-candles.ts';

/** Files that exchanges published; they lie beside the repository, where they are there at all. `twins.slow.test.ts` needs none. */
const data = process.env['PRATE_SHARED_DATA'] ?? join(repository, '../shared/data');
const present = existsSync(join(data, 'trades'));
if (!present) console.log(`real data: skipped, there is no ${data} (PRATE_SHARED_DATA names another folder)`);

const MINUTES = 60_000;
const file = (path: string): string => join(data, `${path}.csv.gz`);
const filesIn = (folder: string): string[] =>
  present ? readdirSync(join(data, folder)).map((name) => `${folder}/${name.replace('.csv.gz', '')}`) : [];
const klines = ['klines_1m', 'klines_1s', 'klines_5m'].flatMap(filesIn);
const trades = filesIn('trades');

/** Each file is a symbol of its own. */
const symbolOf = (path: string): string => path.replace('/', ':');
const rowsOfFile = (path: string): readonly Row[] => readCsv(file(path)).map(rowOf);

describe.skipIf(!present)('real data', { timeout: 5 * MINUTES }, () => {
  const prate = new CommandLine();
  afterAll(() => prate[Symbol.dispose]());

  describe.each(klines)('%s', (path) => {
    const interval = path.slice('klines_'.length, path.indexOf('/'));

    it('is imported whole, and read at its own interval it is the file', async () => {
      const expected = rowsOfFile(path);
      const imported = await importFile(prate, file(path), symbolOf(path));
      expect(imported).toMatchObject({ kind: 'klines', interval, rows: expected.length, added: expected.length });
      expect(differences(await stored(prate, { symbol: symbolOf(path), interval }), expected)).toEqual([]);
    });
  });

  describe.each(trades)('%s', (path) => {
    let tape: readonly Fields[] = [];
    beforeAll(async () => {
      tape = readCsv(file(path)).filter((fields) => (fields['type'] ?? 'MARKET') === 'MARKET');
      const all = readCsv(file(path)).length;
      const imported = await importFile(prate, file(path), symbolOf(path));
      expect(imported).toMatchObject({ kind: 'trades', rows: tape.length, leftOut: all - tape.length, invalid: 0 });
    });

    it.each([1, 7, 60, 90])('is imported whole, and read at %i s it is what its trades say', async (seconds) => {
      const expected = slowCandles(tape.map(tapeTradeOf), seconds);
      const actual = await stored(prate, { symbol: symbolOf(path), interval: `${seconds}s` });
      expect(differences(actual, expected)).toEqual([]);
    });
  });

  it.each(['1m', '5m'])(
    "XRPETH: the trades' candles of %s are the exchange's, every row and field",
    async (interval) => {
      const symbol = symbolOf('trades/binance-spot_XRPETH_20191011');
      const exchange = rowsOfFile(`klines_${interval}/binance-spot_XRPETH_20191011`);
      expect(exchange.length).toBe(interval === '1m' ? 1022 : 287);
      expect(differences(pricesAndVolume(await stored(prate, { symbol, interval })), exchange)).toEqual([]);
    },
  );

  it("Coinbase BTCUSD: the seconds at 1m are the exchange's minutes, every row and field", async () => {
    const symbol = symbolOf('klines_1s/coinbase-spot_BTCUSD_20161008');
    const exchange = rowsOfFile('klines_1m/coinbase-spot_BTCUSD_20161008');
    expect(exchange.length).toBe(1400);
    expect(differences(await stored(prate, { symbol, interval: '1m' }), exchange)).toEqual([]);
  });

  it("BTCUSDT perpetual: trades of type MARKET, and only they, are the exchange's minutes, turnover and trades too", async () => {
    const path = 'trades/binance-usdm_BTCUSDT_20230404T2358_20230405T0006';
    const [from, to] = [Date.UTC(2023, 3, 4, 23, 59), Date.UTC(2023, 3, 5, 0, 6)]; // the whole minutes of the tape
    const whole = (row: Row): boolean => row.openTime >= from && row.openTime < to;
    const exchange = rowsOfFile('klines_1m/binance-usdm_BTCUSDT_20230404T2350_20230405T0010').filter(whole);
    expect(exchange.length).toBe(7);
    const actual = await stored(prate, { symbol: symbolOf(path), interval: '1m', from, to });
    expect(differences(actual, exchange)).toEqual([]);
    const withOthers = slowCandles(readCsv(file(path)).map(tapeTradeOf), 60).filter(whole);
    expect(differences(withOthers, exchange)).not.toEqual([]);
  });

  it('FILUSDT: a month of minutes, read at 1 s and put together again elsewhere, is the file: 44,640 of 44,640', async () => {
    const path = 'klines_1m/binance-usdm_FILUSDT_2023-05';
    const minutes = new SlowResampler(60);
    const seen = { seconds: 0, sources: new Set<string>() };
    await eachStored(prate, { symbol: symbolOf(path), interval: '1s' }, ({ source, ...row }) => {
      seen.seconds += 1;
      seen.sources.add(source);
      minutes.push(row);
    });
    expect(seen).toEqual({ seconds: 2_678_400, sources: new Set(['INTERPOLATED']) });
    const exchange = rowsOfFile(path);
    expect(exchange.length).toBe(44_640);
    expect(differences(minutes.finish(), exchange)).toEqual([]);
  });

  it.each([
    [7, '0.0000'],
    [90, '0.6667'],
  ])('FILUSDT: at the odd interval of %i s it is what its own seconds say', async (seconds, coverage) => {
    const symbol = symbolOf('klines_1m/binance-usdm_FILUSDT_2023-05');
    const grid = 630_000; // both intervals, in ms, divide it
    const from = Math.ceil(Date.UTC(2023, 4, 20) / grid) * grid;
    const to = from + 137 * grid; // one day
    const expected = slowResample(await stored(prate, { symbol, interval: '1s', from, to }), seconds);
    expect(expected.length).toBe((to - from) / (seconds * 1000));
    const coverages = new Set<string>();
    const actual: Row[] = [];
    await eachStored(prate, { symbol, interval: `${seconds}s`, from, to }, (row) => {
      coverages.add(row.coverage);
      actual.push(row);
    });
    expect(differences(actual, expected)).toEqual([]);
    expect(coverages).toEqual(new Set([coverage]));
  });
});
