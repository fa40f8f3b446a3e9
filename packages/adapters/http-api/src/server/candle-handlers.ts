import { bucketOpen, toInterval, toSeries, totalMs } from '@prate/domain';
import { SOURCES } from '@prate/domain/candles';
import { columnsText } from '../candles/rows.ts';
import { type CandleWindow, WindowReader } from '../candles/window.ts';
import type { HttpApiOptions } from '../options.ts';
import type { CandlesParams, RangeParams } from '../schema/requests.ts';
import type { CoverageJson, StepCoverageJson } from '../wire/market.ts';
import { ApiError } from './api-error.ts';
import type { Asked } from './asked.ts';
import { JsonText } from './json-text.ts';

const DEFAULT_LAST = 500;
const MOST_STRETCHES = 1000;
/** So many questions to the store at one time; who comes then comes again. */
const MOST_READS = 16;
/** A window that ends so long ago and was watched whole is not expected to change. */
const SETTLED_MS = 60_000;

type Sources = Pick<HttpApiOptions, 'candles' | 'live' | 'market' | 'session'>;

/** Questions about stored candles. */
export class CandleHandlers {
  readonly #sources: Sources;
  #reading = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  window({ query, signal }: Asked<CandlesParams, unknown>): Promise<JsonText> {
    return this.#read(async () => {
      const { candles, live, market, session } = this.#sources;
      const series = toSeries({ venue: market.venue, symbol: query.symbol });
      const interval = toInterval(query.interval);
      const { fill = 'none', observedOnly = false } = query;
      const reader = new WindowReader(candles, series, interval, { fill, observedOnly }, { signal });
      await flushed(live);
      const { symbols, marketTime } = session.status();
      const isLive = symbols.includes(series.symbol);
      // what is over, as far as the feed has told; nobody tells of the other symbols
      const closedTo = bucketOpen(interval, (isLive ? live.stats.to : null) ?? marketTime);
      const window = await (query.from === undefined
        ? reader.last(lastOf(query), Math.min(query.before ?? closedTo, closedTo))
        : reader.range(query.from, Math.min(toOf(query), closedTo)));
      if (!isLive && window.columns.length === 0 && window.earlier === null) unknownSymbol();
      const isSettled = window.to + SETTLED_MS <= marketTime && isWhole(window);
      // late trades and backfill may still change what is old: an hour of that is nobody's loss
      return new JsonText(windowText(series.symbol, window), isSettled ? 'private, max-age=3600' : 'private, no-cache');
    });
  }

  coverage({ query, signal }: Asked<RangeParams, unknown>): Promise<CoverageJson> {
    return this.#read(async () => {
      const { candles, live, market, session } = this.#sources;
      const { symbols, marketTime } = session.status();
      const { from = 0, to = marketTime } = query;
      const series = toSeries({ venue: market.venue, symbol: query.symbol });
      if (from > to) throw new ApiError(400, 'INVALID_INPUT', 'from must not be after to');
      await flushed(live);
      const steps = await candles.coverage(series, { from, to }, { signal });
      if (steps.length === 0 && !symbols.includes(series.symbol)) unknownSymbol();
      return { symbol: series.symbol, from, to, steps: steps.map(stepJson) };
    });
  }

  async #read<T>(work: () => Promise<T>): Promise<T> {
    if (this.#reading >= MOST_READS) {
      throw new ApiError(503, 'BUSY', 'too much is being read: come again', { 'retry-after': '1' });
    }
    this.#reading += 1;
    try {
      return await work();
    } finally {
      this.#reading -= 1;
    }
  }
}

/** A feed that has failed says so elsewhere: what is stored can be read all the same. */
const flushed = (live: Sources['live']): Promise<void> => live.flush().catch(() => {});

function unknownSymbol(): never {
  throw new ApiError(404, 'NOT_FOUND', 'nothing is known of this symbol');
}

function lastOf({ to, last = DEFAULT_LAST }: CandlesParams): number {
  if (to === undefined) return last;
  throw new ApiError(400, 'INVALID_INPUT', 'to needs from; to go back from a time, use before and last');
}

function toOf({ to, before, last }: CandlesParams): number {
  if (before !== undefined || last !== undefined) {
    throw new ApiError(400, 'INVALID_INPUT', 'either from and to, or before and last');
  }
  if (to === undefined) throw new ApiError(400, 'INVALID_INPUT', 'from needs to');
  return to;
}

const isWhole = ({ columns, gaps }: CandleWindow): boolean => {
  const { seconds } = columns.interval;
  return gaps.length === 0 && seconds !== null && columns.coverage.every((watched) => watched >= seconds);
};

function windowText(symbol: string, { from, to, columns, gaps, earlier }: CandleWindow): string {
  const head = JSON.stringify({
    ...{ symbol, interval: columns.interval.text, from, to },
    ...{ priceDecimals: columns.priceDecimals, sources: SOURCES, gaps, earlier },
  });
  return `${head.slice(0, -1)},${columnsText(columns)}}`;
}

function stepJson(step: {
  readonly step: { readonly text: string };
  readonly rows: number;
  readonly observed: readonly { readonly from: number; readonly to: number }[];
}): StepCoverageJson {
  const { observed, rows } = step;
  const longest =
    observed.length <= MOST_STRETCHES
      ? observed
      : [...observed]
          .sort((a, b) => b.to - b.from - (a.to - a.from))
          .slice(0, MOST_STRETCHES)
          .sort((a, b) => a.from - b.from);
  return {
    ...{ step: step.step.text, rows, watchedMs: totalMs(observed), stretches: observed.length },
    observed: longest.map(({ from, to }) => ({ from, to })),
  };
}
