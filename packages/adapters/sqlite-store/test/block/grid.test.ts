import { toInterval } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { blockEnd, blockNumber, blockStart, slotsPerBlock } from '../../src/block/grid.ts';
import { STEPS, T0 } from '../support.ts';

const steps = fc.constantFrom(...STEPS, '7s', '90s', '366d').map(toInterval);

describe('block grid', () => {
  it('an hour of seconds, a day of minutes, 32 days of hours', () => {
    const lengths = ['1s', '1m', '1h'].map((text) => blockEnd(toInterval(text), 0) / 3_600_000);
    expect(lengths).toEqual([1, 24, 32 * 24]);
    expect(blockNumber(toInterval('1s'), T0)).toBe(T0 / 3_600_000);
  });

  it('block 0 begins at the epoch, that of weeks on its first Monday', () => {
    expect(blockStart(toInterval('1d'), 0)).toBe(0);
    expect(new Date(blockStart(toInterval('1w'), 0)).toISOString()).toBe('1970-01-05T00:00:00.000Z');
    expect(blockNumber(toInterval('1w'), 0)).toBe(-1);
  });

  it('every time lies in exactly one block, before the epoch too, and blocks begin on slots', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: -(2 ** 45), max: 2 ** 45 }), (step, timeMs) => {
        const block = blockNumber(step, timeMs);
        expect(blockStart(step, block)).toBeLessThanOrEqual(timeMs);
        expect(blockEnd(step, block)).toBeGreaterThan(timeMs);
        const ms = (step.seconds as number) * 1000;
        expect(Math.abs((blockStart(step, block) - step.anchorMs) % ms)).toBe(0);
        expect(blockEnd(step, block) - blockStart(step, block)).toBe(slotsPerBlock(step) * ms);
        expect(blockNumber(step, blockEnd(step, block))).toBe(block + 1);
      }),
      cases(500),
    );
  });
});
