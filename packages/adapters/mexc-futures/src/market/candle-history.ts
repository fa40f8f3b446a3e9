import {
  bucketCeil,
  bucketEnd,
  bucketOpen,
  type CandleColumns,
  type Interval,
  InvalidInputError,
  type TimeRange,
} from '@prate/domain';
import { emptyColumns } from '@prate/domain/candles';
import type { CandlesQuery, Page } from '@prate/market-data-port';
import type { CallOptions } from '@prate/runtime';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import type { MexcRest } from '../rest/mexc-rest.ts';
import { type KlineInterval, klineInterval } from './intervals.ts';
import { type KlinePrices, klinesToColumns } from './klines-to-columns.ts';

/** Of a longer window MEXC leaves some out, and which is not documented. */
const BARS_A_WINDOW = 2_000;
/** A bar counts as closed so long after its end: the server's clock is known to a fraction of a second. */
const CLOCK_DOUBT_MS = 1_000;

/** Klines of the past by REST, in windows of at most 2,000 bars aligned to their interval. */
export class CandleHistory {
  readonly #rest: Pick<MexcRest, 'market' | 'serverTimeMs'>;
  readonly #instruments: InstrumentTable;
  readonly #prices: KlinePrices;

  constructor(parts: {
    readonly rest: Pick<MexcRest, 'market' | 'serverTimeMs'>;
    readonly instruments: InstrumentTable;
    readonly prices: KlinePrices;
  }) {
    this.#rest = parts.rest;
    this.#instruments = parts.instruments;
    this.#prices = parts.prices;
  }

  /** One window of the query; `next` is where the one after it begins. */
  async page(query: CandlesQuery, options: CallOptions = {}): Promise<Page<CandleColumns>> {
    options.signal?.throwIfAborted();
    const kind = klineInterval(query.interval);
    const { interval } = kind;
    ensureRange(query);
    const instrument = await this.#instruments.get(query.symbol, options);
    const from = bucketCeil(interval, query.from);
    if (from >= query.to) return { columns: emptyColumns(interval), next: null };
    const closedAtMs = (await this.#rest.serverTimeMs(options)) - CLOCK_DOUBT_MS;
    const to = Math.min(bucketCeil(interval, query.to), bucketOpen(interval, closedAtMs));
    if (from >= to) return { columns: emptyColumns(interval), next: null };
    const end = windowEnd(interval, from, to);
    const columns = await this.#window(instrument, kind, { from, to: end }, closedAtMs, options);
    return { columns, next: end < to ? end : null };
  }

  /** All candles that open at or after `from` and end at or before `to`, which is past already. */
  async within(
    instrument: MexcInstrument,
    kind: KlineInterval,
    range: TimeRange,
    options: CallOptions,
  ): Promise<readonly CandleColumns[]> {
    const pages: CandleColumns[] = [];
    const to = bucketOpen(kind.interval, range.to);
    let from = bucketCeil(kind.interval, range.from);
    while (from < to) {
      const end = windowEnd(kind.interval, from, to);
      pages.push(await this.#window(instrument, kind, { from, to: end }, range.to, options));
      from = end;
    }
    return pages.filter(({ length }) => length > 0);
  }

  /** @param range of whole buckets, at most so many as a window has */
  async #window(
    { symbol, contractSize }: MexcInstrument,
    { interval, wire }: KlineInterval,
    { from, to }: TimeRange,
    closedAtMs: number,
    options: CallOptions,
  ): Promise<CandleColumns> {
    const lastOpen = bucketOpen(interval, to - 1);
    const window = { interval: wire, start: from / 1_000, end: lastOpen / 1_000 };
    const klines = await this.#rest.market.klines(symbol, window, options);
    return klinesToColumns(klines, { interval, prices: this.#prices, contractSize, from, to, closedAtMs });
  }
}

function windowEnd(interval: Interval, from: number, to: number): number {
  if (interval.seconds !== null) return Math.min(from + interval.seconds * 1_000 * BARS_A_WINDOW, to);
  let end = from;
  for (let bars = 0; bars < BARS_A_WINDOW && end < to; bars += 1) end = bucketEnd(interval, end);
  return end;
}

/** @throws InvalidInputError when a range is not two whole numbers in order */
export function ensureRange({ from, to }: TimeRange): void {
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to) return;
  throw new InvalidInputError(`a range must be whole epoch milliseconds from ≤ to, not ${from} to ${to}`);
}
