import { toInterval } from '@prate/domain';

export type Theme = 'auto' | 'light' | 'dark';

/** What is looked at: all of it is in the address, so that a reload, a bookmark or a colleague sees the same. */
export interface View {
  /** Null until the session has told its symbols. */
  readonly symbol: string | null;
  /** In canonical form: `60s` is `1m`. */
  readonly interval: string;
  /** The time at the chart's right edge, epoch ms; null: now, and moving on. */
  readonly to: number | null;
  /** How many candles are in sight; null: as many as look well. */
  readonly bars: number | null;
  readonly theme: Theme;
}

export const LEAST_BARS = 10;
export const MOST_BARS = 15_000;

/** The least and most widths of a candle on the page, in seconds. */
const MOST_SECONDS = 86_400;

export const INTERVALS: readonly string[] = ['1s', '5s', '15s', '1m', '5m', '15m', '1h', '4h', '1d'];

/** `5s`, `90`, `90s`, `4h` → `5s`, `90s`, `90s`, `4h`; null for what is no interval from 1 s to 1 d. */
export function intervalOf(text: string): string | null {
  const typed = text.trim().toLowerCase();
  try {
    const { text: canonical, seconds } = toInterval(/^\d+$/.test(typed) ? Number(typed) : typed);
    return seconds !== null && seconds <= MOST_SECONDS ? canonical : null;
  } catch {
    return null;
  }
}

/** What an address says; what it says wrongly is as if it were not there. */
export function viewOf(search: string): View {
  const query = new URLSearchParams(search);
  const symbol = query.get('symbol') ?? '';
  const theme = query.get('theme');
  return {
    symbol: /^[\w.:-]{1,64}$/.test(symbol) ? symbol : null,
    interval: intervalOf(query.get('interval') ?? '') ?? '5s',
    to: wholeOf(query.get('to'), 0, 8_640_000_000_000_000),
    bars: wholeOf(query.get('bars'), LEAST_BARS, MOST_BARS),
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
  };
}

/** The other way round, with its `?`. */
export function searchOf({ symbol, interval, to, bars, theme }: View): string {
  const query = new URLSearchParams();
  if (symbol !== null) query.set('symbol', symbol);
  query.set('interval', interval);
  if (to !== null) query.set('to', String(to));
  if (bars !== null) query.set('bars', String(bars));
  if (theme !== 'auto') query.set('theme', theme);
  return `?${query}`;
}

function wholeOf(text: string | null, least: number, most: number): number | null {
  if (text === null || !/^\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}
