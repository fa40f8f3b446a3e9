import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  batchesFromDoubles,
  type CandleDoubles,
  columnsFromCandles,
  columnsFromDoubles,
  DecimalColumnBuilder,
  type NumberColumn,
  TRADES_CODE,
  UNKNOWN,
  validateColumns,
} from '../../src/candles/index.ts';
import { CandleSource, InvalidInputError, InvalidRowError, toInterval } from '../../src/index.ts';
import { candleArbitrary, exactRows } from './support.ts';

/** What is written with few digits, what just fits 53 bits, and what arithmetic in doubles leaves. */
const double = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(9_999_999), fc.nat(8)).map(([digits, decimals]) => Number(`${digits}e-${decimals}`)),
  },
  fc.tuple(fc.bigInt(2n ** 50n, 2n ** 54n), fc.nat(18)).map(([digits, decimals]) => Number(`${digits}e-${decimals}`)),
  fc.tuple(fc.nat(999), fc.nat(999)).map(([a, b]) => a * 0.1 + b * 0.01),
  fc.tuple(fc.nat(9), fc.integer({ min: -26, max: 20 })).map(([digit, exponent]) => Number(`${digit}e${exponent}`)),
  fc.nat(100),
  fc.double({ min: 0, max: 1e25, noNaN: true }).map(Math.abs),
);

/** Sets in which most numbers have one scale: with one of each kind hardly any grid holds all. */
const doubles = fc.oneof(
  fc.array(double, { maxLength: 6 }),
  fc
    .tuple(fc.nat(16), fc.array(fc.oneof(fc.bigInt(0n, 2n ** 53n), fc.bigInt(0n, 10n ** 6n)), { maxLength: 6 }))
    .map(([decimals, digits]) => digits.map((value) => Number(`${value}e-${decimals}`))),
);

const minute = (rows: Partial<CandleDoubles>, length = rows.open?.length ?? 2): CandleDoubles => {
  const all = (value: number): Float64Array => new Float64Array(length).fill(value);
  return {
    interval: '1m',
    openTime: all(0).map((_, i) => i * 60_000),
    ...{ open: all(5), high: all(5), low: all(5), close: all(5), volume: all(1) },
    ...rows,
  };
};

/** The oracle: by the shortest text of every number. */
const byTexts = (kind: 'price' | 'sum', columns: readonly (readonly number[])[]): NumberColumn[] =>
  DecimalColumnBuilder.finishTogether(
    kind,
    columns.map((values) => {
      const builder = new DecimalColumnBuilder(kind);
      for (const value of values) {
        if (value === UNKNOWN) builder.pushUnknown();
        else builder.push(value);
      }
      return builder;
    }),
  );

describe('columnsFromDoubles', () => {
  it('prices: the grid and the whole numbers are those of the shortest texts', () => {
    fc.assert(
      fc.property(fc.oneof(doubles, fc.array(double, { maxLength: 3 })), fc.nat(5), (values, turn) => {
        const four = [0, 1, 2, 3].map((i) => [...values.slice((i * turn) % 4), ...values.slice(0, (i * turn) % 4)]);
        const [open, high, low, close] = four.map((column) => Float64Array.from(column)) as [
          Float64Array,
          Float64Array,
          Float64Array,
          Float64Array,
        ];
        const columns = columnsFromDoubles(minute({ open, high, low, close }, values.length));
        const found = [columns.open, columns.high, columns.low, columns.close];
        expect(found.map((column) => ({ decimals: columns.priceDecimals, values: column }))).toEqual(
          byTexts('price', four),
        );
      }),
      cases(10_000),
    );
  });

  it('volume and turnover: the same, up to 63 bits, with unknown turnover left unknown', () => {
    fc.assert(
      fc.property(doubles, doubles, (volumes, turnovers) => {
        const length = Math.min(volumes.length, turnovers.length);
        const volume = volumes.slice(0, length);
        const turnover = turnovers.slice(0, length).map((value, i) => (i % 3 === 1 ? UNKNOWN : value));
        const columns = columnsFromDoubles(
          minute({ volume: Float64Array.from(volume), turnover: Float64Array.from(turnover) }, length),
        );
        expect({ decimals: columns.volumeDecimals, values: columns.volume }).toEqual(byTexts('sum', [volume])[0]);
        expect({ decimals: columns.turnoverDecimals, values: columns.turnover }).toEqual(byTexts('sum', [turnover])[0]);
      }),
      cases(10_000),
    );
  });

  it('what fits d decimals in the last row only still has d decimals everywhere', () => {
    const open = new Float64Array(1000).fill(7);
    open[999] = 7.25;
    const columns = columnsFromDoubles(minute({ open }));
    expect([columns.priceDecimals, columns.open[0], columns.open[999], columns.close[0]]).toEqual([2, 700, 725, 500]);
  });

  it('equals the columns of the same candles as rows', () => {
    fc.assert(
      fc.property(
        fc.tuple(candleArbitrary(0), candleArbitrary(60_000), candleArbitrary(120_000)),
        fc.constantFrom(...Object.values(CandleSource)),
        (rows, source) => {
          const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume' | 'turnover' | 'trades'): Float64Array =>
            Float64Array.from(rows, (row) => Number(row[name] ?? UNKNOWN));
          const columns = columnsFromDoubles({
            interval: '1m',
            source,
            openTime: Float64Array.of(0, 60_000, 120_000),
            ...{ open: column('open'), high: column('high'), low: column('low'), close: column('close') },
            ...{ volume: column('volume'), turnover: column('turnover'), trades: column('trades') },
          });
          const expected = columnsFromCandles(
            rows.map((row) => ({ ...row, source })),
            toInterval('1m'),
          );
          expect(exactRows(columns)).toEqual(exactRows(expected));
          expect([columns.source, columns.coverage]).toEqual([expected.source, expected.coverage]);
        },
      ),
      cases(300),
    );
  });

  it('without turnover, trades, source and coverage: unknown, unknown, EXCHANGE and whole', () => {
    const columns = columnsFromDoubles(minute({}, 1));
    expect([columns.turnover[0], columns.trades[0], columns.source[0], columns.coverage[0]]).toEqual([-1, -1, 1, 60]);
    const month = columnsFromDoubles({
      ...minute({}, 2),
      interval: '1M',
      openTime: Float64Array.of(0, 31 * 86_400_000),
    });
    expect([...month.coverage]).toEqual([31 * 86_400, 28 * 86_400]);
    const given = columnsFromDoubles({
      ...minute({ trades: Float64Array.of(1, 2) }),
      ...{ source: Uint8Array.of(TRADES_CODE, TRADES_CODE), coverage: Uint32Array.of(60, 30) },
    });
    expect([[...given.source], [...given.coverage]]).toEqual([
      [TRADES_CODE, TRADES_CODE],
      [60, 30],
    ]);
    validateColumns(given);
  });

  it('arrays that need no change are taken over, not copied', () => {
    const doubles = minute({ trades: Float64Array.of(1, 1), open: Float64Array.of(5, 5.5) });
    const columns = columnsFromDoubles(doubles);
    for (const name of ['openTime', 'volume', 'trades'] as const) expect(columns[name]).toBe(doubles[name]);
    expect(doubles.open).toEqual(Float64Array.of(5, 5.5));
  });

  const bad = (change: Partial<CandleDoubles>, problem: string): void => {
    expect(() => columnsFromDoubles(minute(change))).toThrow(InvalidInputError);
    expect(() => columnsFromDoubles(minute(change))).toThrow(problem);
  };

  it('numbers that are negative or none are refused with their row', () => {
    bad({ open: Float64Array.of(5, Number.NaN) }, "row 1: open must be a number, not 'NaN'");
    bad({ high: Float64Array.of(5.5, Number.POSITIVE_INFINITY) }, "row 1: high must be a number, not 'Infinity'");
    bad({ low: Float64Array.of(5, -5) }, 'row 1: low must be at or above 0, not -5');
    bad({ volume: Float64Array.of(0.5, -1) }, 'row 1: volume must be at or above 0, not -1');
    bad({ volume: Float64Array.of(0.1 + 0.2, -1) }, 'row 1: volume must be at or above 0, not -1');
    bad({ close: Float64Array.of(1e300, Number.NaN) }, "row 1: close must be a number, not 'NaN'");
    bad({ turnover: Float64Array.of(UNKNOWN, -2) }, 'row 1: turnover must be at or above 0, or unknown, not -2');
    bad({ trades: Float64Array.of(1, 0.5) }, 'row 1: trades must be a whole number at or above 0, or unknown, not 0.5');
    expect(() => columnsFromDoubles(minute({ close: Float64Array.of(5, -1) }))).toThrow(InvalidRowError);
  });

  it('open times off the grid or out of order are refused with their row', () => {
    bad({ openTime: Float64Array.of(0, 60_001) }, 'row 1: open time 60001 is off the grid of 1m candles');
    bad({ openTime: Float64Array.of(60_000, 0) }, 'row 1: open time 0 does not come after 60000');
    bad({ openTime: Float64Array.of(Number.NaN, 0) }, 'row 0: open time must be whole epoch milliseconds');
  });

  it('arrays of different lengths, and a source that is none, are refused', () => {
    bad({ close: Float64Array.of(5) }, 'close has 1 entries for 2 open times');
    bad({ coverage: Uint32Array.of(1, 2, 3) }, 'coverage has 3 entries for 2 open times');
    bad({ source: 'RUMOUR' as never }, 'source must be TRADES, EXCHANGE or INTERPOLATED, not RUMOUR');
  });
});

describe('batchesFromDoubles', () => {
  const DAY = 86_400;
  /** Prices with a decimal, the first two days whole but for one volume. */
  const seconds = (length: number): CandleDoubles => {
    const column = (value: (i: number) => number): Float64Array => Float64Array.from({ length }, (_, i) => value(i));
    return {
      interval: '1s',
      openTime: column((i) => i * 1000),
      ...{
        open: column((i) => 5 + (i % 7) / 10),
        high: column(() => 6),
        low: column(() => 5),
        close: column(() => 5.5),
      },
      volume: column((i) => (i === DAY + 1 ? 0.25 : 1)),
      trades: column((i) => i % 3),
    };
  };

  it('gives the rows of columnsFromDoubles a day of seconds at a time, each on the grid of its own', () => {
    const doubles = seconds(2 * DAY + 5);
    const lengths: number[] = [];
    let from = 0;
    for (const { columns } of batchesFromDoubles({ ...doubles, source: 'TRADES' })) {
      const to = from + columns.length;
      const part = Object.entries(doubles).map(([name, values]) => [
        name,
        values instanceof Float64Array ? values.subarray(from, to) : values,
      ]);
      expect(columns).toEqual(columnsFromDoubles({ ...Object.fromEntries(part), source: 'TRADES' }));
      lengths.push(columns.length, columns.volumeDecimals as number);
      from = to;
    }
    expect(lengths).toEqual([DAY, 0, DAY, 2, 5, 0]);
    expect([...batchesFromDoubles(seconds(0))]).toEqual([]);
  });

  it('a row that is wrong is counted from the first of all, also where two stretches meet', () => {
    const refuse = (change: (doubles: CandleDoubles) => void, problem: string): void => {
      const doubles = seconds(DAY + 9);
      change(doubles);
      expect(() => [...batchesFromDoubles(doubles)]).toThrow(problem);
    };
    refuse(({ open }) => open.set([-1], DAY + 3), `row ${DAY + 3}: open must be at or above 0, not -1`);
    refuse(
      ({ openTime }) => openTime.set(openTime.subarray(0, 9), DAY),
      `row ${DAY}: open time 0 does not come after ${(DAY - 1) * 1000}`,
    );
    expect(() => [...batchesFromDoubles({ ...seconds(3), trades: new Float64Array(2) })]).toThrow(
      'trades has 2 entries for 3 open times',
    );
  });
});
