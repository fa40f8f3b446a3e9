import { areSeconds, InvalidInputError } from '@prate/domain';
import { UsageError } from './usage-error.ts';

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
/** The last millisecond that calendars know, in the year 275760. */
const LAST_MS = 8.64e15;
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * Epoch milliseconds, or ISO 8601 (a date, or a date and a time; UTC where no zone is given), as epoch milliseconds.
 * @throws InvalidInputError
 */
export function parseTime(text: string): number {
  if (/^-?\d{1,16}$/.test(text) && Math.abs(Number(text)) <= LAST_MS) {
    if (areSeconds(Number(text)))
      throw new InvalidInputError(
        `'${text}' looks like seconds: epoch milliseconds would be right, such as ${text}000`,
      );
    return Number(text);
  }
  if (ISO.test(text)) {
    const dateTime = text.replace(' ', 'T');
    const zoned = dateTime.length > 10 && !/(Z|[+-]\d{2}:?\d{2})$/i.test(dateTime) ? `${dateTime}Z` : dateTime;
    const ms = Date.parse(zoned);
    if (!Number.isNaN(ms) && isDate(text.slice(0, 10))) return ms;
  }
  throw new InvalidInputError(
    `'${text}' is no time: use ISO 8601, such as 2024-05-01 or 2024-05-01T12:30:00Z, or epoch milliseconds`,
  );
}

/** Date.parse takes 30 February for 1 March. */
const isDate = (date: string): boolean => new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);

/** @throws UsageError for a range that ends before it begins */
export function ensureOrder({
  from,
  to,
}: {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}): void {
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError('--from lies after --to; the earlier time first would be right');
}

/** `500ms`, `15s`, `5m`, `2h`, `1d` or `1w` as milliseconds. @throws InvalidInputError */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|w)$/.exec(text);
  const ms = match === null ? Number.NaN : Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  if (ms > 0) return Math.ceil(ms);
  throw new InvalidInputError(`'${text}' is no duration: use a number and ms, s, m, h, d or w, such as 15s or 1d`);
}

/** The two largest units of a time span: `3 d 4 h`, `5 min`, `12 s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** `2024-05-01 12:30:00` in UTC, with milliseconds only where there are any. */
export function formatTime(ms: number): string {
  if (!(Math.abs(ms) <= 8.64e15)) return `${ms} ms`; // beyond the calendar: a damaged store may say so
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace('Z', '')
    .replace(/\.000$/, '');
}
