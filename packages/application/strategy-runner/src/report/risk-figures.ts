import type { ReturnFigures } from './period-returns.ts';

/** Ratios of return and risk, of the returns of whole periods, risk-free rate 0, brought to a year of 365 days. */
export interface RiskFigures {
  /** Days where there are at least 30 whole ones, else hours; null where there are fewer than 30 of these too. */
  readonly per: 'day' | 'hour' | null;
  /** How many whole periods. */
  readonly samples: number;
  /** Mean return ÷ its standard deviation; null with too few samples, or where the returns do not differ. */
  readonly sharpe: number | null;
  /** Mean return ÷ the deviation of the returns below 0; null with too few samples, or where none is below 0. */
  readonly sortino: number | null;
}

const FEWEST = 30;
const YEAR = { day: 365, hour: 365 * 24 };

export function riskOf(hours: ReturnFigures | undefined, days: ReturnFigures | undefined): RiskFigures {
  if (days !== undefined && days.count >= FEWEST) return ratiosOf('day', days);
  if (hours !== undefined && hours.count >= FEWEST) return ratiosOf('hour', hours);
  return { per: null, samples: hours?.count ?? 0, sharpe: null, sortino: null };
}

function ratiosOf(per: 'day' | 'hour', { count, mean, deviation, downsideDeviation }: ReturnFigures): RiskFigures {
  const ratio = (risk: number): number | null => (risk > 0 ? (mean / risk) * Math.sqrt(YEAR[per]) : null);
  return { per, samples: count, sharpe: ratio(deviation), sortino: ratio(downsideDeviation) };
}
