import type { Decimal } from '@prate/domain';
import type { RunReport } from '@prate/strategy-runner';
import { counted } from './counted.ts';

/** Money to the hundredth, with separators: for people, who do not read sixty digits. */
const money = (amount: Decimal): string => {
  const [whole, fraction] = amount.abs().toFixed(2).split('.') as [string, string];
  return `${amount.isNegative() ? '−' : ''}${BigInt(whole).toLocaleString('en')}.${fraction}`;
};

const share = (value: number | null): string =>
  value === null ? 'unknown' : `${value < 0 ? '−' : ''}${Math.abs(value * 100).toFixed(2)} %`;

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
    ...report.errors.map((error): [string, string] => ['error', error.message]),
  ];
}

/** Lines with their labels in one column. */
export const labelled = (lines: readonly (readonly [string, string])[]): string =>
  lines.map(([label, text]) => `  ${label.padEnd(16)} ${text}\n`).join('');

function rejectedLine({ rejected }: RunReport): [string, string][] {
  const reasons = Object.entries(rejected).map(([reason, count]) => `${count.toLocaleString('en')} ${reason}`);
  return reasons.length === 0 ? [] : [['rejected', reasons.join(', ')]];
}
