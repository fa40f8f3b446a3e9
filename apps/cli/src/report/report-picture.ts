import { toInterval } from '@prate/domain';
import type { ReportDocument } from './report-document.ts';

/** What the page draws, one value a moment, evenly spaced: times in epoch seconds, and plain numbers. */
export interface ReportPicture {
  readonly times: readonly number[];
  readonly equity: readonly number[];
  readonly hold: readonly number[];
  /** Below 0, in per cent. */
  readonly drawdown: readonly number[];
}

/** A chart of more moments than this is no clearer. */
const MOST_MOMENTS = 1800;
/** Of each of its stretches a longer run shows the two extremes, in their order, and the last. */
const OF_A_STRETCH = 3;

/**
 * The curves on one even grid of time, because a chart puts its points at even distances. No peak and no fall is lost: a stretch
 * shows its extremes, whose moments may be off by less than the stretch.
 */
export function reportPicture({ report, curves }: ReportDocument): ReportPicture {
  const from = report.from;
  const to = Math.max(report.to ?? 0, curves.equity.at(-1)?.[0] ?? 0);
  if (from === null || to <= from) return { times: [], equity: [], hold: [], drawdown: [] };
  const start = report.startEquity.toNumber();
  const moments = (to - from) / ((toInterval(report.interval).seconds ?? 86_400) * 1000);
  const each = moments <= MOST_MOMENTS ? 1 : OF_A_STRETCH;
  const stretches = Math.max(1, Math.min(Math.ceil(moments), MOST_MOMENTS / each));
  const grid: Grid = { from, widthMs: (to - from) / stretches, stretches, each };
  const stepS = Math.max(1, grid.widthMs / each / 1000);
  const times = Array.from({ length: stretches * each + 1 }, (_, i) => Math.round(from / 1000) + Math.round(i * stepS));
  const onGrid = (points: readonly (readonly [number, number])[], first: number): number[] =>
    valuesOn(grid, points, first);
  return {
    times,
    equity: onGrid(
      curves.equity.map(([time, equity]) => [time, equity.toNumber()]),
      start,
    ),
    hold: onGrid(curves.hold, 1).map((growth) => growth * start),
    drawdown: onGrid(curves.drawdown, 0).map((fall) => (fall === 0 ? 0 : -100 * fall)),
  };
}

interface Grid {
  readonly from: number;
  readonly widthMs: number;
  readonly stretches: number;
  /** Values a stretch. */
  readonly each: number;
}

/** Where a stretch has no point, the value stays. */
function valuesOn(
  { from, widthMs, stretches, each }: Grid,
  points: readonly (readonly [number, number])[],
  first: number,
): number[] {
  const values = [first];
  let [next, last] = [0, first];
  for (let i = 1; i <= stretches; i += 1) {
    const end = i === stretches ? Number.POSITIVE_INFINITY : from + i * widthMs;
    let [low, high] = [last, last];
    let isLowFirst = true;
    let isEmpty = true;
    for (let point = points[next]; point !== undefined && point[0] <= end; point = points[next]) {
      next += 1;
      [, last] = point;
      if (isEmpty) low = high = last;
      isEmpty = false;
      if (last < low) [low, isLowFirst] = [last, false];
      else if (last > high) [high, isLowFirst] = [last, true];
    }
    if (each > 1) values.push(...(isLowFirst ? [low, high] : [high, low]));
    values.push(last);
  }
  return values;
}
