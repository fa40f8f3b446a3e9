import type { CandleSource } from '@prate/domain';
import type { DecimalText } from './account.ts';

/** A half-open stretch of time `[from, to)`, epoch ms. */
export interface RangeJson {
  readonly from: number;
  readonly to: number;
}

export interface InstrumentJson {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly tickSize: DecimalText;
  readonly lotSize: DecimalText;
  readonly contractSize: DecimalText;
  readonly minQuantity: DecimalText;
  readonly maxQuantity: DecimalText | null;
  readonly minNotional: DecimalText | null;
  readonly maxLeverage: number;
  readonly makerFee: DecimalText;
  readonly takerFee: DecimalText;
}

/**
 * A window of candles that are over, as columns: entry i of each belongs to candle i, oldest first. Prices and volumes are
 * JSON numbers with all their decimals in the text: a reader's nearest doubles are its own affair.
 */
export interface CandleWindowJson {
  readonly symbol: string;
  /** In canonical form: `60s` is `1m`. */
  readonly interval: string;
  /** The time that was looked at; candles by their open. */
  readonly from: number;
  readonly to: number;
  /** How many decimals the prices have at most; null where they fit no decimal grid. */
  readonly priceDecimals: number | null;
  readonly openTime: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  /** Base asset. */
  readonly volume: readonly number[];
  /** Quote asset; null where unknown. */
  readonly turnover: readonly (number | null)[];
  readonly trades: readonly (number | null)[];
  /** Indices into `sources`. */
  readonly source: readonly number[];
  /** INTERPOLATED, EXCHANGE, TRADES: weakest first. */
  readonly sources: readonly CandleSource[];
  /** Share of each candle's time that was watched, 0 to 1. */
  readonly coverage: readonly number[];
  /** Stretches of whole buckets of which nothing is known: nobody watched, or no price was known yet. */
  readonly gaps: readonly RangeJson[];
  /** The `before` of the next window back; null where nothing older is stored. */
  readonly earlier: number | null;
}

/** One candle of a stream; numbers as in CandleWindowJson. */
export interface CandleJson {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly turnover: number | null;
  readonly trades: number | null;
  readonly source: CandleSource;
  readonly coverage: number;
}

/** What is stored of one symbol at one step. */
export interface StepCoverageJson {
  /** The interval of the stored rows. */
  readonly step: string;
  /** That open in the range. */
  readonly rows: number;
  /** How much of the range was watched, in ms. */
  readonly watchedMs: number;
  /** Ascending, at most 1,000: the longest ones, where there are more. */
  readonly observed: readonly RangeJson[];
  /** How many stretches there are. */
  readonly stretches: number;
}

export interface CoverageJson {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
  /** Finest first. */
  readonly steps: readonly StepCoverageJson[];
}
