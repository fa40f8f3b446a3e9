import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { type IntegerBar, MinuteBars } from '../src/market/minute-bars.ts';

const MINUTE = 60_000;
const START = 1_767_225_600_000; // 2026-01-01
const at = (minute: number, ms = 0): number => START + minute * MINUTE + ms;

/** `minute: chart open, open high low close, volume` */
const rows = (bars: readonly IntegerBar[]): readonly string[] =>
  bars.map(
    ({ openTime, chartOpen, open, high, low, close, volume }) =>
      `${(openTime - START) / MINUTE}: ${chartOpen}, ${open} ${high} ${low} ${close}, ${volume}`,
  );

const everything = (bars: MinuteBars, interval: 'Min1' | 'Min5' = 'Min1'): readonly string[] =>
  rows(bars.read(interval, 0, Number.MAX_SAFE_INTEGER));

describe('minutes without a trade', () => {
  it('are flat at the last price, between two that have one', () => {
    const bars = new MinuteBars();
    bars.add(at(0), 100, 2);
    bars.add(at(0, 30_000), 104, 1);
    bars.add(at(3, 5000), 99, 4);
    expect(everything(bars)).toEqual([
      '0: 100, 100 104 100 104, 3',
      '1: 104, 104 104 104 104, 0',
      '2: 104, 104 104 104 104, 0',
      '3: 104, 99 99 99 99, 4',
    ]);
  });

  it('are there as soon as they have passed; the forming one has no bar before its first price, which opens it', () => {
    const bars = new MinuteBars();
    bars.passTime(at(9));
    expect(everything(bars)).toEqual([]);
    bars.add(at(0), 100, 2);
    bars.passTime(at(2, 59_999));
    expect(everything(bars)).toEqual(['0: 100, 100 100 100 100, 2', '1: 100, 100 100 100 100, 0']);
    bars.add(at(2, 59_999), 90, 1);
    expect(everything(bars).at(-1)).toBe('2: 100, 90 90 90 90, 1');
  });

  it('that begin a longer bar do not open it: its first trade does', () => {
    const bars = new MinuteBars();
    bars.add(at(4), 100, 2);
    bars.add(at(7), 90, 1);
    bars.add(at(8), 95, 1);
    bars.passTime(at(15));
    expect(everything(bars, 'Min5')).toEqual([
      '0: 100, 100 100 100 100, 2',
      '5: 100, 90 95 90 95, 2',
      '10: 95, 95 95 95 95, 0',
    ]);
  });

  it('add nothing to the values of a day', () => {
    const bars = new MinuteBars();
    bars.add(at(0), 100, 2);
    bars.add(at(5), 90, 1);
    bars.passTime(at(1439, 1));
    expect(bars.day(at(1439, 1))).toMatchObject({ open: 100, high: 100, low: 90, volume: 3 });
    bars.passTime(at(1443));
    expect(bars.day(at(1443))).toMatchObject({ open: 90, high: 90, low: 90, volume: 1 });
    bars.passTime(at(3000));
    expect(bars.day(at(3000))).toMatchObject({ open: 90, high: 90, low: 90, volume: 0 });
  });

  it('leave no hole: a bar a minute, whose prices are those of the trades, from the first one on', () => {
    const trade = fc.tuple(fc.nat({ max: 400_000 }), fc.integer({ min: 1, max: 1000 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 20 }), (steps) => {
        const bars = new MinuteBars();
        const trades: { time: number; ticks: number }[] = [];
        let time = START;
        for (const [wait, ticks, looks] of steps) {
          time += wait;
          if (looks) bars.passTime(time);
          bars.add(time, ticks, 1);
          trades.push({ time, ticks });
        }
        const told = bars.read('Min1', 0, time);
        const first = Math.floor((trades[0]?.time ?? 0) / MINUTE);
        expect(told.map(({ openTime }) => openTime / MINUTE - first)).toEqual(told.map((_, i) => i));
        for (const bar of told) {
          const own = trades.filter((one) => Math.floor(one.time / MINUTE) * MINUTE === bar.openTime);
          const before = trades.findLast((one) => one.time < bar.openTime)?.ticks ?? bar.open;
          const prices = own.length === 0 ? [before] : own.map(({ ticks }) => ticks);
          expect([bar.chartOpen, bar.open, bar.close, bar.volume, bar.isFlat]).toEqual([
            before,
            prices[0],
            prices.at(-1),
            own.length,
            own.length === 0,
          ]);
          expect([bar.high, bar.low]).toEqual([Math.max(...prices), Math.min(...prices)]);
        }
      }),
      cases(100),
    );
  });
});
