import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  type CandleColumns,
  type CandleInput,
  columnsFromCandles,
  type InterpolationInput,
  interpolateSeconds,
  resample,
  type SumArray,
  sliceColumns,
} from '../../src/candles/index.ts';
import { type Interval, toInterval } from '../../src/index.ts';
import { candleArbitrary, differences, exactRows, hugeCandle, provenance } from './support.ts';

interface Given {
  readonly interpolation: InterpolationInput;
  readonly interval: Interval;
  readonly candles: readonly CandleInput[];
  readonly columns: CandleColumns;
}

const model: fc.Arbitrary<InterpolationInput> = fc.oneof(
  fc.constant('linear' as const),
  fc.record({ model: fc.constant('bridge' as const), seed: fc.nat(2 ** 32 - 1) }),
);

const given = (
  widths: readonly string[],
  candle: (openTime: number) => fc.Arbitrary<CandleInput> = candleArbitrary,
): fc.Arbitrary<Given> =>
  fc.constantFrom(...widths).chain((text) => {
    const interval = toInterval(text);
    const step = (interval.seconds as number) * 1000;
    return fc
      .tuple(fc.tuple(...[3, 4, 9].map((slot) => candle(slot * step))), model)
      .map(([candles, interpolation]) => ({
        ...{ interpolation, interval, candles },
        columns: columnsFromCandles(candles, interval),
      }));
  });

/** Real widths; laws/round-trip.test.ts has narrow ones, and many more cases. */
const SHORT = ['5s', '7s', '1m', '90s'];
const LONG = ['5m', '1h'];

const roundTrip = ({ columns, interval, interpolation }: Given): void => {
  expect(exactRows(resample(interpolateSeconds(columns, interpolation), interval))).toEqual(exactRows(columns));
};

const MODELS = ['linear', 'bridge'] as const;

describe('interpolateSeconds', () => {
  it('law 2: the seconds of a candle re-aggregate to exactly that candle', () => {
    fc.assert(fc.property(given(SHORT), roundTrip), cases(500));
    fc.assert(fc.property(given(LONG), roundTrip), cases(60));
  });

  it('law 2: also where volume and turnover exceed 2^53', () => {
    fc.assert(fc.property(given(SHORT, hugeCandle), roundTrip), cases(300));
  });

  it('law 2: the 604,800 seconds of a week re-aggregate to exactly that week', () => {
    const week = {
      open: '10.5',
      high: '99.25',
      low: '0.5',
      close: '11',
      volume: '9007199254740.993',
      turnover: '123456.789',
    };
    const candles = [123_456, 604_801].map((trades, i) => ({
      openTime: Date.parse('2024-03-04') + i * 604_800_000,
      ...week,
      trades,
    }));
    const columns = columnsFromCandles(candles, toInterval('1w'));
    for (const interpolation of ['linear', 'bridge'] as const)
      roundTrip({ interpolation, interval: toInterval('1w'), candles, columns });
  });

  it('law 2: the seconds of a candle are the same alone or in company', () => {
    fc.assert(
      fc.property(given([...SHORT, ...LONG]), ({ columns, interpolation }) => {
        const together = interpolateSeconds(columns, interpolation);
        const width = together.length / 3;
        for (const i of [0, 1, 2]) {
          const alone = interpolateSeconds(sliceColumns(columns, i, i + 1), interpolation);
          expect(differences(alone, sliceColumns(together, i * width, (i + 1) * width))).toEqual([]);
        }
      }),
      cases(60),
    );
  });

  it.each(MODELS)('%s: prices stay on the smallest decimal grid that holds the four of their candle', (model) => {
    const columns = columnsFromCandles(
      [
        { openTime: 0, open: '10.50', high: '11.5', low: '9.5', close: '10', volume: '7', trades: 60 },
        { openTime: 60_000, open: '10.001', high: '10.009', low: '10.001', close: '10.002', volume: '7.25' },
      ],
      toInterval('1m'),
    );
    const seconds = interpolateSeconds(columns, model);
    expect(seconds.priceDecimals).toBe(3);
    const ownGrid = (column: SumArray): boolean =>
      column.subarray(0, 60).every((value: number | bigint) => Number(value) % 100 === 0);
    expect([seconds.close, seconds.volume].map(ownGrid)).toEqual([true, true]);
  });

  it('linear: the nearer extreme comes first', () => {
    const [low, high] = [
      { openTime: 0, open: 10, high: 20, low: 9, close: 15, volume: 60 },
      { openTime: 0, open: 19, high: 20, low: 9, close: 15, volume: 60 },
    ].map((candle) => interpolateSeconds(columnsFromCandles([candle], toInterval('1m'))));
    expect([low?.close[19], low?.close[39], low?.close[59]]).toEqual([9, 20, 15]);
    expect([high?.close[19], high?.close[39], high?.close[59]]).toEqual([20, 9, 15]);
  });

  it('linear: one trade makes one second that moves; the others stand still', () => {
    const columns = columnsFromCandles(
      [{ openTime: 0, open: 10, high: 12, low: 9, close: 11, volume: 5, trades: 1, turnover: 55 }],
      toInterval('1m'),
    );
    const rows = exactRows(interpolateSeconds(columns));
    expect(rows.filter((row) => !row.endsWith(',0,0,0'))).toEqual(['59000,10,12,9,11,5,55,1']);
  });

  it.each(MODELS)('%s: a candle without volume still moves as it did', (model) => {
    const columns = columnsFromCandles(
      [{ openTime: 0, open: 10, high: 12, low: 9, close: 11, volume: 0 }],
      toInterval('1m'),
    );
    expect(exactRows(resample(interpolateSeconds(columns, model), toInterval('1m')))).toEqual(['0,10,12,9,11,0,,']);
  });

  it.each(MODELS)('%s: seconds are INTERPOLATED and observed by nobody', (model) => {
    const columns = columnsFromCandles(
      [{ openTime: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 }],
      toInterval('5s'),
    );
    expect(new Set(provenance(interpolateSeconds(columns, model)))).toEqual(new Set(['INTERPOLATED 0/1']));
  });

  it.each(MODELS)('%s: sums beyond 2^53 stay exact', (model) => {
    const columns = columnsFromCandles(
      [
        {
          openTime: 0,
          open: 1,
          high: 2,
          low: 1,
          close: 2,
          volume: '9007199254.740993001',
          turnover: '900719925474099300.1',
          trades: 7,
        },
      ],
      toInterval('1m'),
    );
    expect(columns.volume).toBeInstanceOf(BigInt64Array);
    expect(exactRows(resample(interpolateSeconds(columns, model), toInterval('1m')))).toEqual(exactRows(columns));
  });

  it.each(MODELS)('%s: doubles that fit no grid keep open, high, low and close', (model) => {
    const candle = { openTime: 0, open: 1e-12, high: 123456.123456789, low: 1e-12, close: 0.1, volume: 3 };
    const columns = columnsFromCandles([candle], toInterval('1m'));
    expect(columns.priceDecimals).toBeNull();
    const again = resample(interpolateSeconds(columns, model), toInterval('1m'));
    expect([again.open[0], again.high[0], again.low[0], again.close[0], again.volume[0]]).toEqual([
      1e-12, 123456.123456789, 1e-12, 0.1, 3,
    ]);
  });

  it.each(MODELS)('%s: few units stay few in company that needs 64 bits', (model) => {
    const own = { openTime: 0, open: 10, high: 12, low: 9, close: 11, volume: '5', turnover: '7' };
    const fine = { ...own, openTime: 60_000, volume: '1.000000000000000001', turnover: '1.000000000000000001' };
    const alone = exactRows(interpolateSeconds(columnsFromCandles([own], toInterval('1m')), model));
    const columns = columnsFromCandles([own, fine], toInterval('1m'));
    expect(columns.volume).toBeInstanceOf(BigInt64Array);
    expect(exactRows(interpolateSeconds(columns, model)).slice(0, 60)).toEqual(alone);
  });

  it.each(MODELS)('%s: a candle keeps a grid of its own in company that has none', (model) => {
    const own = { openTime: 0, open: '10.5', high: '11', low: '10.5', close: '10.5', volume: 9 };
    const other = {
      openTime: 60_000,
      open: '0.1234567890123456',
      high: '9007199.25',
      low: '0.1',
      close: '1',
      volume: 9,
    };
    const columns = columnsFromCandles([own, other], toInterval('1m'));
    expect(columns.priceDecimals).toBeNull();
    const alone = exactRows(interpolateSeconds(columnsFromCandles([own], toInterval('1m')), model));
    expect(exactRows(interpolateSeconds(columns, model)).slice(0, 60)).toEqual(alone);
  });
});
