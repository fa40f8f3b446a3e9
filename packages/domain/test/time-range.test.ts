import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import {
  appendRange,
  clipRanges,
  intersectRanges,
  normalizeRanges,
  subtractRanges,
  type TimeRange,
  totalMs,
  unionRanges,
} from '../src/index.ts';

/** Any ranges, empty and backward ones too. */
const ranges: fc.Arbitrary<TimeRange[]> = fc.array(
  fc
    .tuple(fc.integer({ min: -20, max: 40 }), fc.integer({ min: -3, max: 15 }))
    .map(([from, length]) => ({ from, to: from + length })),
  { maxLength: 8 },
);

const setOf = (list: readonly TimeRange[]): Set<number> => {
  const set = new Set<number>();
  for (const { from, to } of list) for (let t = from; t < to; t += 1) set.add(t);
  return set;
};

/** The ranges that a set of whole numbers makes up: the one normal form there is. */
const rangesOf = (set: ReadonlySet<number>): TimeRange[] => {
  const list: { from: number; to: number }[] = [];
  for (const t of [...set].sort((a, b) => a - b)) {
    const last = list.at(-1);
    if (last?.to === t) last.to = t + 1;
    else list.push({ from: t, to: t + 1 });
  }
  return list;
};

describe('time ranges are sets of moments', () => {
  it('normalizeRanges: sorted, joined, none empty', () => {
    fc.assert(
      fc.property(ranges, (a) => {
        const before = structuredClone(a);
        expect(normalizeRanges(a)).toEqual(rangesOf(setOf(a)));
        expect(a).toEqual(before);
      }),
      cases(1_000),
    );
  });

  it('union, intersection and difference are those of sets', () => {
    fc.assert(
      fc.property(ranges, ranges, (x, y) => {
        const [a, b] = [normalizeRanges(x), normalizeRanges(y)];
        const [p, q] = [setOf(x), setOf(y)];
        expect(unionRanges(x, y)).toEqual(rangesOf(new Set([...p, ...q])));
        expect(intersectRanges(a, b)).toEqual(rangesOf(new Set([...p].filter((t) => q.has(t)))));
        expect(subtractRanges(a, b)).toEqual(rangesOf(new Set([...p].filter((t) => !q.has(t)))));
      }),
      cases(1_000),
    );
  });

  it('clipping keeps what lies in the window; totalMs counts', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: -25, max: 50 }), fc.integer({ min: -25, max: 50 }), (x, from, to) => {
        const a = normalizeRanges(x);
        expect(clipRanges(a, from, to)).toEqual(rangesOf(new Set([...setOf(x)].filter((t) => from <= t && t < to))));
        expect(totalMs(a)).toBe(setOf(x).size);
      }),
      cases(1_000),
    );
  });
});

describe('appendRange', () => {
  it('joins what touches, keeps what does not, drops what is empty', () => {
    const ranges: TimeRange[] = [];
    for (const [from, to] of [
      [0, 2],
      [2, 5],
      [7, 7],
      [8, 9],
    ] as const)
      appendRange(ranges, from, to);
    expect(ranges).toEqual([
      { from: 0, to: 5 },
      { from: 8, to: 9 },
    ]);
  });
});
