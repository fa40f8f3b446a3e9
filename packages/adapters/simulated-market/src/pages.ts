import { bucketCeil, bucketEnd, bucketOpen, type Interval, InvalidInputError, type TimeRange } from '@prate/domain';
import { lowerBound, sliceTrades, type TradeColumns } from '@prate/domain/candles';
import type { Page } from '@prate/market-data-port';

const CANDLES_A_PAGE = 2000;
const TRADES_A_PAGE = 10_000;

/** Rows `[first, end)` of a column of ascending times, and where the page after them begins. */
export interface RowSpan {
  readonly first: number;
  readonly end: number;
  readonly next: number | null;
}

/** @throws InvalidInputError when a range is not two whole numbers in order */
export function ensureRange({ from, to }: TimeRange): void {
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to) return;
  throw new InvalidInputError(`a range must be whole epoch milliseconds from ≤ to, not ${from} to ${to}`);
}

/** The buckets that open in `[from, to)` and are closed at `nowMs`, as a half-open range of whole buckets. */
export function closedBuckets(interval: Interval, range: TimeRange, nowMs: number): TimeRange {
  ensureRange(range);
  return {
    from: bucketCeil(interval, range.from),
    to: bucketCeil(interval, Math.min(range.to, bucketOpen(interval, nowMs))),
  };
}

/** The end of a page of candles whose first bucket opens at `open`. */
function candlePageEnd(interval: Interval, open: number, limit: number): number {
  let end = open;
  for (let i = 0; i < CANDLES_A_PAGE && end < limit; i += 1) end = bucketEnd(interval, end);
  return Math.min(end, limit);
}

/** The rows that make one page of closed candles. @param times of trades, or opens of candles that divide the interval */
export function candleSpan(times: Float64Array, interval: Interval, range: TimeRange, nowMs: number): RowSpan {
  const { from, to } = closedBuckets(interval, range, nowMs);
  const first = lowerBound(times, from);
  const time = times[first];
  if (time === undefined || time >= to) return { first, end: first, next: null };
  const pageEnd = candlePageEnd(interval, bucketOpen(interval, time), to);
  const end = lowerBound(times, pageEnd);
  const after = times[end];
  return { first, end, next: after !== undefined && after < to ? pageEnd : null };
}

/** The rows that make one page of trades up to `nowMs`; trades of one moment stay together. */
function tradeSpan(times: Float64Array, range: TimeRange, nowMs: number): RowSpan {
  ensureRange(range);
  const to = Math.min(range.to, nowMs + 1);
  const first = lowerBound(times, range.from);
  const last = Math.max(first, lowerBound(times, to));
  if (last - first <= TRADES_A_PAGE) return { first, end: last, next: null };
  const next = (times[first + TRADES_A_PAGE - 1] as number) + 1;
  const end = lowerBound(times, next);
  return { first, end, next: end < last ? next : null };
}

export const tradePage = (trades: TradeColumns, range: TimeRange, nowMs: number): Page<TradeColumns> => {
  const { first, end, next } = tradeSpan(trades.time, range, nowMs);
  return { columns: sliceTrades(trades, first, end), next };
};
