import type { CandleColumns, FundingRate, OrderBook, Ticker } from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';

/** The feed works and has told everything up to this moment: what did not come did not happen. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  readonly timeMs: number;
}

/**
 * The feed was down: nothing is known of this time, and what is missing from it may have happened. It is told before
 * anything that happened after it.
 */
export interface Gap {
  readonly kind: 'gap';
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the subscription's symbols those that it concerns, each once; absent: all of them. */
  readonly symbols?: readonly string[] | undefined;
}

/** Whether nothing is known of this symbol in the time of a gap. */
export const isGapOf = ({ symbols }: Gap, symbol: string): boolean => symbols?.includes(symbol) ?? true;

/** The gap as a subscription of these symbols is told it; null where it concerns none of them. */
export function gapAmong(gap: Gap, among: ReadonlySet<string>): Gap | null {
  if (gap.symbols === undefined) return gap;
  const symbols = gap.symbols.filter((symbol) => among.has(symbol));
  if (symbols.length === gap.symbols.length) return gap;
  return symbols.length === 0 ? null : { ...gap, symbols };
}

export type FeedFact = Heartbeat | Gap;

/** In the order in which the venue matched them. */
export type TradesItem = FeedFact | { readonly kind: 'trades'; readonly symbol: string; readonly trades: TradeColumns };
/**
 * Closed candles only, oldest first, each once. `revision`: candles of buckets that were over already, as they are now that
 * trades came late for them.
 */
export type CandlesItem =
  | FeedFact
  | { readonly kind: 'candles'; readonly symbol: string; readonly candles: CandleColumns }
  | { readonly kind: 'revision'; readonly symbol: string; readonly candles: CandleColumns };
export type TickersItem = FeedFact | { readonly kind: 'tickers'; readonly tickers: readonly Ticker[] };
/** The whole book as it is now, best levels first. */
export type OrderBookItem = FeedFact | { readonly kind: 'orderBook'; readonly book: OrderBook };
export type FundingItem = FeedFact | { readonly kind: 'funding'; readonly rates: readonly FundingRate[] };
