import { isAbsolute, relative } from 'node:path';
import type { RunReport } from '@prate/strategy-runner';
import { money, ratio, share } from './amounts.ts';
import { counted } from './counted.ts';
import type { Io } from './io.ts';
import type { ReportFiles } from './report/write-report.ts';

/** What a strategy came to, as label and text. */
export function reportLines(report: RunReport): [string, string][] {
  const { asset, orders, fills, wins, losses } = report;
  return [
    ['strategy', `${report.strategy} on paper, ${report.candles.toLocaleString('en')} candles of ${report.interval}`],
    [
      'orders',
      `${orders.toLocaleString('en')} placed, ${counted(fills, 'fill')} for ${money(report.volume)} ${asset}; ${counted(wins, 'round trip')} won, ${losses.toLocaleString('en')} lost`,
    ],
    ...rejectedLine(report),
    [
      'profit and loss',
      `${money(report.netPnl)} ${asset} (realised ${money(report.realizedPnl)}, open ${money(report.unrealizedPnl)}, fees ${money(report.fees)})`,
    ],
    [
      'equity',
      `${money(report.startEquity)} → ${money(report.endEquity)} ${asset}, deepest fall ${share(report.maxDrawdown)}; holding instead: ${share(report.holdReturn)}`,
    ],
    ...riskLine(report),
    ...report.errors.map((error): [string, string] => ['error', error.message]),
  ];
}

/** Where the report lies, from where the user stands. */
export const reportFileLines = (io: Io, files: ReportFiles | null): [string, string][] =>
  files === null
    ? []
    : [
        ['report', shownPath(io.cwd, files.page)],
        ['as JSON', shownPath(io.cwd, files.json)],
      ];

const shownPath = (cwd: string, path: string): string => {
  const way = relative(cwd, path);
  return way.startsWith('..') || isAbsolute(way) ? path : way;
};

/** Lines with their labels in one column. */
export const labelled = (lines: readonly (readonly [string, string])[]): string =>
  lines.map(([label, text]) => `  ${label.padEnd(16)} ${text}\n`).join('');

function rejectedLine({ rejected }: RunReport): [string, string][] {
  const reasons = Object.entries(rejected).map(([reason, count]) => `${count.toLocaleString('en')} ${reason}`);
  return reasons.length === 0 ? [] : [['rejected', reasons.join(', ')]];
}

/** Only where there were enough samples. */
function riskLine({ risk }: RunReport): [string, string][] {
  const { per, samples, sharpe, sortino } = risk;
  if (per === null || sharpe === null) return [];
  const text = `Sharpe ${ratio(sharpe)}${sortino === null ? '' : `, Sortino ${ratio(sortino)}`}`;
  return [['risk', `${text}, a year, of ${counted(samples, per)}`]];
}
