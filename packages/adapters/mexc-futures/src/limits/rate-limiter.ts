import { PrateError } from '@prate/domain';
import type { Clock } from '@prate/runtime';
import { SlidingWindow, type WindowLimit } from './sliding-window.ts';

/** Smaller goes first: cancels and closes, then orders and other writes, then reads of what is soon gone, then other reads. */
export const Priority = { URGENT: 0, WRITE: 1, FLEETING: 2, READ: 3 } as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

/** A call was not sent: too many wait, or MEXC asked for a long pause. */
export class RateLimitedError extends PrateError {
  readonly code = 'RATE_LIMITED';
  override readonly retryable = true;
}

interface Waiter {
  readonly priority: Priority;
  readonly grant: () => void;
  readonly refuse: (error: RateLimitedError) => void;
}

interface Lane {
  readonly window: SlidingWindow;
  /** By priority, then by arrival. */
  readonly waiting: Waiter[];
  /** Ends the sleep before the next grant, when nobody waits for it any more. */
  sleep: AbortController | undefined;
}

/** A longer pause is told to the callers rather than slept through. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Holds calls back so that each class of endpoints keeps its limit: never more than N grants in any window. One lane a
 * class. After a refusal (code 510, HTTP 429) a lane slows down, see SlidingWindow; a Retry-After stops all lanes, since
 * MEXC does not say what it counts by.
 */
export class RateLimiter<C extends string> {
  readonly #clock: Clock;
  readonly #lanes: ReadonlyMap<C, Lane>;
  readonly #maxWaiting: number;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  /** @param options `maxWaiting`: how many calls may wait in a lane, default 1,000 */
  constructor(options: {
    readonly clock: Clock;
    readonly limits: Readonly<Record<C, WindowLimit>>;
    readonly maxWaiting?: number | undefined;
  }) {
    this.#clock = options.clock;
    this.#maxWaiting = options.maxWaiting ?? 1_000;
    const limits = Object.entries(options.limits) as [C, WindowLimit][];
    this.#lanes = new Map(
      limits.map(([name, limit]) => [
        name,
        { window: new SlidingWindow(name, limit), waiting: [], sleep: undefined } satisfies Lane,
      ]),
    );
  }

  /**
   * Resolves when the call may be sent; undefined where it may be sent at once.
   *
   * @throws RateLimitedError (`RATE_LIMITED`) when too many wait, or MEXC asked for a pause of more than a minute;
   *   `signal.reason` on abort, which gives the place away
   */
  acquire(name: C, priority: Priority, signal?: AbortSignal): Promise<void> | undefined {
    signal?.throwIfAborted();
    const lane = this.#lane(name);
    const now = this.#clock.monotonicMs();
    const pauseMs = this.#pausedUntilMs - now;
    if (pauseMs > LONGEST_PAUSE_MS) throw longPause(pauseMs);
    const { window, waiting } = lane;
    if (waiting.length === 0 && this.#waitMs(window, now) <= 0) {
      window.take(now);
      return;
    }
    if (waiting.length >= this.#maxWaiting) {
      throw new RateLimitedError(`${waiting.length} calls of class ${name} wait already: this one was not sent`);
    }
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void) => (): void => {
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const abort = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        if (waiting.length === 0) lane.sleep?.abort();
        reject(signal?.reason);
      };
      const waiter: Waiter = { priority, grant: leave(resolve), refuse: (error) => leave(() => reject(error))() };
      signal?.addEventListener('abort', abort, { once: true });
      const place = waiting.findIndex((other) => other.priority > priority);
      waiting.splice(place === -1 ? waiting.length : place, 0, waiter);
      if (lane.sleep === undefined) void this.#serve(lane);
    });
  }

  /** MEXC refused a call as too frequent. `retryAfterMs`: the pause that it asked for, of all lanes. */
  refused(name: C, retryAfterMs?: number): void {
    const now = this.#clock.monotonicMs();
    this.#lane(name).window.slowDown(now);
    if (retryAfterMs === undefined) return;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, now + retryAfterMs);
    if (retryAfterMs <= LONGEST_PAUSE_MS) return;
    for (const lane of this.#lanes.values()) {
      for (const waiter of lane.waiting.splice(0)) waiter.refuse(longPause(retryAfterMs));
      lane.sleep?.abort();
    }
  }

  #lane(name: C): Lane {
    const lane = this.#lanes.get(name);
    if (lane === undefined) throw new TypeError(`there is no rate limit of the name ${name}`);
    return lane;
  }

  #waitMs(window: SlidingWindow, now: number): number {
    return Math.max(window.waitMs(now), this.#pausedUntilMs - now);
  }

  /** Grants what waits, one after the other, until nothing does. */
  async #serve(lane: Lane): Promise<void> {
    const { window, waiting } = lane;
    while (waiting.length > 0) {
      const now = this.#clock.monotonicMs();
      const waitMs = this.#waitMs(window, now);
      if (waitMs > 0) {
        lane.sleep = new AbortController();
        await this.#clock.sleep(waitMs, lane.sleep.signal).catch(() => {}); // ended: the loop looks who waits
      } else {
        window.take(now);
        waiting.shift()?.grant();
      }
    }
    lane.sleep = undefined;
  }
}

const longPause = (pauseMs: number): RateLimitedError =>
  new RateLimitedError(`MEXC asked for a pause of ${Math.ceil(pauseMs / 1000)} s: this call was not sent`);
