import { bucketEnd, type Interval } from '@prate/domain';
import {
  type CandleColumns,
  candlesFromTrades,
  concatColumns,
  foldRows,
  pickTrades,
  sliceColumns,
  type TradeColumns,
} from '@prate/domain/candles';
import { SECOND, SECOND_MS } from './seconds.ts';

/** Candles, and when their open and their close were traded: what decides whose they are when more trades come. */
export interface TimedColumns {
  readonly columns: CandleColumns;
  /** Epoch ms; those of row `i` at `timesAt + i`. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly timesAt: number;
  /** Whether every row is known to be simple (see timed-rows.ts): its numbers are added without a look at each. */
  readonly areSimple: boolean;
}

/** Trades in any order as candles of one second, each in the order of time and, at one time, of arrival. */
export function timedSeconds(trades: TradeColumns): TimedColumns {
  const { time } = trades;
  const rows = Array.from(time, (_, i) => i).sort((a, b) => (time[a] as number) - (time[b] as number) || a - b);
  const ordered = pickTrades(trades, rows);
  const columns = candlesFromTrades(ordered, SECOND);
  const first = new Float64Array(columns.length);
  const last = new Float64Array(columns.length);
  let at = 0;
  for (let row = 0; row < columns.length; row += 1) {
    first[row] = ordered.time[at] as number;
    at += columns.trades[row] as number;
    last[row] = ordered.time[at - 1] as number;
  }
  return { columns, first, last, timesAt: 0, areSimple: false };
}

/**
 * Several sets as one, in candles of `interval`: any rows that lie within one such candle each. Opens and closes are those
 * of the earliest and the latest trade; of two at one time the set that is named first has come first.
 */
export function mergeTimed(sets: readonly TimedColumns[], interval: Interval): TimedColumns {
  const rows = inOrder(sets);
  const joined = concatColumns(
    rows.map(({ columns }) => columns),
    interval,
  );
  const folded = foldRows(joined, interval);
  const first = new Float64Array(folded.length).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(folded.length).fill(Number.NEGATIVE_INFINITY);
  let at = 0;
  let to = 0;
  for (const set of rows) {
    for (let i = 0; i < set.columns.length; i += 1, at += 1) {
      const earliest = set.first[set.timesAt + i] as number;
      const latest = set.last[set.timesAt + i] as number;
      while (
        to < folded.length &&
        (joined.openTime[at] as number) >= bucketEnd(interval, folded.openTime[to] as number)
      )
        to += 1;
      if (earliest < (first[to] as number)) {
        first[to] = earliest;
        folded.open[to] = joined.open[at] as number;
      }
      if (latest >= (last[to] as number)) {
        last[to] = latest;
        folded.close[to] = joined.close[at] as number;
      }
    }
  }
  return { columns: folded, first, last, timesAt: 0, areSimple: false };
}

/** The same rows, ascending; rows that open at one time in the order of their sets. */
function inOrder(sets: readonly TimedColumns[]): readonly TimedColumns[] {
  const filled = sets.filter(({ columns }) => columns.length > 0);
  const ascending = filled.every((set, i) => i === 0 || openOf(set, 0) >= openOf(filled[i - 1] as TimedColumns, -1));
  if (ascending) return filled;
  const rows = filled.flatMap((set) => Array.from(set.columns.openTime, (_, i) => sliceTimed(set, i, i + 1)));
  return rows.sort((a, b) => openOf(a, 0) - openOf(b, 0));
}

const openOf = ({ columns }: TimedColumns, row: number): number => columns.openTime.at(row) as number;

/** Rows `[from, to)` as views on the same memory. */
export const sliceTimed = (
  { columns, first, last, timesAt, areSimple }: TimedColumns,
  from: number,
  to: number,
): TimedColumns => ({
  columns: sliceColumns(columns, from, to),
  first,
  last,
  timesAt: timesAt + from,
  areSimple,
});

/** Candles of which only the span is known: no trade inside it is earlier than their open, or later than their close. */
export function spannedColumns(columns: CandleColumns): TimedColumns {
  return {
    columns,
    first: columns.openTime.map((open) => open - 1),
    last: columns.openTime.map((open) => bucketEnd(columns.interval, open)),
    timesAt: 0,
    areSimple: false,
  };
}

/** So many seconds back it is known when a second's open and close were traded. */
const REMEMBERED = 512; // a power of two

/** The remainder of a whole number of seconds. */
const placeOf = (open: number): number => (open / SECOND_MS) & (REMEMBERED - 1);

/** When open and close of the latest closed seconds were traded. */
export class SecondEdges {
  readonly #second = new Float64Array(REMEMBERED).fill(Number.NaN);
  readonly #first = new Int16Array(REMEMBERED);
  readonly #last = new Int16Array(REMEMBERED);

  /** @param seconds ascending, none older than those before */
  remember({ columns, first, last, timesAt }: TimedColumns): void {
    const { openTime, length } = columns;
    const start = openTime[0] as number;
    const place = placeOf(start);
    for (let row = 0; row < length; row += 1) {
      const open = openTime[row] as number;
      // the same as placeOf(open), without its division; both times are whole seconds, so the rounding is exact
      const at = (place + Math.trunc((open - start) * 0.001 + 0.5)) & (REMEMBERED - 1);
      this.#second[at] = open;
      this.#first[at] = (first[timesAt + row] as number) - open;
      this.#last[at] = (last[timesAt + row] as number) - open;
    }
  }

  /** The same for seconds in any order; one that is older than what has its place is not remembered. */
  revise(seconds: TimedColumns): void {
    for (let row = 0; row < seconds.columns.length; row += 1) {
      const open = seconds.columns.openTime[row] as number;
      if (!((this.#second[placeOf(open)] as number) > open)) this.remember(sliceTimed(seconds, row, row + 1));
    }
  }

  /** Stored seconds with what is known of them; where nothing is, open and close stay whatever comes. */
  timed(columns: CandleColumns): TimedColumns {
    const timed = spannedColumns(columns);
    for (const [row, open] of columns.openTime.entries()) {
      const at = placeOf(open);
      if (this.#second[at] !== open) continue;
      timed.first[row] = open + (this.#first[at] as number);
      timed.last[row] = open + (this.#last[at] as number);
    }
    return timed;
  }
}
