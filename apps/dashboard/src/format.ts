import type { DecimalText } from '@prate/http-api/wire';

/** Amounts stay text from the exchange to the screen: Intl reads decimal text exactly, no double is in between. */
const exact = new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 });
const rounded = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 8 });
const small = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 });
const cents = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const signedCents = new Intl.NumberFormat(undefined, {
  ...{ minimumFractionDigits: 2, maximumFractionDigits: 2 },
  signDisplay: 'exceptZero',
});
const share = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 2 });

/** All its decimals. */
export const decimal = (text: DecimalText): string => exact.format(text as `${number}`);
/** A price that may be an average without an end: rounded for the eye. */
export const average = (text: DecimalText): string => rounded.format(text as `${number}`);
/** A fee, which may be far below a hundredth. */
export const fee = (text: DecimalText): string => small.format(text as `${number}`);
/** Money, rounded to hundredths for the eye. */
export const money = (text: DecimalText): string => cents.format(text as `${number}`);
/** Profit or loss, with its sign. */
export const profit = (text: DecimalText): string => signedCents.format(text as `${number}`);
/** 0 to 1 as a percentage. */
export const asShare = (value: number): string => share.format(value);

/** A number of a candle, which is a double on the page. */
export const price = (value: number, decimals: number | null): string =>
  value.toLocaleString(undefined, {
    minimumFractionDigits: Math.min(decimals ?? 0, 20),
    maximumFractionDigits: Math.min(decimals ?? 12, 20),
  });
export const volume = (value: number): string => value.toLocaleString(undefined, { maximumSignificantDigits: 8 });

/** `2026-11-22 13:08:50`, UTC like everything on the page. */
export const dateTime = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
/** `13:08:50` */
export const clockTime = (epochMs: number): string => new Date(epochMs).toISOString().slice(11, 19);

/** The time alone on the day of `nowMs`, else with its day. */
export const timeOfDay = (epochMs: number, nowMs: number | null): string =>
  nowMs !== null && dateTime(epochMs).slice(0, 10) === dateTime(nowMs).slice(0, 10)
    ? clockTime(epochMs)
    : dateTime(epochMs);

/** `850 ms`, `2.5 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h` */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return pair(seconds, 60, 'min', 1, 's');
  if (seconds < 86_400) return pair(seconds, 3600, 'h', 60, 'min');
  return pair(seconds, 86_400, 'd', 3600, 'h');
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  const whole = `${Math.floor(seconds / large)} ${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}
