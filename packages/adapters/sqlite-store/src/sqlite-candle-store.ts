import { existsSync } from 'node:fs';
import {
  type CandleBatch,
  type CandleQuery,
  type CandleStorePort,
  type CoverageQuery,
  type ReadColumnsOptions,
  type SeriesBatch,
  type SeriesCoverage,
  StoreClosedError,
  type StoreStats,
  type VerifyReport,
  type WriteResult,
} from '@prate/candle-store-port';
import {
  InvalidInputError,
  PrateError,
  type Series,
  type SeriesInput,
  seriesKey,
  toInterval,
  toSeries,
} from '@prate/domain';
import type { CandleColumns } from '@prate/domain/candles';
import { abortable, type CallOptions } from '@prate/runtime';
import type { Blocks, Stream } from './blocks.ts';
import { CandleDatabase } from './database.ts';
import { type BlockPart, gatherBatch, packedParts } from './gather.ts';
import { FoldedView } from './journal/folded-view.ts';
import { Journal } from './journal/journal.ts';
import { streamsFor } from './levels.ts';
import { mapSqliteError } from './map-sqlite-error.ts';
import { type Dropped, repairAll } from './repair.ts';
import { streamCoverage } from './stream-coverage.ts';
import { deleteSeries, writeParts } from './stream-writes.ts';
import { type VerifyOptions, verifyAll } from './verify.ts';
import { WindowReader } from './window-reader.ts';

export interface StoreOptions {
  /**
   * What acknowledged writes survive. `kill`: the end of the process, however it comes; a power cut may take the last
   * commits, which are in order, so what is left is a moment before it. `power-cut`: that too, for a wait for the disk on
   * every commit (SQLite's `synchronous = FULL`). Nothing damages the file in either. Default `kill`.
   */
  readonly survives?: 'kill' | 'power-cut' | undefined;
}

const SURVIVED: readonly unknown[] = ['kill', 'power-cut'];

/** From so many rows on a write is a long one: a day of seconds. */
const LONG_WRITE_ROWS = 86_400;

/**
 * Candles in one SQLite file, in compressed blocks per series and step.
 *
 * SQLite's driver works in the calling thread: a call that reads or writes a lot keeps the event loop busy meanwhile, so
 * a session that must not miss a beat takes WorkerCandleStore. Several processes may use one file at a time.
 */
export class SqliteCandleStore implements CandleStorePort {
  /** As it was opened. */
  readonly file: string;
  #database: CandleDatabase | null;
  readonly #journal: Journal;
  readonly #folded: FoldedView;
  /** Whether this store has appended: only then is folding the journal its business. */
  #appended = false;

  private constructor(file: string, database: CandleDatabase) {
    this.file = file;
    this.#database = database;
    this.#journal = new Journal(database);
    this.#folded = new FoldedView(database);
  }

  /**
   * Opens the file, or makes it; its folder must be there. `':memory:'` keeps everything in memory.
   * @throws InvalidInputError, StoreUnusableError (`STORE_UNUSABLE`), StoreBusyError (`STORE_BUSY`), StoreFullError (`STORE_FULL`)
   */
  static open(file: string, { survives = 'kill' }: StoreOptions = {}): SqliteCandleStore {
    if (!SURVIVED.includes(survives)) {
      throw new InvalidInputError(`survives must be kill or power-cut, not ${String(survives)}`);
    }
    try {
      return new SqliteCandleStore(file, new CandleDatabase(file, survives === 'power-cut' ? 'FULL' : 'NORMAL'));
    } catch (error) {
      throw mapSqliteError(error, file);
    }
  }

  /** Does the work on the open database, in the words of the port when it fails. */
  #use<T>(options: CallOptions | undefined, work: (database: CandleDatabase) => T): T {
    options?.signal?.throwIfAborted();
    if (this.#database === null) throw new StoreClosedError(`${this.file} was closed`);
    try {
      return work(this.#database);
    } catch (error) {
      throw mapSqliteError(error, this.file);
    }
  }

  /** The same on what is stored at one moment, the journal included. */
  #look<T>(options: CallOptions | undefined, work: (folded: FoldedView, database: CandleDatabase) => T): T {
    return this.#use(options, (database) =>
      database.snapshot(() => {
        this.#folded.refresh();
        return work(this.#folded, database);
      }),
    );
  }

  /** The same in one write transaction. */
  #change<T>(options: CallOptions | undefined, work: (database: CandleDatabase) => T, isLong = false): T {
    return this.#use(options, (database) => {
      try {
        return database.write(() => work(database), isLong);
      } catch (error) {
        this.#journal.forget();
        throw error;
      }
    });
  }

  async write(
    seriesInput: SeriesInput,
    batches: CandleBatch | Iterable<CandleBatch> | AsyncIterable<CandleBatch>,
    options?: CallOptions,
  ): Promise<WriteResult> {
    const series = toSeries(seriesInput);
    this.#use(options, () => undefined);
    const parts: BlockPart[] = [];
    for await (const batch of abortable('columns' in batches ? [batches] : batches, options?.signal)) {
      parts.push(...packedParts(series, batch));
    }
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    const lay = (database: CandleDatabase): WriteResult => {
      this.#journal.foldFor(series);
      return writeParts(database, series, parts);
    };
    return this.#change(options, lay, rows >= LONG_WRITE_ROWS);
  }

  async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
    const gathered = batches.map((batch) => ({ series: toSeries(batch.series), batch: gatherBatch(batch) }));
    this.#change(options, () => this.#journal.append(gathered));
    this.#appended = true;
  }

  async *read(query: CandleQuery, options?: CallOptions): AsyncGenerator<CandleColumns> {
    const windows = this.#look(options, (folded) => reader(folded, query).windows());
    for (;;) {
      const next = this.#look(options, () => windows.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  async readColumns(query: CandleQuery, options?: ReadColumnsOptions): Promise<CandleColumns> {
    return this.#look(options, (folded) => reader(folded, query).columns(options?.into ?? null));
  }

  async series(options?: CallOptions): Promise<readonly Series[]> {
    return this.#look(options, (folded) => {
      const found = new Map(folded.streams().map(({ series }) => [seriesKey(series), series]));
      return [...found.values()].sort(bySeries);
    });
  }

  async coverage(query: CoverageQuery = {}, options?: CallOptions): Promise<readonly SeriesCoverage[]> {
    const { from = -Infinity, to = Infinity } = query;
    const series = query.series === undefined ? undefined : toSeries(query.series);
    ensureTimes(from, to);
    return this.#look(options, (folded) =>
      folded
        .streams(series)
        .sort((a, b) => bySeries(a.series, b.series)) // which keeps the finest first
        .map((stream) => streamCoverage(folded, stream, from, to))
        .filter(({ rows, observed }) => rows > 0 || observed.length > 0),
    );
  }

  async delete(
    { series, from, to }: { readonly series: SeriesInput; readonly from: number; readonly to: number },
    options?: CallOptions,
  ): Promise<number> {
    const key = toSeries(series);
    ensureTimes(from, to);
    return this.#change(options, (database) => {
      this.#journal.foldFor(key);
      return deleteSeries(database, key, from, to);
    });
  }

  async verify(options?: VerifyOptions): Promise<VerifyReport> {
    return this.#use(options, (database) => verifyAll(database, this.#folded, options?.onProgress));
  }

  /**
   * Drops what `verify` finds damaged, for good, so that the rest can be read and written again: a block is an hour of
   * seconds, a day of minutes or 32 days of hours of one series, or a part of the journal. Where minutes or hours were kept
   * beside it, these take its place. All of it, or nothing; a sound store stays as it is.
   * @throws StoreCorruptError where SQLite finds the file's own structure damaged; StoreBusyError, StoreFullError
   */
  async repair(options?: CallOptions): Promise<readonly Dropped[]> {
    return this.#change(options, (database) => repairAll(database, this.#journal, this.file));
  }

  /**
   * Copies the store as it is at one moment, damage too, to a file that is not there yet; other processes may write meanwhile.
   * @throws InvalidInputError where there is such a file; StoreUnusableError, StoreFullError
   */
  async copyTo(file: string): Promise<void> {
    if (file === '') throw new InvalidInputError('a copy needs the name of a file');
    if (existsSync(file)) throw new InvalidInputError(`${file} is there already: a copy needs a new name`);
    try {
      await this.#use(undefined, (database) => database.copyTo(file));
    } catch (error) {
      throw mapSqliteError(error, file);
    }
  }

  async stats(options?: CallOptions): Promise<StoreStats> {
    return this.#look(options, (folded, database) => {
      const { bytes, rows, blocks } = database.stats();
      const growth = folded.growth();
      const series = new Set(folded.streams().map((stream) => seriesKey(stream.series))).size;
      return { bytes, rows: rows + growth.rows, blocks: blocks + growth.blocks, series };
    });
  }

  async close(): Promise<void> {
    const database = this.#database;
    if (database === null) return;
    try {
      if (this.#appended) this.#change(undefined, () => this.#journal.foldAll());
    } catch (error) {
      // no room, a lock, a damaged block: what was appended stays in the journal, where every reader finds it
      if (!PrateError.is(error)) throw error;
    } finally {
      this.#database = null;
      database.close();
    }
  }
}

function bySeries(a: Series, b: Series): number {
  const [one, other] = [seriesKey(a), seriesKey(b)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function ensureTimes(from: number, to: number): void {
  if (Number.isNaN(from) || Number.isNaN(to))
    throw new InvalidInputError(`from and to must be epoch milliseconds, not ${from} and ${to}`);
}

const reader = (blocks: Blocks, query: CandleQuery): WindowReader =>
  new WindowReader(blocks, () => streamsOf(blocks, query), query);

/** Flat rows need to know when the market was watched: levels do not tell. */
function streamsOf(blocks: Blocks, { series, interval, fill }: CandleQuery): Stream[] {
  const key = toSeries(series);
  return fill === 'flat' ? blocks.streams(key) : streamsFor(blocks, key, toInterval(interval));
}
