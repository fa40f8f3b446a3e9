import { InvalidInputError, PrateError } from '@prate/domain';
import type { Clock } from '@prate/runtime';

/** How often a read is tried, and how long is waited in between. */
export interface RetryPolicy {
  /** With the first one; from 1 up. Default 6. */
  readonly attempts: number;
  /** After the first failure; doubled after each further one. Default 500. */
  readonly firstDelayMs: number;
  /** Default 30,000. */
  readonly maxDelayMs: number;
}

/** A read that failed for good; `cause` is the market's own error. Never leaves this package. */
export class ReadFailedError extends Error {
  override readonly cause: PrateError;

  constructor(cause: PrateError) {
    super(cause.message, { cause });
    this.cause = cause;
  }
}

export interface RequestGateOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Default: no limit. */
  readonly requestsPerSecond?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
}

/**
 * What all reads of one run go through: it spaces them out, and tries again what failed with a `retryable` error. Waiting
 * times have no chance in them: requests that failed together do not come back together, because they are spaced out.
 */
export class RequestGate {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #spacingMs: number;
  readonly #retry: RetryPolicy;
  /** No request begins before; on the monotonic clock. */
  #nextMs = 0;

  /** @throws InvalidInputError for a pace that is not above 0, or a policy that cannot be meant */
  constructor({ clock, signal, requestsPerSecond = Number.POSITIVE_INFINITY, retry }: RequestGateOptions) {
    if (!(requestsPerSecond > 0)) {
      throw new InvalidInputError(`requestsPerSecond must be above 0, not ${requestsPerSecond}`);
    }
    const { attempts = 6, firstDelayMs = 500, maxDelayMs = 30_000 } = retry ?? {};
    if (!(Number.isSafeInteger(attempts) && attempts > 0 && firstDelayMs >= 0 && maxDelayMs >= firstDelayMs)) {
      throw new InvalidInputError(
        `retry needs attempts from 1 up and delays 0 ≤ firstDelayMs ≤ maxDelayMs, not ${attempts}, ${firstDelayMs}, ${maxDelayMs}`,
      );
    }
    this.#clock = clock;
    this.#signal = signal;
    this.#spacingMs = 1000 / requestsPerSecond;
    this.#retry = { attempts, firstDelayMs, maxDelayMs };
  }

  /**
   * @throws ReadFailedError around a PrateError that is not retryable or came too often; the signal's reason; and any other
   *   error as it is, since that is a mistake in a program
   */
  async ask<T>(request: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#turn();
      try {
        return await request();
      } catch (error) {
        if (!PrateError.is(error)) throw error;
        if (!error.retryable || attempt >= this.#retry.attempts) throw new ReadFailedError(error);
        await this.#backOff(error, attempt);
      }
    }
  }

  async #turn(): Promise<void> {
    this.#signal.throwIfAborted();
    const now = this.#clock.monotonicMs();
    const startMs = Math.max(now, this.#nextMs);
    this.#nextMs = startMs + this.#spacingMs;
    if (startMs > now) await this.#clock.sleep(startMs - now, this.#signal);
  }

  async #backOff(error: PrateError, attempt: number): Promise<void> {
    const delayMs = Math.min(this.#retry.firstDelayMs * 2 ** (attempt - 1), this.#retry.maxDelayMs);
    if ('retryAfterMs' in error && typeof error.retryAfterMs === 'number') {
      // a venue that says wait means everybody
      const untilMs = this.#clock.monotonicMs() + Math.max(error.retryAfterMs, delayMs);
      this.#nextMs = Math.max(this.#nextMs, untilMs);
      return;
    }
    await this.#clock.sleep(delayMs, this.#signal);
  }
}
