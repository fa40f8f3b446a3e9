import { toInterval } from '@prate/domain';
import { describe, expect, test } from 'vitest';
import { DataCount } from '../../src/report/data-quality.ts';
import { Exposure } from '../../src/report/exposure.ts';
import { Holding } from '../../src/report/holding.ts';
import { Newest } from '../../src/report/newest.ts';
import { OrderCount } from '../../src/report/order-count.ts';

describe('holding', () => {
  test('two symbols share the money; what waits for the first close of one is cash', () => {
    const hold = new Holding(toInterval('1m'), 2);
    hold.candle(60_000, 'A', 100);
    hold.candle(120_000, 'A', 110);
    hold.candle(120_000, 'B', 50);
    hold.candle(180_000, 'A', 55);
    hold.candle(180_000, 'B', 75);
    expect(hold.curve()).toEqual([
      { time: 60_000, value: 1 },
      { time: 120_000, value: 1.05 },
      { time: 180_000, value: (0.55 + 1.5) / 2 },
    ]);
    const { return: gain, maxDrawdown } = hold.figures() ?? { return: 0, maxDrawdown: 0 };
    expect(gain).toBe(0.025);
    expect(maxDrawdown).toBeCloseTo(1 - 1.025 / 1.05, 12);
  });

  test('a fall counts from the first close on, and while it lasts', () => {
    const hold = new Holding(toInterval('1m'), 1);
    expect([hold.figures(), hold.curve()]).toEqual([null, []]);
    for (const [i, close] of [100, 80, 120, 90].entries()) hold.candle(i, 'A', close);
    expect(hold.figures()).toEqual({ return: -0.1, maxDrawdown: 1 - 0.9 / 1.2 });
  });
});

test('exposure is the share of the time with a position, and the mean and greatest of the closes with one', () => {
  const exposure = new Exposure();
  exposure.turn(100, true);
  exposure.turn(150, true);
  for (const share of [0.5, 1.5, 0, Number.POSITIVE_INFINITY, -1]) exposure.sample(share);
  expect(exposure.figures(0, 400, 0)).toEqual({ time: 0.75, average: 1, greatest: 1.5 });
  exposure.turn(200, false);
  expect(exposure.figures(0, 400, 4)).toEqual({ time: 0.25, average: 2, greatest: 4 });
  expect(new Exposure().figures(null, 0, 0)).toEqual({ time: null, average: null, greatest: null });
});

test('data: candles by where they come from, and how much of their time was watched', () => {
  const data = new DataCount();
  const candle = (source: 'TRADES' | 'EXCHANGE' | 'INTERPOLATED', coverage: number) =>
    data.candle({
      ...{ symbol: 'A', openTime: 0, closeTime: 1, open: 1, high: 1, low: 1, close: 1, volume: 0, turnover: null },
      ...{ trades: null, source, coverage },
    });
  expect(data.figures().coverage).toBeNull();
  candle('TRADES', 1);
  candle('EXCHANGE', 0.5);
  candle('INTERPOLATED', 0);
  candle('INTERPOLATED', 1);
  expect(data.figures()).toEqual({ trades: 1, exchange: 1, interpolated: 2, partial: 2, coverage: 0.625 });
});

describe('memory has a bound', () => {
  test('lists keep their newest rows and count all', () => {
    const rows = new Newest<number>(3);
    for (let i = 1; i <= 10; i += 1) rows.add(i);
    expect(rows.list()).toEqual({ count: 10, rows: [8, 9, 10] });
    const none = new Newest<number>(0);
    none.add(1);
    expect(none.list()).toEqual({ count: 1, rows: [] });
  });

  test('orders count once: what rests long is known however many end meanwhile', () => {
    const orders = new OrderCount();
    orders.add('rests', true);
    for (let i = 0; i < 30_000; i += 1) {
      orders.add(`o${i}`, true);
      orders.add(`o${i}`, false);
      orders.add(`o${i}`, true); // a fill that is told after the end
    }
    orders.add('rests', true);
    orders.add('rests', false);
    expect(orders.count).toBe(30_001);
  });
});
