import { describe, expect, it } from 'vitest';
import {
  type CandleColumns,
  CandleRow,
  candleAt,
  columnsFromCandles,
  placeOf,
  rowsOf,
  sliceColumns,
} from '../../src/candles/index.ts';
import { concatColumns } from '../../src/candles/rescale.ts';
import { toInterval } from '../../src/index.ts';

const minute = toInterval('1m');
const columns: CandleColumns = columnsFromCandles(
  [1, 2, 3].map((n) => ({
    openTime: n * 60_000,
    ...{ open: n, high: n + 0.5, low: n - 0.5, close: n + 0.25, volume: n * 10, turnover: n === 2 ? null : n * 100 },
    ...{ trades: n === 2 ? null : n, coverage: n / 4 },
  })),
  minute,
);
const huge: CandleColumns = columnsFromCandles(
  [{ openTime: 0, open: 1, high: 1, low: 1, close: 1, volume: '9007199254740993.5' }],
  minute,
);

describe('a row of columns as columns', () => {
  it.each([0, 1, 2])('row %i: has the values of a slice, and the same candle', (row) => {
    const slice = sliceColumns(columns, row, row + 1);
    const one = new CandleRow(columns, row);
    for (const name of Object.keys(slice) as (keyof CandleColumns)[]) expect(one[name], name).toEqual(slice[name]);
    expect(candleAt(one, 0)).toEqual(candleAt(columns, row));
    expect([...rowsOf(one)]).toEqual([...rowsOf(slice)]);
    expect(sliceColumns(one, 0, 1)).toEqual(slice);
  });

  it('sums beyond 53 bits keep their digits', () => {
    expect(new CandleRow(huge, 0).volume).toEqual(huge.volume);
    expect(new CandleRow(huge, 0).volume).toBeInstanceOf(BigInt64Array);
  });

  it('is its own: what is written into its arrays changes nothing', () => {
    const one = new CandleRow(columns, 0);
    one.close[0] = 0;
    expect(one.close[0]).toBe(columns.close[0]);
  });

  it('its place is in the columns, and theirs is all of them', () => {
    expect(placeOf(new CandleRow(columns, 1))).toEqual({ columns, from: 1, to: 2 });
    expect(placeOf(columns)).toEqual({ columns, from: 0, to: 3 });
  });

  it('rows put together again are the columns', () => {
    const rows = [0, 1, 2].map((row) => new CandleRow(columns, row));
    expect(concatColumns(rows, minute)).toEqual(columns);
  });
});
