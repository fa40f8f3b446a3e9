import type { Decimal, Fee } from '@prate/domain';
import type { RejectReason } from '@prate/execution-port';
import type { DataQuality } from './data-quality.ts';
import type { ExposureFigures } from './exposure.ts';
import type { Fall } from './falls.ts';
import type { HoldFigures } from './holding.ts';
import type { RiskFigures } from './risk-figures.ts';
import type { TripFigures } from './round-trips.ts';

/**
 * What a run did, of its own symbols. Money is exact, in `asset`; shares and ratios are plain numbers. Decimals are text in
 * JSON. How each figure is worked out: docs/report.md.
 */
export interface RunReport {
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly interval: string;
  /** What the account settles in. */
  readonly asset: string;
  /** Open of the first candle and close of the last, epoch ms; null before the first. */
  readonly from: number | null;
  readonly to: number | null;
  /** How many candles the strategy was given. */
  readonly candles: number;
  /** How many orders reached the venue. */
  readonly orders: number;
  readonly fills: number;
  /** Orders that were refused, by reason. */
  readonly rejected: Readonly<Partial<Record<RejectReason, number>>>;
  /** Sum of price × quantity of all fills. */
  readonly volume: Decimal;
  /** Paid when positive. */
  readonly fees: Decimal;
  /** Fees in other assets, which are in none of the sums. */
  readonly otherFees: readonly Fee[];
  /** Received when positive. Read at the end of the run: null before, and where the venue tells none. */
  readonly funding: Decimal | null;
  /** Fees not included. */
  readonly realizedPnl: Decimal;
  /** How much the account's unrealised profit changed over the run: all of it where the run began flat. */
  readonly unrealizedPnl: Decimal;
  /** realizedPnl + unrealizedPnl − fees. Funding and transfers show in the equity alone. */
  readonly netPnl: Decimal;
  readonly startEquity: Decimal;
  readonly endEquity: Decimal;
  /** The deepest fall of the equity from an earlier peak, as a share of the peak; sampled at candle closes. */
  readonly maxDrawdown: number;
  readonly deepestFall: Fall | null;
  readonly risk: RiskFigures;
  readonly exposure: ExposureFigures;
  /** Round trips, from flat to flat, that ended with a profit or a loss after fees. */
  readonly wins: number;
  readonly losses: number;
  readonly trips: TripFigures;
  /** Return of buying each symbol with an equal share at its first close and holding to its last; null without candles. */
  readonly holdReturn: number | null;
  readonly hold: HoldFigures | null;
  readonly data: DataQuality;
  /** How often a feed, of the market or of the account, missed something. */
  readonly gaps: number;
  readonly errors: readonly RunProblem[];
  /** Why the run ended; null while it runs. */
  readonly reason: string | null;
}

/** An error as data; `code` as in PrateError, or `'ERROR'` for any other. */
export interface RunProblem {
  readonly code: string;
  readonly message: string;
}
