import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TimeRange, totalMs } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { readKlines, readTrades } from '../../src/files/index.ts';
import { collect } from './file-text.ts';

const DATA = process.env['PRATE_SHARED_DATA'] ?? join(import.meta.dirname, '../../../../../../shared/data');
/** Whole files are read, perhaps on a busy machine. */
const TIMEOUT_MS = 60_000;
const present = existsSync(DATA);
const files = (folder: string): string[] => globSync(join(DATA, folder, '*.csv.gz')).sort();

describe.skipIf(!present)(`real files${present ? '' : ' (skipped: set PRATE_SHARED_DATA to the data set)'}`, () => {
  const trades = files('trades');
  const klines = ['klines_1s', 'klines_1m', 'klines_5m'].flatMap((folder) =>
    files(folder).map((path) => [folder.slice('klines_'.length), basename(path), path] as const),
  );

  it('are there', () => {
    expect(trades.length).toBeGreaterThan(0);
    expect(klines.length).toBeGreaterThan(0);
  });

  it.each(trades.map((path) => [basename(path), path]))(
    '%s: every row is a trade of the market, or left out',
    async (_, path) => {
      const reading = readTrades(path);
      const batches = await collect(reading);
      expect(reading.counts.kept).toBe(batches.reduce((sum, batch) => sum + batch.length, 0));
      expect(reading.counts.kept).toBeGreaterThan(0);
      expect(reading.counts.leftOut).toBeLessThanOrEqual(1);
      const first = Math.floor((batches[0]?.time[0] as number) / 1000) * 1000;
      const last = Math.floor((batches.at(-1)?.time.at(-1) as number) / 1000) * 1000;
      const holes = reading.jumps.map(({ range }): TimeRange => range);
      expect(totalMs(reading.observed())).toBeGreaterThanOrEqual(last + 1000 - first - totalMs(holes));
      const ignoring = readTrades(path, { idGaps: false });
      await collect(ignoring);
      expect(ignoring.observed()).toEqual([{ from: first, to: last + 1000 }]);
    },
    TIMEOUT_MS,
  );

  it.each(klines)(
    '%s %s: every row is a candle, and the interval is found',
    async (interval, _, path) => {
      const reading = readKlines(path);
      const batches = await collect(reading);
      expect(new Set(batches.map((batch) => batch.interval.text))).toEqual(new Set([interval]));
      expect(reading.counts.invalid).toBe(0);
    },
    TIMEOUT_MS,
  );

  it('the holes that the recorder of LTCUSDT left are found by its ids', async () => {
    const path = trades.find((each) => each.includes('LTCUSDT'));
    if (path === undefined) return;
    const reading = readTrades(path);
    await collect(reading);
    expect(reading.jumps).toHaveLength(16);
    const evening = Date.parse('2025-06-21T18:19:00Z');
    expect(reading.jumps.some(({ range }) => range.from < evening + 120_000 && range.to > evening)).toBe(true);
  });
});
