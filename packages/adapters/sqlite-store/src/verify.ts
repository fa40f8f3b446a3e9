import { StoreCorruptError, type StoreFault, StoreUnusableError, type VerifyReport } from '@prate/candle-store-port';
import { InvalidInputError } from '@prate/domain';
import { validateColumns } from '@prate/domain/candles';
import type { CallOptions } from '@prate/runtime';
import { blockEnd, blockStart } from './block/grid.ts';
import type { BlockRow, CandleDatabase, JournalRow, Stream } from './database.ts';
import { decodeStored } from './decode-stored.ts';
import { type GatheredBatch, spanOf } from './gather.ts';
import type { FoldedView } from './journal/folded-view.ts';
import { batchesOf, GROUPS, groupOf, openGroup, rowText, streamOf } from './journal/journal.ts';
import type { JournalEntry } from './journal/read-row.ts';
import { mapSqliteError } from './map-sqlite-error.ts';

export interface VerifyOptions extends CallOptions {
  /** Told now and then how many of the file's blocks have been read, and of how many; at most a thousand times. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How often progress is told at most. */
const PARTS = 1000;

/** Reads everything, the journal too, and tells all damage rather than throwing it. Rows and blocks count as if folded. */
export function verifyAll(
  database: CandleDatabase,
  folded: FoldedView,
  onProgress: VerifyOptions['onProgress'] = () => {},
): VerifyReport {
  const faults: StoreFault[] = [];
  const attempt = (where: Omit<StoreFault, 'problem'>, work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      faults.push({ ...where, problem: error.message });
    }
  };
  const somewhere = { series: null, step: null, range: null };
  let [blocks, rows] = [0, 0];
  let growth = { rows: 0, blocks: 0 };
  attempt(somewhere, () => {
    for (const problem of database.integrityProblems()) faults.push({ ...somewhere, problem: `SQLite: ${problem}` });
  });
  const everything = (): void => {
    const total = database.stats().blocks;
    const part = Math.ceil(total / PARTS);
    for (const stream of database.allStreams()) {
      const { series, step } = stream;
      attempt({ series, step, range: null }, () => {
        for (const row of database.blocks(stream)) {
          blocks += 1;
          if (blocks % part === 0) onProgress(blocks, total);
          const range = { from: blockStart(step, row.block), to: blockEnd(step, row.block) };
          attempt({ series, step, range }, () => {
            const sound = soundRows(stream, row);
            if (!stream.isLevel) rows += sound;
          });
        }
      });
    }
  };
  const journal = (): void => {
    for (let group = 0; group < GROUPS; group += 1) {
      for (const row of database.journalRows(GROUPS, group)) {
        const where = { series: null, step: null, range: { from: row.from, to: row.to } };
        attempt(where, () => ensureSound(database, row));
      }
    }
    folded.refresh();
    growth = folded.growth();
  };
  const lost = (): void => {
    const count = database.stats().blocks - blocks;
    if (count > 0) faults.push({ ...somewhere, problem: `${count} blocks belong to no stream: their series is lost` });
  };
  attempt(somewhere, () =>
    database.snapshot(() => {
      for (const part of [everything, lost, journal]) attempt(somewhere, part);
    }),
  );
  return { blocks: blocks + growth.blocks, rows: rows + growth.rows, faults };
}

/** How many rows the block holds. @throws StoreCorruptError or InvalidRowError when it is damaged */
export function rowsIn(stream: Stream, row: BlockRow): number {
  const { rows } = decodeStored(stream, row);
  validateColumns(rows);
  return rows.length;
}

/** The same, and that it says so itself. */
function soundRows(stream: Stream, row: BlockRow): number {
  const length = rowsIn(stream, row);
  if (length !== row.rows) throw new StoreCorruptError(`it says ${row.rows} rows and holds ${length}`);
  return length;
}

/** @throws StoreCorruptError or InvalidRowError when a row of the journal is damaged */
export function ensureSound(database: CandleDatabase, row: JournalRow): void {
  const { entries, lost } = openGroup([row]);
  for (const { problem } of lost) throw new StoreCorruptError(problem);
  const told = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  for (const [streamId, list] of entries) {
    for (const { base } of soundBatches(database, row, streamId, list)) {
      const span = spanOf(base);
      told.from = Math.min(told.from, span.from);
      told.to = Math.max(told.to, span.to);
    }
  }
  if (told.from !== row.from || told.to !== row.to) {
    throw new StoreCorruptError(`${rowText(row)} holds candles of another time`);
  }
}

/** What a row of the journal holds of one stream. @throws as ensureSound */
export function soundBatches(
  database: CandleDatabase,
  row: JournalRow,
  streamId: number,
  entries: readonly JournalEntry[],
): GatheredBatch[] {
  const stream = streamOf(database, streamId);
  if (groupOf(stream.series) !== row.id % GROUPS) throw new StoreCorruptError(`${rowText(row)} is in a wrong place`);
  const batches = batchesOf(entries, stream);
  for (const { base } of batches) validateColumns(base.rows);
  return batches;
}

/** Whether an error tells of what is stored, rather than of a file that cannot be read now. */
function isDamage(error: unknown): error is Error {
  const known = mapSqliteError(error, 'the file');
  return (
    known instanceof StoreCorruptError || known instanceof StoreUnusableError || known instanceof InvalidInputError
  );
}
