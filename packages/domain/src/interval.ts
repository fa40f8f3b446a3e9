import { InvalidInputError } from './errors.ts';
import { shown } from './shown.ts';

const DAY_S = 86_400;
/** 1970-01-05, the first Monday of the epoch. */
const MONDAY_MS = 4 * DAY_S * 1000;
const UNIT_S = { s: 1, m: 60, h: 3600, d: DAY_S } as const;
const MAX_SECONDS = 366 * DAY_S;

/**
 * A candle's width: `n` seconds, minutes, hours or days aligned to the epoch, a week aligned to Monday, or a calendar
 * month, all in UTC. Plain data in canonical form: `60s` and `1m` are the same interval, `1m`; `7d` and `1w` are not.
 */
export interface Interval {
  /** `'5s'`, `'1m'`, `'90s'`, `'4h'`, `'1d'`, `'1w'`, `'1M'`. */
  readonly text: string;
  /** Its width in seconds, or null for a month. */
  readonly seconds: number | null;
  /** Where bucket 0 begins, in epoch ms: 0, or the first Monday for weeks. */
  readonly anchorMs: number;
}

/** Seconds as a number, or text such as `'5s'`, or an Interval. */
export type IntervalInput = Interval | string | number;

const WEEK: Interval = { text: '1w', seconds: 7 * DAY_S, anchorMs: MONDAY_MS };
const MONTH: Interval = { text: '1M', seconds: null, anchorMs: 0 };

/** @throws InvalidInputError for anything but a whole number of seconds, `n` s·m·h·d, `1w` or `1M`, up to 366 days */
export function toInterval(input: IntervalInput): Interval {
  if (typeof input === 'object' && input !== null) {
    const known = toInterval(input.text);
    if (known.seconds === input.seconds && known.anchorMs === input.anchorMs) return input;
    throw new InvalidInputError(
      `an interval of ${input.text} has ${known.seconds} seconds, not ${input.seconds}: make it with toInterval('${input.text}')`,
    );
  }
  if (input === '1w') return WEEK;
  if (input === '1M') return MONTH;
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(typeof input === 'number' ? `${input}s` : String(input));
  const seconds = match === null ? Number.NaN : Number(match[1]) * UNIT_S[match[2] as keyof typeof UNIT_S];
  if (!(seconds <= MAX_SECONDS)) {
    throw new InvalidInputError(
      `interval must be a whole number of seconds, or text such as '5s', '1m', '4h', '1d', '1w' or '1M' (month), at most 366 days; not ${shown(input)}`,
    );
  }
  return { text: textOf(seconds), seconds, anchorMs: 0 };
}

function textOf(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const)
    if (seconds % UNIT_S[unit] === 0) return `${seconds / UNIT_S[unit]}${unit}`;
  return `${seconds}s`;
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999. */
const monthOpen = (year: number, month: number): number => new Date(0).setUTCFullYear(year, month, 1);

/** The open time of the bucket that holds `timeMs`. */
export function bucketOpen(interval: Interval, timeMs: number): number {
  if (interval.seconds === null) {
    const date = new Date(timeMs);
    return monthOpen(date.getUTCFullYear(), date.getUTCMonth());
  }
  const width = interval.seconds * 1000;
  return Math.floor((timeMs - interval.anchorMs) / width) * width + interval.anchorMs;
}

/** The open time of the bucket after the one that opens at `openMs`. */
export function bucketEnd(interval: Interval, openMs: number): number {
  if (interval.seconds !== null) return openMs + interval.seconds * 1000;
  const date = new Date(openMs);
  return monthOpen(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** The first bucket open at or after `timeMs`. */
export function bucketCeil(interval: Interval, timeMs: number): number {
  const open = bucketOpen(interval, timeMs);
  return open === timeMs ? open : bucketEnd(interval, open);
}

/** The width in seconds of the bucket that opens at `openMs`: for a month it depends on the month. */
export const bucketSeconds = (interval: Interval, openMs: number): number =>
  interval.seconds ?? (bucketEnd(interval, openMs) - openMs) / 1000;

export const sameInterval = (a: Interval, b: Interval): boolean => a.text === b.text;

/** Whether every bucket of `fine` lies inside one bucket of `coarse`. */
export function divides(fine: Interval, coarse: Interval): boolean {
  if (sameInterval(fine, coarse)) return true;
  if (fine.seconds === null) return false;
  if (coarse.seconds === null) return fine.anchorMs === 0 && DAY_S % fine.seconds === 0;
  return coarse.seconds % fine.seconds === 0 && (coarse.anchorMs - fine.anchorMs) % (fine.seconds * 1000) === 0;
}
