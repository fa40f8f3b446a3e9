import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  type CandleColumns,
  CandleColumnsBuilder,
  type CandleInput,
  type CandleNumbers,
  candleProblem,
  columnsFromCandles,
  UNKNOWN,
  validateColumns,
} from '../../src/candles/index.ts';
import { InvalidInputError, InvalidRowError, toInterval } from '../../src/index.ts';
import { exactRows } from './support.ts';
import { firstProblem } from './validate-oracle.ts';

const MINUTE = toInterval('1m');
const good: CandleNumbers = { open: 5, high: 9, low: 4, close: 6, volume: 2, trades: 1 };

/** What breaks a candle's own rules, and the rule that says so. */
const broken: readonly (readonly [string, Partial<CandleNumbers>, string])[] = [
  ['an open of 0', { open: 0 }, 'open must be above 0, not 0'],
  ['a high of 0', { high: 0 }, 'high must be above 0, not 0'],
  ['a low of 0', { low: 0 }, 'low must be above 0, not 0'],
  ['a close of 0', { close: 0 }, 'close must be above 0, not 0'],
  ['a high below the low', { high: 3 }, 'high 3 is below low 4'],
  ['an open above the high', { open: 10 }, 'open 10 lies outside low 4 to high 9'],
  ['an open below the low', { open: 3 }, 'open 3 lies outside low 4 to high 9'],
  ['a close above the high', { close: 10 }, 'close 10 lies outside low 4 to high 9'],
  ['a close below the low', { close: 3 }, 'close 3 lies outside low 4 to high 9'],
  ['half a trade', { trades: 0.5 }, 'trades must be a whole number at or above 0, not 0.5'],
  ['less than no trades', { trades: -2 }, 'trades must be a whole number at or above 0, not -2'],
  ['trades without volume', { volume: 0 }, '1 trades without volume'],
  ['volume without trades', { trades: 0 }, 'volume without trades'],
];

describe('candleProblem', () => {
  it('a legal candle has none', () => {
    const flat = { ...good, open: 4, high: 4, low: 4, close: 4 };
    for (const row of [
      good,
      flat,
      { ...good, trades: null },
      { ...good, volume: 0, trades: 0 },
      { ...good, volume: 0, trades: null },
    ]) {
      expect(candleProblem(row)).toBeNull();
    }
  });

  it.each(broken)('%s is named', (_, change, problem) => {
    expect(candleProblem({ ...good, ...change })).toBe(problem);
  });

  it.each(['open', 'high', 'low', 'close', 'volume'] as const)(
    'a negative %s, or one that is no number, is named',
    (name) => {
      expect(candleProblem({ ...good, [name]: -1 })).toMatch(`${name} must be`);
      expect(candleProblem({ ...good, [name]: Number.NaN })).toMatch(`${name} must be`);
    },
  );

  it('prints prices as it is told to', () => {
    expect(candleProblem({ ...good, high: 3 }, (price) => `${price}¢`)).toBe('high 3¢ is below low 4¢');
  });
});

describe('CandleColumnsBuilder', () => {
  const row: CandleInput = {
    openTime: 60_000,
    open: '5.5',
    high: '9',
    low: '4',
    close: '6',
    volume: '2',
    turnover: '11',
    trades: 1,
  };
  const refused: readonly (readonly [string, Partial<CandleInput>, string])[] = [
    ...broken.map(([name, change, problem]) => [name, change, problem] as const),
    ['a time between two milliseconds', { openTime: 120_000.5 }, 'open time must be whole epoch milliseconds'],
    ['a time off the grid', { openTime: 121_000 }, 'open time 121000 is off the grid of 1m candles: 120000 is on it'],
    ['a time that comes twice', { openTime: 60_000 }, 'open time 60000 comes twice'],
    ['a time that comes before the last', { openTime: 0 }, 'open time 0 comes after 60000: rows must ascend'],
    ['a negative price', { low: '-4' }, 'low must be at or above 0, not -4'],
    ['a word for a price', { close: 'six' }, "close must be a number, not 'six'"],
    ['an empty price', { open: '' }, "open must be a number, not ''"],
    ['an infinite price', { high: Number.POSITIVE_INFINITY }, "high must be a number, not 'Infinity'"],
    ['a price beyond doubles', { high: '1e400' }, "high must be a number, not '1e400'"],
    ['a negative volume', { volume: -2 }, 'volume must be at or above 0, not -2'],
    ['a volume of -0', { volume: '-0' }, 'volume must be at or above 0, not -0'],
    ['a negative turnover', { turnover: -1 }, 'turnover must be at or above 0, not -1'],
    ['a word for a turnover', { turnover: '?' }, "turnover must be a number, not '?'"],
    [
      'an unheard-of source',
      { source: 'RUMOUR' as never },
      'source must be TRADES, EXCHANGE or INTERPOLATED, not RUMOUR',
    ],
    ['a coverage above 1', { coverage: 1.5 }, 'coverage must be 0 to 1, not 1.5'],
    ['a coverage that is no number', { coverage: Number.NaN }, 'coverage must be 0 to 1, not NaN'],
  ];

  it.each(refused)('%s is refused, and everything stays as it was', (_, change, problem) => {
    const builder = new CandleColumnsBuilder(MINUTE);
    builder.push(row);
    expect(() => builder.push({ ...row, openTime: 120_000, ...change })).toThrow(InvalidInputError);
    expect(() => builder.push({ ...row, openTime: 120_000, ...change })).toThrow(problem);
    expect(builder.length).toBe(1);
    builder.push({ ...row, openTime: 180_000 });
    expect(builder.finish()).toEqual(columnsFromCandles([row, { ...row, openTime: 180_000 }], MINUTE));
  });

  it('keeps numbers as written, doubles by their shortest text', () => {
    const columns = columnsFromCandles([{ ...row, open: 4.1, low: '1e-2', volume: 1e-7, trades: null }], MINUTE);
    expect(exactRows(columns)).toEqual(['60000,4.1,9,0.01,6,0.0000001,11,']);
    expect([columns.priceDecimals, columns.volumeDecimals, columns.turnoverDecimals]).toEqual([2, 7, 0]);
  });

  it('is EXCHANGE and fully covered unless told otherwise', () => {
    const columns = columnsFromCandles([row], MINUTE);
    expect([columns.source[0], columns.coverage[0]]).toEqual([1, 60]);
  });

  it('columnsFromCandles names the row that is wrong', () => {
    const rows = [row, { ...row, openTime: 120_000 }, { ...row, openTime: 180_000, high: 1 }];
    expect(() => columnsFromCandles(rows, MINUTE)).toThrow('row 2: high 1 is below low 4');
    expect(() => columnsFromCandles(rows, MINUTE)).toThrow(InvalidRowError);
  });
});

describe('validateColumns', () => {
  const columns = (): CandleColumns =>
    columnsFromCandles(
      [0, 60_000].map((openTime) => ({
        openTime,
        open: '5.5',
        high: '9',
        low: '4',
        close: '6',
        volume: '2',
        trades: 1,
      })),
      MINUTE,
    );
  const refuse = (change: (legal: CandleColumns) => void, problem: string): void => {
    const changed = columns();
    change(changed);
    expect(() => validateColumns(changed)).toThrow(InvalidRowError);
    expect(() => validateColumns(changed)).toThrow(`row 1: ${problem}`);
  };

  it('legal columns pass, also those without turnover and trades', () => {
    validateColumns(columns());
    const unknown = columns();
    unknown.trades.fill(UNKNOWN);
    validateColumns(unknown);
    validateColumns(columnsFromCandles([], MINUTE));
  });

  it('months are refused', () => {
    expect(() => validateColumns(columnsFromCandles([], toInterval('1M')))).toThrow('calendar months cannot be stored');
    expect(() => validateColumns(columnsFromCandles([], toInterval('1M')))).toThrow(InvalidInputError);
  });

  it('a row off the grid is refused', () =>
    refuse((c) => c.openTime.set([60_001], 1), 'open time 60001 is off the grid'));
  it('a row out of order is refused', () => refuse((c) => c.openTime.set([0], 1), 'open time 0 does not come after 0'));
  it('a time that is no number is refused', () =>
    refuse((c) => c.openTime.set([Number.NaN], 1), 'open time must be whole'));
  it('a source that is none is refused', () =>
    refuse((c) => c.source.set([3], 1), 'source must be EXCHANGE or TRADES (1 or 2), not 3'));
  it('more watched seconds than the candle has are refused', () =>
    refuse((c) => c.coverage.set([61], 1), 'coverage must be at most the 60 seconds of the candle, not 61'));
  it('columns of different lengths are refused', () => {
    for (const name of ['coverage', 'source', 'volume'] as const) {
      const short = { ...columns(), [name]: columns()[name].subarray(0, 1) };
      expect(() => validateColumns(short)).toThrow(`${name} has 1 entries for 2 rows`);
    }
  });
  it('infinities are refused, also where no grid is', () => {
    refuse((c) => c.high.set([Infinity], 1), 'high must be above 0, not Infinity');
    refuse((c) => c.volume.set([Infinity] as never, 1), 'volume must be at or above 0, not Infinity');
    refuse((c) => c.turnover.set([Infinity] as never, 1), 'turnover must be at or above 0');
  });
  it('a fraction of the grid is refused', () => {
    refuse((c) => c.close.set([55.5], 1), 'close must be a whole number of its grid, not 55.5');
    refuse((c) => c.volume.set([0.5] as never, 1), 'volume must be a whole number of its grid, not 0.5');
  });
  it('doubles on no grid may be fractions', () => {
    validateColumns({ ...columns(), volumeDecimals: null, volume: Float64Array.of(0.5, 0.25) });
  });
  it('decimals that are none are refused', () => {
    for (const decimals of [-1, 0.5, 23]) {
      expect(() => validateColumns({ ...columns(), volumeDecimals: decimals })).toThrow(
        'decimals must be a whole number',
      );
    }
  });
  it('an INTERPOLATED row is refused', () =>
    refuse((c) => c.source.set([0], 1), 'INTERPOLATED candles are not stored'));
  it('a negative turnover is refused', () =>
    refuse((c) => c.turnover.set([-5] as never, 1), 'turnover must be at or above 0'));
  it('a negative volume is refused', () =>
    refuse((c) => c.volume.set([-5] as never, 1), 'volume must be at or above 0'));
  it('a price is shown as it was written', () => refuse((c) => c.high.set([39], 1), 'high 3.9 is below low 4'));
  it('a price of 0 is refused', () => refuse((c) => c.low.set([0], 1), 'low must be above 0, not 0'));
  it('a price that is no number is refused', () =>
    refuse((c) => c.close.set([Number.NaN], 1), 'close must be above 0, not NaN'));
  it('trades without volume are refused', () =>
    refuse((c) => c.volume.set([0] as never, 1), '1 trades without volume'));

  it('finds what going through the rules row by row finds', () => {
    const value = fc.constantFrom(
      0,
      1,
      2,
      5,
      0.5,
      -1,
      -2,
      300,
      2 ** 53,
      Number.NaN,
      Infinity,
      -Infinity,
      60_000,
      180_000,
    );
    const name = fc.constantFrom(
      'openTime',
      'open',
      'high',
      'low',
      'close',
      'volume',
      'turnover',
      'trades',
      'source',
      'coverage' as const,
    );
    const change = fc.tuple(name, fc.nat(3), value);
    const given = fc.record({
      changes: fc.array(change, { maxLength: 3 }),
      onGrid: fc.boolean(),
      big: fc.boolean(),
      gap: fc.nat(2),
    });
    fc.assert(
      fc.property(given, ({ changes, onGrid, big, gap }) => {
        const legal = columnsFromCandles(
          [0, 60_000, 120_000, 180_000].map((time, i) => ({
            openTime: time + (i > 1 ? gap * 60_000 : 0),
            ...{
              open: 2,
              high: 3,
              low: 1,
              close: 2,
              volume: i,
              trades: i === 3 ? null : i,
              turnover: i === 2 ? null : i,
            },
          })),
          MINUTE,
        );
        const changed: CandleColumns = {
          ...legal,
          ...(onGrid ? {} : { priceDecimals: null, volumeDecimals: null, turnoverDecimals: null }),
          ...(onGrid && big ? { volume: BigInt64Array.from(legal.volume as Float64Array, BigInt) } : {}),
        };
        for (const [column, row, to] of changes) {
          const values = changed[column];
          if (!(values instanceof BigInt64Array)) values[row] = to;
          else if (Number.isSafeInteger(to)) values[row] = BigInt(to);
        }
        const problem = firstProblem(changed);
        if (problem === null) validateColumns(changed);
        else expect(() => validateColumns(changed)).toThrow(problem);
      }),
      cases(10_000),
    );
  });
});
