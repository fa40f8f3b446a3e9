import { type Token, token } from './token.ts';

/** Time as a collaborator: nothing else in Prate asks the machine what time it is. */
export interface Clock {
  /** Wall time in epoch ms; it may jump. */
  nowMs(): number;
  /** Milliseconds that never go back, for time-outs and latency. */
  monotonicMs(): number;
  /** Resolves after `durationMs`, at once where that is not above 0; rejects with `signal.reason` when aborted, and leaves no timer behind. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls after `durationMs`, never at once; the function that comes back puts it off for good. What `sleep` costs more, a time-out of every request would pay. */
  callAfter(durationMs: number, call: () => void): () => void;
  /** An alarm that calls this function. For what is put off again and again: setting and clearing one is nearly free. */
  alarm(call: () => void): Alarm;
}

/** One call at most is due; an alarm that has rung, or was cleared, may be set again. */
export interface Alarm {
  /** Calls when `monotonicMs` is there, never at once, and not at the time that was set before. */
  set(atMs: number): void;
  clear(): void;
}

export const CLOCK: Token<Clock> = token('clock');

/** Longer timers fire at once in Node.js. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep(durationMs, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = systemClock.callAfter(durationMs, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  },
  callAfter(durationMs, call) {
    let timer: NodeJS.Timeout;
    const start = (leftMs: number): void => {
      timer =
        leftMs > LONGEST_TIMER_MS
          ? setTimeout(() => start(leftMs - LONGEST_TIMER_MS), LONGEST_TIMER_MS)
          : setTimeout(call, leftMs);
    };
    start(durationMs);
    return () => clearTimeout(timer);
  },
  alarm: (call) => new SystemAlarm(call),
};

/**
 * A timer of Node.js that is left running when the alarm is cleared or put off, since to end it and to begin another is what
 * costs. It keeps the process running only while the alarm is set.
 */
class SystemAlarm implements Alarm {
  readonly #call: () => void;
  #dueMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #firesMs = 0;

  constructor(call: () => void) {
    this.#call = call;
  }

  set(atMs: number): void {
    this.#dueMs = atMs;
    if (this.#timer !== undefined && this.#firesMs <= atMs) this.#timer.ref();
    else this.#start(atMs);
  }

  clear(): void {
    this.#dueMs = undefined;
    this.#timer?.unref();
  }

  #start(atMs: number): void {
    clearTimeout(this.#timer);
    // a timer that is due earlier looks again
    const leftMs = Math.min(Math.ceil(Math.max(atMs - performance.now(), 0)), LONGEST_TIMER_MS);
    this.#firesMs = atMs;
    this.#timer = setTimeout(this.#fired, leftMs);
  }

  readonly #fired = (): void => {
    const dueMs = this.#dueMs;
    this.#timer = undefined;
    if (dueMs === undefined) return;
    if (performance.now() < dueMs) {
      this.#start(dueMs);
    } else {
      this.#dueMs = undefined;
      this.#call();
    }
  };
}
