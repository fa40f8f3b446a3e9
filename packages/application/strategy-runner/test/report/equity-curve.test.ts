import { Decimal, makeBalance, toInterval, ZERO } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { Draw } from '../../../../../tooling/test-support/draw.ts';
import { EquityCurve } from '../../src/report/equity-curve.ts';
import { ThinnedSeries } from '../../src/report/thinned-series.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const worth = (equity: Decimal | number | string) =>
  makeBalance({
    ...{ asset: 'USDT', available: new Decimal(equity), frozen: ZERO, positionMargin: ZERO, unrealizedPnl: ZERO },
  });

const curveOf = (start: number | string, samples: readonly (readonly [number, number | string])[]): EquityCurve => {
  const curve = new EquityCurve(toInterval('1m'), worth(start));
  curve.begin(0);
  for (const [time, equity] of samples) curve.read(time, worth(equity), null);
  return curve;
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the deepest fall', () => {
  test('has its peak, its low and the moment at which the peak was reached again', () => {
    const curve = curveOf(1000, [
      [1 * MINUTE, 1200],
      [2 * MINUTE, 1080],
      [3 * MINUTE, 900],
      [4 * MINUTE, 1100],
      [5 * MINUTE, 1200],
      [6 * MINUTE, 1150],
    ]);
    expect(plain(curve.figures(6 * MINUTE))).toMatchObject({
      maxDrawdown: 0.25,
      deepestFall: {
        peak: { time: MINUTE, value: '1200' },
        low: { time: 3 * MINUTE, value: '900' },
        recoveredAt: 5 * MINUTE,
      },
    });
  });

  test('is told while it lasts, and asking changes nothing', () => {
    const curve = curveOf(1000, [[MINUTE, 500]]);
    expect(curve.figures(MINUTE)).toMatchObject({ maxDrawdown: 0.5, deepestFall: { recoveredAt: null } });
    curve.read(MINUTE, worth(900), null); // one close, two readings: the last counts
    expect(curve.figures(MINUTE).maxDrawdown).toBe(0.1);
    expect(plain(curve.history(MINUTE).equity)).toEqual([
      { time: 0, value: '1000' },
      { time: MINUTE, value: '900' },
    ]);
  });

  test('is a share: a later fall of less money may be deeper', () => {
    const curve = curveOf(1000, [
      [1, 900],
      [2, 100],
      [3, 1001],
      [4, 50],
    ]);
    expect(plain(curve.figures(4).deepestFall)).toMatchObject({ peak: { time: 3 }, low: { time: 4 } });
    expect(curveOf(1000, []).figures(0)).toMatchObject({ maxDrawdown: 0, deepestFall: null });
  });
});

describe('Sharpe and Sortino', () => {
  /** Equities at the ends of periods, from 100 on. */
  const walk = (returns: readonly number[], period: number): EquityCurve => {
    let equity = 100;
    return curveOf(
      100,
      returns.map((change, i) => {
        equity *= 1 + change;
        return [(i + 1) * period, equity];
      }),
    );
  };

  test('by hand: 30 hours, half of them +2 %, half −1 %', () => {
    const returns = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 0.02 : -0.01));
    const { risk } = walk(returns, HOUR).figures(30 * HOUR);
    // mean 0.5 %; squares of the distances 30 × 1.5 %² over 29; below 0: 15 × 1 %² over 30
    expect(risk).toMatchObject({ per: 'hour', samples: 30 });
    expect(risk.sharpe).toBeCloseTo((0.005 / Math.sqrt((30 * 0.015 ** 2) / 29)) * Math.sqrt(365 * 24), 8);
    expect(risk.sortino).toBeCloseTo((0.005 / Math.sqrt((15 * 0.01 ** 2) / 30)) * Math.sqrt(365 * 24), 8);
  });

  test('days where there are 30 of them; nothing of fewer than 30 hours', () => {
    const returns = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? -0.01 : 0.01));
    expect(walk(returns, DAY).figures(30 * DAY).risk).toMatchObject({ per: 'day', samples: 30 });
    expect(walk(returns, DAY).figures(30 * DAY - 1).risk).toMatchObject({ per: 'hour', samples: 29 * 24 + 23 });
    const few = walk(returns, HOUR).figures(30 * HOUR - 1).risk;
    expect(few).toEqual({ per: null, samples: 29, sharpe: null, sortino: null });
  });

  test('no ratio without risk', () => {
    const flat = curveOf(100, [[30 * DAY, 100]]).figures(30 * DAY).risk;
    expect(flat).toEqual({ per: 'day', samples: 30, sharpe: null, sortino: null });
    const rising = walk(Array(30).fill(0.5), HOUR).figures(30 * HOUR).risk;
    expect(rising).toMatchObject({ per: 'hour', sortino: null });
  });

  test('no ratio once the equity was not above 0', () => {
    const curve = curveOf(100, [
      [HOUR, -5],
      [2 * HOUR, 10],
    ]);
    expect(curve.figures(31 * DAY).risk).toMatchObject({ per: 'day', sharpe: null, sortino: null });
    expect(plain(curve.history(3 * HOUR).days.rows)).toEqual([{ from: 0, to: 3 * HOUR, equity: '10', return: -0.9 }]);
  });
});

test('days and months begin and end with the run', () => {
  const from = Date.UTC(2024, 0, 30, 12);
  const curve = new EquityCurve(toInterval('1h'), worth(100));
  curve.begin(from);
  for (const [hours, equity] of [
    [12, 110], // the midnight that ends the 30th
    [30, 121],
    [60, 60.5],
  ] as const)
    curve.read(from + hours * HOUR, worth(equity), null);
  const { days, months } = curve.history(from + 60 * HOUR);
  const shown = ({ rows }: typeof days) =>
    rows.map(({ from: open, to, return: change }) => `${iso(open)} ${iso(to)} ${change}`);
  expect(shown(days)).toEqual(['30T12 31T00 0.1', '31T00 01T00 0.1', '01T00 02T00 -0.5']);
  expect(shown(months)).toEqual(['30T12 01T00 0.21', '01T00 02T00 -0.5']);
});

const iso = (time: number): string => new Date(time).toISOString().slice(8, 13);

describe('a long curve', () => {
  const pointsOf = (values: readonly (readonly [number, number])[]) => {
    const series = new ThinnedSeries<number>(1000, (a, b) => a < b);
    for (const [time, value] of values) series.add(time, value);
    return series.points();
  };

  test('is thinned to three points a bucket, in which peaks, lows and the last are exact', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 6000 }), (seed, count) => {
        const draw = new Draw(seed, count);
        let time = 0;
        const values = Array.from({ length: count }, () => {
          time += 1 + draw.below(draw.once(50) ? 100_000 : 2000);
          return [time, draw.below(1000)] as const;
        });
        const points = pointsOf(values);
        expect(points.length).toBeLessThanOrEqual(3 * 1024);
        const times = points.map((point) => point.time);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
        const byTime = new Map(values);
        for (const point of points) expect(byTime.get(point.time)).toBe(point.value);
        const all = values.map(([, value]) => value);
        const kept = points.map(({ value }) => value);
        expect(Math.max(...kept)).toBe(Math.max(...all));
        expect(Math.min(...kept)).toBe(Math.min(...all));
        expect(points.at(-1)).toEqual({ time, value: all.at(-1) });
      }),
      cases(40),
    );
  });

  test('of one value a bucket keeps every one, up to 1,024', () => {
    const values = Array.from({ length: 1024 }, (_, i) => [(i + 1) * 1000, (i * 7919) % 1000] as const);
    expect(pointsOf(values)).toEqual(values.map(([time, value]) => ({ time, value })));
    // then two become one, each with its lowest, its highest and its last
    expect(pointsOf([...values, [1_025_000, 1], [1_026_000, 2], [1_026_500, 0]]).slice(-2)).toEqual([
      { time: 1_026_000, value: 2 },
      { time: 1_026_500, value: 0 },
    ]);
  });
});

describe('marks', () => {
  test('give the figures that a reading at each close gives, of any walk', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.integer({ min: 2, max: 4000 }), (seed, count) => {
        const draw = new Draw(seed, count);
        const interval = toInterval(draw.of(['1s', '1m', '7m']));
        const stepMs = (interval.seconds as number) * 1000;
        const [all, marked] = [new EquityCurve(interval, worth(1000)), new EquityCurve(interval, worth(1000))];
        const origin = draw.below(100_000) * stepMs;
        for (const curve of [all, marked]) curve.begin(origin);
        let [time, ticks, base] = [origin, 5000, 1000];
        let slope = { net: new Decimal(0), price: new Decimal(0) };
        let readAt = 0;
        for (let i = 0; i < count; i += 1) {
          time += stepMs * (draw.once(40) ? 1 + draw.below(500) : 1);
          ticks = Math.max(4000, Math.min(6000, ticks + draw.below(7) - 3));
          const close = ticks / 10;
          const gain = new Decimal(close).minus(slope.price).mul(slope.net);
          const balance = worth(gain.plus(base));
          all.read(time, balance, null);
          if (i > 0 && i - readAt < 700 && !draw.once(300)) {
            marked.mark(time, close);
            continue;
          }
          readAt = i;
          slope = { net: new Decimal(draw.below(3) - 1), price: new Decimal(close) };
          base = balance.equity.toNumber();
          marked.read(time, worth(base), slope);
        }
        expect(plain(marked.figures(time))).toEqual(plain(all.figures(time)));
        const [a, b] = [marked.history(time), all.history(time)];
        expect(plain([a.days, a.months])).toEqual(plain([b.days, b.months]));
        expect(plain([a.equity, a.drawdown])).toEqual(plain([b.equity, b.drawdown]));
      }),
      cases(25),
    );
  });
});
