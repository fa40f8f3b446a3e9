import type { CandleColumns, Decimal, Instrument, IntervalInput } from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';
import type { CandlesQuery, HistoryRange, MarketDataCapability, Page } from '@prate/market-data-port';
import type { Channels } from './played-market.ts';
import type { EventSource } from './player.ts';

/** What the files of one kind, in memory, let a market tell. Every question is answered as of a moment. */
export interface FileData {
  readonly capabilities: readonly MarketDataCapability[];
  readonly instruments: readonly Instrument[];
  candles(query: CandlesQuery, nowMs: number): Page<CandleColumns>;
  trades(query: HistoryRange, nowMs: number): Page<TradeColumns>;
  /** Null before the first. */
  lastPrice(symbol: string, nowMs: number): { readonly timeMs: number; readonly price: Decimal } | null;
  /** @throws InvalidInputError when the candles stream has another interval */
  ensureStreamInterval(interval: IntervalInput): void;
  /** What happens at or after `startMs`. */
  replay(channels: Channels, startMs: number): EventSource;
}
