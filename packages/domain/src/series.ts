import { InvalidInputError } from './errors.ts';
import { shown } from './shown.ts';

/** The name of a venue, in lower case by habit: `'mexc'`, `'paper'`. An open set: a new venue edits no list. */
export type VenueId = string;

/** What candles are keyed by. The venue is part of every key, so two exchanges' BTC_USDT never mix. */
export interface Series {
  readonly venue: VenueId;
  readonly symbol: string;
}

/** A series, or a bare symbol, which means venue `'default'`. */
export type SeriesInput = Series | string;

export const DEFAULT_VENUE: VenueId = 'default';

const NAME = /^[^\s/\p{Cc}][^/\p{Cc}]{0,63}$/u;

/** @throws InvalidInputError when the venue or symbol is empty, longer than 64 characters, or holds '/' or control characters */
export function toSeries(input: SeriesInput): Series {
  const series = typeof input === 'string' ? { venue: DEFAULT_VENUE, symbol: input } : input;
  for (const [what, name] of [
    ['venue', series.venue],
    ['symbol', series.symbol],
  ] as const) {
    if (typeof name !== 'string' || !NAME.test(name) || name !== name.trim()) {
      throw new InvalidInputError(`${what} must be 1 to 64 visible characters without '/', not ${shown(name)}`);
    }
  }
  return { venue: series.venue, symbol: series.symbol };
}

/** `venue/symbol`, for keys, messages and tables. */
export const seriesKey = (series: Series): string => `${series.venue}/${series.symbol}`;
