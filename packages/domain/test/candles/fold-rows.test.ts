import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { type CandleColumns, foldRows, type SumArray, toDouble, UNKNOWN } from '../../src/candles/index.ts';
import { bucketOpen, type Interval, toInterval } from '../../src/index.ts';

type Numbers = readonly (number | bigint)[];

/** The oracle: the rows of every bucket picked out one by one. */
function foldSlowly(columns: CandleColumns, interval: Interval): readonly unknown[] {
  const buckets = new Map<number, number[]>();
  for (let row = 0; row < columns.length; row += 1) {
    const open = bucketOpen(interval, columns.openTime[row] as number);
    buckets.set(open, [...(buckets.get(open) ?? []), row]);
  }
  const rows = [...buckets.values()];
  const of = (values: ArrayLike<number | bigint>) => rows.map((bucket) => bucket.map((row) => values[row] as number));
  return [
    [...buckets.keys()],
    of(columns.open).map((values) => values[0]),
    of(columns.high).map((values) => Math.max(...values)),
    of(columns.low).map((values) => Math.min(...values)),
    of(columns.close).map((values) => values.at(-1)),
    ...sums(of(columns.volume), columns.volumeDecimals),
    ...sums(of(columns.turnover), columns.turnoverDecimals),
    ...sums(of(columns.trades), 0),
    of(columns.source).map((values) => Math.min(...values)),
    of(columns.coverage).map((values) => values.reduce((a, b) => a + b, 0)),
  ];
}

/** The sums and their decimals: exact, or doubles where 63 bits are too few. */
function sums(buckets: readonly Numbers[], decimals: number | null): unknown[] {
  const known = (bucket: Numbers): boolean => !bucket.some((value) => Number(value) === UNKNOWN);
  if (decimals === null)
    return [buckets.map((bucket) => (known(bucket) ? (bucket as number[]).reduce((a, b) => a + b, 0) : UNKNOWN)), null];
  const exact = buckets.map((bucket) => (known(bucket) ? bucket.reduce((a: bigint, b) => a + BigInt(b), 0n) : -1n));
  if (exact.every((value) => value < 2n ** 53n)) return [exact.map(Number), decimals];
  if (exact.every((value) => value < 2n ** 63n)) return [exact, decimals];
  return [exact.map((value) => (value === -1n ? UNKNOWN : toDouble(value, decimals))), null];
}

const cells = (columns: CandleColumns): readonly unknown[] => [
  [...columns.openTime],
  [...columns.open],
  [...columns.high],
  [...columns.low],
  [...columns.close],
  [...columns.volume],
  columns.volumeDecimals,
  [...columns.turnover],
  columns.turnoverDecimals,
  [...columns.trades],
  0,
  [...columns.source],
  [...columns.coverage],
];

/** Stretches without a gap, and single rows: steps between rows, mostly 1. */
const steps = fc
  .array(fc.tuple(fc.constantFrom(1, 1, 2, 3, 7, 40), fc.integer({ min: 1, max: 12 })), { maxLength: 8 })
  .map((stretches) => stretches.flatMap(([gap, count]) => [gap, ...new Array<number>(count - 1).fill(1)]));

type Kind = 'small' | 'unknown' | 'big' | 'huge' | 'doubles';
const kind = fc.constantFrom<Kind>('small', 'unknown', 'big', 'huge', 'doubles');

const amounts = (of: Kind, length: number): fc.Arbitrary<{ values: SumArray; decimals: number | null }> => {
  const array = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(value, { minLength: length, maxLength: length });
  if (of === 'small' || of === 'unknown') {
    const value = fc.oneof({ weight: 9, arbitrary: fc.nat(1000) }, { weight: 1, arbitrary: fc.maxSafeNat() });
    const maybe = of === 'small' ? value : fc.oneof(value, fc.constant(UNKNOWN));
    return array(maybe).map((values) => ({ values: Float64Array.from(values), decimals: 3 }));
  }
  if (of === 'doubles')
    return array(fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constant(UNKNOWN))).map((values) => ({
      values: Float64Array.from(values),
      decimals: null,
    }));
  const limit = of === 'big' ? 2n ** 56n : 2n ** 62n;
  return array(fc.oneof(fc.bigInt(0n, limit), fc.bigInt(0n, 9n), fc.constant(-1n))).map((values) => ({
    values: BigInt64Array.from(values),
    decimals: 2,
  }));
};

const columnsAt = (text: string): fc.Arbitrary<CandleColumns> =>
  fc.tuple(steps, fc.integer({ min: -500, max: 500 }), kind, kind, kind).chain(([gaps, start, ...kinds]) => {
    const interval = toInterval(text);
    const length = gaps.length;
    let slot = start;
    const openTime = Float64Array.from(gaps, (gap) => {
      slot += gap;
      return slot * (interval.seconds as number) * 1000;
    });
    const numbers = (max: number): fc.Arbitrary<number[]> =>
      fc.array(fc.integer({ min: 1, max }), { minLength: length, maxLength: length });
    return fc
      .tuple(
        numbers(50),
        numbers(2),
        numbers(60),
        amounts(kinds[0], length),
        amounts(kinds[1], length),
        amounts(kinds[2] === 'unknown' ? 'unknown' : 'small', length),
      )
      .map(([prices, source, coverage, volume, turnover, trades]) => ({
        ...{ interval, length, openTime, priceDecimals: 1 },
        ...{ open: Float64Array.from(prices), close: Float64Array.from(prices.toReversed()) },
        ...{ high: Float64Array.from(prices, (p) => p + 50), low: Float64Array.from(prices, (p) => p * 0.5) },
        ...{ volume: volume.values, volumeDecimals: volume.decimals },
        ...{ turnover: turnover.values, turnoverDecimals: turnover.decimals },
        trades: Float64Array.from(trades.values as Float64Array, (count) => Math.min(count, 2 ** 40)),
        ...{ source: Uint8Array.from(source), coverage: Uint32Array.from(coverage) },
      }));
  });

describe('foldRows', () => {
  it('equals picking out the rows of every bucket, whatever gaps they have', () => {
    const folds = fc.constantFrom(
      ...([
        ['1s', '5s'],
        ['1s', '7s'],
        ['1s', '1m'],
        ['1s', '1s'],
        ['1m', '4m'],
        ['1d', '1w'],
        ['1d', '1M'],
      ] as const),
    );
    fc.assert(
      fc.property(
        folds.chain(([base, to]) => fc.tuple(columnsAt(base), fc.constant(to))),
        ([columns, to]) => {
          const interval = toInterval(to);
          const folded = foldRows(columns, interval);
          expect(cells(folded)).toEqual(foldSlowly(columns, interval));
          expect(folded.length).toBe(folded.openTime.length);
        },
      ),
      cases(10_000),
    );
  });

  it('the arrays are of the right size, with no room left over', () => {
    const interval = toInterval('1s');
    const rows = (openTime: number[]): CandleColumns => ({
      ...{ interval, length: openTime.length, openTime: Float64Array.from(openTime) },
      ...{ priceDecimals: 0, volumeDecimals: 0, turnoverDecimals: 0 },
      ...{ open: new Float64Array(9), high: new Float64Array(9), low: new Float64Array(9), close: new Float64Array(9) },
      ...{ volume: new Float64Array(9), turnover: new Float64Array(9), trades: new Float64Array(9) },
      ...{ source: new Uint8Array(9), coverage: new Uint32Array(9) },
    });
    for (const times of [[0, 1000, 6000], [0, 86_400_000], [0]]) {
      const { openTime, high } = foldRows(rows(times), toInterval('5s'));
      expect([openTime, high].map((array) => array.buffer.byteLength / 8)).toEqual([openTime.length, openTime.length]);
    }
  });
});
