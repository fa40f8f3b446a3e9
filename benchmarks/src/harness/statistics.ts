/** A median with its spread. */
export interface Spread {
  readonly median: number;
  /** A quarter of the values lie below. */
  readonly lower: number;
  /** A quarter of the values lie above. */
  readonly upper: number;
}

/** @throws RangeError for no values: there is no median of nothing */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('a median needs one value at least');
  const sorted = [...values].sort((a, b) => a - b);
  return { lower: quantile(sorted, 0.25), median: quantile(sorted, 0.5), upper: quantile(sorted, 0.75) };
}

/** Between two values in a straight line, as spreadsheets do. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * How often `base` fits into `other`, round by round: what both met in a round (a busy machine) cancels out.
 * @throws RangeError when they have a different number of rounds
 */
export function ratioSpread(other: readonly number[], base: readonly number[]): Spread {
  if (other.length !== base.length) throw new RangeError(`${other.length} rounds against ${base.length}`);
  return spreadOf(other.map((value, round) => value / (base[round] as number)));
}
