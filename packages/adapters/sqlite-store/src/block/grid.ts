import { bucketOpen, type Interval } from '@prate/domain';

/**
 * How a series is cut into blocks: a fixed number of slots of its step, counted from the step's anchor. An hour of
 * seconds, a day of minutes, 32 days of hours: enough rows to pack well, few enough to rewrite for late data.
 */
export function slotsPerBlock(step: Interval): number {
  const seconds = step.seconds as number;
  if (seconds < 60) return 3600;
  return seconds < 3600 ? 1440 : 768;
}

const blockMs = (step: Interval): number => slotsPerBlock(step) * (step.seconds as number) * 1000;

/** The number of the block that holds `timeMs`; block 0 begins at the step's anchor. */
export const blockNumber = (step: Interval, timeMs: number): number =>
  Math.floor((bucketOpen(step, timeMs) - step.anchorMs) / blockMs(step));

export const blockStart = (step: Interval, block: number): number => step.anchorMs + block * blockMs(step);

export const blockEnd = (step: Interval, block: number): number => blockStart(step, block + 1);
