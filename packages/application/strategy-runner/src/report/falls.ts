import type { Decimal } from '@prate/domain';
import type { CurvePoint } from './thinned-series.ts';

/** From a peak of the equity to the lowest point before it was reached again. */
export interface Fall {
  readonly peak: CurvePoint<Decimal>;
  readonly low: CurvePoint<Decimal>;
  /** When the equity was at the peak again, epoch ms; null while it was not. */
  readonly recoveredAt: number | null;
}

/** The highest equity so far, and the deepest fall. */
export interface Falls {
  readonly peak: CurvePoint<Decimal>;
  /** Null while the equity only rose. */
  readonly deepest: Fall | null;
}

/** What becomes of it at the next point; the same object where nothing does. */
export function fallsAfter(falls: Falls, point: CurvePoint<Decimal>): Falls {
  const { peak, deepest } = falls;
  if (point.value.gte(peak.value)) {
    const recovered =
      deepest !== null && deepest.recoveredAt === null ? { ...deepest, recoveredAt: point.time } : deepest;
    if (point.value.gt(peak.value)) return { peak: point, deepest: recovered };
    return recovered === deepest ? falls : { peak, deepest: recovered };
  }
  const isDeeper =
    peak.value.gt(0) &&
    // low ÷ peak below that of the deepest, without a division
    (deepest === null || point.value.mul(deepest.peak.value).lt(deepest.low.value.mul(peak.value)));
  return isDeeper ? { peak, deepest: { peak, low: point, recoveredAt: null } } : falls;
}

/** How deep, as a share of the peak; 0 for none. */
export const depthOf = (fall: Fall | null): number =>
  fall === null ? 0 : fall.peak.value.minus(fall.low.value).div(fall.peak.value).toNumber();

/** How far the equity is below its peak, as a share of it: 0 at the peak. */
export const drawdownAt = ({ peak }: Falls, equity: Decimal): number =>
  peak.value.gt(equity) && peak.value.gt(0) ? peak.value.minus(equity).toNumber() / peak.value.toNumber() : 0;
