import {
  type CandleColumns,
  Decimal,
  type Instrument,
  NotSupportedError,
  type TimeRange,
  toInterval,
} from '@prate/domain';
import {
  candlesFromTrades,
  firstRangeAfter,
  formatScaled,
  type IdJump,
  lowerBound,
  sliceTrades,
  type TradeColumns,
} from '@prate/domain/candles';
import type { CandlesQuery, HistoryRange, MarketDataCapability, Page } from '@prate/market-data-port';
import type { FileData } from './file-data.ts';
import { candleSpan, tradePage } from './pages.ts';
import type { Channels } from './played-market.ts';
import type { EventSource } from './player.ts';

/** The trades of one symbol, and what its file watched. */
export interface TradesSeries {
  readonly symbol: string;
  readonly instrument: Instrument;
  readonly trades: TradeColumns;
  readonly jumps: readonly IdJump[];
  readonly observed: readonly TimeRange[];
}

/** Files of trades: candles are built from them. */
export class TradesData implements FileData {
  readonly capabilities: readonly MarketDataCapability[] = ['tradeHistory', 'candleHistory', 'ticker', 'tradeStream'];
  readonly instruments: readonly Instrument[];
  readonly #series: readonly TradesSeries[];

  constructor(series: readonly TradesSeries[]) {
    this.#series = series;
    this.instruments = series.map(({ instrument }) => instrument);
  }

  candles(query: CandlesQuery, nowMs: number): Page<CandleColumns> {
    const { trades, observed } = this.#of(query.symbol);
    const interval = toInterval(query.interval);
    const { first, end, next } = candleSpan(trades.time, interval, query, nowMs);
    return { columns: candlesFromTrades(sliceTrades(trades, first, end), interval, observed), next };
  }

  trades(query: HistoryRange, nowMs: number): Page<TradeColumns> {
    return tradePage(this.#of(query.symbol).trades, query, nowMs);
  }

  lastPrice(symbol: string, nowMs: number): { readonly timeMs: number; readonly price: Decimal } | null {
    const { trades } = this.#of(symbol);
    const row = lowerBound(trades.time, nowMs + 1) - 1;
    if (row < 0) return null;
    const price = new Decimal(formatScaled(trades.price[row] as number, trades.priceDecimals));
    return { timeMs: trades.time[row] as number, price };
  }

  ensureStreamInterval(): void {
    throw new NotSupportedError('files of trades have no stream of candles; they have one of trades');
  }

  replay(channels: Channels, startMs: number): EventSource {
    return new TradesReplay(this.#series, channels, startMs);
  }

  #of(symbol: string): TradesSeries {
    const series = this.#series.find((each) => each.symbol === symbol);
    if (series === undefined) throw new TypeError(`no file of ${symbol}`);
    return series;
  }
}

interface Cursor {
  readonly series: TradesSeries;
  row: number;
  jump: number;
}

type TradesEvent = { readonly timeMs: number } & (
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'gap' | 'trades'; readonly cursor: Cursor }
);

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/**
 * Plays trades: those of one symbol and one moment are one item; of several files at one moment the first goes first.
 * Before the trade after a jump of ids comes the gap that it makes. A heartbeat comes with the first whole second after a
 * trade, with the last one before the next trade, and every minute in between; at one moment it comes before the trades,
 * and goes to the subscribers whose symbols were all watched in the second before it.
 */
class TradesReplay implements EventSource {
  readonly #channels: Channels;
  readonly #cursors: readonly Cursor[];
  #last: { readonly timeMs: number; readonly beat: boolean } | null = null;
  #next: TradesEvent | null = null;

  constructor(series: readonly TradesSeries[], channels: Channels, startMs: number) {
    this.#channels = channels;
    this.#cursors = series.map((each) => {
      const jump = each.jumps.findIndex(({ atMs }) => atMs >= startMs);
      return { series: each, row: lowerBound(each.trades.time, startMs), jump: jump === -1 ? each.jumps.length : jump };
    });
  }

  nextTime(): number | null {
    this.#next ??= this.#find();
    return this.#next?.timeMs ?? null;
  }

  emitNext(): void {
    const event = this.#next ?? this.#find();
    this.#next = null;
    if (event === null) return;
    this.#last = { timeMs: event.timeMs, beat: event.kind === 'heartbeat' };
    if (event.kind === 'heartbeat') this.#emitHeartbeat(event.timeMs);
    else if (event.kind === 'gap') this.#emitGap(event.cursor);
    else this.#emitTrades(event.cursor, event.timeMs);
  }

  #find(): TradesEvent | null {
    const cursor = this.#nextCursor();
    const tradeMs = cursor === null ? null : timeAt(cursor);
    const beatMs = this.#nextBeat(tradeMs);
    if (beatMs !== null) return { kind: 'heartbeat', timeMs: beatMs };
    if (cursor === null || tradeMs === null) return null;
    const jump = cursor.series.jumps[cursor.jump];
    return { kind: jump !== undefined && jump.atMs <= tradeMs ? 'gap' : 'trades', timeMs: tradeMs, cursor };
  }

  #nextCursor(): Cursor | null {
    let next: Cursor | null = null;
    for (const cursor of this.#cursors) {
      if (cursor.row < cursor.series.trades.length && (next === null || timeAt(cursor) < timeAt(next))) next = cursor;
    }
    return next;
  }

  #nextBeat(tradeMs: number | null): number | null {
    if (this.#last === null) return null;
    const { timeMs, beat } = this.#last;
    if (!beat) {
      const after = Math.floor(timeMs / SECOND_MS) * SECOND_MS + SECOND_MS;
      return tradeMs === null || after <= tradeMs ? after : null;
    }
    if (tradeMs === null) return null;
    const minute = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    const before = Math.min(Math.floor(tradeMs / SECOND_MS) * SECOND_MS, minute);
    return before > timeMs ? before : null;
  }

  #emitHeartbeat(timeMs: number): void {
    const watched = new Set(
      this.#cursors
        .filter(({ series }) => isWatched(series.observed, timeMs - SECOND_MS))
        .map(({ series }) => series.symbol),
    );
    this.#channels.trades.emit({ kind: 'heartbeat', timeMs }, (symbols) => isSubset(symbols, watched));
  }

  #emitGap(cursor: Cursor): void {
    const jump = cursor.series.jumps[cursor.jump] as IdJump;
    cursor.jump += 1;
    const { from, to } = jump.range;
    const { symbol } = cursor.series;
    const item = { kind: 'gap', fromMs: from, toMs: to, symbols: [symbol] } as const;
    this.#channels.trades.emit(item, (symbols) => symbols.has(symbol));
  }

  #emitTrades(cursor: Cursor, timeMs: number): void {
    const { symbol, trades } = cursor.series;
    let end = cursor.row + 1;
    while (end < trades.length && trades.time[end] === timeMs) end += 1;
    const item = { kind: 'trades', symbol, trades: sliceTrades(trades, cursor.row, end) } as const;
    cursor.row = end;
    this.#channels.trades.emit(item, (symbols) => symbols.has(symbol));
  }
}

const timeAt = ({ series, row }: Cursor): number => series.trades.time[row] as number;

function isWatched(observed: readonly TimeRange[], timeMs: number): boolean {
  const range = observed[firstRangeAfter(observed, timeMs)];
  return range !== undefined && range.from <= timeMs;
}

function isSubset(symbols: ReadonlySet<string>, of: ReadonlySet<string>): boolean {
  for (const symbol of symbols) if (!of.has(symbol)) return false;
  return true;
}
