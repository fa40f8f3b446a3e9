import { ManualClock } from '@prate/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type OpenMarket, openMarket } from '../src/open-market.ts';
import { Playback } from '../src/playback.ts';

const START = 1_767_225_600_000;

/** A market whose past has been played for so long on the machine's clock, before its time begins to pass. */
async function started(tookMs: number, speed: number): Promise<OpenMarket & { machine: ManualClock; play: Playback }> {
  const machine = new ManualClock(START);
  const opened = await openMarket('synthetic:1', { symbols: ['BTC_USDT'] }, machine.nowMs());
  await opened.market.play({ until: opened.opensAt(machine.nowMs()) - 1000 });
  const play = new Playback(opened, machine, speed);
  onTestFinished(() => play.stop());
  machine.advance(tookMs);
  play.start((error) => {
    throw error;
  });
  await play.advance(0);
  return { ...opened, machine, play };
}

describe('the time of a made-up market', () => {
  it('is the machine’s, however long its past has taken', async () => {
    const { clock, machine, play } = await started(7300, 1);
    expect(clock.nowMs()).toBe(START + 7300);
    machine.advance(250);
    await play.advance(0);
    expect(clock.nowMs()).toBe(machine.nowMs());
  });

  it('passes faster from there on where it is told to, and is ahead by what it was advanced', async () => {
    const { clock, machine, play } = await started(40, 20);
    expect(clock.nowMs()).toBe(START + 40);
    machine.advance(100);
    await play.advance(5000);
    expect(clock.nowMs()).toBe(START + 40 + 2000 + 5000);
  });
});
