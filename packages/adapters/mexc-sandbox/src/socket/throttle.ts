import type { Clock } from '@prate/runtime';

/** Runs `work` once, `ms` after the first of any number of marks; then waits for the next mark. At once where `ms` is 0. */
export class Throttle {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #signal: AbortSignal;
  readonly #work: () => void;
  #waiting = false;

  constructor(clock: Clock, ms: number, signal: AbortSignal, work: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#signal = signal;
    this.#work = work;
  }

  mark(): void {
    if (this.#waiting) return;
    if (this.#ms === 0) {
      this.#work();
      return;
    }
    this.#waiting = true;
    this.#clock.sleep(this.#ms, this.#signal).then(
      () => {
        this.#waiting = false;
        this.#work();
      },
      () => {}, // the socket or the sandbox has closed
    );
  }
}
