import type { DecimalInput, IntervalInput, VenueId } from '@prate/domain';
import type { MarketDataPort } from '@prate/market-data-port';
import type { Clock, Random } from '@prate/runtime';

/**
 * What drives the fills. `trades`: the market's public trades, and its order book where it streams one.
 * `candles`: closed candles alone, for replays on candles; orders act at a close and fill from the next candle's open on.
 */
export type PaperFeed = { readonly kind: 'trades' } | { readonly kind: 'candles'; readonly interval: IntervalInput };

/** Rules of the simulated venue that do not depend on its collaborators. */
export interface PaperRules {
  /** What every account begins with: of the quote asset of the first instrument, or by asset. */
  readonly balance: DecimalInput | Readonly<Record<string, DecimalInput>>;
  /** Shares of the traded value, e.g. 0.0002; absent: each instrument's own. */
  readonly fees?: { readonly maker: DecimalInput; readonly taker: DecimalInput } | undefined;
  /** Default `'paper'`. */
  readonly venue?: VenueId | undefined;
  /** Default `{ kind: 'trades' }`. */
  readonly feed?: PaperFeed | undefined;
  /** Which instruments of the market are traded; absent: all. */
  readonly symbols?: readonly string[] | undefined;
}

export interface PaperOptions extends PaperRules {
  readonly market: MarketDataPort;
  readonly clock: Clock;
  /** Salts the client order ids that are made for orders without one. */
  readonly random: Random;
}

/** Leverage of a symbol until it is set, or the instrument's maximum where that is lower. */
export const DEFAULT_LEVERAGE = 10;

/** How many events may wait in one `events()` loop before it ends with a QueueFullError. */
export const EVENT_CAPACITY = 16_384;
