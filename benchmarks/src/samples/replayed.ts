import type { Place } from '../harness/work.ts';
import { CandleWalk, type Doubles, START_MS, yearDays } from './walk.ts';

export const MINUTE_MS = 60_000;
/** The stretch whose results are compared: the slowest contender does no more. */
export const COMPARED_MINUTES = 360;

/** A year of minutes that walk as the seconds do; a shorter run has a shorter year. */
export function yearOfMinutes(place: Place): Doubles {
  const minutes = new CandleWalk(11).next(yearDays(place) * 1440);
  for (let i = 0; i < minutes.openTime.length; i += 1) minutes.openTime[i] = START_MS + i * MINUTE_MS;
  return minutes;
}
