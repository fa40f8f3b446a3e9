import { bucketSeconds, CandleSource, type Interval, toInterval } from '@prate/domain';
import { type CandleColumns, type CandleInput, columnsFromCandles } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { candleFields, encodeCandles, FileFormat, readKlines } from '../../src/files/index.ts';
import { again, bytesOf, collect, csv } from './file-text.ts';

const LAW_TIMEOUT_MS = 1_200_000;
/** Monday, and the first of a month. */
const T0 = Date.UTC(2024, 0, 1);
const READ = [FileFormat.CSV, FileFormat.NDJSON, FileFormat.PARQUET];
const headOf = (interval: Interval): { venue: string; symbol: string; interval: string } => ({
  ...{ venue: 'v', symbol: 'S', interval: interval.text },
});

/** Kinds of numbers, one for a batch: grids of few and of many decimals, sums beyond 53 bits, and doubles on no grid. */
const number = fc
  .constantFrom(
    fc.integer({ min: 1, max: 10_000 }).map((ticks) => String(ticks / 100)),
    fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }).map((ticks) => `0.${String(ticks).padStart(20, '0')}`),
    fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map((whole) => `${whole / 1000n}.${whole % 1000n}`),
    fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String),
    fc.double({ min: 1e-12, max: 1e12, noNaN: true }).map(String),
    fc.double({ min: 1e-29, max: 1e29, noNaN: true }).map(String),
  )
  .chain((kind) => kind);

const candle = (interval: Interval, openTime: number): fc.Arbitrary<CandleInput> => {
  const width = bucketSeconds(interval, openTime);
  return fc
    .record({
      prices: fc.array(number, { minLength: 4, maxLength: 4 }),
      volume: fc.oneof(fc.constant('0'), number),
      turnover: fc.option(fc.oneof(fc.constant('0'), number)),
      trades: fc.option(fc.integer({ min: 1, max: 10 ** 15 - 1 })),
      source: fc.constantFrom(CandleSource.EXCHANGE, CandleSource.TRADES),
      watched: fc.oneof(fc.constant(width), fc.nat(width)),
    })
    .map(({ prices, volume, trades, watched, ...rest }) => {
      const [low, open, close, high] = prices.sort((a, b) => Number(a) - Number(b)) as [string, string, string, string];
      const counted = trades !== null && volume === '0' ? 0 : trades;
      return { openTime, open, high, low, close, volume, trades: counted, coverage: watched / width, ...rest };
    });
};

/** Batches of one interval, each of one block of numbers, with holes between their rows. */
const batches: fc.Arbitrary<readonly CandleColumns[]> = fc
  .record({
    text: fc.constantFrom('1s', '1m', '3h', '1d', '1w'),
    shape: fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .chain(({ text, shape }) => {
    const interval = toInterval(text);
    let slot = 0;
    const times = shape.map((skips) =>
      skips.map((skip) => {
        slot += skip;
        return T0 + slot * bucketSeconds(interval, T0) * 1000;
      }),
    );
    return fc
      .tuple(...times.map((opens) => fc.tuple(...opens.map((open) => candle(interval, open)))))
      .map((parts) => parts.map((candles) => columnsFromCandles(candles, interval)));
  });

const fieldsOf = (all: readonly CandleColumns[]): (string | null)[][] =>
  all.flatMap((columns) => Array.from({ length: columns.length }, (_, i) => candleFields(columns, i)));

describe('files: what was written and read is the same, and written the same again', () => {
  it.each(READ)(
    '%s: every field of every candle',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(batches, fc.integer({ min: 1, max: 4000 }), async (written, pieceBytes) => {
          const { interval } = written[0] as CandleColumns;
          const file = await bytesOf(encodeCandles(again(written), format, headOf(interval)));
          const source = csv(file, pieceBytes, `k.${format}`);
          const read = await collect(readKlines(source, { interval }));
          const coverage = (all: readonly CandleColumns[]): number[] => all.flatMap((each) => [...each.coverage]);
          expect(coverage(read)).toEqual(coverage(written));
          const second = await bytesOf(encodeCandles(again(read), format, headOf(interval)));
          // rows of several batches become one, where doubles beside 64-bit sums round: after that nothing moves
          const settled = await collect(readKlines(csv(second, pieceBytes, `k.${format}`), { interval }));
          expect(fieldsOf(settled)).toEqual(fieldsOf(read));
          if (written.length === 1) {
            expect(fieldsOf(read)).toEqual(fieldsOf(written));
            expect(second.equals(file)).toBe(true);
          }
        }),
        cases(format === FileFormat.PARQUET ? 60 : 250),
      );
    },
    LAW_TIMEOUT_MS,
  );

  it('coverage: every second of a candle of a day and of a week has a share of its own', () => {
    for (const [text, step] of [
      ['1d', 1],
      ['1w', 7],
    ] as const) {
      const interval = toInterval(text);
      const width = bucketSeconds(interval, T0);
      const one = columnsFromCandles([{ openTime: T0, open: 1, high: 1, low: 1, close: 1, volume: 1 }], interval);
      for (let seconds = 0; seconds <= width; seconds += step) {
        const share = candleFields({ ...one, coverage: Uint32Array.of(seconds) }, 0).at(-1) ?? '';
        if (Math.round(Number(share) * width) !== seconds || !/^[01]\.\d{4,7}$/.test(share))
          expect.fail(`${seconds} s of ${text} are '${share}'`);
      }
    }
  });

  it('coverage: 4 decimals are enough for candles of up to 10,000 s', () => {
    for (const seconds of [1, 59, 3600, 9999, 10_000]) {
      const interval = toInterval(seconds);
      const openTime = 0;
      const one = columnsFromCandles([{ openTime, open: 1, high: 1, low: 1, close: 1, volume: 1 }], interval);
      for (let watched = 0; watched <= seconds; watched += 1) {
        const share = candleFields({ ...one, coverage: Uint32Array.of(watched) }, 0).at(-1) ?? '';
        if (!/^[01]\.\d{4}$/.test(share)) expect.fail(`${watched} s of ${seconds} are '${share}'`);
      }
    }
  });

  it('parquet: the interval is in the file, so one row is enough to know it', async () => {
    const interval = toInterval('7s');
    const one = columnsFromCandles([{ openTime: 7000, open: 1, high: 1, low: 1, close: 1, volume: 1 }], interval);
    const file = await bytesOf(encodeCandles(again([one]), FileFormat.PARQUET, headOf(interval)));
    expect((await collect(readKlines(csv(file, 1000, 'k.parquet'))))[0]?.interval.text).toBe('7s');
  });
});
