import { bucketOpen, type Interval, PrateError, toInterval } from '@prate/domain';

const DAY_MS = 86_400_000;

/**
 * The interval that the open times of candles (ascending, epoch ms) speak of, or null when they do not: the step from row
 * to row that more than half of the rows follow; where none does, because most candles are missing, the smallest. Steps
 * that are no whole seconds do not count. Steps of 7 days between Mondays are a week, those from the first of a month to
 * the first of the next a month.
 */
export function detectInterval(openTimes: readonly number[]): Interval | null {
  const steps = new Map<number, number>();
  for (let i = 1; i < openTimes.length; i += 1) {
    const step = (openTimes[i] as number) - (openTimes[i - 1] as number);
    if (step > 0 && step % 1000 === 0) steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  const width = dominant(steps, openTimes.length - 1) ?? smallest(steps);
  if (width === null) return null;
  const on = (interval: Interval): boolean => openTimes.every((time) => bucketOpen(interval, time) === time);
  if (width >= 28 * DAY_MS && width <= 31 * DAY_MS && on(toInterval('1M'))) return toInterval('1M');
  if (width === 7 * DAY_MS && on(toInterval('1w'))) return toInterval('1w');
  return fixedInterval(width / 1000);
}

function dominant(steps: ReadonlyMap<number, number>, all: number): number | null {
  for (const [step, count] of steps) if (count * 2 > all) return step;
  return null;
}

const smallest = (steps: ReadonlyMap<number, number>): number | null =>
  steps.size === 0 ? null : Math.min(...steps.keys());

function fixedInterval(seconds: number): Interval | null {
  try {
    return toInterval(seconds);
  } catch (error) {
    if (PrateError.is(error)) return null;
    throw error;
  }
}
