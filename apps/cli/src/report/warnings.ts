import { totalMs, unionRanges } from '@prate/domain';
import type { NewestOf, RunHistory, RunReport } from '@prate/strategy-runner';
import { share } from '../amounts.ts';
import { counted } from '../counted.ts';
import { durationText } from '../times.ts';

/** What to know before the figures of a report are believed. */
export function warningsOf(
  report: RunReport,
  { gaps, trips, fills }: Pick<RunHistory, 'gaps' | 'trips' | 'fills'>,
): string[] {
  const { candles, data, rejected, otherFees } = report;
  const of = (count: number): string => `${counted(count, 'candle')} of ${candles.toLocaleString('en')}`;
  const warnings: string[] = [];
  if (candles === 0) warnings.push('The strategy was given no candle: there is nothing to judge.');
  if (data.interpolated > 0)
    warnings.push(
      `${of(data.interpolated)} (${share(data.interpolated / candles)}) hold made-up seconds: prices within them are guesses.`,
    );
  if (data.partial > 0)
    warnings.push(
      `${of(data.partial)} were not watched whole (${share(data.coverage)} of the time was): a high or a low may be missing.`,
    );
  if (gaps.count > 0) {
    // one loss is a gap of each symbol that it concerns
    const missed = totalMs(unionRanges(gaps.rows, []));
    warnings.push(
      `${counted(gaps.count, 'gap')} in the feeds, ${durationText(missed)} in all: what happened then is not known.`,
    );
  }
  for (const [reason, count] of Object.entries(rejected))
    warnings.push(`${counted(count, 'order')} refused: ${reason}.`);
  for (const { asset, amount } of otherFees)
    warnings.push(`Fees of ${amount} ${asset} are in none of the sums, which are in ${report.asset}.`);
  const cut = (what: string, { count, rows }: NewestOf<unknown>): void => {
    if (count > rows.length)
      warnings.push(
        `Of ${counted(count, what)}, the JSON document lists the newest ${rows.length.toLocaleString('en')}.`,
      );
  };
  cut('round trip', trips);
  cut('fill', fills);
  return warnings;
}
