import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../tooling/test-support/cases.ts';
import { digestOf, firstDifference, loadCells, saveCells } from '../src/harness/cells.ts';
import { digits, plainTable, reportOf } from '../src/harness/report.ts';
import type { WorkOutcome } from '../src/harness/rounds.ts';
import { ratioSpread, spreadOf } from '../src/harness/statistics.ts';
import type { Ask, Cells, Work } from '../src/harness/work.ts';

describe('spreadOf', () => {
  it('the median is the middle one, or half way between the middle two; quartiles likewise', () => {
    expect(spreadOf([7])).toEqual({ lower: 7, median: 7, upper: 7 });
    expect(spreadOf([9, 1, 5])).toEqual({ lower: 3, median: 5, upper: 7 });
    expect(spreadOf([4, 1, 3, 2])).toEqual({ lower: 1.75, median: 2.5, upper: 3.25 });
    expect(() => spreadOf([])).toThrow('one value at least');
  });

  it('order does not matter; at most half of the values lie on each side, a quarter beyond each quartile', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 }), (values) => {
        const { lower, median, upper } = spreadOf(values);
        expect(spreadOf([...values].reverse())).toEqual({ lower, median, upper });
        const count = (test: (value: number) => boolean): number => values.filter(test).length;
        const [quarter, half] = [Math.ceil((values.length - 1) / 4), Math.ceil((values.length - 1) / 2)];
        expect(count((value) => value < median)).toBeLessThanOrEqual(half);
        expect(count((value) => value > median)).toBeLessThanOrEqual(half);
        expect(count((value) => value < lower)).toBeLessThanOrEqual(quarter);
        expect(count((value) => value > upper)).toBeLessThanOrEqual(quarter);
      }),
      cases(1000),
    );
  });

  it('a ratio is taken round by round: a round in which the machine was slow for both changes nothing', () => {
    expect(ratioSpread([30, 300, 27], [10, 100, 9])).toEqual({ lower: 3, median: 3, upper: 3 });
    expect(() => ratioSpread([1, 2], [1])).toThrow('2 rounds against 1');
  });
});

const cellsOf = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 1000 }))
  .map(([rows, from]): Cells => {
    const column = (shift: number): Float64Array => Float64Array.from({ length: rows }, (_, i) => from + i * shift);
    return { open: column(1), close: column(2) };
  });

describe('firstDifference', () => {
  it('equal cells have none; one changed cell is named; its column may be excepted', () => {
    fc.assert(
      fc.property(cellsOf, fc.constantFrom('open', 'close'), fc.nat(), (cells, name, place) => {
        const copy = { open: (cells['open'] as Float64Array).slice(), close: (cells['close'] as Float64Array).slice() };
        expect(firstDifference(cells, copy)).toBeNull();
        expect(digestOf(copy)).toBe(digestOf(cells));
        const row = place % copy.open.length;
        copy[name][row] = -1;
        expect(firstDifference(cells, copy)).toContain(`row ${row}, column ${name}: -1 instead of`);
        expect(firstDifference(cells, copy, [name])).toBeNull();
        expect(digestOf(copy)).not.toBe(digestOf(cells));
      }),
      cases(1000),
    );
  });

  it('a missing column, a missing row, and nothing to compare are differences', () => {
    const cells = { open: Float64Array.of(1, 2) };
    expect(firstDifference(cells, {})).toBe('column open is missing');
    expect(firstDifference(cells, { open: Float64Array.of(1) })).toBe('column open has 1 rows instead of 2');
    expect(firstDifference(cells, cells, ['open'])).toBe('nothing to compare: no columns');
  });

  it('cells come back from their files as they were', () => {
    const folder = mkdtempSync(join(tmpdir(), 'prate-bench-test-'));
    const cells = { 'open 1s': Float64Array.of(0.1, Number.NaN, -0), high: new Float64Array(0) };
    saveCells(cells, join(folder, 'a'));
    expect(loadCells(join(folder, 'a'))).toEqual(cells);
    rmSync(folder, { recursive: true });
  });
});

describe('the report', () => {
  const workOf = (name: string, asks: readonly Ask[]): Work => ({
    name,
    title: `what ${name} does`,
    unit: 'ms',
    contenders: {},
    asks,
    notes: [],
  });
  const works = [
    workOf('read', [
      { of: 'prate', than: 'peer', times: 4 },
      { of: 'prate', than: 'peer', times: 2.9 },
      { of: 'prate', limit: 9 },
      { of: 'prate', than: 'write/prate', times: 2 },
      { of: 'prate', than: 'skipped/prate', times: 2 },
    ]),
    workOf('write', []),
    workOf('skipped', []),
    workOf('wrong', []),
  ];
  const outcomes = new Map<string, WorkOutcome>([
    ['read', { kind: 'measured', rounds: { prate: [10, 12, 8], peer: [30, 36, 24] } }],
    ['write', { kind: 'measured', rounds: { prate: [20, 24, 16] } }],
    ['wrong', { kind: 'failed', problem: 'peer is not equal to prate: row 1' }],
  ]);

  it('limits are judged by the median of ratios, also across works; one without its other work is left out', () => {
    const [read] = reportOf(works, outcomes);
    expect(read?.lines.map(({ contender, spread, ratio }) => [contender, spread.median, ratio.median])).toEqual([
      ['prate', 10, 1],
      ['peer', 30, 3],
    ]);
    expect(read?.asks.map(({ found, met }) => [found, met])).toEqual([
      [3, false],
      [3, true],
      [10, false],
      [2, true],
    ]);
  });

  it('a work that failed has no times, and says why', () => {
    const wrong = reportOf(works, outcomes).find(({ work }) => work === 'wrong');
    expect(wrong?.lines).toEqual([]);
    expect(plainTable([wrong as NonNullable<typeof wrong>])).toBe(
      'wrong: what wrong does\n  NO TIME COUNTS: peer is not equal to prate: row 1\n',
    );
  });

  it('a limit that names no contender is a mistake of the benchmark', () => {
    const bad = workOf('read', [{ of: 'prat', limit: 1 }]);
    expect(() => reportOf([bad], outcomes)).toThrow('read asks for prat, which read does not have');
  });

  it('numbers have three digits that count', () => {
    expect([0, 0.01234, 1.005, 12.34, 123.4, 51234].map(digits)).toEqual([
      '0',
      '0.0123',
      '1.00',
      '12.3',
      '123',
      '51234',
    ]);
  });
});
