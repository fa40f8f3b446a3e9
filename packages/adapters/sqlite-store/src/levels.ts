/**
 * Levels: the minutes and hours of a series, made on every write and kept beside its finer rows, so that a query reads the
 * coarsest level that divides its interval and its cost is that of its answer.
 *
 * A level at step L stands for everything stored at steps up to L. That is exact where the steps of the series, with L among
 * them, each divide the next; other series (a 7 s feed beside minutes) have no level at L. A level says of a slot how much
 * of it was watched, not when: flat rows, which need to know, are made from the rows themselves.
 */
import {
  bucketCeil,
  bucketOpen,
  divides,
  type Interval,
  normalizeRanges,
  type Series,
  subtractRanges,
  type TimeRange,
  toInterval,
} from '@prate/domain';
import {
  type CandleBase,
  ColumnsWriter,
  emptyColumns,
  levelOf,
  lowerBound,
  scalesOf,
  sliceColumns,
} from '@prate/domain/candles';
import { blockEnd, blockNumber, blockStart } from './block/grid.ts';
import type { Blocks, Stream, WritableBlocks } from './blocks.ts';
import { decodeStored } from './decode-stored.ts';
import { foldStream } from './fold-stream.ts';
import { mergeBlock } from './merge-block.ts';
import { putBase } from './put-base.ts';
import { readBase } from './read-base.ts';

export const LEVELS: readonly Interval[] = [toInterval('1m'), toInterval('1h')];

/** The streams that answer a query without flat rows at an interval, finest first. */
export function streamsFor(database: Blocks, series: Series, interval: Interval): Stream[] {
  const streams = database.streams(series);
  for (const step of LEVELS.toReversed()) {
    if (!divides(step, interval)) continue;
    const level = database.level(series, step);
    if (level !== null) return [level, ...streams.filter((stream) => isCoarser(stream.step, step))];
  }
  return streams;
}

/** The level that is made of a stream of this step; null where none is. */
export const levelAbove = (step: Interval): Interval | null =>
  LEVELS.find((level) => isCoarser(level, step) && divides(step, level)) ?? null;

/** Blocks by number that are folded to levelAbove of their step already, by the id of their stream. */
export type KnownFolds = ReadonlyMap<number, ReadonlyMap<number, CandleBase>>;

/** Makes the levels agree with what was written in the `touched` time. Within the write's transaction. */
export function updateLevels(
  database: WritableBlocks,
  series: Series,
  touched: readonly TimeRange[],
  known: KnownFolds = new Map(),
): void {
  const streams = database.streams(series);
  let below: Stream | null = null;
  for (const step of LEVELS) {
    if (!isNested(streams, step)) {
      database.dropLevel(series, step);
      continue;
    }
    const stored = database.level(series, step);
    const level = stored ?? database.makeLevel(series, step);
    const bases = basesOf(streams, below, step);
    const stale = stored === null ? storedRanges(database, bases) : touched;
    for (const range of slotsOf(stale, step)) rewrite(database, level, bases, range, known);
    below = level;
  }
}

const isCoarser = (a: Interval, b: Interval): boolean => (a.seconds as number) > (b.seconds as number);

/** Whether a level at the step is of use and exact: something is finer, and each step divides the next. */
function isNested(streams: readonly Stream[], level: Interval): boolean {
  const finer = streams.filter((stream) => isCoarser(level, stream.step));
  const others = streams.filter((stream) => isCoarser(stream.step, level));
  const steps = [...finer.map(({ step }) => step), level, ...others.map(({ step }) => step)];
  return finer.length > 0 && steps.every((step, i) => i === 0 || divides(steps[i - 1] as Interval, step));
}

/** The time that the blocks of streams stand for, from their first to their last. */
export function storedRanges(database: Blocks, streams: readonly Stream[]): TimeRange[] {
  return streams.flatMap((stream) => {
    const bounds = database.blockBounds(stream);
    return bounds === null
      ? []
      : [{ from: blockStart(stream.step, bounds.first), to: blockEnd(stream.step, bounds.last) }];
  });
}

/** What a level at a step is made of: the level below it, and what is stored at coarser steps up to its own. */
function basesOf(streams: readonly Stream[], below: Stream | null, step: Interval): Stream[] {
  const bases = streams.filter((stream) => !isCoarser(stream.step, step));
  return below === null ? bases : [below, ...bases.filter((stream) => isCoarser(stream.step, below.step))];
}

/** The same of a level that is stored. */
export function madeOf(database: Blocks, { series, step }: Stream): Stream[] {
  const below = LEVELS.filter((each) => isCoarser(step, each)).at(-1);
  return basesOf(database.streams(series), below === undefined ? null : database.level(series, below), step);
}

/** Makes stretches of one level anew, of what is there. */
export function remakeLevel(database: WritableBlocks, level: Stream, ranges: readonly TimeRange[]): void {
  const bases = madeOf(database, level);
  for (const range of slotsOf(ranges, level.step)) rewrite(database, level, bases, range, new Map());
}

/** The ranges grown to whole slots, and cut where a block of the level begins: what is made at once has a bound. */
function* slotsOf(ranges: readonly TimeRange[], step: Interval): Generator<TimeRange> {
  const grown = ranges.map(({ from, to }) => ({ from: bucketOpen(step, from), to: bucketCeil(step, to) }));
  for (const { from, to } of normalizeRanges(grown)) {
    for (let at = from; at < to; ) {
      const end = Math.min(to, blockEnd(step, blockNumber(step, at)));
      yield { from: at, to: end };
      at = end;
    }
  }
}

/** One stretch within one block of the level, made anew. */
function rewrite(
  database: WritableBlocks,
  level: Stream,
  streams: readonly Stream[],
  { from, to }: TimeRange,
  known: KnownFolds,
): void {
  const fresh =
    folded(database, level, streams, from, to, known) ??
    levelOf(
      streams.map((stream) => readBase(database, stream, from, to)),
      level.step,
      from,
      to,
    );
  const block = blockNumber(level.step, from);
  const stored = database.block(level, block);
  const base = stored === null ? fresh : mergeBlock(without(decodeStored(level, stored), from, to), fresh).base;
  if (base.rows.length > 0 || base.observed.length > 0) putBase(database, level, block, base);
  else database.deleteBlock(level, block);
}

/** What levelOf makes of one stream alone, without laying out its rows; null where there is a choice to be made. */
function folded(
  database: Blocks,
  level: Stream,
  streams: readonly Stream[],
  from: number,
  to: number,
  known: KnownFolds,
): CandleBase | null {
  const [only, ...others] = streams.filter((stream) => hasBlocks(database, stream, from, to));
  if (only === undefined || others.length > 0) return null;
  const isAbove = levelAbove(only.step)?.text === level.step.text;
  const stretch = foldStream(database, only, level.step, from, to, null, isAbove ? known.get(only.id) : undefined);
  if (stretch === null || stretch.to < to) return null;
  return { rows: stretch.columns, observed: watchedPerSlot(stretch.observed, level.step) };
}

function hasBlocks(database: Blocks, stream: Stream, from: number, to: number): boolean {
  const next = database.nextBlock(stream, blockNumber(stream.step, from));
  return next !== null && blockStart(stream.step, next) < to;
}

/** Watched time as levels tell it: of each slot how much, as if from its open on. */
function watchedPerSlot(observed: readonly TimeRange[], step: Interval): TimeRange[] {
  const seconds = new Map<number, number>();
  const ranges: TimeRange[] = [];
  const add = (from: number, to: number): void => {
    const open = bucketOpen(step, from);
    seconds.set(open, (seconds.get(open) ?? 0) + to - from);
  };
  for (const { from, to } of observed) {
    const [first, last] = [bucketCeil(step, from), bucketOpen(step, to)];
    if (first > last) {
      add(from, to);
      continue;
    }
    if (from < first) add(from, first);
    if (first < last) ranges.push({ from: first, to: last });
    if (last < to) add(last, to);
  }
  for (const [open, ms] of seconds) ranges.push({ from: open, to: open + ms });
  return normalizeRanges(ranges);
}

/** A base without the rows that open in `[from, to)`, and without that time. */
function without({ rows, observed }: CandleBase, from: number, to: number): CandleBase {
  const [start, end] = [lowerBound(rows.openTime, from, rows.length), lowerBound(rows.openTime, to, rows.length)];
  const left = subtractRanges(observed, [{ from, to }]);
  if (start === 0 && end === rows.length) return { rows: emptyColumns(rows.interval), observed: left };
  if (end === start) return { rows, observed: left };
  if (start === 0) return { rows: sliceColumns(rows, end, rows.length), observed: left };
  const out = new ColumnsWriter(scalesOf(rows), rows.length);
  out.append(rows, 0, start);
  out.append(rows, end, rows.length);
  return { rows: out.finish(rows.interval), observed: left };
}
