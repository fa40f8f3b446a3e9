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
};
