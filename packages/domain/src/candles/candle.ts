import type { CandleSource } from '../enums.ts';

/** One candle as a plain row, for people and for JSON: nearest doubles. Columns hold the exact numbers. */
export interface Candle {
  /** Epoch ms UTC. */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base asset. */
  readonly volume: number;
  /** Quote asset; null where unknown. */
  readonly turnover: number | null;
  /** How many trades; null where unknown. */
  readonly trades: number | null;
  readonly source: CandleSource;
  /** The share of its time that was observed, 0 to 1. */
  readonly coverage: number;
}

/** What a caller gives: `source` is EXCHANGE and `coverage` 1 unless said otherwise. Numbers mean their shortest decimal text. */
export interface CandleInput {
  readonly openTime: number;
  readonly open: number | string;
  readonly high: number | string;
  readonly low: number | string;
  readonly close: number | string;
  readonly volume: number | string;
  readonly turnover?: number | string | null | undefined;
  readonly trades?: number | null | undefined;
  readonly source?: CandleSource | undefined;
  readonly coverage?: number | undefined;
}
