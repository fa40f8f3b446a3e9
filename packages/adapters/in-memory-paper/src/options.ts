import { type DecimalInput, decimal, type IntervalInput, InvalidInputError, type VenueId } from '@prate/domain';
import type { MarketDataPort } from '@prate/market-data-port';
import type { Clock, Random } from '@prate/runtime';
import type { EngineRules, Spread } from './engine/rules.ts';
import { type Rate, rateOf } from './engine/units.ts';

export { DEFAULT_LEVERAGE } from './engine/seat-terms.ts';

/**
 * What drives the fills. `trades`: the market's public trades, and its order book where it streams one.
 * `candles`: closed candles alone, for replays on candles; orders act at a close and fill from the next candle's open on.
 */
export type PaperFeed =
  | {
      readonly kind: 'trades';
      /** False: fills come from trades alone, also where the market streams books. Books of many symbols are much to follow. Default true. */
      readonly books?: boolean | undefined;
    }
  | { readonly kind: 'candles'; readonly interval: IntervalInput };

/** A fixed number, or one drawn from the exchange's seed each time, both ends included. */
export type Drawn = number | { readonly from: number; readonly to: number };

export interface PaperFees {
  /** Shares of the traded value, e.g. 0.0002. */
  readonly maker: DecimalInput;
  readonly taker: DecimalInput;
}

/** Rules of the simulated venue that do not depend on its collaborators. */
export interface PaperRules {
  /** What every account begins with: of the quote asset of the first instrument, or by asset. */
  readonly balance: DecimalInput | Readonly<Record<string, DecimalInput>>;
  /** Absent: each instrument's own. */
  readonly fees?: PaperFees | undefined;
  /** Default `'paper'`. */
  readonly venue?: VenueId | undefined;
  /** Default `{ kind: 'trades' }`. */
  readonly feed?: PaperFeed | undefined;
  /** Which instruments of the market are traded; absent: all. */
  readonly symbols?: readonly string[] | undefined;
  /** By how many ticks takers trade worse than the market shows, within their own limit. Default 0. */
  readonly slippage?: Drawn | undefined;
  /** How many ms an order is on its way to the market. Default 0. */
  readonly latency?: Drawn | undefined;
  /** Share of the value at entry that a position's margin holds beside value ÷ leverage. Default 0. */
  readonly feeReserveRate?: DecimalInput | undefined;
  /** Share of the value at the bankruptcy price. Default 0.0004. */
  readonly liquidationFeeRate?: DecimalInput | undefined;
  /** Open orders of one account at one symbol. Default: any number. */
  readonly maxOpenOrders?: number | undefined;
  /** Plans and trailing orders of one account that may wait at one symbol. Default: any number. */
  readonly maxTriggers?: number | undefined;
  /**
   * Orders that have ended that an account remembers, with their fills, and as many closed positions, with their funding; those that
   * ended first are forgotten, a quarter of so many at a time. Default 200,000.
   */
  readonly maxHistory?: number | undefined;
  /** Gets every event of every account, as a line of text without an end of line; see `LogHash`. It must not throw. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface PaperOptions extends PaperRules {
  readonly market: MarketDataPort;
  readonly clock: Clock;
  /** Seeds the exchange: drawn from once, when it is made. */
  readonly random: Random;
}

/** How many events may wait in one `events()` loop before it ends with a QueueFullError. */
export const EVENT_CAPACITY = 16_384;

/** Some 150 MB of an account that has traded so much. */
const DEFAULT_HISTORY = 200_000;
const DEFAULT_LIQUIDATION_FEE = '0.0004';

/** @throws InvalidInputError for what cannot be */
export function readRules(rules: Partial<PaperRules>): EngineRules {
  return {
    feeReserve: readShare(rules.feeReserveRate ?? 0, 'feeReserveRate'),
    liquidationFee: readShare(rules.liquidationFeeRate ?? DEFAULT_LIQUIDATION_FEE, 'liquidationFeeRate'),
    maxOpenOrders: readLimit(rules.maxOpenOrders, 'maxOpenOrders'),
    maxHistory: readLimit(rules.maxHistory ?? DEFAULT_HISTORY, 'maxHistory'),
    latency: readSpread(rules.latency ?? 0, 'latency'),
    slippage: readSpread(rules.slippage ?? 0, 'slippage'),
  };
}

export function readFees(fees: PaperFees): { readonly maker: Rate; readonly taker: Rate } {
  const read = (input: DecimalInput, what: string): Rate => {
    const rate = decimal(input, what);
    if (rate.abs().lt(1)) return rateOf(rate);
    throw new InvalidInputError(
      `${what} must be a share of the traded value between -1 and 1, e.g. 0.0006, not ${rate}`,
    );
  };
  return { maker: read(fees.maker, 'fees.maker'), taker: read(fees.taker, 'fees.taker') };
}

/** Null for any number. @throws InvalidInputError */
export function readLimit(limit: number | undefined, what: string): number | null {
  if (limit === undefined) return null;
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new InvalidInputError(`${what} must be a whole number above 0, not ${limit}`);
}

function readShare(input: DecimalInput, what: string): Rate {
  const share = decimal(input, what);
  if (share.gte(0) && share.lt(1)) return rateOf(share);
  throw new InvalidInputError(`${what} must be a share at or above 0 and below 1, e.g. 0.0004, not ${share}`);
}

function readSpread(input: Drawn, what: string): Spread {
  const spread = typeof input === 'number' ? { from: input, to: input } : input;
  const isWhole = Number.isSafeInteger(spread.from) && Number.isSafeInteger(spread.to);
  if (isWhole && spread.from >= 0 && spread.from <= spread.to && spread.to < 2 ** 32) return spread;
  throw new InvalidInputError(
    `${what} must be a whole number at or above 0, or { from, to } of such in this order, not ${JSON.stringify(input)}`,
  );
}
