import {
  bucketEnd,
  type CandleColumns,
  Decimal,
  divides,
  type Instrument,
  type Interval,
  type IntervalInput,
  InvalidInputError,
  NotSupportedError,
  sameInterval,
  toInterval,
} from '@prate/domain';
import { CandleRow, formatScaled, resample, sliceColumns, type TradeColumns } from '@prate/domain/candles';
import type { CandlesQuery, MarketDataCapability, Page } from '@prate/market-data-port';
import type { FileData } from './file-data.ts';
import { candleSpan } from './pages.ts';
import type { Channels } from './played-market.ts';
import type { EventSource } from './player.ts';

/** The candles of one symbol. */
export interface KlinesSeries {
  readonly symbol: string;
  readonly instrument: Instrument;
  readonly candles: CandleColumns;
}

/** Files of candles, all of one interval. Coarser candles are made from them. */
export class KlinesData implements FileData {
  readonly capabilities: readonly MarketDataCapability[] = ['candleHistory', 'ticker', 'candleStream'];
  readonly instruments: readonly Instrument[];
  readonly #interval: Interval;
  readonly #series: readonly KlinesSeries[];

  constructor(interval: Interval, series: readonly KlinesSeries[]) {
    this.#interval = interval;
    this.#series = series;
    this.instruments = series.map(({ instrument }) => instrument);
  }

  candles(query: CandlesQuery, nowMs: number): Page<CandleColumns> {
    const { candles } = this.#of(query.symbol);
    const interval = toInterval(query.interval);
    if (!divides(this.#interval, interval)) {
      throw new InvalidInputError(
        `${this.#interval.text} candles do not add up to ${interval.text} ones; a multiple would be right`,
      );
    }
    const { first, end, next } = candleSpan(candles.openTime, interval, query, nowMs);
    const columns = sliceColumns(candles, first, end);
    return { columns: sameInterval(interval, this.#interval) ? columns : resample(columns, interval), next };
  }

  trades(): Page<TradeColumns> {
    throw new NotSupportedError('files of candles have no trades; they have candles');
  }

  lastPrice(symbol: string, nowMs: number): { readonly timeMs: number; readonly price: Decimal } | null {
    const { candles } = this.#of(symbol);
    const row = firstClosingAt(candles, nowMs + 1) - 1;
    if (row < 0) return null;
    const price = new Decimal(formatScaled(candles.close[row] as number, candles.priceDecimals));
    return { timeMs: closeTime(candles, row), price };
  }

  ensureStreamInterval(input: IntervalInput): void {
    const interval = toInterval(input);
    if (sameInterval(interval, this.#interval)) return;
    throw new InvalidInputError(
      `these files have ${this.#interval.text} candles, so the stream has them too, not ${interval.text} ones`,
    );
  }

  replay(channels: Channels, startMs: number): EventSource {
    return new CandlesReplay(this.#series, channels, startMs);
  }

  #of(symbol: string): KlinesSeries {
    const series = this.#series.find((each) => each.symbol === symbol);
    if (series === undefined) throw new TypeError(`no file of ${symbol}`);
    return series;
  }
}

const closeTime = (candles: CandleColumns, row: number): number =>
  bucketEnd(candles.interval, candles.openTime[row] as number);

/** The first row that closes at or after `timeMs`. */
function firstClosingAt(candles: CandleColumns, timeMs: number): number {
  let low = 0;
  let high = candles.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (closeTime(candles, middle) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Cursor {
  readonly series: KlinesSeries;
  row: number;
  /** Whether the time before the row still has to be told as a gap. */
  gap: boolean;
}

/**
 * Plays candles, each at its close; of several files at one moment the first goes first. Missing rows are time of which
 * nothing is known: a gap, told when the next candle opens.
 */
class CandlesReplay implements EventSource {
  readonly #channels: Channels;
  readonly #cursors: readonly Cursor[];

  constructor(series: readonly KlinesSeries[], channels: Channels, startMs: number) {
    this.#channels = channels;
    this.#cursors = series.map((each) => ({ series: each, row: firstClosingAt(each.candles, startMs), gap: false }));
  }

  nextTime(): number | null {
    const next = this.#nextCursor();
    return next === null ? null : eventTime(next);
  }

  emitNext(): void {
    const cursor = this.#nextCursor();
    if (cursor === null) return;
    const { symbol, candles } = cursor.series;
    const wants = (symbols: ReadonlySet<string>): boolean => symbols.has(symbol);
    if (cursor.gap) {
      cursor.gap = false;
      const fromMs = closeTime(candles, cursor.row - 1);
      const toMs = candles.openTime[cursor.row] as number;
      this.#channels.candles.emit({ kind: 'gap', fromMs, toMs, symbols: [symbol] }, wants);
      return;
    }
    const row = cursor.row;
    cursor.row += 1;
    cursor.gap = cursor.row < candles.length && (candles.openTime[cursor.row] as number) > closeTime(candles, row);
    this.#channels.candles.emit({ kind: 'candles', symbol, candles: new CandleRow(candles, row) }, wants);
  }

  #nextCursor(): Cursor | null {
    let next: Cursor | null = null;
    for (const cursor of this.#cursors) {
      if (cursor.row < cursor.series.candles.length && (next === null || eventTime(cursor) < eventTime(next)))
        next = cursor;
    }
    return next;
  }
}

const eventTime = ({ series, row, gap }: Cursor): number =>
  gap ? (series.candles.openTime[row] as number) : closeTime(series.candles, row);
