import { type Token, token } from './token.ts';

/** Time as a collaborator: nothing else in Prate asks the machine what time it is. */
export interface Clock {
  /** Wall time in epoch ms; it may jump. */
  nowMs(): number;
  /** Milliseconds that never go back, for time-outs and latency. */
  monotonicMs(): number;
  /** Resolves after `durationMs`, at once where that is not above 0; rejects with `signal.reason` when aborted, and leaves no timer behind. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
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
      let timer: NodeJS.Timeout;
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const start = (leftMs: number): void => {
        const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
        timer = setTimeout(() => {
          if (leftMs > stepMs) {
            start(leftMs - stepMs);
            return;
          }
          signal?.removeEventListener('abort', abort);
          resolve();
        }, stepMs);
      };
      start(Math.max(durationMs, 0));
      signal?.addEventListener('abort', abort, { once: true });
    });
  },
};
