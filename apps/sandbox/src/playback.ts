import type { Clock, ManualClock } from '@prate/runtime';
import type { PlayedMarket } from '@prate/simulated-market';
import type { OpenMarket } from './open-market.ts';

/** How often the market is looked after, in ms of the machine's time. */
const TICK_MS = 10;

/**
 * Plays a market at the machine's pace times `speed`, and ahead when it is told to. The market's clock never stands behind the
 * machine's by more than a tick, and events are told at their own times.
 */
export class Playback {
  readonly #market: PlayedMarket;
  readonly #clock: ManualClock;
  readonly #machine: Clock;
  readonly #speed: number;
  readonly #opened: Pick<OpenMarket, 'hurry' | 'opensAt'>;
  /** Calls of `advance` that are on their way. */
  #hurrying = 0;
  readonly #stop = new AbortController();
  #marketMs: number;
  #machineMs: number;
  /** Plays one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #loop: Promise<void> | null = null;

  constructor(opened: OpenMarket, machine: Clock, speed: number) {
    const { market, clock } = opened;
    this.#opened = opened;
    this.#market = market;
    this.#clock = clock;
    this.#machine = machine;
    this.#speed = speed;
    this.#marketMs = clock.nowMs();
    this.#machineMs = machine.monotonicMs();
  }

  /**
   * From here on time passes, from where the market opens now: however long it took to get here, that is not lost.
   * @param onFailure told once, when the market breaks: a listener's error is no such thing
   */
  start(onFailure: (error: unknown) => void): void {
    this.#machineMs = this.#machine.monotonicMs();
    this.#marketMs = Math.max(this.#clock.nowMs(), this.#opened.opensAt(this.#machine.nowMs()));
    this.#loop = this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) onFailure(error);
    });
  }

  /** Plays ahead as fast as it goes; resolves when the market is there. */
  async advance(ms: number): Promise<void> {
    this.#marketMs += ms;
    this.#hurrying += 1;
    this.#opened.hurry(true);
    try {
      await this.#play();
    } finally {
      this.#hurrying -= 1;
      if (this.#hurrying === 0) this.#opened.hurry(false);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the sandbox has ended'));
    await this.#loop;
    await this.#turn.catch(() => {});
    this.#market.close();
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#machine.sleep(TICK_MS, this.#stop.signal);
      await this.#play();
    }
  }

  #play(): Promise<void> {
    const play = this.#turn.then(() => {
      const due = Math.floor(this.#marketMs + (this.#machine.monotonicMs() - this.#machineMs) * this.#speed);
      if (due <= this.#clock.nowMs()) return;
      return this.#market.play({ until: due, signal: this.#stop.signal });
    });
    this.#turn = play.catch(() => {});
    return play;
  }
}

/** Time as the sandbox tells it: the market's; whatever waits, waits in the machine's. */
export const marketTime = (market: Clock, machine: Clock): Clock => ({
  nowMs: () => market.nowMs(),
  monotonicMs: () => machine.monotonicMs(),
  sleep: (ms, signal) => machine.sleep(ms, signal),
  callAfter: (ms, call) => machine.callAfter(ms, call),
  alarm: (call) => machine.alarm(call),
});
