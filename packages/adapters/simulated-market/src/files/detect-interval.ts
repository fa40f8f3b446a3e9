import { bucketOpen, type Interval, PrateError, toInterval } from '@prate/domain';

const DAY_MS = 86_400_000;

/** The widths that exchanges offer, widest first, in seconds. */
const OFFERED = [
  604_800, 259_200, 86_400, 43_200, 28_800, 21_600, 14_400, 7200, 3600, 1800, 900, 300, 180, 60, 30, 15, 10, 5, 1,
];

const OFFERED_INTERVALS = OFFERED.map((seconds) => toInterval(seconds === 604_800 ? '1w' : seconds));

/**
 * The interval that the open times of candles (ascending, epoch ms) speak of, or null when they do not: the step from row
 * to row that more than half of the rows follow; where none does, because most candles are missing or some times are wrong,
 * the widest interval that exchanges offer on whose grid more than half of the times lie; where one in twenty to one in two
 * lie off the grid of that step, because quiet candles are left out, the widest one on whose grid all of them lie. Steps of 7
 * days between Mondays are a week, those from the first of a month to the first of the next a month.
 */
export function detectInterval(openTimes: readonly number[]): Interval | null {
  if (openTimes.length < 2) return null;
  const steps = new Map<number, number>();
  for (let i = 1; i < openTimes.length; i += 1) {
    const step = (openTimes[i] as number) - (openTimes[i - 1] as number);
    if (step > 0 && step % 1000 === 0) steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  const on = (interval: Interval): boolean => openTimes.every((time) => bucketOpen(interval, time) === time);
  if (Math.min(...steps.keys()) >= 28 * DAY_MS && on(toInterval('1M'))) return toInterval('1M');
  const width = dominant(steps, openTimes.length - 1);
  if (width === null) return offered(new Set(openTimes));
  if (width === 7 * DAY_MS && on(toInterval('1w'))) return toInterval('1w');
  const interval = fixedInterval(width / 1000);
  return interval === null || !isThin(interval, openTimes) ? interval : (OFFERED_INTERVALS.find(on) ?? interval);
}

/** Too many times off the grid to be mistakes, too few for another grid: quiet candles are left out, so steps are wide. */
function isThin(interval: Interval, openTimes: readonly number[]): boolean {
  const off = openTimes.filter((time) => bucketOpen(interval, time) !== time).length;
  return off > 1 && off * 20 > openTimes.length && off * 2 < openTimes.length;
}

function offered(openTimes: ReadonlySet<number>): Interval | null {
  for (const interval of OFFERED_INTERVALS) {
    let on = 0;
    for (const time of openTimes) if (bucketOpen(interval, time) === time) on += 1;
    if (on * 2 > openTimes.size) return interval;
  }
  return null;
}

function dominant(steps: ReadonlyMap<number, number>, all: number): number | null {
  for (const [step, count] of steps) if (count * 2 > all) return step;
  return null;
}

function fixedInterval(seconds: number): Interval | null {
  try {
    return toInterval(seconds);
  } catch (error) {
    if (PrateError.is(error)) return null;
    throw error;
  }
}
