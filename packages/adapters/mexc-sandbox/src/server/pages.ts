import type { HistoryRange } from '../backend/sandbox-backend.ts';
import { Code, WireRefusal } from '../wire/codes.ts';
import type { Fields } from '../wire/fields.ts';
import type { WireValue } from '../wire/json.ts';

const DAY_MS = 86_400_000;
const DEFAULT_SPAN_MS = 7 * DAY_MS;
const LONGEST_SPAN_MS = 90 * DAY_MS;
const DEFAULT_PAGE = 20;

/** Rows of one page: `page_num` from 1, `page_size` 20 where absent. */
export function onePage<T>(rows: readonly T[], query: Fields, largest = 100): readonly T[] {
  const { size, from } = pageOf(query, largest);
  return rows.slice(from, from + size);
}

/** The wrapper of paged answers. */
export function pageJson<T>(
  rows: readonly T[],
  query: Fields,
  toJson: (row: T) => WireValue,
  largest = 100,
): WireValue {
  const { size, from, number } = pageOf(query, largest);
  return {
    pageSize: size,
    totalCount: rows.length,
    totalPage: Math.ceil(rows.length / size),
    currentPage: number,
    resultList: rows.slice(from, from + size).map(toJson),
  };
}

function pageOf(
  query: Fields,
  largest: number,
): { readonly size: number; readonly from: number; readonly number: number } {
  const size = query.count('page_size', Math.min(DEFAULT_PAGE, largest), largest);
  const number = query.count('page_num', 1, Number.MAX_SAFE_INTEGER);
  return { size, from: (number - 1) * size, number };
}

/**
 * The time of a history: `start_time` and `end_time`, or `startTime` and `endTime`; the last 7 days where neither is given.
 * @throws WireRefusal 6003 for more than 90 days, 600 for an end before the start
 */
export function historyRange(query: Fields, nowMs: number): HistoryRange {
  const start = query.integer('start_time') ?? query.integer('startTime');
  const to = query.integer('end_time') ?? query.integer('endTime') ?? (start === null ? nowMs : Math.max(nowMs, start));
  const from = start ?? to - DEFAULT_SPAN_MS;
  if (to < from) throw new WireRefusal(Code.PARAMETER, 'parameter error: the end must not lie before the start');
  if (start !== null && query.integer('end_time') === null && query.integer('endTime') === null) {
    return { symbol: query.text('symbol'), from: Math.max(from, to - LONGEST_SPAN_MS), to };
  }
  if (to - from > LONGEST_SPAN_MS) throw new WireRefusal(Code.TIME_RANGE, 'the time range must not exceed 90 days');
  return { symbol: query.text('symbol'), from, to };
}
