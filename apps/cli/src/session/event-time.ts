import { NotSupportedError } from '@prate/domain';
import type { Clock } from '@prate/runtime';

const NO_SLEEP = 'time moves by the events of the market: a callback cannot sleep; act on a later candle instead';

/** The market's time, which moves by its events alone: whoever waits for it would wait for himself. */
export const eventTime = (clock: Clock): Clock => ({
  nowMs: () => clock.nowMs(),
  monotonicMs: () => clock.monotonicMs(),
  sleep: () => Promise.reject(new NotSupportedError(NO_SLEEP)),
  callAfter: () => {
    throw new NotSupportedError(NO_SLEEP);
  },
  alarm: () => {
    throw new NotSupportedError(NO_SLEEP);
  },
});
