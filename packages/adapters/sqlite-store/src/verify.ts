import { StoreCorruptError, type StoreFault, StoreUnusableError, type VerifyReport } from '@prate/candle-store-port';
import { InvalidInputError } from '@prate/domain';
import { validateColumns } from '@prate/domain/candles';
import { blockEnd, blockStart } from './block/grid.ts';
import type { BlockRow, CandleDatabase, Stream } from './database.ts';
import { decodeStored } from './decode-stored.ts';
import { mapSqliteError } from './map-sqlite-error.ts';

/** Reads everything, and tells all damage rather than throwing it. */
export function verifyAll(database: CandleDatabase): VerifyReport {
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
  attempt(somewhere, () => {
    for (const problem of database.integrityProblems()) faults.push({ ...somewhere, problem: `SQLite: ${problem}` });
  });
  const everything = (): void => {
    for (const stream of database.allStreams()) {
      const { series, step } = stream;
      attempt({ series, step, range: null }, () => {
        for (const row of database.blocks(stream)) {
          blocks += 1;
          const range = { from: blockStart(step, row.block), to: blockEnd(step, row.block) };
          attempt({ series, step, range }, () => {
            const sound = soundRows(stream, row);
            if (!stream.isLevel) rows += sound;
          });
        }
      });
    }
  };
  attempt(somewhere, () => database.snapshot(everything));
  attempt(somewhere, () => {
    const lost = database.stats().blocks - blocks;
    if (lost > 0) faults.push({ ...somewhere, problem: `${lost} blocks belong to no stream: their series is lost` });
  });
  return { blocks, rows, faults };
}

/** How many rows the block holds. @throws StoreCorruptError or InvalidRowError when it is damaged */
function soundRows(stream: Stream, row: BlockRow): number {
  const base = decodeStored(stream, row);
  validateColumns(base.rows);
  const { length } = base.rows;
  if (length !== row.rows) throw new StoreCorruptError(`it says ${row.rows} rows and holds ${length}`);
  return length;
}

/** Whether an error tells of what is stored, rather than of a file that cannot be read now. */
function isDamage(error: unknown): error is Error {
  const known = mapSqliteError(error, 'the file');
  return (
    known instanceof StoreCorruptError || known instanceof StoreUnusableError || known instanceof InvalidInputError
  );
}
