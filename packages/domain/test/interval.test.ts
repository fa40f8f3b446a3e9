import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import {
  bucketCeil,
  bucketEnd,
  bucketOpen,
  bucketSeconds,
  divides,
  type IntervalInput,
  InvalidInputError,
  sameInterval,
  toInterval,
} from '../src/index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('toInterval', () => {
  it.each<[IntervalInput, string, number | null]>([
    [1, '1s', 1],
    [5, '5s', 5],
    [60, '1m', 60],
    [90, '90s', 90],
    ['5s', '5s', 5],
    ['60s', '1m', 60],
    ['90s', '90s', 90],
    ['120m', '2h', 7200],
    ['24h', '1d', 86_400],
    ['4h', '4h', 14_400],
    ['7d', '7d', 604_800],
    ['1w', '1w', 604_800],
    ['1M', '1M', null],
    ['366d', '366d', 366 * 86_400],
    [366 * 86_400, '366d', 366 * 86_400],
  ])('%s is %s', (input, text, seconds) => {
    expect(toInterval(input)).toMatchObject({ text, seconds });
    expect(toInterval(text)).toEqual(toInterval(input));
  });

  it('an interval is taken as it is', () => {
    const interval = toInterval('5s');
    expect(toInterval(interval)).toBe(interval);
  });

  it.each([
    0,
    -5,
    1.5,
    Number.NaN,
    1e21,
    '',
    's',
    '0s',
    '01m',
    '-5s',
    '5',
    '5S',
    '5 s',
    '2w',
    '2M',
    '1y',
    '367d',
    '999999999s',
  ])("'%s' is refused with what would be right", (input) => {
    expect(() => toInterval(input)).toThrow(InvalidInputError);
    expect(() => toInterval(input)).toThrow(/'5s', '1m', '4h', '1d', '1w' or '1M'.*not /);
  });

  it.each([null, undefined, true])('%s is refused', (input) => {
    expect(() => toInterval(input as never)).toThrow(InvalidInputError);
  });

  it('intervals of one width and one anchor are the same', () => {
    expect(sameInterval(toInterval('60s'), toInterval('1m'))).toBe(true);
    expect(sameInterval(toInterval('7d'), toInterval('1w'))).toBe(false);
  });
});

describe('buckets', () => {
  const texts = ['1s', '7s', '90s', '1m', '4h', '1d', '3d', '1w', '7d', '1M'];
  const times = fc.integer({ min: Date.parse('1950-01-01'), max: Date.parse('2100-01-01') });

  /** The open of the bucket, by walking there from the epoch (or the first Monday) with a calendar. */
  function walk(text: string, time: number): number {
    if (text === '1M') {
      const date = new Date(time);
      date.setUTCHours(0, 0, 0, 0);
      while (date.getUTCDate() !== 1) date.setTime(date.getTime() - DAY);
      return date.getTime();
    }
    if (text === '1w') {
      const date = new Date(time);
      date.setUTCHours(0, 0, 0, 0);
      while (date.getUTCDay() !== 1) date.setTime(date.getTime() - DAY);
      return date.getTime();
    }
    const width = BigInt((toInterval(text).seconds as number) * 1000);
    const ahead = ((BigInt(time) % width) + width) % width;
    return time - Number(ahead);
  }

  it('a time lies in the bucket that a calendar gives, also before 1970', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), times, (text, time) => {
        const interval = toInterval(text);
        const open = bucketOpen(interval, time);
        const end = bucketEnd(interval, open);
        expect(open).toBe(walk(text, time));
        expect(open <= time && time < end).toBe(true);
        expect(bucketOpen(interval, end)).toBe(end);
        expect(bucketOpen(interval, end - 1)).toBe(open);
        expect(bucketSeconds(interval, open)).toBe((end - open) / 1000);
        expect(bucketCeil(interval, time)).toBe(time === open ? open : end);
      }),
      cases(2_000),
    );
  });

  it.each([
    ['5s', -1, -5000],
    ['1d', -1, -DAY],
    ['1m', 0, 0],
    ['1w', Date.parse('2024-03-03T23:59:59.999Z'), Date.parse('2024-02-26')],
    ['1w', Date.parse('2024-03-04'), Date.parse('2024-03-04')],
    ['1w', 0, Date.parse('1969-12-29')],
    ['1M', Date.parse('2024-02-29T23:59:59.999Z'), Date.parse('2024-02-01')],
    ['1M', -1, Date.parse('1969-12-01')],
  ])('the bucket of %s at %i opens at %i', (text, time, open) => {
    expect(bucketOpen(toInterval(text), time)).toBe(open);
  });

  it.each([
    ['2024-02-01', 29],
    ['2023-02-01', 28],
    ['2000-02-01', 29],
    ['1900-02-01', 28],
    ['2023-12-01', 31],
    ['2024-04-01', 30],
  ])('the month of %s has %i days', (month, days) => {
    expect(bucketSeconds(toInterval('1M'), Date.parse(month))).toBe(days * 86_400);
  });
});

describe('divides', () => {
  const texts = ['7s', '30s', '90s', '5m', '1h', '4h', '9h', '1d', '2d', '7d', '14d', '1w', '1M'];
  // the grids of all of them repeat within this time, months aside, and within it months of every length begin; where one
  // does not divide another, one of the first few edges tells
  const from = Date.parse('1970-01-05');
  const to = from + 63 * 14 * DAY;

  it.each(texts)('%s divides exactly those whose buckets hold its own whole', (text) => {
    const fine = toInterval(text);
    for (const other of texts) {
      const coarse = toInterval(other);
      // a fine bucket that is not inside one coarse bucket has an edge of a coarse one within it
      let inside = true;
      let open = bucketOpen(coarse, from);
      for (let n = 0; n < 2000 && open < to && inside; n += 1, open = bucketEnd(coarse, open)) {
        inside = bucketOpen(fine, open) === open;
      }
      expect([other, divides(fine, coarse)]).toEqual([other, inside]);
    }
  });
});

describe('years of old', () => {
  it('months of the years 0 to 99 are those years', () => {
    const may = new Date(0).setUTCFullYear(50, 4, 17);
    expect(new Date(bucketOpen(toInterval('1M'), may)).toISOString()).toBe('0050-05-01T00:00:00.000Z');
    expect(new Date(bucketEnd(toInterval('1M'), bucketOpen(toInterval('1M'), may))).toISOString()).toBe(
      '0050-06-01T00:00:00.000Z',
    );
  });

  it('an object that is no interval of its text is refused', () => {
    expect(() => toInterval({ text: '5m', seconds: 60, anchorMs: 0 })).toThrow(
      'an interval of 5m has 300 seconds, not 60',
    );
    expect(() => toInterval({} as never)).toThrow(InvalidInputError);
  });
});
