import { ManualClock } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { Deadlines, type Timed } from '../../src/rest/deadlines.ts';

const LENGTH_MS = 100;

/** Begins one that tells `[name, time]` when its time-out comes. @returns what ends it before */
function begin(clock: ManualClock, deadlines: Deadlines, name: number, told: (readonly [number, number])[]) {
  let isOver = false;
  const end = (): void => {
    isOver = true;
    deadlines.ended();
  };
  const one: Timed = {
    dueMs: clock.monotonicMs() + LENGTH_MS,
    get isOver() {
      return isOver;
    },
    timeOut: () => {
      told.push([name, clock.monotonicMs()]);
      end();
    },
  };
  deadlines.begin(one);
  return end;
}

describe('Deadlines', () => {
  it('tell as a timer for each would: at their times, in their order, and none that is over', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('begin' as const) }),
      fc.record({ kind: fc.constant('end' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 150 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new ManualClock();
        const deadlines = new Deadlines(clock);
        const ends: (() => void)[] = [];
        const told: (readonly [number, number])[] = [];
        const expected: (readonly [number, number])[] = [];
        const stop: (() => void)[] = [];
        for (const one of steps) {
          if (one.kind === 'begin') {
            const name = ends.push(begin(clock, deadlines, ends.length, told)) - 1;
            stop.push(clock.callAfter(LENGTH_MS, () => expected.push([name, clock.monotonicMs()])));
          } else if (one.kind === 'pass') {
            clock.advance(one.ms);
          } else if (ends.length > 0) {
            ends[one.pick % ends.length]?.();
            stop[one.pick % ends.length]?.();
          }
          expect(told).toEqual(expected);
        }
      }),
      cases(200),
    );
  });

  it('what begins while another times out is timed too', () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const told: (readonly [number, number])[] = [];
    let isOver = false;
    deadlines.begin({
      dueMs: LENGTH_MS,
      get isOver() {
        return isOver;
      },
      timeOut: () => {
        isOver = true;
        deadlines.ended();
        begin(clock, deadlines, 1, told);
      },
    });
    clock.advance(2 * LENGTH_MS);
    expect(told).toEqual([[1, 2 * LENGTH_MS]]);
  });
});
