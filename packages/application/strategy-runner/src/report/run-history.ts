import type { Decimal, Trade } from '@prate/domain';
import type { FundingPayment } from '@prate/execution-port';
import type { NewestOf } from './newest.ts';
import type { PeriodReturn } from './period-returns.ts';
import type { RoundTrip } from './round-trips.ts';
import type { CurvePoint } from './thinned-series.ts';

/** Time that a feed missed, epoch ms. */
export interface MissedTime {
  readonly feed: 'market' | 'account';
  readonly from: number;
  readonly to: number;
}

/**
 * What lies behind a report: curves and lists, oldest first. Curves are thinned to a few thousand points without losing a peak
 * or a fall; between two points a value stays as it is. Lists keep their newest rows and tell how many there were.
 */
export interface RunHistory {
  /** From the equity at the start, at candle closes. */
  readonly equity: readonly CurvePoint<Decimal>[];
  /** How far the equity was below its peak, as a share of it. */
  readonly drawdown: readonly CurvePoint<number>[];
  /** The growth of buying and holding: 1 is the equity at the start. */
  readonly hold: readonly CurvePoint<number>[];
  /** Of UTC, up to 366 of them. */
  readonly days: NewestOf<PeriodReturn>;
  readonly months: NewestOf<PeriodReturn>;
  /** Up to 1,000, as is the next. */
  readonly trips: NewestOf<RoundTrip>;
  readonly fills: NewestOf<Trade>;
  /** Up to 1,000, as is the next. */
  readonly funding: NewestOf<FundingPayment>;
  readonly gaps: NewestOf<MissedTime>;
}
