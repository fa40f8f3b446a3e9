import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { type Draw, holdsAsync } from '../../../../../tooling/test-support/draw.ts';
import { Priority, RateLimitedError, RateLimiter } from '../../src/limits/rate-limiter.ts';

const limits = { order: { calls: 4, windowMs: 2_000 }, cancel: { calls: 20, windowMs: 2_000 } };

const rig = (maxWaiting?: number) => {
  const clock = new ManualClock(1_000_000);
  const limiter = new RateLimiter({ clock, limits, maxWaiting });
  const granted: { readonly name: string; readonly atMs: number }[] = [];
  const call = async (name: string, priority: Priority, signal?: AbortSignal): Promise<void> => {
    await limiter.acquire('order', priority, signal);
    granted.push({ name, atMs: clock.monotonicMs() });
  };
  return { clock, limiter, granted, call };
};

/** Code that an advance of the clock woke runs to its next wait. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

const advance = async (clock: ManualClock, ms: number, stepMs = 100): Promise<void> => {
  for (let left = ms; left > 0; left -= stepMs) {
    clock.advance(Math.min(stepMs, left));
    await settle();
  }
};

describe('RateLimiter', () => {
  it('lets N calls through at once, the next when the oldest leaves the window', async () => {
    const { clock, limiter, granted, call } = rig();
    expect(limiter.acquire('order', Priority.WRITE)).toBeUndefined();
    await advance(clock, 500);
    const calls = ['b', 'c', 'd', 'e', 'f'].map((name) => call(name, Priority.WRITE));
    await settle();
    await advance(clock, 2_000, 1);
    await Promise.all(calls);
    expect(granted.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['b', 500],
      ['c', 500],
      ['d', 500],
      ['e', 2_000],
      ['f', 2_500],
    ]);
  });

  it('cancels and closes overtake orders, orders overtake reads, what is soon gone overtakes other reads, and one priority keeps its order', async () => {
    const { clock, granted, call } = rig();
    await Promise.all([1, 2, 3, 4].map((n) => call(`first ${n}`, Priority.WRITE)));
    granted.length = 0;
    const calls = [
      call('read 1', Priority.READ),
      call('open 1', Priority.WRITE),
      call('open 2', Priority.WRITE),
      call('close 1', Priority.URGENT),
      call('read 2', Priority.READ),
      call('deals', Priority.FLEETING),
      call('close 2', Priority.URGENT),
    ];
    await advance(clock, 4_000);
    await Promise.all(calls);
    const names = ['close 1', 'close 2', 'open 1', 'open 2', 'deals', 'read 1', 'read 2'];
    expect(granted.map(({ name }) => name)).toEqual(names);
  });

  it('a refusal empties a window, halves the next and lets the number grow again; other lanes go on', async () => {
    const { clock, limiter, granted, call } = rig();
    limiter.refused('order');
    expect(limiter.acquire('cancel', Priority.URGENT)).toBeUndefined();
    const calls = Array.from({ length: 9 }, (_, n) => call(String(n), Priority.WRITE));
    await advance(clock, 10_000);
    await Promise.all(calls);
    const inWindow = (from: number): number => granted.filter(({ atMs }) => atMs >= from && atMs < from + 2_000).length;
    expect([0, 2_000, 4_000, 6_000].map(inWindow)).toEqual([0, 2, 3, 4]);
  });

  it('a Retry-After stops all lanes, also for cancels', async () => {
    const { clock, limiter } = rig();
    limiter.refused('order', 5_000);
    let cancelled = false;
    const call = limiter.acquire('cancel', Priority.URGENT)?.then(() => {
      cancelled = true;
    });
    await advance(clock, 4_900);
    expect(cancelled).toBe(false);
    await advance(clock, 100);
    await call;
    expect(cancelled).toBe(true);
  });

  it('a pause of more than a minute is told at once, to those who wait too', async () => {
    const { limiter, call } = rig();
    await Promise.all([1, 2, 3, 4].map((n) => call(String(n), Priority.WRITE)));
    const waiting = call('waits', Priority.WRITE);
    limiter.refused('order', 3_600_000);
    await expect(waiting).rejects.toThrow(RateLimitedError);
    expect(() => limiter.acquire('cancel', Priority.URGENT)).toThrow(/pause of 3600 s/);
  });

  it('the queue is bounded: one more is refused, unsent', async () => {
    const { clock, limiter, call } = rig(2);
    await Promise.all([1, 2, 3, 4].map((n) => call(String(n), Priority.WRITE)));
    const waiting = [call('5', Priority.READ), call('6', Priority.READ)];
    expect(() => limiter.acquire('order', Priority.URGENT)).toThrow(RateLimitedError);
    await advance(clock, 2_000);
    await Promise.all(waiting);
  });

  it('an abort gives the place away and leaves no timer', async () => {
    const { clock, granted, call } = rig();
    await Promise.all([1, 2, 3, 4].map((n) => call(String(n), Priority.WRITE)));
    granted.length = 0;
    const controller = new AbortController();
    const given = call('given up', Priority.WRITE, controller.signal);
    const kept = call('kept', Priority.WRITE);
    controller.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    await advance(clock, 2_000);
    await kept;
    expect(granted.map(({ name }) => name)).toEqual(['kept']);
  });

  it('a limit that lets nothing through is refused', () => {
    const clock = new ManualClock();
    for (const limit of [
      { calls: 0, windowMs: 1 },
      { calls: 1.5, windowMs: 1 },
      { calls: 1, windowMs: 0 },
    ]) {
      expect(() => new RateLimiter({ clock, limits: { a: limit } })).toThrow(RangeError);
    }
  });
});

describe('RateLimiter, whatever comes', () => {
  /** Calls of any priority at any time, aborts and refusals. */
  const law = async (draw: Draw): Promise<void> => {
    const clock = new ManualClock();
    const calls = 1 + draw.below(4);
    const windowMs = 1 + draw.below(50);
    const limiter = new RateLimiter({ clock, limits: { a: { calls, windowMs } } });
    interface Call {
      readonly priority: Priority;
      readonly askedAtMs: number;
      readonly number: number;
      grantedAtMs: number;
    }
    const granted: Call[] = [];
    const open = new Set<Call>();
    const ask = (number: number): void => {
      const priority = draw.of(Object.values(Priority));
      const call: Call = { priority, number, askedAtMs: clock.monotonicMs(), grantedAtMs: -1 };
      const controller = new AbortController();
      open.add(call);
      const grant = (): void => {
        call.grantedAtMs = clock.monotonicMs();
        open.delete(call);
        granted.push(call);
        // nothing that may go first waits on
        for (const other of open) {
          const first =
            other.priority < call.priority || (other.priority === call.priority && other.number < call.number);
          if (first) throw new Error(`${call.number} overtook ${other.number}`);
        }
      };
      const abort = (): void => {
        open.delete(call);
      };
      const slot = limiter.acquire('a', priority, controller.signal);
      if (slot === undefined) grant();
      else {
        void slot.then(grant, abort);
        if (draw.once(8)) {
          controller.abort();
          open.delete(call);
        }
      }
    };
    const steps = draw.size * 4;
    for (let number = 0; number < steps; number += 1) {
      ask(number);
      if (draw.once(10)) limiter.refused('a');
      if (draw.once(2)) clock.advance(draw.below(windowMs));
      await settle();
    }
    for (let turn = 0; open.size > 0; turn += 1) {
      if (turn > 100 * steps) throw new Error('a call starves');
      clock.advance(windowMs);
      await settle();
    }
    for (const [index, call] of granted.entries()) {
      const after = granted[index + calls];
      if (after !== undefined && after.grantedAtMs - call.grantedAtMs < windowMs) {
        throw new Error(`${calls + 1} calls within ${windowMs} ms`);
      }
    }
  };

  it('never more than N in any window, no call overtakes one that goes first, none starves', () => holdsAsync(law));
});
