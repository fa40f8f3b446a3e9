import type { Alarm, Clock } from './clock.ts';

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/**
 * Time that moves only when told: for tests, and for replays, where it moves by the time of the events.
 * Sleepers wake in the order of their deadlines (of equal ones, in the order they fell asleep). Waking settles their
 * promises; their code runs when the caller next awaits, and then sees the time that was advanced to. So one `advance`
 * does not carry a loop of sleeps through many rounds: step, and await between the steps.
 */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  #sleepers: Sleeper[] = [];

  constructor(startMs = 0) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      if (!(durationMs > 0)) {
        resolve();
        return;
      }
      const abort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.callAfter(durationMs, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  callAfter(durationMs: number, call: () => void): () => void {
    const sleeper: Sleeper = { wakeAtMs: this.#nowMs + Math.max(durationMs, 0), wake: call };
    const place = this.#sleepers.findIndex((other) => other.wakeAtMs > sleeper.wakeAtMs);
    this.#sleepers.splice(place === -1 ? this.#sleepers.length : place, 0, sleeper);
    return () => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    };
  }

  alarm(call: () => void): Alarm {
    let clear = (): void => {};
    return {
      set: (atMs) => {
        clear();
        clear = this.callAfter(atMs - this.monotonicMs(), call);
      },
      clear: () => clear(),
    };
  }

  /**
   * Moves time forward and wakes who is due; their code runs when the caller next awaits.
   *
   * @throws RangeError when `durationMs` is negative or no number: this time never goes back
   */
  advance(durationMs: number): void {
    this.advanceTo(this.#nowMs + durationMs);
  }

  /** As `advance`, to a time in epoch ms. */
  advanceTo(timeMs: number): void {
    if (!(timeMs >= this.#nowMs)) throw new RangeError(`time cannot go from ${this.#nowMs} to ${timeMs}, only forward`);
    for (;;) {
      const next = this.#sleepers[0];
      if (next === undefined || next.wakeAtMs > timeMs) break;
      this.#sleepers.shift();
      this.#nowMs = next.wakeAtMs;
      next.wake();
    }
    this.#nowMs = timeMs;
  }
}
