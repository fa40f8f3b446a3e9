import type { CandleWindowJson } from '@prate/http-api/wire';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { kindOf, MOST_GAP_SLOTS, slotsOf } from '../src/state/axis.ts';
import {
  type Bar,
  type Bars,
  barsOf,
  decimalsOf,
  formingBar,
  heldWhile,
  MOST_HELD,
  merged,
  NO_BARS,
  withLive,
  withNewer,
  withOlder,
  withSnapshot,
} from '../src/state/bars.ts';

const bar = (openTime: number, more: Partial<Bar> = {}): Bar => ({
  ...{ openTime, open: 1, high: 3, low: 1, close: 2, volume: 5, turnover: 10, trades: 4 },
  ...{ source: 'TRADES' as const, coverage: 1 },
  ...more,
});

function windowOf(times: readonly number[], earlier: number | null = null): CandleWindowJson {
  const each = <T>(value: T): T[] => times.map(() => value);
  return {
    ...{ symbol: 'A', interval: '1s', from: times[0] ?? 0, to: (times.at(-1) ?? 0) + 1000, priceDecimals: 1 },
    ...{ openTime: times, open: each(1), high: each(3), low: each(1), close: each(2), volume: each(5) },
    ...{ turnover: each(null), trades: each(4), source: each(2), sources: ['INTERPOLATED', 'EXCHANGE', 'TRADES'] },
    ...{ coverage: each(1), gaps: [], earlier },
  };
}
const seconds = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => (from + i) * 1000);
const timesOf = ({ bars }: Bars): number[] => bars.map(({ openTime }) => openTime);
const change = { candles: [] as readonly Bar[], forming: null as Bar | null, gap: null };

it('a window: columns become bars, one each', () => {
  expect(barsOf(windowOf([1000]))).toEqual([bar(1000, { turnover: null })]);
});

it('older: goes in front without what is there already, and says where to go on', () => {
  const held = { ...NO_BARS, bars: [bar(5000), bar(6000)], earlier: 5000 };
  const grown = withOlder(held, windowOf(seconds(2, 4), 2000), MOST_HELD);
  expect(timesOf(grown)).toEqual([2000, 3000, 4000, 5000, 6000]);
  expect([grown.earlier, grown.later]).toEqual([2000, null]);
});

it('older: what is too much goes at the new end, from where it can be loaded again', () => {
  const held = { ...NO_BARS, bars: seconds(MOST_HELD, MOST_HELD).map((time) => bar(time)) };
  const grown = withOlder(held, windowOf(seconds(MOST_HELD - 1000, 1000), null), MOST_HELD);
  expect(grown.bars.length).toBeLessThanOrEqual(MOST_HELD);
  expect(grown.later).toBe((grown.bars.at(-1) as Bar).openTime + 1000);
  expect(timesOf(grown)[0]).toBe((MOST_HELD - 1000) * 1000);
});

it('newer: what is too much goes at the old end', () => {
  const held = { ...NO_BARS, bars: seconds(0, MOST_HELD).map((time) => bar(time)), earlier: null };
  const grown = withNewer(held, windowOf(seconds(MOST_HELD, 1000)), null, MOST_HELD);
  expect(grown.bars.length).toBeLessThanOrEqual(MOST_HELD);
  expect(grown.earlier).toBe(timesOf(grown)[0]);
  expect(timesOf(grown).at(-1)).toBe((MOST_HELD + 999) * 1000);
});

it.each([10, 300, 2000, 15_000])(
  'with %i bars in sight: what goes is never in sight, nor what was just loaded',
  (inSight) => {
    const most = heldWhile(inSight);
    const count = Math.max(1000, inSight);
    const held = { ...NO_BARS, bars: seconds(count, most).map((time) => bar(time)), earlier: count * 1000 };
    const older = withOlder(held, windowOf(seconds(0, count), null), most);
    expect(timesOf(older)[0]).toBe(0);
    // at most a screen was to the left of what is in sight when more was asked for
    expect(older.bars.length).toBeGreaterThanOrEqual(count + 2 * inSight);
    const newer = withNewer(held, windowOf(seconds(count + most, count)), null, most);
    expect(timesOf(newer).at(-1)).toBe((2 * count + most - 1) * 1000);
    expect(newer.bars.length).toBeGreaterThanOrEqual(count + 2 * inSight);
  },
);

it('live: closed candles take the place of forming ones, a revised one that of the old', () => {
  const first = withLive({ ...NO_BARS, bars: [bar(1000)] }, '1s', { ...change, forming: bar(2000, { close: 7 }) });
  expect(first.bars.at(-1)).toEqual(bar(2000, { close: 7, isForming: true }));
  const second = withLive(first, '1s', { ...change, candles: [bar(1000, { close: 8 }), bar(2000, { close: 9 })] });
  expect(second.bars).toEqual([bar(1000, { close: 8 }), bar(2000, { close: 9 })]);
});

it('live: a watched bucket without a trade is flat at the last price, one in a told gap is not there', () => {
  const held = withLive({ ...NO_BARS, bars: [bar(1000)] }, '1s', { ...change, gap: { from: 3000, to: 4500 } });
  const { bars } = withLive(held, '1s', { ...change, candles: [bar(6000)] });
  expect(bars.map(({ openTime, volume }) => [openTime, volume])).toEqual([
    [1000, 5],
    [2000, 0],
    [5000, 0],
    [6000, 5],
  ]);
  expect(bars[1]).toEqual(bar(2000, { open: 2, high: 2, low: 2, close: 2, volume: 0, turnover: 0, trades: 0 }));
});

it('live: a snapshot makes nothing flat, for it does not say what was watched, and adds nothing before the stretch', () => {
  const held = { ...NO_BARS, bars: [bar(1000)] };
  const { bars } = withSnapshot(held, { candles: [bar(0), bar(1000), bar(2000), bar(5000)], forming: bar(6000) });
  expect(bars.map(({ openTime }) => openTime)).toEqual([1000, 2000, 5000, 6000]);
  expect(bars[0]).toBe(held.bars[0]);
  expect(withSnapshot({ ...held, later: 2000 }, { candles: [bar(9000)], forming: null }).bars).toBe(held.bars);
});

it('live: nothing is put onto a stretch that does not reach now', () => {
  const held = { ...NO_BARS, bars: [bar(1000)], later: 2000 };
  expect(withLive(held, '1s', { ...change, candles: [bar(9000)] }).bars).toBe(held.bars);
});

it('merged: as a map by time would have it, in order, with the old array left alone', () => {
  const time = fc.integer({ min: 0, max: 40 });
  const known = fc
    .uniqueArray(time, { maxLength: 30 })
    .map((times) => times.sort((a, b) => a - b).map((at) => bar(at)));
  const more = fc.array(fc.tuple(time, fc.integer()), { maxLength: 10 });
  fc.assert(
    fc.property(known, more, (bars, told) => {
      const before = [...bars];
      const news = told.map(([at, close]) => bar(at, { close }));
      const oracle = new Map([...bars, ...news].map((one) => [one.openTime, one]));
      expect(merged(bars, news)).toEqual([...oracle.values()].sort((a, b) => a.openTime - b.openTime));
      expect(bars).toEqual(before);
    }),
    cases(300),
  );
});

it('axis: every bar has its slot, a gap has room that tells its time, made-up bars are one band', () => {
  const madeUp = { source: 'INTERPOLATED', coverage: 0 } as const;
  const { slots, bands } = slotsOf([bar(0, madeUp), bar(1000, madeUp), bar(2000), bar(5000), bar(6000, madeUp)], '1s');
  expect(slots.map(({ time, bar: at }) => [time, at !== null])).toEqual([
    [0, true],
    [1000, true],
    [2000, true],
    [3000, false],
    [4000, false],
    [5000, true],
    [6000, true],
  ]);
  expect(bands).toEqual([
    { kind: 'made-up', from: 0, to: 1, missing: null },
    { kind: 'gap', from: 3, to: 4, missing: { from: 3000, to: 5000 } },
    { kind: 'made-up', from: 6, to: 6, missing: null },
  ]);
});

it('axis: slots ascend whatever is missing, and a gap takes a bounded room', () => {
  const jumps = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(jumps, fc.constantFrom(1, 7, 60, 86_400), (steps, width) => {
      let at = 0;
      const bars = steps.map((step) => {
        at += step * width * 1000;
        return bar(at);
      });
      const { slots, bands } = slotsOf(bars, `${width}s`);
      expect(slots.every(({ time }, i) => i === 0 || time > (slots[i - 1]?.time ?? 0))).toBe(true);
      expect(slots.filter((slot) => slot.bar !== null).map((slot) => slot.bar)).toEqual(bars);
      expect(bands.length).toBe(steps.slice(1).filter((step) => step > 1).length);
      expect(bands.every(({ from, to }) => to - from < MOST_GAP_SLOTS)).toBe(true);
    }),
    cases(200),
  );
});

it('kind: made up is made up however much was watched; a candle that is not over is not called watched in part', () => {
  expect(kindOf(bar(0, { source: 'INTERPOLATED', coverage: 0.5 }))).toBe('made-up');
  expect(kindOf(bar(0, { source: 'EXCHANGE', coverage: 0.99 }))).toBe('partly');
  expect(kindOf(bar(0, { coverage: 0.2, isForming: true }))).toBe('watched');
  expect(kindOf(bar(0, { coverage: 0.2, isForming: true, isPartly: true }))).toBe('partly');
  expect(kindOf(bar(0))).toBe('watched');
});

it('merged: a bar that is told again as it was stays the same object, so that nothing is drawn for it', () => {
  const held = [bar(0), bar(1000), bar(2000)];
  const again = merged(held, [bar(1000), bar(2000, { close: 3 })]);
  expect([again[0] === held[0], again[1] === held[1], again[2] === held[2]]).toEqual([true, true, false]);
});

it('a candle that is not over is watched in part where more of its time so far is missing than comes late', () => {
  const at = (minutes: number): number => minutes * 60_000;
  const half = bar(0, { coverage: 0.5 }); // of the hour: 30 minutes
  expect(formingBar(half, '1h', at(31))).toEqual({ ...half, isForming: true });
  expect(formingBar(half, '1h', at(31) + 1)).toEqual({ ...half, isForming: true, isPartly: true });
  expect(formingBar(half, '1h', null)).toEqual({ ...half, isForming: true });
});

it('decimals of live prices: the most of any', () => {
  expect(decimalsOf([])).toBe(0);
  expect(decimalsOf([bar(0, { open: 1, high: 2.25, low: 1, close: 1.5 }), bar(0)])).toBe(2);
});
