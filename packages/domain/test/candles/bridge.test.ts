import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  type CandleColumns,
  type CandleInput,
  ColumnsWriter,
  columnsFromCandles,
  interpolateSeconds,
  SecondsMaker,
  scalesOf,
  sliceColumns,
  toInterpolation,
} from '../../src/candles/index.ts';
import { Decimal, toInterval } from '../../src/index.ts';
import { candleArbitrary, exactRows } from './support.ts';

const MINUTE = toInterval('1m');
const columnsOf = (candle: Partial<CandleInput>): CandleColumns =>
  columnsFromCandles(
    [{ openTime: 0, open: 5000, high: 10_000, low: 0.01, close: 5000, volume: 6000, trades: 6000, ...candle }],
    MINUTE,
  );
const bridge = (candle: Partial<CandleInput>, seed: number): CandleColumns =>
  interpolateSeconds(columnsOf(candle), { model: 'bridge', seed });

/** Something of each of the first seeds. */
const overSeeds = <T>(count: number, look: (seed: number) => T): T[] =>
  Array.from({ length: count }, (_, seed) => look(seed));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const lowFirst = ({ high, low }: CandleColumns): boolean =>
  low.indexOf(Math.min(...low)) < high.indexOf(Math.max(...high));
/** The root of the squared changes of the close, in units of the range. */
const movement = ({ open, close, high, low }: CandleColumns): number =>
  Math.sqrt(close.reduce((sum, price, i) => sum + (price - (open[i] as number)) ** 2, 0)) /
  (Math.max(...high) - Math.min(...low));

describe('bridge', () => {
  it('the same seconds on any machine: a candle and its seed, written down', () => {
    const candle = { open: '10.5', high: '12', low: '10', close: '11.5', volume: 9, turnover: 99, trades: 12 };
    expect(
      exactRows(interpolateSeconds(columnsFromCandles([{ openTime: 0, ...candle }], toInterval('5s')), 'bridge')),
    ).toMatchInlineSnapshot(`
      [
        "0,10.5,10.5,10.3,10.3,4,44,6",
        "1000,10.3,10.3,10,10,1,11,1",
        "2000,10,12,10,12,3,33,3",
        "3000,12,12,12,12,0,0,0",
        "4000,12,12,11.5,11.5,1,11,2",
      ]
    `);
  });

  it('law 2: pieces of a candle, of any size and in any order, are those of the whole', () => {
    const piece = fc.tuple(fc.nat(1), fc.nat(60), fc.nat(60));
    fc.assert(
      fc.property(
        fc.tuple(candleArbitrary(0), candleArbitrary(60_000)),
        fc.nat(1000),
        fc.array(piece, { minLength: 1, maxLength: 8 }),
        (candles, seed, pieces) => {
          const columns = columnsFromCandles(candles, MINUTE);
          const whole = interpolateSeconds(columns, { model: 'bridge', seed });
          const maker = new SecondsMaker(toInterpolation({ model: 'bridge', seed }));
          for (const [row, a, b] of pieces) {
            const [from, to] = [Math.min(a, b), Math.max(a, b)];
            const out = new ColumnsWriter(scalesOf(columns), 1);
            maker.append(out, columns, row, from, to);
            const expected = sliceColumns(whole, row * 60 + from, row * 60 + to);
            expect(exactRows(out.finish(toInterval('1s')))).toEqual(exactRows(expected));
          }
        },
      ),
      cases(200),
    );
  });

  it('the seed, the open time and the width each make another way', () => {
    const closes = (candle: Partial<CandleInput>, seed: number): string => bridge(candle, seed).close.join();
    const ways = overSeeds(50, (seed) => closes({}, seed));
    const times = overSeeds(50, (i) => closes({ openTime: (i - 25) * 60_000 }, 1));
    const far = [1, 2 ** 10, 2 ** 20].map((days) => closes({ openTime: days * 86_400_000 }, 1));
    expect(new Set([...ways, ...times, ...far]).size).toBe(102); // seed 1 at time 0 is in both
    const hour = interpolateSeconds({ ...columnsOf({}), interval: toInterval('1h') }, 'bridge');
    expect(closes({}, 1).startsWith(hour.close.slice(0, 60).join())).toBe(false);
  });

  it.each([
    ['a candle that falls from high to low', { open: 9999, close: 1 }, 0],
    ['a candle that rises from low to high', { open: 1, close: 9999 }, 1],
    ['even odds where nothing tells', { open: 5000, close: 5000 }, 0.5],
    ['odds of a cube: 3/5 of the way up', { open: 4000, close: 6000 }, 0.6 ** 3 / (0.6 ** 3 + 0.4 ** 3)],
    ['odds of a cube: 3/5 of the way down', { open: 6000, close: 4000 }, 0.4 ** 3 / (0.6 ** 3 + 0.4 ** 3)],
    ['an open at the low', { open: 0.01, close: 5000 }, 1],
    ['an open at the high', { open: 10_000, close: 5000 }, 0],
  ])('order of high and low: %s', (_what, candle, share) => {
    const low = mean(overSeeds(2000, (seed) => Number(lowFirst(bridge(candle, seed)))));
    expect(Math.abs(low - share)).toBeLessThan(0.04);
  });

  it('moves in proportion to the range, as a walk without aim that has it', () => {
    // the expected range of a walk is 1.665 times the root of its squared changes
    for (const range of [100, 10_000, 1_000_000]) {
      const candle = { open: 2e6, high: 2e6 + range / 2, low: 2e6 - range / 2, close: 2e6 };
      const moved = mean(overSeeds(300, (seed) => movement(bridge(candle, seed))));
      expect(moved).toBeGreaterThan(0.9 / 1.665);
      expect(moved).toBeLessThan(1.2 / 1.665);
    }
  });

  it('volume and trades are shared out unevenly, and quiet seconds stand still', () => {
    for (const trades of [20, 60, 600, 60_000]) {
      const all = overSeeds(50, (seed) => bridge({ trades, volume: 123.456 }, seed));
      for (const seconds of all) {
        const [counts, volumes] = [[...seconds.trades], [...seconds.volume].map(Number)];
        expect(Math.max(...counts)).toBeGreaterThan(2 * mean(counts));
        expect(Math.max(...volumes)).toBeGreaterThan(2 * mean(volumes));
        expect(new Set(volumes.filter((volume) => volume > 0)).size).toBeGreaterThan(trades === 20 ? 2 : 5);
        const quiet = counts.flatMap((count, i) => (count === 0 ? [i] : []));
        for (const i of quiet) expect(seconds.high[i]).toBe(seconds.low[i]);
      }
      const busy = mean(all.map((seconds) => seconds.trades.filter((count) => count > 0).length));
      expect(busy).toBeGreaterThan(trades === 20 ? 5 : 12);
      expect(busy).toBeLessThanOrEqual(Math.min(60, trades / 2 + 1));
    }
  });

  it.each([
    ['9', 1],
    ['123.456', 1],
    ['123456.789012', 25], // of so many units the one that a second has in any case is not looked at
  ])('turnover goes with volume: of %s every second is paid the average price, to %d units', (volume, units) => {
    const turnover = new Decimal(volume).times(11).toString();
    const seconds = bridge({ open: 10, high: 12, low: 9, close: 11, volume, turnover, trades: 30 }, 5);
    expect(seconds.turnoverDecimals).toBe(seconds.volumeDecimals);
    const errors = Array.from({ length: 60 }, (_, i) =>
      Math.abs(Number(seconds.turnover[i]) - 11 * Number(seconds.volume[i])),
    );
    expect(Math.max(...errors)).toBeLessThanOrEqual(units);
  });

  it('one trade makes one second that moves, anywhere in the minute', () => {
    const places = overSeeds(300, (seed) => {
      const rows = exactRows(bridge({ open: 10, high: 12, low: 9, close: 11, volume: 5, trades: 1 }, seed));
      const moving = rows.flatMap((row, i) => (row.endsWith(',0,,0') ? [] : [[i, row] as const]));
      expect(moving.map(([i, row]) => row.slice(String(i * 1000).length))).toEqual([',10,12,9,11,5,,1']);
      return moving[0]?.[0] as number;
    });
    expect(new Set(places).size).toBeGreaterThan(40);
  });

  it('the last seconds of twenty days cost no memory for those before', () => {
    const days = columnsFromCandles(
      [{ openTime: 0, open: 10, high: 12, low: 9, close: 11, volume: 1000, trades: 1000 }],
      toInterval('20d'),
    );
    const out = new ColumnsWriter(scalesOf(days), 1);
    const maker = new SecondsMaker(toInterpolation('bridge'));
    maker.append(out, days, 0, 20 * 86_400 - 2, 20 * 86_400);
    expect(out.length).toBe(2);
    expect(out.close[1]).toBe(11);
  });
});

describe('toInterpolation', () => {
  it("linear by default, and seed 1 for a model's name", () => {
    expect(toInterpolation()).toEqual({ model: 'linear', seed: 1 });
    expect(toInterpolation('bridge')).toEqual({ model: 'bridge', seed: 1 });
    expect(toInterpolation({ model: 'bridge', seed: 2 ** 32 - 1 })).toEqual({ model: 'bridge', seed: 4294967295 });
  });

  it('what is no model or no seed is refused with what would be right', () => {
    expect(() => toInterpolation('cubic' as 'linear')).toThrow(/must be linear or bridge, not 'cubic'/);
    for (const seed of [-1, 0.5, 2 ** 32, Number.NaN])
      expect(() => toInterpolation({ model: 'bridge', seed })).toThrow(/a whole number from 0 to 4294967295, not/);
  });
});
