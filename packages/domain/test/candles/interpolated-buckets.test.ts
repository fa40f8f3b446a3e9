import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  type CandleColumns,
  type CandleInput,
  ColumnsWriter,
  columnsFromCandles,
  composeCandles,
  foldRows,
  type InterpolationInput,
  interpolateSeconds,
  SecondsMaker,
  scalesOf,
  sliceColumns,
  toInterpolation,
} from '../../src/candles/index.ts';
import { along } from '../../src/candles/linear-layout.ts';
import { appendLinear } from '../../src/candles/linear-seconds.ts';
import { bucketCeil, bucketOpen, type Interval, toInterval } from '../../src/index.ts';
import { candleArbitrary, differences, hugeCandle } from './support.ts';

const SECOND = toInterval('1s');

/** The oracle: every second, one by one. */
function secondsOf(columns: CandleColumns, interpolation: InterpolationInput): CandleColumns {
  if (interpolation !== 'linear') return interpolateSeconds(columns, interpolation);
  const out = new ColumnsWriter(scalesOf(columns));
  for (let row = 0; row < columns.length; row += 1)
    appendLinear(out, columns, row, 0, columns.interval.seconds as number);
  return out.finish(SECOND);
}

/** Prices and amounts that no decimal grid holds. */
const oddCandle = (openTime: number): fc.Arbitrary<CandleInput> =>
  fc.tuple(candleArbitrary(openTime), fc.double({ min: 1e-9, max: 1e9, noNaN: true })).map(([candle, odd]) => ({
    ...candle,
    low: odd < Number(candle.low) ? odd : candle.low,
    volume: candle.volume === '0' || Number(candle.volume) === 0 ? 0 : odd,
    turnover: candle.turnover === null ? null : odd / 3,
  }));

/** Few trades and few units: most seconds stand still. */
const thinCandle = (openTime: number): fc.Arbitrary<CandleInput> =>
  fc.tuple(candleArbitrary(openTime), fc.nat(7), fc.option(fc.nat(7))).map(([candle, volume, trades]) => ({
    ...candle,
    volume,
    trades: trades === null ? null : volume === 0 ? 0 : Math.max(1, trades),
  }));

const candlesOf = (widths: readonly string[]): fc.Arbitrary<CandleColumns> =>
  fc
    .tuple(
      fc.constantFrom(...widths),
      fc.constantFrom(candleArbitrary, candleArbitrary, thinCandle, hugeCandle, oddCandle),
      fc.subarray([-2, -1, 0, 1, 5], { minLength: 1 }),
    )
    .chain(([text, candle, slots]) => {
      const interval = toInterval(text);
      const step = (interval.seconds as number) * 1000;
      return fc
        .tuple(...slots.map((slot) => candle(slot * step)))
        .map((candles) => columnsFromCandles(candles, interval));
    });

const equal = (found: CandleColumns, expected: CandleColumns): void => {
  expect(differences(found, expected)).toEqual([]);
  expect(found.length).toBe(expected.length);
  expect(scalesOf(found)).toEqual(scalesOf(expected));
};

/** What a query for buckets of the window answers, and the seconds of that window added up: those of candles that cross an edge. */
function compare(
  columns: CandleColumns,
  interpolation: InterpolationInput,
  interval: Interval,
  from: number,
  to: number,
): void {
  const window = { from: bucketOpen(interval, from), to: bucketCeil(interval, to) };
  const { columns: found } = composeCandles([{ rows: columns, observed: [] }], {
    ...{ interval, fillFlat: false, observedOnly: false, carry: null, interpolation },
    ...window,
  });
  const rows = new ColumnsWriter(scalesOf(columns));
  const step = (columns.interval.seconds as number) * 1000;
  for (let row = 0; row < columns.length; row += 1) {
    const open = columns.openTime[row] as number;
    const crosses = bucketOpen(interval, open) !== bucketOpen(interval, open + step - 1);
    const parts = crosses
      ? secondsOf(sliceColumns(columns, row, row + 1), interpolation)
      : sliceColumns(columns, row, row + 1);
    for (let i = 0; i < parts.length; i += 1) {
      const time = parts.openTime[i] as number;
      if (time >= window.from && time < window.to) rows.append(parts, i, i + 1);
    }
  }
  const expected = rows.finish(interval);
  equal(found, interval.seconds === 1 ? expected : foldRows(expected, interval));
}

const model = fc.constantFrom<InterpolationInput>('linear', 'linear', { model: 'bridge', seed: 7 });

describe('buckets of seconds made from coarser candles', () => {
  it('equal those seconds one by one, added up: any interval, any window', () => {
    fc.assert(
      fc.property(
        candlesOf(['2s', '3s', '5s', '7s', '12s', '20s']),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: -60_000, max: 120_000 }),
        fc.integer({ min: 1, max: 120_000 }),
        model,
        (columns, width, from, length, made) => compare(columns, made, toInterval(width), from, from + length),
      ),
      cases(10_000),
    );
    fc.assert(
      fc.property(
        candlesOf(['1m', '90s', '5m']),
        fc.constantFrom('1s', '2s', '5s', '7s', '30s', '45s', '1m', '90s', '4m'),
        fc.integer({ min: -600_000, max: 900_000 }),
        fc.integer({ min: 1, max: 900_000 }),
        model,
        (columns, width, from, length, made) => compare(columns, made, toInterval(width), from, from + length),
      ),
      cases(500),
    );
  });

  it('also in candles of thousands of seconds', () => {
    fc.assert(
      fc.property(candlesOf(['1h', '3h']), fc.constantFrom('1s', '2s', '7s', '40m'), model, (columns, width, made) =>
        compare(columns, made, toInterval(width), -10_800_000, 10_800_000),
      ),
      cases(20),
    );
  });

  it('also where a week crosses the edge of a month', () => {
    const week = {
      open: '5.5',
      high: '9',
      low: '4',
      close: '6',
      volume: '123456789.5',
      turnover: null,
      trades: 98_765,
    };
    const columns = columnsFromCandles([{ openTime: Date.parse('2024-01-29'), ...week }], toInterval('1w'));
    for (const made of ['linear', 'bridge'] as const)
      compare(columns, made, toInterval('1M'), Date.parse('2024-01-01'), Date.parse('2024-02-29'));
  });

  it('pieces of a candle are rows within one bucket each', () => {
    fc.assert(
      fc.property(
        candlesOf(['5s', '7s', '1m']),
        fc.nat(59),
        fc.nat(59),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 20 }),
        model,
        (columns, a, b, untilEdge, width, made) => {
          const size = columns.interval.seconds as number;
          const [from, to] = [Math.min(a % size, b % size), Math.max(a % size, b % size)];
          const maker = new SecondsMaker(toInterpolation(made));
          const out = new ColumnsWriter(scalesOf(columns), 1);
          maker.appendBuckets(out, columns, 0, [from, to], from + untilEdge, width);
          const seconds = sliceColumns(secondsOf(columns, made), from, to);
          for (let at = from, row = 0; at < to && maker.addsUp(scalesOf(columns)); row += 1) {
            const end = Math.min(to, from + untilEdge + row * width);
            const year = toInterval('365d');
            const [found] = [out.finish(SECOND)];
            const one = foldRows(sliceColumns(found, row, row + 1), year);
            equal(one, foldRows(sliceColumns(seconds, at - from, end - from), year));
            expect(found.openTime[row]).toBe(seconds.openTime[at - from]);
            at = end;
          }
          equal(foldRows(out.finish(SECOND), toInterval('365d')), foldRows(seconds, toInterval('365d')));
        },
      ),
      cases(2_000),
    );
  });

  it('shares are rounded down exactly, also where they are just whole', () => {
    const parts = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 366 * 86_400 }));
    const given = parts.chain((all) => fc.tuple(fc.constant(all), fc.nat(all - 1), fc.nat(all), fc.nat(10 ** 6)));
    const check = (all: number, rest: number, n: number, each: number): void => {
      const exact = (BigInt(each) * BigInt(all) + BigInt(rest)) * BigInt(n);
      expect(BigInt(along(each, rest, 1 / all, n))).toBe(exact / BigInt(all));
    };
    fc.assert(
      fc.property(given, ([all, rest, n, each]) => check(all, rest, n, each)),
      cases(10_000),
    );
    for (let a = 1; a < 60; a += 1)
      for (let b = 1; b < 60; b += 1) for (const k of [1, 7]) check(a * b * k, a * k, b, 0);
    for (const all of [366 * 86_400, 366 * 86_400 - 1]) check(all, all - 1, all - 1, 1);
  });
});
