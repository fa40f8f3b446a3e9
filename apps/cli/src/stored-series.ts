import type { CandleStorePort } from '@prate/candle-store-port';
import { DEFAULT_VENUE, type Series, type TimeRange } from '@prate/domain';
import { CommandFailedError } from './command-failed-error.ts';
import type { Io } from './io.ts';
import { prateCommand, quoted } from './next-steps.ts';
import type { SeriesOptions } from './options.ts';

/**
 * The stored series that the flags mean. Without a venue it is the default one, or the only one that has the symbol.
 * @throws CommandFailedError when there is none, or more than one
 */
export async function findSeries(io: Io, store: CandleStorePort, { symbol, venue }: SeriesOptions): Promise<Series> {
  const all = await store.series();
  const known = all.filter((series) => series.symbol === symbol);
  const meant =
    venue === undefined ? (known.find((series) => series.venue === DEFAULT_VENUE) ?? known[0]) : { venue, symbol };
  const found = known.find((series) => series.venue === meant?.venue);
  if (found === undefined)
    throw new CommandFailedError(
      `no candles of ${symbol}${venue === undefined ? '' : ` at venue ${venue}`} in this database; ${hint(io, all)}`,
    );
  if (venue === undefined && found.venue !== DEFAULT_VENUE && known.length > 1) {
    throw new CommandFailedError(
      `${symbol} is stored at several venues: say which, ${known.map((series) => `--venue ${quoted(series.venue)}`).join(' or ')}`,
    );
  }
  return found;
}

/** From the first to the last moment that was watched, at any step. */
export async function storedRange(store: CandleStorePort, series: Series): Promise<TimeRange> {
  const observed = (await store.coverage({ series })).flatMap((entry) => entry.observed);
  return {
    from: observed.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
    to: observed.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY),
  };
}

function hint(io: Io, all: readonly Series[]): string {
  if (all.length === 0) return `nothing is stored yet: ${prateCommand(io)} candles import FILE --symbol S`;
  const some = all.slice(0, 10).map(({ venue, symbol }) => `--symbol ${quoted(symbol)} --venue ${quoted(venue)}`);
  return `stored are: ${some.join('; ')}`;
}
