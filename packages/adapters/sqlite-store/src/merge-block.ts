import { sameRanges, type TimeRange, unionRanges } from '@prate/domain';
import {
  type CandleBase,
  type CandleColumns,
  ColumnsWriter,
  commonScales,
  lowerBound,
  observedSeconds,
  rescale,
} from '@prate/domain/candles';

export interface Merged {
  readonly base: CandleBase;
  readonly added: number;
  readonly replaced: number;
  readonly unchanged: number;
  /** Whether the block has to be written. */
  readonly changed: boolean;
}

/**
 * Lays new rows over the stored rows of one block. Of two rows for one slot the better watched stays, then TRADES before
 * EXCHANGE, then the later. Watched time adds up.
 */
export function mergeBlock(stored: CandleBase, incoming: CandleBase): Merged {
  const scales = commonScales([stored.rows, incoming.rows].filter((rows) => rows.length > 0));
  const old = rescale(stored.rows, scales);
  const fresh = rescale(incoming.rows, scales);
  const out = new ColumnsWriter(scales, old.length + fresh.length);
  let [added, replaced, unchanged] = [0, 0, 0];
  let i = 0;
  let j = 0;
  while (i < old.length || j < fresh.length) {
    const oldTime = i < old.length ? (old.openTime[i] as number) : Number.POSITIVE_INFINITY;
    const freshTime = j < fresh.length ? (fresh.openTime[j] as number) : Number.POSITIVE_INFINITY;
    if (oldTime < freshTime) {
      const end = lowerBound(old.openTime, freshTime);
      out.append(old, i, end);
      i = end;
    } else if (freshTime < oldTime) {
      const end = lowerBound(fresh.openTime, oldTime);
      out.append(fresh, j, end);
      added += end - j;
      j = end;
    } else {
      const keep = isWeaker(fresh, j, old, i) || sameRow(fresh, j, old, i);
      if (keep) out.append(old, i, i + 1);
      else out.append(fresh, j, j + 1);
      if (keep) unchanged += 1;
      else replaced += 1;
      i += 1;
      j += 1;
    }
  }
  const observed = unionRanges(stored.observed, incoming.observed);
  const changed = added + replaced > 0 || !sameRanges(observed, stored.observed);
  return { base: withCoverage(out.finish(stored.rows.interval), observed), added, replaced, unchanged, changed };
}

/** Rows whose coverage is what `observed` says of their spans. */
export function withCoverage(rows: CandleColumns, observed: readonly TimeRange[]): CandleBase {
  const step = (rows.interval.seconds as number) * 1000;
  return { rows: { ...rows, coverage: observedSeconds(observed, rows.openTime, (open) => open + step) }, observed };
}

function isWeaker(a: CandleColumns, i: number, b: CandleColumns, j: number): boolean {
  const [watchedA, watchedB] = [a.coverage[i] as number, b.coverage[j] as number];
  return watchedA !== watchedB ? watchedA < watchedB : (a.source[i] as number) < (b.source[j] as number);
}

const COMPARED = ['open', 'high', 'low', 'close', 'volume', 'turnover', 'trades', 'source', 'coverage'] as const;

const sameRow = (a: CandleColumns, i: number, b: CandleColumns, j: number): boolean =>
  COMPARED.every((name) => a[name][i] === b[name][j]);
