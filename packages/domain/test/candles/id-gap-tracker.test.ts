import { describe, expect, it } from 'vitest';
import { IdGapTracker } from '../../src/candles/index.ts';

type Row = readonly [timeMs: number | null, id: string, kept?: boolean];

const tracked = (rows: readonly Row[], idsCount = true): IdGapTracker => {
  const tracker = new IdGapTracker(idsCount);
  for (const [timeMs, id, kept = true] of rows) tracker.see(timeMs, id, kept);
  return tracker;
};

describe('id gaps', () => {
  it('no trades, nothing watched', () => {
    expect(tracked([]).observed()).toEqual([]);
  });

  it('watched from the second of the first to the second of the last trade', () => {
    expect(
      tracked([
        [1500, ''],
        [4200, ''],
      ]).observed(),
    ).toEqual([{ from: 1000, to: 5000 }]);
  });

  it('a jump makes every second from the trade before it to the trade after it unobserved', () => {
    const tracker = tracked([
      [500, '1'],
      [2500, '2'],
      [5100, '4'],
      [7000, '5'],
    ]);
    expect(tracker.observed()).toEqual([
      { from: 0, to: 2000 },
      { from: 6000, to: 8000 },
    ]);
    expect(tracker.jumps).toEqual([{ range: { from: 2000, to: 6000 }, atMs: 5100 }]);
  });

  it('ids that mean nothing make no gaps', () => {
    const tracker = tracked(
      [
        [500, '1'],
        [5100, '40'],
      ],
      false,
    );
    expect(tracker.observed()).toEqual([{ from: 0, to: 6000 }]);
    expect(tracker.jumps).toEqual([]);
  });

  it.each([
    ['a-1', 'a-9'],
    ['', ''],
    ['5', 'x7'],
    ['1.5', '9'],
  ])('ids %s and %s tell nothing', (first, second) => {
    expect(
      tracked([
        [500, first],
        [5100, second],
      ]).observed(),
    ).toEqual([{ from: 0, to: 6000 }]);
  });

  it('an id at or below the highest tells nothing: rows of one moment may be mixed, and come twice', () => {
    expect(
      tracked([
        [0, '7'],
        [0, '8'],
        [1000, '6'],
        [1000, '8'],
        [2000, '9'],
      ]).jumps,
    ).toEqual([]);
  });

  it('the id of a row that is no trade of the market was seen', () => {
    const tracker = tracked([
      [0, '1'],
      [1000, '2', false],
      [2000, '3'],
    ]);
    expect(tracker.jumps).toEqual([]);
    expect(tracker.observed()).toEqual([{ from: 0, to: 3000 }]);
  });

  it('a row without a usable time counts at the time of the row before it', () => {
    expect(
      tracked([
        [0, '1'],
        [null, '2', false],
        [2000, '3'],
      ]).jumps,
    ).toEqual([]);
    expect(
      tracked([
        [null, '1', false],
        [2000, '3'],
      ]).observed(),
    ).toEqual([{ from: 2000, to: 3000 }]);
  });

  it('ids beyond 2^53 are compared exactly', () => {
    expect(
      tracked([
        [0, '90071992547409920'],
        [5000, '90071992547409921'],
      ]).jumps,
    ).toEqual([]);
    expect(
      tracked([
        [0, '90071992547409920'],
        [5000, '90071992547409922'],
      ]).jumps,
    ).toHaveLength(1);
  });
});
