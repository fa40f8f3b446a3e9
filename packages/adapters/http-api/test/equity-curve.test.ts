import { Decimal } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { EquityCurve } from '../src/account/equity-curve.ts';

describe('equity curve', () => {
  it('keeps a few thousand samples however many come, the first and the latest among them, in order', () => {
    const curve = new EquityCurve('USDT');
    for (let i = 0; i < 100_000; i += 1) curve.add(i * 1000, new Decimal(i));
    const all = curve.read(0, Number.MAX_SAFE_INTEGER, 1_000_000);
    expect(all.time.length).toBeGreaterThan(2000);
    expect(all.time.length).toBeLessThan(4200);
    expect([all.time[0], all.time.at(-1)]).toEqual([0, 99_999_000]);
    expect(all.equity.map((text, i) => Number(text) * 1000 === all.time[i])).not.toContain(false);
    expect([...all.time].sort((a, b) => a - b)).toEqual(all.time);
  });

  it('gives at most so many points of a range, its ends among them', () => {
    const curve = new EquityCurve('USDT');
    for (let i = 0; i < 1000; i += 1) curve.add(i, new Decimal('10000.10'));
    const { time, equity } = curve.read(100, 900, 7);
    expect(time).toHaveLength(7);
    expect([time[0], time.at(-1)]).toEqual([100, 899]);
    expect(equity[0]).toBe('10000.1');
    expect(curve.read(5000, 6000, 7).time).toEqual([]);
  });

  it('a sample that is not later than the last is left out', () => {
    const curve = new EquityCurve('USDT');
    expect([5, 5, 4, 6].map((time) => curve.add(time, new Decimal(time)))).toEqual([true, false, false, true]);
    expect(curve.read(0, 10, 10).time).toEqual([5, 6]);
  });
});
