import type { CandleBatch } from '@prate/candle-store-port';
import {
  appendRange,
  clipRanges,
  type Interval,
  InvalidInputError,
  normalizeRanges,
  type Series,
  type TimeRange,
} from '@prate/domain';
import {
  type CandleBase,
  type CandleColumns,
  ColumnsWriter,
  emptyColumns,
  lowerBound,
  scalesOf,
  sliceColumns,
  validateColumns,
  validateFrame,
} from '@prate/domain/candles';
import { blockCodec, type Folds, type Packed } from './block/codec.ts';
import { blockEnd, blockNumber, blockStart } from './block/grid.ts';
import type { BlockKey } from './block/seal.ts';
import { levelAbove } from './levels.ts';

/** Times within this of the epoch, some 244,000 years, have a block number of 32 bits at every step. */
export const MAX_TIME_MS = 7.7e15;

/** What a write says of one block. */
export interface BlockPart {
  readonly step: Interval;
  readonly block: number;
  readonly rows: number;
  /** From the first to the last moment that it tells of. */
  readonly span: TimeRange;
  base(): CandleBase;
  /** The block's body where nothing else is stored of it. */
  body(): Uint8Array;
  /** That body folded to the level above its step, where it is known without reading it. */
  readonly folded: CandleBase | null;
}

/** A checked batch with its watched time in the open; what its rows say of their coverage does not count beside it. */
export interface GatheredBatch {
  readonly step: Interval;
  readonly base: CandleBase;
}

/** @throws InvalidRowError or InvalidInputError when a row or a watched range breaks a rule */
export function gatherBatch(batch: CandleBatch): GatheredBatch {
  validateColumns(batch.columns);
  return withWatched(batch);
}

function withWatched({ columns, observed }: CandleBatch): GatheredBatch {
  for (const { from, to } of observed ?? []) {
    if (!(from <= to && from % 1000 === 0 && to % 1000 === 0)) {
      throw new InvalidInputError(`an observed range must be whole seconds with from before to, not ${from} to ${to}`);
    }
  }
  const [first, last] = [columns.openTime[0] ?? 0, columns.openTime[columns.length - 1] ?? 0];
  for (const timeMs of [first, last, ...(observed ?? []).flatMap(({ from, to }) => [from, to])]) {
    if (Math.abs(timeMs) > MAX_TIME_MS) {
      throw new InvalidInputError(`times must lie within ${MAX_TIME_MS} ms of 1970, not at ${timeMs}`);
    }
  }
  const watched = observed === undefined ? watchedByRows(columns) : normalizeRanges(observed);
  return { step: columns.interval, base: { rows: columns, observed: watched } };
}

/** As much of each row's span, from its open, as its coverage says. */
function watchedByRows(columns: CandleColumns): TimeRange[] {
  const { openTime, coverage, length } = columns;
  if (isUnbroken(columns)) {
    const to = (openTime[length - 1] as number) + (columns.interval.seconds as number) * 1000;
    return [{ from: openTime[0] as number, to }];
  }
  const ranges: TimeRange[] = [];
  for (let i = 0; i < length; i += 1) {
    const from = openTime[i] as number;
    appendRange(ranges, from, from + (coverage[i] as number) * 1000);
  }
  return ranges;
}

/** Whether every row was watched whole, and follows the one before: most often so, and then quickly told. */
function isUnbroken({ openTime, coverage, length, interval }: CandleColumns): boolean {
  const seconds = interval.seconds as number;
  // rows ascend on the grid, so that first and last tell whether one is missing
  const span = (openTime[length - 1] as number) - (openTime[0] as number);
  if (length === 0 || span !== (length - 1) * seconds * 1000) return false;
  for (let i = 0; i < length; i += 1) if (coverage[i] !== seconds) return false;
  return true;
}

/** What batches say of each block. */
export function* partsOf(series: Series, batches: readonly GatheredBatch[]): Generator<BlockPart> {
  for (const { step, base } of batches) {
    for (const { block, incoming } of cutBase(step, base)) {
      yield {
        step,
        block,
        rows: incoming.rows.length,
        span: spanOf(incoming),
        base: () => incoming,
        body: () => blockCodec.encode(keyOf(series, step, block), incoming),
        folded: null,
      };
    }
  }
}

/**
 * The same of a batch that nobody has checked, packed at once: what is kept takes a few bytes a row, and the batch's arrays
 * may be filled again.
 * @throws as gatherBatch
 */
export function* packedParts(series: Series, batch: CandleBatch): Generator<BlockPart> {
  validateFrame(batch.columns);
  const { step, base } = withWatched(batch);
  const folds = foldsOf(batch.columns);
  for (const { block, incoming } of cutBase(step, base)) {
    const key = keyOf(series, step, block);
    const packed = blockCodec.encodeNew(key, incoming, folds, () => validateColumns(batch.columns));
    yield packedPart(key, packed, incoming.rows.length, spanOf(incoming));
  }
}

/** Room for what rows without gaps add up to. */
function foldsOf(columns: CandleColumns): Folds | null {
  const level = levelAbove(columns.interval);
  if (level === null) return null;
  const rows = Math.ceil((columns.length * (columns.interval.seconds as number)) / (level.seconds as number));
  return { interval: level, out: new ColumnsWriter(scalesOf(columns), rows + 1) };
}

/** A function of its own, so that what is kept keeps nothing of the batch. */
const packedPart = (key: BlockKey, { body, folded }: Packed, rows: number, span: TimeRange): BlockPart => ({
  step: key.step,
  block: key.block,
  rows,
  span,
  base: () => blockCodec.decode(key, body),
  body: () => body,
  folded,
});

const keyOf = ({ venue, symbol }: Series, step: Interval, block: number): BlockKey => ({
  venue,
  symbol,
  step,
  isLevel: false,
  block,
});

/** From the first to the last moment that a base says something about. */
export function spanOf({ rows, observed }: CandleBase): TimeRange {
  const step = (rows.interval.seconds as number) * 1000;
  const [first, last] = [observed[0], observed.at(-1)];
  return {
    from: Math.min(rows.openTime[0] ?? Number.POSITIVE_INFINITY, first?.from ?? Number.POSITIVE_INFINITY),
    to: Math.max(
      (rows.openTime[rows.length - 1] ?? Number.NEGATIVE_INFINITY) + step,
      last?.to ?? Number.NEGATIVE_INFINITY,
    ),
  };
}

/** Cuts at the edges of blocks; a block that is only watched has no rows. */
function* cutBase(
  step: Interval,
  { rows, observed }: CandleBase,
): Generator<{ readonly block: number; readonly incoming: CandleBase }> {
  let row = 0;
  let range = 0;
  let block = Number.NEGATIVE_INFINITY;
  for (;;) {
    while (range < observed.length && (observed[range] as TimeRange).to <= blockEnd(step, block)) range += 1;
    const nextRow = row < rows.length ? blockNumber(step, rows.openTime[row] as number) : Number.POSITIVE_INFINITY;
    const from = observed[range]?.from;
    const nextWatched = from === undefined ? Number.POSITIVE_INFINITY : Math.max(blockNumber(step, from), block + 1);
    block = Math.min(nextRow, nextWatched);
    if (block === Number.POSITIVE_INFINITY) return;
    const end = blockEnd(step, block);
    const rowEnd = lowerBound(rows.openTime, end, rows.length);
    yield {
      block,
      incoming: {
        rows: rowEnd > row ? sliceColumns(rows, row, rowEnd) : emptyColumns(step),
        observed: clipRanges(
          observed.slice(range, range + rangesUntil(observed, range, end)),
          blockStart(step, block),
          end,
        ),
      },
    };
    row = rowEnd;
  }
}

function rangesUntil(ranges: readonly TimeRange[], first: number, end: number): number {
  let count = 0;
  while (first + count < ranges.length && (ranges[first + count] as TimeRange).from < end) count += 1;
  return count;
}
