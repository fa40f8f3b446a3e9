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
import { InvalidInputError, type Series, type SeriesInput, seriesKey, toInterval, toSeries } from '@prate/domain';
import type { CandleColumns } from '@prate/domain/candles';
import { abortable, type CallOptions } from '@prate/runtime';
import { CandleDatabase, type Stream } from './database.ts';
import { type GatheredBatch, gatherBatch } from './gather.ts';
import { streamsFor } from './levels.ts';
import { mapSqliteError } from './map-sqlite-error.ts';
import { streamCoverage } from './stream-coverage.ts';
import { deleteSeries, writeBatches } from './stream-writes.ts';
import { verifyAll } from './verify.ts';
import { WindowReader } from './window-reader.ts';

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
    for await (const batch of abortable('columns' in batches ? [batches] : batches, options?.signal)) {
      gathered.push(gatherBatch(batch));
    }
    return this.#use(options, (database) => database.write(() => writeBatches(database, series, gathered)));
  }

  async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
    const gathered = batches.map((batch) => ({ series: toSeries(batch.series), batch: gatherBatch(batch) }));
    this.#use(options, (database) =>
      database.write(() => {
        for (const { series, batch } of gathered) writeBatches(database, series, [batch]);
      }),
    );
  }

  async *read(query: CandleQuery, options?: CallOptions): AsyncGenerator<CandleColumns> {
    const windows = this.#look(options, (database) => reader(database, query).windows());
    for (;;) {
      const next = this.#look(options, () => windows.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  async readColumns(query: CandleQuery, options?: ReadColumnsOptions): Promise<CandleColumns> {
    return this.#look(options, (database) => reader(database, query).columns(options?.into ?? null));
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
    return this.#use(options, (database) => database.write(() => deleteSeries(database, key, from, to)));
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
  new WindowReader(database, streamsOf(database, query), query);

/** Flat rows need to know when the market was watched: levels do not tell. */
function streamsOf(database: CandleDatabase, { series, interval, fill }: CandleQuery): Stream[] {
  const key = toSeries(series);
  return fill === 'flat' ? database.streams(key) : streamsFor(database, key, toInterval(interval));
}
