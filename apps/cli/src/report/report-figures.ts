import type { Decimal } from '@prate/domain';
import type { RunReport } from '@prate/strategy-runner';
import { money, ratio, share } from '../amounts.ts';
import { counted } from '../counted.ts';
import { durationText, formatTime } from '../times.ts';

type Facts = readonly (readonly [string, string])[];

const known = <Value>(value: Value | null, text: (value: Value) => string): string =>
  value === null ? '—' : text(value);

/** What a run came to. */
export function resultFacts(report: RunReport): Facts {
  const { asset, startEquity, endEquity, hold } = report;
  const inAsset = (amount: Decimal): string => `${money(amount)} ${asset}`;
  return [
    ['Return', known(returnOf(report), share)],
    ['Holding instead', known(hold, (figures) => share(figures.return))],
    ['Equity at the start', inAsset(startEquity)],
    ['Equity at the end', inAsset(endEquity)],
    ['Net profit', inAsset(report.netPnl)],
    ['Realised', inAsset(report.realizedPnl)],
    ['Open', inAsset(report.unrealizedPnl)],
  ];
}

export function riskFacts(report: RunReport): Facts {
  const { deepestFall, maxDrawdown, hold, risk, exposure } = report;
  const basis = known(risk.per, (per) => ` (of ${counted(risk.samples, per)})`);
  const ratioText = (value: number | null): string => {
    if (risk.per === null) return `— (${counted(risk.samples, 'whole hour')}; 30 are needed)`;
    return known(value, (number) => `${ratio(number)}${basis}`);
  };
  const fall: Facts =
    deepestFall === null
      ? [['Deepest fall', 'none']]
      : [
          ['Deepest fall', share(maxDrawdown)],
          ['… from', formatTime(deepestFall.peak.time)],
          ['… to', formatTime(deepestFall.low.time)],
          ['… recovered', deepestFall.recoveredAt === null ? 'not yet' : formatTime(deepestFall.recoveredAt)],
        ];
  return [
    ...fall,
    ['Deepest fall of holding', known(hold, (figures) => share(figures.maxDrawdown))],
    ['Sharpe', ratioText(risk.sharpe)],
    ['Sortino', ratioText(risk.sortino)],
    ['Time with a position', known(exposure.time, share)],
    ['Position ÷ equity, mean', known(exposure.average, share)],
    ['Position ÷ equity, greatest', known(exposure.greatest, share)],
  ];
}

export function tradeFacts(report: RunReport): Facts {
  const { asset, trips, wins, losses } = report;
  const count = (value: number): string => value.toLocaleString('en');
  const rejected = Object.values(report.rejected).reduce((sum, each) => sum + each, 0);
  return [
    ['Orders', `${count(report.orders)}${rejected === 0 ? '' : `, and ${count(rejected)} refused`}`],
    ['Fills', `${count(report.fills)} for ${money(report.volume)} ${asset}`],
    ['Round trips', `${count(trips.count)}: ${count(wins)} won, ${count(losses)} lost`],
    ['Win rate', known(trips.winRate, share)],
    ['Profit factor', known(trips.profitFactor, ratio)],
    ['Average win', known(trips.averageWin, (value) => `${money(value)} ${asset}`)],
    ['Average loss', known(trips.averageLoss, (value) => `${money(value)} ${asset}`)],
    ['Longest trip', known(trips.longestMs, durationText)],
  ];
}

export function costFacts(report: RunReport, payments: number): Facts {
  const { asset, fees, volume, otherFees } = report;
  const part = volume.isZero() ? '' : ` (${share(fees.div(volume).toNumber())} of the traded value)`;
  return [
    ['Fees', `${money(fees)} ${asset}${part}`],
    ...otherFees.map(({ asset: other, amount }): [string, string] => [`Fees in ${other}`, amount.toString()]),
    ['Funding', fundingText(report, payments)],
  ];
}

function fundingText({ asset, funding }: RunReport, payments: number): string {
  if (funding === null) return 'not told';
  if (payments === 0) return 'none';
  return `${money(funding.abs())} ${asset} ${funding.isNegative() ? 'paid' : 'received'} in ${counted(payments, 'payment')}`;
}

export function dataFacts({ symbols, interval, from, to, candles, data, gaps }: RunReport, source: string): Facts {
  const part = (count: number): string =>
    count === 0 ? '0' : `${count.toLocaleString('en')} (${share(count / Math.max(1, candles))})`;
  return [
    [symbols.length === 1 ? 'Symbol' : `${symbols.length.toLocaleString('en')} symbols`, symbols.join(', ')],
    ['Source', source],
    ['Time, UTC', from === null || to === null ? 'no candles' : `${formatTime(from)} to ${formatTime(to)}`],
    ['Candles', `${candles.toLocaleString('en')} of ${interval}`],
    ['… built from trades', part(data.trades)],
    ["… the exchange's own", part(data.exchange)],
    ['… with made-up seconds', part(data.interpolated)],
    ['… not watched whole', part(data.partial)],
    ['Time that was watched', known(data.coverage, share)],
    ['Gaps in the feeds', gaps.toLocaleString('en')],
  ];
}

/** Null where it has no meaning. */
export const returnOf = ({ startEquity, endEquity }: RunReport): number | null =>
  startEquity.gt(0) ? endEquity.minus(startEquity).toNumber() / startEquity.toNumber() : null;
