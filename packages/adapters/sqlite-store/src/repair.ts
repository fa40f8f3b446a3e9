import { StoreCorruptError } from '@prate/candle-store-port';
import { clipRanges, type Interval, InvalidInputError, type Series, seriesKey, type TimeRange } from '@prate/domain';
import { type CandleBase, lowerBound, sliceColumns } from '@prate/domain/candles';
import { blockEnd, blockStart } from './block/grid.ts';
import type { CandleDatabase, Stream } from './database.ts';
import { type GatheredBatch, partsOf } from './gather.ts';
import { GROUPS, type Journal, openGroup } from './journal/journal.ts';
import { levelAbove, updateLevels } from './levels.ts';
import { readBase } from './read-base.ts';
import { writeParts } from './stream-writes.ts';
import { ensureSound, soundBatches, soundRows } from './verify.ts';

/** Something that could not be read, and is no longer there. */
export interface Dropped {
  /** Null where it is not known. */
  readonly series: Series | null;
  readonly step: Interval | null;
  readonly range: TimeRange | null;
  readonly problem: string;
  /** The interval at which its candles are still there; null: they are lost. */
  readonly kept: Interval | null;
}

interface DamagedBlock {
  readonly stream: Stream;
  readonly block: number;
  readonly range: TimeRange;
  readonly problem: string;
}

/**
 * Drops what cannot be read, so that everything else can be read and written again; within one write transaction.
 *
 * Of seconds, the minutes or hours that were kept beside them take their place; minutes and hours that were kept beside
 * sound rows are made anew.
 * @throws StoreCorruptError where the file's own structure is damaged: what to drop is not known then
 */
export function repairAll(database: CandleDatabase, journal: Journal, file: string): Dropped[] {
  const [problem] = database.integrityProblems();
  if (problem !== undefined) {
    throw new StoreCorruptError(
      `${file}: its structure is damaged, so that nobody can tell what to drop (SQLite: ${problem.replaceAll('\n', ' ')}); ` +
        "what can be read can be exported into another database, and SQLite's own .recover may find more",
    );
  }
  const dropped = dropJournalRows(database, journal);
  for (const blocks of damagedBlocks(database).values()) dropped.push(...dropBlocks(database, blocks));
  const strays = database.deleteStrays();
  if (strays > 0) {
    const text = `${strays} blocks belonged to no stream`;
    dropped.push({ series: null, step: null, range: null, problem: text, kept: null });
  }
  journal.foldAll(); // what waited over the damage
  return dropped;
}

/** Rows that hold some that is sound keep that. */
function dropJournalRows(database: CandleDatabase, journal: Journal): Dropped[] {
  const dropped: Dropped[] = [];
  for (let group = 0; group < GROUPS; group += 1) {
    for (const row of database.journalRows(GROUPS, group)) {
      const problem = damageOf(() => ensureSound(database, row));
      if (problem === null) continue;
      const { entries } = openGroup([row]);
      const sound = [...entries].filter(([id, list]) => damageOf(() => soundBatches(database, row, id, list)) === null);
      journal.deleteAllBut(row, new Set(sound.map(([id]) => id)));
      const isWhole = entries.size > 0 && sound.length === entries.size; // but for its time, which is mended
      const range = { from: row.from, to: row.to };
      if (!isWhole) dropped.push({ series: null, step: null, range, problem, kept: null });
    }
  }
  return dropped;
}

/** By series. */
function damagedBlocks(database: CandleDatabase): Map<string, DamagedBlock[]> {
  const damaged = new Map<string, DamagedBlock[]>();
  for (const stream of database.allStreams()) {
    for (const row of database.blocks(stream)) {
      const problem = damageOf(() => soundRows(stream, row));
      if (problem === null) continue;
      const { block } = row;
      const range = { from: blockStart(stream.step, block), to: blockEnd(stream.step, block) };
      const key = seriesKey(stream.series);
      const ofSeries = damaged.get(key) ?? [];
      ofSeries.push({ stream, block, range, problem });
      damaged.set(key, ofSeries);
    }
  }
  return damaged;
}

/** Those of one series. */
function dropBlocks(database: CandleDatabase, damaged: readonly DamagedBlock[]): Dropped[] {
  const dropped: Dropped[] = [];
  const left: GatheredBatch[] = [];
  for (const each of damaged) {
    const { stream, range, problem } = each;
    const { series, step, isLevel } = stream;
    const coarser = isLevel ? null : coarserRows(database, each, damaged);
    if (coarser !== null) left.push(coarser);
    dropped.push({ series, step, range, problem, kept: isLevel ? step : (coarser?.step ?? null) });
  }
  for (const { stream, block } of damaged) database.deleteBlock(stream, block);
  const { series } = (damaged[0] as DamagedBlock).stream;
  const ranges = damaged.map(({ range }) => range);
  updateLevels(database, series, ranges);
  writeParts(database, series, partsOf(series, left));
  return dropped;
}

/** What the finest sound level says of a damaged block of rows; null where none says anything. */
function coarserRows(
  database: CandleDatabase,
  { stream: { series, step }, range: { from, to } }: DamagedBlock,
  damaged: readonly DamagedBlock[],
): GatheredBatch | null {
  for (let above = levelAbove(step); above !== null; above = levelAbove(above)) {
    const level = database.level(series, above);
    const isSound = ({ stream, range }: DamagedBlock): boolean =>
      stream.id !== level?.id || range.to <= from || range.from >= to;
    if (level !== null && damaged.every(isSound)) return cut(readBase(database, level, from, to), from, to);
  }
  return null;
}

function cut({ rows, observed }: CandleBase, from: number, to: number): GatheredBatch | null {
  const part = sliceColumns(rows, lowerBound(rows.openTime, from), lowerBound(rows.openTime, to));
  const watched = clipRanges(observed, from, to);
  if (part.length === 0 && watched.length === 0) return null;
  return { step: rows.interval, base: { rows: part, observed: watched } };
}

/** What is damaged of what is read; null: nothing. An error that tells of the disk is no damage. */
function damageOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof StoreCorruptError || error instanceof InvalidInputError) return error.message;
    throw error;
  }
}
