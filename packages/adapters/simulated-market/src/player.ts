import { InvalidInputError } from '@prate/domain';
import type { Clock, ManualClock } from '@prate/runtime';

/** What is played: events in the order of their time, and within one moment in the order that the market states. */
export interface EventSource {
  /** When the next event happens, epoch ms; null at the end of the data. */
  nextTime(): number | null | Promise<number | null>;
  /** Tells the listeners the next event; the clock stands at its time. */
  emitNext(): void;
}

export interface PlayOptions {
  /** Ends the playing with its reason; the market can be played on from there. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asked after each event: playing goes on when what it returns has resolved, and at once where that is undefined. That is
   * how a replay waits for a strategy.
   */
  readonly settled?: (() => Promise<void> | undefined) | undefined;
  /** Epoch ms: plays what happens up to and including this moment, and leaves the clock there. Default: to the end. */
  readonly until?: number | undefined;
  /** Plays at the pace of a clock, times `speed`, instead of as fast as possible. */
  readonly pace?: Pace | undefined;
}

export interface Pace {
  readonly clock: Clock;
  /** 1 is the pace of the clock, 60 a minute a second. */
  readonly speed: number;
}

/** After so many events everything else in the process has its turn: a signal that aborts, a `for await` loop, a socket. */
const EVENTS_PER_TURN = 256;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Plays events: moves the clock to the time of each, tells it, and waits until it has settled.
 * @returns whether the data came to its end
 */
export async function playEvents(clock: ManualClock, source: EventSource, options: PlayOptions): Promise<boolean> {
  const { signal, settled, until } = options;
  if (until !== undefined && !Number.isFinite(until))
    throw new InvalidInputError(`until must be epoch milliseconds, not ${until}`);
  const waitFor = options.pace === undefined ? null : pacer(options.pace, signal);
  // a signal that follows others is slow to ask: it is asked once, and then tells
  let aborted = signal?.aborted === true;
  const abort = (): void => {
    aborted = true;
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    for (let count = 1; ; count += 1) {
      if (aborted) signal?.throwIfAborted();
      const next = source.nextTime();
      const timeMs = next instanceof Promise ? await next : next;
      if (timeMs === null || (until !== undefined && timeMs > until)) {
        if (until !== undefined && until > clock.nowMs()) {
          await waitFor?.(until);
          clock.advanceTo(until);
        }
        return timeMs === null;
      }
      if (waitFor !== null) await waitFor(timeMs);
      clock.advanceTo(Math.max(timeMs, clock.nowMs()));
      source.emitNext();
      const unsettled = settled?.();
      if (unsettled !== undefined) await unsettled;
      if (count % EVENTS_PER_TURN === 0) await turn();
    }
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Waits until a moment of the market is due. The first one is due at once. */
function pacer({ clock, speed }: Pace, signal: AbortSignal | undefined): (timeMs: number) => Promise<void> {
  if (!(speed > 0)) throw new InvalidInputError(`speed must be above 0, such as 1 for real time, not ${speed}`);
  let start: { readonly marketMs: number; readonly clockMs: number } | undefined;
  return async (timeMs) => {
    start ??= { marketMs: timeMs, clockMs: clock.monotonicMs() };
    const dueMs = start.clockMs + (timeMs - start.marketMs) / speed;
    const waitMs = dueMs - clock.monotonicMs();
    if (waitMs > 0) await clock.sleep(waitMs, signal);
  };
}
