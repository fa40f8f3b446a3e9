import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { ManualClock } from '../src/index.ts';

/** Lets every settled promise run its continuations. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('manual clock', () => {
  it('time stands still until told', () => {
    const clock = new ManualClock(5_000);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([5_000, 0]);
    clock.advance(1);
    clock.advanceTo(7_000);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([7_000, 2_000]);
  });

  it.each([4_999, Number.NaN, Number.NEGATIVE_INFINITY])('time does not go from 5000 to %d', (timeMs) => {
    const clock = new ManualClock(5_000);
    expect(() => clock.advanceTo(timeMs)).toThrow(RangeError);
    expect(clock.nowMs()).toBe(5_000);
  });

  it('a sleeper wakes at its deadline and not a millisecond before', async () => {
    const clock = new ManualClock();
    let awake = false;
    const sleeping = clock.sleep(100).then(() => {
      awake = true;
    });
    clock.advance(99);
    await settle();
    expect(awake).toBe(false);
    clock.advance(1);
    await sleeping;
    expect(awake).toBe(true);
  });

  it('sleep: 0 or less is over at once, without a move of time', async () => {
    const clock = new ManualClock();
    await clock.sleep(0);
    await clock.sleep(-1);
    expect(clock.nowMs()).toBe(0);
  });

  it('alarm: calls when the time that was set last has come, once, never when it was cleared, never at once', () => {
    const clock = new ManualClock(1000);
    const rings: number[] = [];
    const alarm = clock.alarm(() => rings.push(clock.monotonicMs()));
    alarm.set(10);
    alarm.set(20);
    clock.advance(15);
    expect(rings).toEqual([]);
    clock.advance(15);
    expect(rings).toEqual([20]);
    alarm.set(5); // gone by
    expect(rings).toEqual([20]);
    clock.advance(0);
    expect(rings).toEqual([20, 30]);
    alarm.set(40);
    alarm.clear();
    clock.advance(100);
    expect(rings).toEqual([20, 30]);
  });

  it('callAfter: calls when its time has come, among the sleepers; never when it was put off, never at once', () => {
    const clock = new ManualClock(1000);
    const calls: string[] = [];
    clock.callAfter(10, () => calls.push(`ten at ${clock.nowMs()}`));
    clock.callAfter(5, () => calls.push(`five at ${clock.nowMs()}`));
    clock.callAfter(5, () => calls.push('put off'))();
    clock.callAfter(0, () => calls.push('none'));
    expect(calls).toEqual([]);
    clock.advance(20);
    expect(calls).toEqual(['none', 'five at 1005', 'ten at 1010']);
  });

  it('an abort wakes one sleeper with the reason; the others sleep on', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const woken: string[] = [];
    const stopped = clock.sleep(10, controller.signal);
    const other = clock.sleep(10).then(() => woken.push('other'));
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(stopped).rejects.toBe(reason);
    expect(woken).toEqual([]);
    clock.advance(10);
    await other;
    expect(woken).toEqual(['other']);
  });

  it('sleep: rejects with the reason of a signal that was aborted before', async () => {
    const reason = new Error('enough');
    await expect(new ManualClock().sleep(10, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('sleepers wake in the order of their deadlines, of equal ones in the order they fell asleep', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 })), async (durations) => {
        const clock = new ManualClock();
        const woken: number[] = [];
        const sleeping = durations.map((duration, i) => clock.sleep(duration).then(() => woken.push(i)));
        clock.advance(20);
        await Promise.all(sleeping);
        const order = durations.map((duration, i) => ({ duration, i })).toSorted((a, b) => a.duration - b.duration);
        expect(woken).toEqual(order.map(({ i }) => i));
      }),
      cases(100),
    );
  });

  it('in how many steps time moves makes no difference to who is awake', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 10 }),
        fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 10 }),
        async (durations, steps) => {
          const whoIsAwake = async (moves: readonly number[]): Promise<readonly number[]> => {
            const clock = new ManualClock();
            const woken: number[] = [];
            for (const [i, duration] of durations.entries()) void clock.sleep(duration).then(() => woken.push(i));
            for (const move of moves) clock.advance(move);
            await settle();
            return woken.toSorted((a, b) => a - b);
          };
          const total = steps.reduce((sum, step) => sum + step, 0);
          expect(await whoIsAwake(steps)).toEqual(await whoIsAwake([total]));
        },
      ),
      cases(50),
    );
  });
});
