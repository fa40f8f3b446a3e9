import { toInterval } from '@prate/domain';
import { type CandleInput, columnsFromCandles, rowsOf } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { numbersText, plainNumbersText } from '../src/candles/number-text.ts';
import { candleJsons, columnsText } from '../src/candles/rows.ts';

const number = fc.tuple(fc.nat(2_000_000), fc.integer({ min: 0, max: 8 })).map(([n, d]) => (n + 1) / 10 ** d);

const candle = fc
  .record({
    a: number,
    b: number,
    volume: number,
    turnover: fc.option(number),
    trades: fc.option(fc.nat(50)),
    watched: fc.nat(5),
  })
  .map(({ a, b, volume, turnover, trades, watched }, i = 0) => ({
    ...{ openTime: i, open: a, close: b, high: Math.max(a, b), low: Math.min(a, b) },
    ...(trades === 0 ? { volume: 0, turnover: turnover === null ? null : 0 } : { volume, turnover }),
    ...{ trades, coverage: watched / 5 },
  }));

describe('columns as text', () => {
  it('law: a reader has the rows, as the nearest doubles of the exact numbers', () => {
    fc.assert(
      fc.property(fc.array(candle, { maxLength: 20 }), (made) => {
        const candles: CandleInput[] = made.map((each, i) => ({ ...each, openTime: i * 5000 }));
        const columns = columnsFromCandles(candles, toInterval('5s'));
        const read = JSON.parse(`{${columnsText(columns)}}`) as Record<string, unknown[]>;
        const rows = Array.from({ length: columns.length }, (_, i) =>
          Object.fromEntries(Object.entries(read).map(([name, values]) => [name, values[i]])),
        );
        const sources = ['INTERPOLATED', 'EXCHANGE', 'TRADES'];
        expect(rows.map((row) => ({ ...row, source: sources[row['source'] as number] }))).toEqual([...rowsOf(columns)]);
        expect(candleJsons(columns)).toEqual([...rowsOf(columns)]);
      }),
      cases(200),
    );
  });

  it('all decimals of a sum are in the text, those too that no double has', () => {
    const volume = '12345678901234567.8';
    const columns = columnsFromCandles([{ openTime: 0, open: 1, high: 1, low: 1, close: 1, volume }], toInterval('1m'));
    expect(columnsText(columns)).toContain(`"volume":[${volume}]`);
  });
});

describe('numbers as text', () => {
  const whole = fc.oneof(
    fc.maxSafeNat(),
    fc.nat(2000),
    fc.constantFrom(-1, 0, 99_999_999, 100_000_000, 100_000_001, Number.MAX_SAFE_INTEGER),
    fc.tuple(fc.nat(90), fc.nat(15)).map(([n, zeros]) => n * 10 ** Math.min(zeros, 14)),
  );

  it('law: digit by digit they are what they are one by one', () => {
    fc.assert(
      fc.property(fc.array(whole), fc.integer({ min: 0, max: 22 }), (values, decimals) => {
        const column = Float64Array.from(values);
        expect(numbersText(column, decimals)).toBe(plainNumbersText(column, decimals));
      }),
      cases(1000),
    );
  });

  it('doubles on no grid, and sums beyond doubles', () => {
    expect(numbersText(Float64Array.of(0.1, 1e-7, -1, 1e21), null)).toBe('0.1,0.0000001,null,1000000000000000000000');
    expect(numbersText(BigInt64Array.of(9_007_199_254_740_993n, -1n), 2)).toBe('90071992547409.93,null');
    expect(numbersText(new Float64Array(0), 2)).toBe('');
  });
});
