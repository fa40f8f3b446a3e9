import type { CandleBatch } from '@prate/candle-store-port';
import { clipRanges, normalizeRanges, type TimeRange } from '@prate/domain';
import { type CandleColumns, lowerBound, sliceColumns } from '@prate/domain/candles';
import { blockNumber, blockStart } from '../block/grid.ts';

/** As much as is copied at once: some 4 MB, a millisecond. */
const PIECE_ROWS = 65_536;

export interface Piece {
  readonly batch: CandleBatch;
  /** The place of its first row in the batch that it is of. */
  readonly row: number;
  readonly isLast: boolean;
}

/**
 * Cuts a long batch where blocks begin, so that writing the pieces one after the other is writing the batch. One that may
 * break a rule is left whole: its refusal must read as if nobody had cut it.
 */
export function* piecesOf(batch: CandleBatch, rows: number = PIECE_ROWS): Generator<Piece> {
  const { columns, observed } = batch;
  if (columns.length <= rows || !mayBeCut(batch)) {
    yield { batch, row: 0, isLast: true };
    return;
  }
  const watched = observed === undefined ? undefined : normalizeRanges(observed);
  let from = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < columns.length; ) {
    const next = cutAfter(columns, row + rows);
    const isLast = next === columns.length;
    const to = isLast ? Number.POSITIVE_INFINITY : startOf(columns, next);
    const part = sliceColumns(columns, row, next);
    yield {
      batch: { columns: part, observed: watched === undefined ? undefined : clipRanges(watched, from, to) },
      ...{ row, isLast },
    };
    [row, from] = [next, to];
  }
}

/** The first row of the first block that begins at or after the row. */
function cutAfter(columns: CandleColumns, row: number): number {
  if (row >= columns.length) return columns.length;
  const { openTime, interval, length } = columns;
  const start = startOf(columns, row);
  if ((openTime[row - 1] as number) < start) return row;
  return lowerBound(openTime, blockStart(interval, blockNumber(interval, openTime[row] as number) + 1), length);
}

const startOf = ({ interval, openTime }: CandleColumns, row: number): number =>
  blockStart(interval, blockNumber(interval, openTime[row] as number));

/** Whether rows ascend, and watched time is such. */
function mayBeCut({ columns: { interval, openTime, length }, observed = [] }: CandleBatch): boolean {
  if (interval.seconds === null || openTime.length < length) return false;
  for (let i = 1; i < length; i += 1) if (!((openTime[i - 1] as number) < (openTime[i] as number))) return false;
  return observed.every(isRange);
}

const isRange = ({ from, to }: TimeRange): boolean => from <= to && from % 1000 === 0 && to % 1000 === 0;
