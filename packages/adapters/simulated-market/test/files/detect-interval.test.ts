import { describe, expect, it } from 'vitest';
import { detectInterval } from '../../src/files/index.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const text = (times: readonly number[]): string | null => detectInterval(times)?.text ?? null;

describe('detect interval', () => {
  it('one row, or none, tells nothing', () => {
    expect(text([])).toBeNull();
    expect(text([MINUTE])).toBeNull();
  });

  it('the step that more than half of the rows follow', () => {
    expect(text([0, MINUTE, 2 * MINUTE, 5 * MINUTE])).toBe('1m');
  });

  it('one row off the grid does not change it', () => {
    expect(text([0, MINUTE, MINUTE + 1000, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE, 5 * MINUTE])).toBe('1m');
  });

  it('where no step prevails, the widest offered interval on whose grid most of the times lie', () => {
    expect(text([1000, 31_000, 32_000, 77_000, 90_000])).toBe('1s');
    expect(text([MINUTE, 4 * MINUTE, 11 * MINUTE, 13 * MINUTE])).toBe('1m');
    expect(text([5 * MINUTE, 10 * MINUTE, 25 * MINUTE, 65 * MINUTE])).toBe('5m');
  });

  it('a wrong time in a short file does not make it a file of something else', () => {
    expect(text([MINUTE, 2 * MINUTE, 2.5 * MINUTE, 4 * MINUTE])).toBe('1m');
    expect(text([MINUTE, 2 * MINUTE, 2 * MINUTE + 500])).toBe('1m');
  });

  it('a thin file, in which quiet candles are left out, is one of the candles that it has', () => {
    expect(text([0, 2, 3, 6, 9, 10, 12, 15, 18, 21].map((n) => n * MINUTE))).toBe('1m');
    expect(text([0, 15, 30, 45, 50, 60, 75, 90, 95, 105, 120].map((n) => n * MINUTE))).toBe('5m');
  });

  it('steps that are no whole seconds do not count', () => {
    expect(text([250, 500])).toBeNull();
    expect(text([250, 500, 60_500])).toBeNull();
  });

  it('weeks begin on Monday, months on the first', () => {
    const monday = Date.UTC(2024, 0, 1);
    expect(text([monday, monday + 7 * DAY])).toBe('1w');
    expect(text([monday + DAY, monday + 8 * DAY])).toBe('7d');
    expect(text([0, 1, 2, 3, 4].map((month) => Date.UTC(2024, month, 1)))).toBe('1M');
  });

  it('wider than a year is no interval', () => {
    expect(text([0, 400 * DAY])).toBeNull();
  });
});
