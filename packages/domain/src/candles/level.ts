import { bucketEnd, bucketOpen, type Interval } from '../interval.ts';
import { normalizeRanges, type TimeRange } from '../time-range.ts';
import type { CandleBase } from './candle-base.ts';
import { composeAtoms, withQuietCoverage } from './compose.ts';
import { foldRows } from './resample.ts';

/**
 * The candles of a coarser step, made once so that queries need not make them: for every slot in `[from, to)` what a query
 * at this step answers. Its watched time says only how much of each slot was watched, as if from the slot's open on: enough
 * for coverage, and for whether a slot is whole.
 *
 * @param bases finest first; every step divides `step`, and every one the next
 */
export function levelOf(bases: readonly CandleBase[], step: Interval, from: number, to: number): CandleBase {
  const atoms = composeAtoms(bases, step, from, to);
  const rows = withQuietCoverage(foldRows(atoms.rows, step), atoms);
  const seconds = new Map<number, number>();
  for (const stretch of atoms.quiet) {
    for (let open = bucketOpen(step, stretch.from); open < stretch.to; open = bucketEnd(step, open)) {
      const watched = Math.min(stretch.to, bucketEnd(step, open)) - Math.max(stretch.from, open);
      seconds.set(open, (seconds.get(open) ?? 0) + watched);
    }
  }
  // where there is a row, its coverage counts the quiet in it
  for (let i = 0; i < rows.length; i += 1) seconds.set(rows.openTime[i] as number, (rows.coverage[i] as number) * 1000);
  const observed: TimeRange[] = [];
  for (const [open, ms] of seconds) if (ms > 0) observed.push({ from: open, to: open + ms });
  return { rows, observed: normalizeRanges(observed) };
}
