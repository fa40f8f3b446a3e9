import { ManualClock, silentLogger } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { ServerClock } from '../../src/rest/server-clock.ts';

const AHEAD_MS = 7_000;

/** A server whose time is ahead; each ping takes as long there as back. */
const rig = (...wayMs: readonly number[]) => {
  const clock = new ManualClock(1_767_225_600_000);
  let pings = 0;
  const ping = async (): Promise<number> => {
    const way = wayMs[pings % wayMs.length] as number;
    pings += 1;
    if (way < 0) throw new Error('no reply');
    clock.advance(way);
    const serverMs = clock.nowMs() + AHEAD_MS;
    clock.advance(way);
    return await Promise.resolve(serverMs);
  };
  return { clock, serverClock: new ServerClock({ clock, logger: silentLogger, ping }), pings: () => pings };
};

describe('ServerClock', () => {
  it('is the wall clock before it was read', () => {
    const { clock, serverClock } = rig(10);
    expect(serverClock.nowMs()).toBe(clock.nowMs());
    expect(serverClock.aheadMs()).toBeUndefined();
  });

  it('takes half of the way off, and the median of three readings', async () => {
    const { clock, serverClock, pings } = rig(20, 300, 5);
    await serverClock.sync();
    expect(serverClock.nowMs()).toBe(clock.nowMs() + AHEAD_MS);
    expect(serverClock.aheadMs()).toBe(AHEAD_MS);
    expect(pings()).toBe(3);
  });

  it('a wall clock that jumps does not move it', async () => {
    const clock = new ManualClock(1_000_000);
    let jumpMs = 0;
    const jumping = {
      nowMs: () => clock.nowMs() + jumpMs,
      monotonicMs: () => clock.monotonicMs(),
      sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
      callAfter: (ms: number, call: () => void) => clock.callAfter(ms, call),
      alarm: (call: () => void) => clock.alarm(call),
    };
    const ping = () => Promise.resolve(5_000_000);
    const serverClock = new ServerClock({ clock: jumping, logger: silentLogger, ping });
    await serverClock.sync();
    jumpMs = -3_600_000;
    clock.advance(500);
    expect(serverClock.nowMs()).toBe(5_000_500);
  });

  it('is read anew after five minutes, without anyone waiting for it', async () => {
    const { clock, serverClock, pings } = rig(10);
    await serverClock.ready();
    await serverClock.ready();
    expect([pings(), serverClock.isDue]).toEqual([3, false]);
    clock.advance(300_000);
    expect(serverClock.isDue).toBe(true);
    await serverClock.ready();
    await serverClock.sync(); // the same reading
    expect(pings()).toBe(6);
  });

  it('a reading that fails is no error of the call that needs the time, and is not tried at once again', async () => {
    const { clock, serverClock, pings } = rig(-1);
    await serverClock.ready();
    expect([pings(), serverClock.isDue, serverClock.nowMs()]).toEqual([1, false, clock.nowMs()]);
    clock.advance(30_000);
    expect(serverClock.isDue).toBe(true);
    await expect(serverClock.sync()).rejects.toThrow('no reply');
  });
});
