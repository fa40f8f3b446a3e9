import { StoreCorruptError } from '@prate/candle-store-port';
import { type Interval, InvalidInputError, type Series, seriesKey, type TimeRange } from '@prate/domain';
import { blockEnd, blockStart } from './block/grid.ts';
import type { CandleDatabase, Stream } from './database.ts';
import { type GatheredBatch, MAX_TIME_MS, spanOf } from './gather.ts';
import { GROUPS, type Journal, openGroup } from './journal/journal.ts';
import { keepLevels } from './keep-levels.ts';
import { storedRanges, updateLevels } from './levels.ts';
import { mapSqliteError } from './map-sqlite-error.ts';
import { ensureSound, rowsIn, soundBatches } from './verify.ts';

/** Something that could not be read, and is no longer there. */
export interface Dropped {
  /** Null where it is not known. */
  readonly series: Series | null;
  readonly step: Interval | null;
  readonly range: TimeRange | null;
  readonly problem: string;
  /** Minutes or hours that are kept beside finer candles: they were made anew of what is left of these. */
  readonly isLevel: boolean;
  /** The intervals at which candles that had been kept beside it have taken its place, in a part of its time at least. */
  readonly kept: readonly Interval[];
}

interface DamagedBlock {
  readonly stream: Stream;
  readonly block: number;
  /** Null where its number is none that can be written. */
  readonly range: TimeRange | null;
  readonly problem: string;
}

/**
 * Drops what cannot be read, so that everything else can be read and written again; within one write transaction.
 *
 * Minutes and hours that were kept beside what is gone become rows; then these levels are made anew.
 * @throws StoreCorruptError where the file's own structure is damaged: what to drop is not known then
 */
export function repairAll(database: CandleDatabase, journal: Journal, file: string): Dropped[] {
  ensureStructure(database, file);
  const dropped = dropJournalRows(database, journal);
  const damaged = damagedBlocks(database);
  for (const { stream, block } of damaged) database.deleteBlock(stream, block);
  const strays = database.deleteStrays();
  const kept = damaged.length + strays > 0 ? keepAllLevels(database, damaged) : new Map<string, GatheredBatch[]>();
  dropped.push(...damaged.map((each) => droppedBlock(each, kept)));
  if (strays > 0) dropped.push({ ...UNKNOWN_PLACE, problem: `${strays} blocks belonged to no stream` });
  journal.foldAll(); // what waited over the damage
  return dropped;
}

const UNKNOWN_PLACE = { series: null, step: null, range: null, isLevel: false, kept: [] } as const;

/** @throws StoreCorruptError where SQLite itself, or the table of series, is damaged */
function ensureStructure(database: CandleDatabase, file: string): void {
  const problem = damageOf(() => {
    const [found] = database.integrityProblems();
    if (found !== undefined) throw new StoreCorruptError(`SQLite: ${found.replaceAll('\n', ' ')}`);
    database.allStreams();
  });
  if (problem === null) return;
  throw new StoreCorruptError(
    `${file}: its structure is damaged, so that nobody can tell what to drop (${problem}); ` +
      "what can be read can be exported into another database, and SQLite's own .recover may find more",
  );
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
      if (!isWhole) dropped.push({ ...UNKNOWN_PLACE, range: possible({ from: row.from, to: row.to }), problem });
    }
  }
  return dropped;
}

/** Mends the number of rows of blocks that are sound. */
function damagedBlocks(database: CandleDatabase): DamagedBlock[] {
  const damaged: DamagedBlock[] = [];
  for (const stream of database.allStreams()) {
    const { step } = stream;
    for (const row of database.blocks(stream)) {
      const { block, body } = row;
      const problem = damageOf(() => {
        const rows = rowsIn(stream, row);
        if (rows !== row.rows) database.putBlock(stream, { block, rows, body });
      });
      if (problem === null) continue;
      const range = possible({ from: blockStart(step, block), to: blockEnd(step, block) });
      damaged.push({ stream, block, range, problem });
    }
  }
  return damaged;
}

const possible = (range: TimeRange): TimeRange | null =>
  Math.max(Math.abs(range.from), Math.abs(range.to)) <= MAX_TIME_MS ? range : null;

/** Of every series: a block may have been found where it does not belong. Returns what became rows, by series. */
function keepAllLevels(database: CandleDatabase, damaged: readonly DamagedBlock[]): Map<string, GatheredBatch[]> {
  const holes = new Map<number, TimeRange[]>();
  for (const { stream, range } of damaged) {
    if (range !== null) holes.set(stream.id, [...(holes.get(stream.id) ?? []), range]);
  }
  const hurt = damaged.map(({ stream }) => stream.series);
  const hurtKeys = new Set(hurt.map(seriesKey));
  const kept = new Map<string, GatheredBatch[]>();
  for (const series of [...hurt, ...database.allStreams().map((stream) => stream.series)]) {
    const key = seriesKey(series);
    if (kept.has(key)) continue;
    const left = keepLevels(database, series, holes);
    kept.set(key, left);
    if (left.length > 0 || hurtKeys.has(key))
      updateLevels(database, series, storedRanges(database, database.streams(series)));
  }
  return kept;
}

function droppedBlock(
  { stream: { series, step, isLevel }, range, problem }: DamagedBlock,
  kept: ReadonlyMap<string, readonly GatheredBatch[]>,
): Dropped {
  const inRange = (kept.get(seriesKey(series)) ?? []).filter(({ base }) => {
    const { from, to } = spanOf(base);
    return range !== null && from < range.to && to > range.from;
  });
  const steps = new Map(inRange.map((batch) => [batch.step.text, batch.step]));
  return { series, step, range, problem, isLevel, kept: isLevel ? [] : [...steps.values()] };
}

/** What is damaged of what is read; null: nothing. An error that tells of the disk is no damage. */
function damageOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    const known = mapSqliteError(error, 'it');
    if (known instanceof StoreCorruptError || known instanceof InvalidInputError) return known.message;
    throw error;
  }
}
