import { spawnSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/index.ts';

describe('system clock', () => {
  it('nowMs: the time of the machine, in epoch milliseconds', () => {
    const before = Date.now();
    const now = systemClock.nowMs();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('monotonicMs: never goes back', () => {
    let last = systemClock.monotonicMs();
    for (let i = 0; i < 1000; i += 1) {
      const next = systemClock.monotonicMs();
      expect(next).toBeGreaterThanOrEqual(last);
      last = next;
    }
  });

  it('sleep: takes its time, and no time at all for 0 or less', async () => {
    const start = systemClock.monotonicMs();
    await systemClock.sleep(20);
    expect(systemClock.monotonicMs() - start).toBeGreaterThanOrEqual(18); // timers count whole milliseconds
    await systemClock.sleep(0);
    await systemClock.sleep(-5);
  });

  it('sleep: rejects with the reason of a signal that was aborted before', async () => {
    const reason = new Error('enough');
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('sleep: an abort ends it at once with the reason, and leaves no timer behind', async () => {
    vi.useFakeTimers();
    try {
      const controller = new AbortController();
      const sleeping = systemClock.sleep(60_000, controller.signal);
      expect(vi.getTimerCount()).toBe(1);
      const reason = new Error('enough');
      controller.abort(reason);
      expect(vi.getTimerCount()).toBe(0);
      await expect(sleeping).rejects.toBe(reason);
    } finally {
      vi.useRealTimers();
    }
  });

  it('callAfter: calls once after its time, and never when it is put off', async () => {
    vi.useFakeTimers();
    try {
      const calls: string[] = [];
      systemClock.callAfter(10, () => calls.push('first'));
      const putOff = systemClock.callAfter(10, () => calls.push('second'));
      await vi.advanceTimersByTimeAsync(9);
      expect(calls).toEqual([]);
      putOff();
      expect(vi.getTimerCount()).toBe(1);
      await vi.advanceTimersByTimeAsync(1000);
      expect(calls).toEqual(['first']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('alarm: calls once, at the time that was set last, and never when it is cleared', async () => {
    vi.useFakeTimers();
    try {
      const rings: number[] = [];
      const from = systemClock.monotonicMs();
      const alarm = systemClock.alarm(() => rings.push(systemClock.monotonicMs() - from));
      alarm.set(from + 100);
      alarm.set(from + 300); // later than its timer
      await vi.advanceTimersByTimeAsync(200);
      alarm.clear();
      await vi.advanceTimersByTimeAsync(1000);
      expect(rings).toEqual([]);
      alarm.set(from + 5000);
      alarm.set(from + 1300); // earlier than its timer
      expect(vi.getTimerCount()).toBe(1);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(rings).toEqual([1300]);
      alarm.set(from); // gone by: as soon as can be
      expect(rings).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(1);
      expect(rings).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('alarm: setting and clearing it a thousand times takes one timer', () => {
    vi.useFakeTimers();
    try {
      const started = vi.spyOn(globalThis, 'setTimeout');
      const alarm = systemClock.alarm(() => {});
      for (let i = 0; i < 1000; i += 1) {
        alarm.set(systemClock.monotonicMs() + 10_000);
        alarm.clear();
      }
      expect(started).toHaveBeenCalledTimes(1);
      started.mockRestore();
    } finally {
      vi.useRealTimers();
    }
  });

  it('alarm: keeps the process running while it is set, and not when it is cleared', () => {
    const program = `
      const { systemClock } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)});
      const alarm = systemClock.alarm(() => {
        console.log('rang');
        alarm.set(systemClock.monotonicMs() + 60_000);
        alarm.clear();
      });
      alarm.set(systemClock.monotonicMs() + 500);
      alarm.clear();
      alarm.set(systemClock.monotonicMs() + 600);`;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect([status, stdout]).toEqual([0, 'rang\n']);
  });

  it('sleep: forty days are forty days, though a timer of Node.js holds only 24.8', async () => {
    vi.useFakeTimers();
    try {
      const days = 86_400_000;
      let awake = false;
      const sleeping = systemClock.sleep(40 * days).then(() => {
        awake = true;
      });
      await vi.advanceTimersByTimeAsync(40 * days - 1);
      expect(awake).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await sleeping;
      expect(awake).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});
