import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { type CandleColumns, columnsFromCandles, resample, UNKNOWN } from '../../src/candles/index.ts';
import { bucketOpen, CandleSource, InvalidInputError, toInterval } from '../../src/index.ts';
import { exactRows, provenance } from './support.ts';

const volumes = (texts: readonly string[]): CandleColumns =>
  columnsFromCandles(
    texts.map((volume, i) => ({ openTime: i * 1000, open: 1, high: 1, low: 1, close: 1, volume })),
    toInterval('1s'),
  );

describe('resample', () => {
  it('a bucket has the first open, highest high, lowest low, last close, and sums', () => {
    const columns = columnsFromCandles(
      [
        { openTime: 0, open: '2', high: '3', low: '1.5', close: '2.5', volume: '0.1', turnover: '0.2', trades: 1 },
        { openTime: 2000, open: '4', high: '9', low: '4', close: '5', volume: '0.2', turnover: '1', trades: 2 },
        { openTime: 5000, open: '7', high: '7', low: '7', close: '7', volume: '1', turnover: '7', trades: 1 },
      ],
      toInterval('1s'),
    );
    expect(exactRows(resample(columns, toInterval('5s')))).toEqual(['0,2,9,1.5,5,0.3,1.2,3', '5000,7,7,7,7,1,7,1']);
  });

  it('turnover and trades are known only where all parts know them', () => {
    const base = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const columns = columnsFromCandles(
      [
        { ...base, openTime: 0, turnover: 1 },
        { ...base, openTime: 1000, trades: 1 },
        { ...base, openTime: 5000, turnover: 1, trades: 1 },
      ],
      toInterval('1s'),
    );
    const { turnover, trades } = resample(columns, toInterval('5s'));
    expect([[...turnover], [...trades]]).toEqual([
      [UNKNOWN, 1],
      [UNKNOWN, 1],
    ]);
  });

  it('a bucket of several kinds is called by the weakest; coverage adds up', () => {
    const base = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const { TRADES, EXCHANGE, INTERPOLATED } = CandleSource;
    const columns = columnsFromCandles(
      [
        { ...base, openTime: 0, source: TRADES },
        { ...base, openTime: 60_000, source: EXCHANGE, coverage: 0.5 },
        { ...base, openTime: 120_000, source: EXCHANGE },
        { ...base, openTime: 180_000, source: INTERPOLATED, coverage: 0 },
        { ...base, openTime: 240_000, source: TRADES },
      ],
      toInterval('1m'),
    );
    expect(provenance(resample(columns, toInterval('2m')))).toEqual([
      'EXCHANGE 90/120',
      'INTERPOLATED 60/120',
      'TRADES 60/120',
    ]);
  });

  it('sums are exact to 63 bits and marked as doubles beyond', () => {
    const sum = (...texts: string[]): unknown => {
      const { volume, volumeDecimals } = resample(volumes(texts), toInterval('1m'));
      return [volume, volumeDecimals];
    };
    expect(sum('9007199254740990', '1')).toEqual([Float64Array.of(9007199254740991), 0]);
    expect(sum('9007199254740991', '1', '1')).toEqual([BigInt64Array.of(9007199254740993n), 0]);
    expect(sum('9007199254740.991', '0.002')).toEqual([BigInt64Array.of(9007199254740993n), 3]);
    expect(sum('9223372036854775806', '1')).toEqual([BigInt64Array.of(2n ** 63n - 1n), 0]);
    expect(sum('9223372036854775807', '1')).toEqual([Float64Array.of(2 ** 63), null]);
  });

  it('more trades than doubles count are a number that is not known', () => {
    const seconds = volumes(['1', '1', '1']);
    const counted = (...trades: number[]): number[] =>
      Array.from(resample({ ...seconds, trades: Float64Array.from(trades) }, toInterval('2s')).trades);
    expect(counted(2 ** 52, 2 ** 52 - 1, 7)).toEqual([2 ** 53 - 1, 7]);
    expect(counted(2 ** 52, 2 ** 52, 7)).toEqual([UNKNOWN, 7]);
  });

  it('sums equal those of big integers, in the narrowest array that holds them', () => {
    const amount = fc.oneof(fc.bigInt(0n, 100n), fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n), fc.bigInt(0n, 2n ** 60n));
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 12 }), (amounts) => {
        const { volume, volumeDecimals } = resample(volumes(amounts.map(String)), toInterval('5s'));
        const sums = [0, 5, 10].map((i) => amounts.slice(i, i + 5)).filter((part) => part.length > 0);
        const expected = sums.map((part) => part.reduce((a, b) => a + b, 0n));
        expect(volumeDecimals).toBe(0);
        expect(Array.from(volume, BigInt)).toEqual(expected);
        expect(volume).toBeInstanceOf(expected.some((value) => value >= 2n ** 53n) ? BigInt64Array : Float64Array);
      }),
      cases(300),
    );
  });

  it('months take the days of the calendar, weeks begin on Monday', () => {
    const days = ['2024-02-28', '2024-02-29', '2024-03-01', '2024-03-03', '2024-03-04'].map((day) => Date.parse(day));
    const columns = columnsFromCandles(
      days.map((openTime) => ({ openTime, open: 1, high: 1, low: 1, close: 1, volume: 1 })),
      toInterval('1d'),
    );
    const day = 86_400;
    const months = resample(columns, toInterval('1M'));
    expect([...months.openTime]).toEqual([Date.parse('2024-02-01'), Date.parse('2024-03-01')]);
    expect(provenance(months)).toEqual([`EXCHANGE ${2 * day}/${29 * day}`, `EXCHANGE ${3 * day}/${31 * day}`]);
    const weeks = resample(columns, toInterval('1w'));
    expect([...weeks.openTime]).toEqual([Date.parse('2024-02-26'), Date.parse('2024-03-04')]);
    expect([...weeks.openTime].every((open) => open === bucketOpen(toInterval('1w'), open))).toBe(true);
  });

  it.each([
    ['1m', '90s'],
    ['5m', '1m'],
    ['7s', '1m'],
    ['1w', '1M'],
    ['1M', '1w'],
    ['7d', '1w'],
  ])('%s candles do not add up to %s candles', (from, to) => {
    const columns = columnsFromCandles([], toInterval(from));
    expect(() => resample(columns, toInterval(to))).toThrow(InvalidInputError);
  });
});
