import {
  type CandleBatch,
  type CandleQuery,
  type CandleStorePort,
  type CoverageQuery,
  type SeriesCoverage,
  StoreClosedError,
  StoreCorruptError,
  type StoreFault,
  type StoreStats,
  type VerifyReport,
  type WriteResult,
} from '@prate/candle-store-port';
import {
  clipRanges,
  InvalidInputError,
  type Series,
  type SeriesInput,
  seriesKey,
  subtractRanges,
  type TimeRange,
  toInterval,
  toSeries,
} from '@prate/domain';
import {
  type CandleColumns,
  ColumnsWriter,
  concatColumns,
  emptyColumns,
  lowerBound,
  scalesOf,
  validateColumns,
} from '@prate/domain/candles';
import type { CallOptions } from '@prate/runtime';
import { encodeBlock } from './block-codec.ts';
import { blockEnd, blockNumber, blockStart } from './block-grid.ts';
import { type BlockRow, CandleDatabase, type Stream } from './database.ts';
import { type GatheredBatch, gatherBatch, partsOf } from './gather.ts';
import { mapSqliteError } from './map-sqlite-error.ts';
import { mergeBlock, withCoverage } from './merge-block.ts';
import { decodeStored, WindowReader } from './window-reader.ts';

/**
 * Candles in one SQLite file, in compressed blocks per series and step.
 *
 * SQLite's driver works in the calling thread: a call that reads or writes a lot keeps the event loop busy meanwhile, so
 * a session that must not miss a beat keeps its store in a worker. Several processes may use one file at a time.
 */
export class SqliteCandleStore implements CandleStorePort {
  /** As it was opened. */
  readonly file: string;
  #database: CandleDatabase | null;

  private constructor(file: string, database: CandleDatabase) {
    this.file = file;
    this.#database = database;
  }

  /**
   * Opens the file, or makes it; its folder must be there. `':memory:'` keeps everything in memory.
   * @throws StoreUnusableError (`STORE_UNUSABLE`), StoreBusyError (`STORE_BUSY`), StoreFullError (`STORE_FULL`)
   */
  static open(file: string): SqliteCandleStore {
    try {
      return new SqliteCandleStore(file, new CandleDatabase(file));
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

  /** The same on the database as it is at one moment. */
  #look<T>(options: CallOptions | undefined, work: (database: CandleDatabase) => T): T {
    return this.#use(options, (database) => database.snapshot(() => work(database)));
  }

  async write(
    seriesInput: SeriesInput,
    batches: CandleBatch | Iterable<CandleBatch> | AsyncIterable<CandleBatch>,
    options?: CallOptions,
  ): Promise<WriteResult> {
    const series = toSeries(seriesInput);
    this.#use(options, () => undefined);
    const gathered: GatheredBatch[] = [];
    for await (const batch of 'columns' in batches ? [batches] : batches) {
      options?.signal?.throwIfAborted();
      gathered.push(gatherBatch(batch));
    }
    return this.#use(options, (database) => database.write(() => writeBatches(database, series, gathered)));
  }

  async *read(query: CandleQuery, options?: CallOptions): AsyncGenerator<CandleColumns> {
    const windows = this.#look(options, (database) => reader(database, query).windows());
    for (;;) {
      const next = this.#look(options, () => windows.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  async readColumns(query: CandleQuery, options?: CallOptions): Promise<CandleColumns> {
    return this.#look(options, (database) =>
      concatColumns([...reader(database, query).windows()], toInterval(query.interval)),
    );
  }

  async series(options?: CallOptions): Promise<readonly Series[]> {
    return this.#look(options, (database) => {
      const found = new Map(database.streams().map(({ series }) => [seriesKey(series), series]));
      return [...found.values()].sort((a, b) => (seriesKey(a) < seriesKey(b) ? -1 : 1));
    });
  }

  async coverage(query: CoverageQuery = {}, options?: CallOptions): Promise<readonly SeriesCoverage[]> {
    const { from = -Infinity, to = Infinity } = query;
    const series = query.series === undefined ? undefined : toSeries(query.series);
    ensureTimes(from, to);
    return this.#look(options, (database) =>
      database
        .streams(series)
        .map((stream) => streamCoverage(database, stream, from, to))
        .filter(({ rows, observed }) => rows > 0 || observed.length > 0),
    );
  }

  async delete(
    { series, from, to }: { readonly series: SeriesInput; readonly from: number; readonly to: number },
    options?: CallOptions,
  ): Promise<number> {
    const key = toSeries(series);
    ensureTimes(from, to);
    return this.#use(options, (database) =>
      database.write(() =>
        database.streams(key).reduce((sum, stream) => sum + deleteRows(database, stream, from, to), 0),
      ),
    );
  }

  async verify(options?: CallOptions): Promise<VerifyReport> {
    return this.#use(options, verifyAll);
  }

  async stats(options?: CallOptions): Promise<StoreStats> {
    return this.#look(options, (database) => ({
      ...database.stats(),
      series: new Set(database.streams().map((stream) => seriesKey(stream.series))).size,
    }));
  }

  async close(): Promise<void> {
    this.#database?.close();
    this.#database = null;
  }
}

function ensureTimes(from: number, to: number): void {
  if (Number.isNaN(from) || Number.isNaN(to))
    throw new InvalidInputError(`from and to must be epoch milliseconds, not ${from} and ${to}`);
}

const reader = (database: CandleDatabase, query: CandleQuery): WindowReader =>
  new WindowReader(database, database.streams(toSeries(query.series)), query);

function writeBatches(database: CandleDatabase, series: Series, batches: readonly GatheredBatch[]): WriteResult {
  let [added, replaced, unchanged] = [0, 0, 0];
  for (const batch of batches) {
    const stream = database.stream(series, batch.step);
    for (const { block, incoming } of partsOf(batch)) {
      const row = database.block(stream, block);
      const stored = row === null ? { rows: emptyColumns(batch.step), observed: [] } : decodeStored(stream, row);
      const merged = mergeBlock(stored, incoming);
      added += merged.added;
      replaced += merged.replaced;
      unchanged += merged.unchanged;
      if (merged.changed) putBase(database, stream, block, merged.base);
    }
  }
  return { added, replaced, unchanged };
}

function putBase(
  database: CandleDatabase,
  stream: Stream,
  block: number,
  base: Parameters<typeof encodeBlock>[1],
): void {
  const body = encodeBlock({ ...stream.series, step: stream.step, block }, base);
  database.putBlock(stream, { block, rows: base.rows.length, body });
}

function streamCoverage(database: CandleDatabase, stream: Stream, from: number, to: number): SeriesCoverage {
  const observed: TimeRange[] = [];
  let rows = 0;
  for (const row of database.blocks(stream)) {
    if (blockEnd(stream.step, row.block) <= from || blockStart(stream.step, row.block) >= to) continue;
    const base = decodeStored(stream, row);
    rows += lowerBound(base.rows.openTime, to) - lowerBound(base.rows.openTime, from);
    for (const range of clipRanges(base.observed, from, to)) {
      const last = observed.at(-1);
      if (last !== undefined && last.to === range.from)
        observed[observed.length - 1] = { from: last.from, to: range.to };
      else observed.push(range);
    }
  }
  return { series: stream.series, step: stream.step, rows, observed };
}

function deleteRows(database: CandleDatabase, stream: Stream, from: number, to: number): number {
  const { step } = stream;
  const bounds = database.blockBounds(stream);
  if (bounds === null || from >= to) return 0;
  const first = Math.max(bounds.first, Number.isFinite(from) ? blockNumber(step, from) : bounds.first);
  const last = Math.min(bounds.last, Number.isFinite(to) ? blockNumber(step, to) : bounds.last);
  let deleted = 0;
  for (const row of [...database.blocks(stream, first, last)]) {
    const { rows, observed } = decodeStored(stream, row);
    const [start, end] = [lowerBound(rows.openTime, from), lowerBound(rows.openTime, to)];
    deleted += end - start;
    const kept = new ColumnsWriter(scalesOf(rows), rows.length);
    kept.append(rows, 0, start);
    kept.append(rows, end, rows.length);
    // the time of whole slots: a row that opened before and reaches into the range stays as it was
    const width = (step.seconds as number) * 1000;
    const hole = { from: slotAtOrAfter(from, step.anchorMs, width), to: slotAtOrAfter(to, step.anchorMs, width) };
    const base = withCoverage(kept.finish(step), hole.from < hole.to ? subtractRanges(observed, [hole]) : observed);
    if (base.rows.length === 0 && base.observed.length === 0) database.deleteBlock(stream, row.block);
    else putBase(database, stream, row.block, base);
  }
  return deleted;
}

const slotAtOrAfter = (timeMs: number, anchorMs: number, width: number): number =>
  Number.isFinite(timeMs) ? Math.ceil((timeMs - anchorMs) / width) * width + anchorMs : timeMs;

function verifyAll(database: CandleDatabase): VerifyReport {
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
    for (const stream of database.streams()) {
      const { series, step } = stream;
      attempt({ series, step, range: null }, () => {
        for (const row of database.blocks(stream)) {
          blocks += 1;
          const range = { from: blockStart(step, row.block), to: blockEnd(step, row.block) };
          attempt({ series, step, range }, () => {
            rows += soundRows(stream, row);
          });
        }
      });
    }
  };
  attempt(somewhere, () => database.snapshot(everything));
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
  return known instanceof StoreCorruptError || known instanceof InvalidInputError;
}
