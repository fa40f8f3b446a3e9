import type { Clock } from '@prate/runtime';

/** Requests in a window, by the published limits. */
interface RateLimit {
  readonly requests: number;
  readonly windowMs: number;
}

const per = (requests: number, seconds: number): RateLimit => ({ requests, windowMs: seconds * 1000 });

export type LimitClass = 'read' | 'snapshot' | 'write' | 'five' | 'leverage';

const RATE_LIMITS: Readonly<Record<LimitClass, RateLimit>> = {
  read: per(20, 2),
  snapshot: per(10, 2),
  write: per(4, 2),
  five: per(5, 2),
  leverage: per(10, 10),
};

/** Counts the requests of each client on each route. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #seen = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False where this one is too many; it is not counted then. */
  allows(client: string, route: string, limitClass: LimitClass): boolean {
    const { requests, windowMs } = RATE_LIMITS[limitClass];
    const now = this.#clock.monotonicMs();
    const key = `${client} ${route}`;
    const times = (this.#seen.get(key) ?? []).filter((time) => now - time < windowMs);
    this.#seen.set(key, times);
    if (times.length >= requests) return false;
    times.push(now);
    return true;
  }
}
