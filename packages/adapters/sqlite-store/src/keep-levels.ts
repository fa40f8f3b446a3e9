import { bucketCeil, bucketOpen, normalizeRanges, type Series, subtractRanges, type TimeRange } from '@prate/domain';
import { type CandleBase, ColumnsWriter, levelOf, rowAt, scalesOf } from '@prate/domain/candles';
import { blockEnd, blockStart } from './block/grid.ts';
import type { Blocks, Stream, WritableBlocks } from './blocks.ts';
import { decodeStored } from './decode-stored.ts';
import { type GatheredBatch, partsOf } from './gather.ts';
import { LEVELS, madeOf, remakeLevel } from './levels.ts';
import { readBase } from './read-base.ts';
import { writeParts } from './stream-writes.ts';

/**
 * After blocks of a series were dropped: what its levels still say, and nothing finer does any more, becomes rows of their
 * steps. Of a sound series that is nothing.
 * @param holes where blocks of the levels themselves were dropped, by the id of the level
 */
export function keepLevels(
  database: WritableBlocks,
  series: Series,
  holes: ReadonlyMap<number, readonly TimeRange[]>,
): GatheredBatch[] {
  const kept: GatheredBatch[] = [];
  for (const step of LEVELS) {
    const level = database.level(series, step);
    if (level === null) continue;
    remakeLevel(database, level, holes.get(level.id) ?? []);
    const left = unexplained(database, level);
    writeParts(database, series, partsOf(series, left));
    kept.push(...left);
  }
  return kept;
}

/** What a level says beyond what it would say if it were made now, block by block. */
function unexplained(database: Blocks, level: Stream): GatheredBatch[] {
  const { step } = level;
  const left: GatheredBatch[] = [];
  for (const row of database.blocks(level)) {
    const [from, to] = [blockStart(step, row.block), blockEnd(step, row.block)];
    const bases = madeOf(database, level).map((stream) => readBase(database, stream, from, to));
    const base = beyond(decodeStored(level, row), levelOf(bases, step, from, to));
    if (base.rows.length > 0 || base.observed.length > 0) left.push({ step, base });
  }
  return left;
}

/**
 * The rows that were watched longer than what there is in their slots now. Of slots without a row only those that were
 * watched whole: of others a level does not tell when.
 */
function beyond(stored: CandleBase, now: CandleBase): CandleBase {
  const { rows } = stored;
  const { interval, openTime, coverage } = rows;
  const out = new ColumnsWriter(scalesOf(rows), rows.length);
  const watched: TimeRange[] = [];
  for (let i = 0; i < rows.length; i += 1) {
    const open = openTime[i] as number;
    const at = rowAt(now, open);
    if (at >= 0 && (now.rows.coverage[at] as number) >= (coverage[i] as number)) continue;
    out.append(rows, i, i + 1);
    watched.push({ from: open, to: open + (coverage[i] as number) * 1000 });
  }
  const whole = stored.observed
    .map(({ from, to }) => ({ from: bucketCeil(interval, from), to: bucketOpen(interval, to) }))
    .filter(({ from, to }) => from < to);
  return {
    rows: out.finish(interval),
    observed: normalizeRanges([...watched, ...subtractRanges(whole, now.observed)]),
  };
}
