export interface WindowLimit {
  /** How many calls in any window, from 1 up. */
  readonly calls: number;
  readonly windowMs: number;
}

/**
 * When the next call may go, so that no half-open window of `windowMs` holds more than `calls` of them. A refusal by the
 * server empties the next window and halves the number; each window after that gives one call back.
 */
export class SlidingWindow {
  readonly #limit: WindowLimit;
  /** Times of the last calls, oldest first. */
  readonly #taken: number[] = [];
  /** How many calls a window has at present. */
  #calls: number;
  #emptyUntilMs = Number.NEGATIVE_INFINITY;

  /** @throws RangeError for a limit that lets nothing through */
  constructor(name: string, limit: WindowLimit) {
    if (!(Number.isInteger(limit.calls) && limit.calls >= 1 && limit.windowMs > 0)) {
      throw new RangeError(
        `a rate limit is a whole number of calls from 1 up in a time above 0 ms; ${name} has ${limit.calls} in ${limit.windowMs}`,
      );
    }
    this.#limit = limit;
    this.#calls = limit.calls;
  }

  /** How long until a call may go; 0 or less: now. */
  waitMs(now: number): number {
    const calls = this.#callsAt(now);
    const oldest = this.#taken[this.#taken.length - calls];
    const byCalls = oldest === undefined ? 0 : oldest + this.#limit.windowMs - now;
    return Math.max(byCalls, this.#emptyUntilMs - now);
  }

  take(now: number): void {
    this.#taken.push(now);
    if (this.#taken.length > this.#limit.calls) this.#taken.shift();
  }

  slowDown(now: number): void {
    this.#calls = Math.max(1, Math.floor(this.#callsAt(now) / 2));
    this.#emptyUntilMs = now + this.#limit.windowMs;
  }

  #callsAt(now: number): number {
    const windows = Math.max(0, Math.floor((now - this.#emptyUntilMs) / this.#limit.windowMs));
    return Math.min(this.#limit.calls, this.#calls + windows);
  }
}
