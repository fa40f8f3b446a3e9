import type { Decimal } from '@prate/domain';
import type { CurvePoint, RunHistory, RunReport } from '@prate/strategy-runner';
import { warningsOf } from './warnings.ts';

/** `[epoch ms, value]` */
type Point<Value> = readonly [number, Value];

/**
 * A report as a file: docs/report.md describes it field by field. Decimals are text in JSON. It holds nothing of the machine and
 * no wall-clock time of a replay, so that the same run gives the same file.
 */
export interface ReportDocument {
  readonly format: 'prate report';
  /** Rises when a field goes or changes its meaning; new ones come without. */
  readonly version: 1;
  readonly kind: 'replay' | 'session';
  readonly source: ReportSource;
  readonly report: RunReport;
  readonly curves: {
    readonly equity: readonly Point<Decimal>[];
    readonly drawdown: readonly Point<number>[];
    readonly hold: readonly Point<number>[];
  };
  readonly lists: Pick<RunHistory, 'days' | 'months' | 'trips' | 'fills' | 'funding' | 'gaps'>;
  /** For people: what to know before the figures are believed. */
  readonly warnings: readonly string[];
}

interface ReportSource {
  /** Where the market came from, for people. */
  readonly description: string;
  readonly venue: string;
}

export interface RunToReport {
  readonly kind: ReportDocument['kind'];
  readonly source: ReportSource;
  readonly report: RunReport;
  readonly history: RunHistory;
}

export function reportDocument({ kind, source, report, history }: RunToReport): ReportDocument {
  const { equity, drawdown, hold, ...lists } = history;
  return {
    ...{ format: 'prate report', version: 1, kind },
    source: { description: source.description, venue: source.venue },
    report,
    curves: { equity: pairs(equity), drawdown: pairs(drawdown), hold: pairs(hold) },
    lists,
    warnings: warningsOf(report, history),
  };
}

const pairs = <Value>(points: readonly CurvePoint<Value>[]): Point<Value>[] =>
  points.map(({ time, value }) => [time, value]);
