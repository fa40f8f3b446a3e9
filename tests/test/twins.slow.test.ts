import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { klinesCsv } from './support/csv.ts';
import { CommandLine } from './support/prate.ts';
import { type Row, SlowResampler, slowCandles, slowResample } from './support/slow-candles.ts';
import { differences, eachStored, importFile, stored } from './support/stored-candles.ts';
import { busyMinutes, perpetualTape, sparseSeconds, thinTape, tradesCsv } from './support/twins.ts';

const LONG = process.env['PRATE_LONG'] === '1';
const MINUTES = 60_000;
/** A month, and in the short mode some days of it. */
const MONTH = LONG ? 44_640 : 4_000;
const INTERVALS = [1, 5, 7, 60, 90, 300];

describe('twins of real files', { timeout: 5 * MINUTES }, () => {
  const prate = new CommandLine();
  afterAll(() => prate[Symbol.dispose]());

  const write = (name: string, text: string): string => {
    writeFileSync(join(prate.folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
    return name;
  };

  describe('a thin tape of trades', () => {
    const tape = thinTape(1, 6000);

    it('has the traits: empty minutes, several trades in a millisecond, 8 decimals', () => {
      const minutes = slowCandles(tape, 60);
      const first = minutes[0] as Row;
      const last = minutes.at(-1) as Row;
      expect((last.openTime - first.openTime) / MINUTES + 1).toBeGreaterThan(minutes.length * 1.2);
      expect(new Set(tape.map(({ timeMs }) => timeMs)).size).toBeLessThan(tape.length);
      expect(minutes.some(({ close }) => /\.\d{8}$/.test(close))).toBe(true);
    });

    it.each(INTERVALS)('read at %i s it is what its trades say, every row and field', async (seconds) => {
      const symbol = `thin-${seconds}`;
      const imported = await importFile(prate, write('thin.csv.gz', tradesCsv(tape)), symbol);
      expect(imported).toMatchObject({ rows: tape.length, leftOut: 0, gaps: 0 });
      const actual = await stored(prate, { symbol, interval: `${seconds}s` });
      expect(differences(actual, slowCandles(tape, seconds))).toEqual([]);
    });
  });

  describe("a perpetual's tape", () => {
    const tape = perpetualTape(2, 12_000);
    const market = tape.filter(({ type }) => type === 'MARKET');

    it.each(INTERVALS)('read at %i s it is what its trades of type MARKET say, and only they', async (seconds) => {
      const symbol = `perpetual-${seconds}`;
      const imported = await importFile(prate, write('perpetual.csv', tradesCsv(tape)), symbol);
      expect(imported).toMatchObject({ rows: market.length, leftOut: tape.length - market.length });
      const actual = await stored(prate, { symbol, interval: `${seconds}s` });
      expect(differences(actual, slowCandles(market, seconds))).toEqual([]);
      expect(differences(actual, slowCandles(tape, seconds))).not.toEqual([]);
    });
  });

  it.each([60, 7, 90, 3600])('sparse seconds: read at %i s they are what the seconds say', async (seconds) => {
    const rows = sparseSeconds(3, 25);
    const symbol = `sparse-${seconds}`;
    await importFile(prate, write('sparse.csv', klinesCsv(rows)), symbol);
    expect(differences(await stored(prate, { symbol, interval: '1s' }), rows)).toEqual([]);
    const actual = await stored(prate, { symbol, interval: `${seconds}s` });
    expect(differences(actual, slowResample(rows, seconds))).toEqual([]);
  });

  it.each([4, 5])('minutes, seed %i: read at 1 s and put together again elsewhere they are the file', async (seed) => {
    const rows = busyMinutes(seed, MONTH);
    const symbol = `minutes-${seed}`;
    await importFile(prate, write('minutes.csv.gz', klinesCsv(rows)), symbol);
    const minutes = new SlowResampler(60);
    const seen = { seconds: 0, halves: 0 };
    await eachStored(prate, { symbol, interval: '1s' }, (second) => {
      seen.seconds += 1;
      if ((second.volume === '0') !== (second.trades === '0')) seen.halves += 1;
      minutes.push(second);
    });
    // a second has volume if and only if it has trades
    expect(seen).toEqual({ seconds: MONTH * 60, halves: 0 });
    expect(differences(minutes.finish(), rows)).toEqual([]);
  });

  it.each([
    [7, '0.0000'],
    [90, '0.6667'],
  ])('minutes at the odd interval of %i s are what their own seconds say', async (seconds, coverage) => {
    const symbol = `odd-${seconds}`;
    const rows = busyMinutes(6, 1500);
    await importFile(prate, write('odd.csv', klinesCsv(rows)), symbol);
    const from = Math.ceil((rows[0] as Row).openTime / 630_000) * 630_000; // a grid of both intervals
    const to = from + 100 * 630_000;
    const expected = slowResample(await stored(prate, { symbol, interval: '1s', from, to }), seconds);
    const actual: Row[] = [];
    const coverages = new Set<string>();
    await eachStored(prate, { symbol, interval: `${seconds}s`, from, to }, (row) => {
      coverages.add(row.coverage);
      actual.push(row);
    });
    expect(differences(actual, expected)).toEqual([]);
    expect(coverages).toEqual(new Set([coverage]));
  });
});
