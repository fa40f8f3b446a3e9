import { resolve } from 'node:path';
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
import { InvalidInputError, type Series, type SeriesInput, toSeries } from '@prate/domain';
import { CandleBuffers, type CandleColumns } from '@prate/domain/candles';
import { abortable, type CallOptions } from '@prate/runtime';
import type { StoreOptions } from '../sqlite-candle-store.ts';
import type { VerifyOptions } from '../verify.ts';
import type { Task, TaskKind, Tasks } from './messages.ts';
import type { StoreWorker } from './store-worker.ts';
import { memoryOf, plainQuery } from './wire-columns.ts';
import { type Done, sending, WorkerPool } from './worker-pool.ts';
import { PacketMemory, WorkerWrite } from './worker-write.ts';

export interface WorkerStoreOptions extends StoreOptions {
  /**
   * How many workers may read at the same time, from 1 to 16, each with a connection of its own. They are opened when they
   * are needed: a second one when a call comes while the first is at work. Default 2.
   */
  readonly readers?: number | undefined;
}

const MOST_READERS = 16;
/**
 * A SqliteCandleStore in worker threads, so that no call holds up the event loop: one writes, others read.
 *
 * Writes are done one after the other, in the order in which all that they write was there. A read sees every write that was
 * acknowledged before it was asked for, and waits for none that is not; with `:memory:` there is one worker for all.
 *
 * A worker may end before its time. Then every call that it had, or that waited for it, throws StoreWorkerLostError
 * (`STORE_WORKER_LOST`), and the next one opens a new worker; what was acknowledged is kept, except in `:memory:`.
 */
export class WorkerCandleStore implements CandleStorePort {
  /** As it was opened. */
  readonly file: string;
  readonly #writer: WorkerPool;
  readonly #readers: WorkerPool;
  #closing: Promise<void> | null = null;
  readonly #memory: PacketMemory = new PacketMemory();
  #reads = 0;
  #writes = 0;

  private constructor(file: string, writer: WorkerPool, readers: WorkerPool) {
    this.file = file;
    this.#writer = writer;
    this.#readers = readers;
  }

  /**
   * Opens the file, or makes it, in a worker; its folder must be there. `':memory:'` keeps everything in memory.
   * @throws as SqliteCandleStore.open; StoreWorkerLostError
   */
  static async open(file: string, { readers = 2, ...options }: WorkerStoreOptions = {}): Promise<WorkerCandleStore> {
    if (!(Number.isInteger(readers) && readers >= 1 && readers <= MOST_READERS)) {
      throw new InvalidInputError(`readers must be a whole number from 1 to ${MOST_READERS}, not ${readers}`);
    }
    const isPrivate = file.trim() === '' || file === ':memory:';
    // later workers must find the same file, wherever the process stands then
    const place = { file: isPrivate ? file : resolve(file), options };
    const writer = new WorkerPool(place, 1, isPrivate);
    await writer.open();
    return new WorkerCandleStore(file, writer, isPrivate ? writer : new WorkerPool(place, readers, false));
  }

  #ensureOpen(options: CallOptions | undefined): void {
    options?.signal?.throwIfAborted();
    if (this.#closing !== null) throw new StoreClosedError(`${this.file} was closed`);
  }

  /** A call that changes what is stored: a signal ends it until its turn has come, and no longer. */
  async #change<K extends TaskKind>(options: CallOptions | undefined, task: Task<K>): Promise<Tasks[K]['answer']> {
    this.#ensureOpen(options);
    return (await this.#writer.run<K>({ task: sending(task), worker: null, signal: options?.signal })).value;
  }

  /** A call that reads: nobody waits for it after an abort. */
  async #look<K extends TaskKind>(
    options: CallOptions | undefined,
    task: Task<K>,
    progress?: VerifyOptions['onProgress'],
  ): Promise<Tasks[K]['answer']> {
    this.#ensureOpen(options);
    const call = { task: sending(task), worker: null, signal: options?.signal, late: () => {}, progress };
    return (await this.#readers.run<K>(call)).value;
  }

  async write(
    seriesInput: SeriesInput,
    batches: CandleBatch | Iterable<CandleBatch> | AsyncIterable<CandleBatch>,
    options?: CallOptions,
  ): Promise<WriteResult> {
    const series = toSeries(seriesInput);
    this.#ensureOpen(options);
    this.#writes += 1;
    const write = new WorkerWrite(this.#writer, this.#memory, { id: this.#writes, series, signal: options?.signal });
    try {
      if ('columns' in batches) await write.hand(batches, true);
      else for await (const batch of abortable(batches, write.signal)) await write.hand(batch, false);
      return await write.end();
    } catch (error) {
      void write.drop();
      throw error;
    }
  }

  async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
    this.#ensureOpen(options);
    const named = batches.map(({ series, columns, observed }) => ({ series: toSeries(series), columns, observed }));
    const packet = this.#memory.pack(named);
    await this.#writer.run<'append'>({
      task: () => ({ task: { kind: 'append', packet }, memory: [packet.memory] }),
      worker: null,
      signal: options?.signal,
      back: (lent) => this.#memory.takeBack(lent?.packet),
    });
  }

  /** Each batch is made while the one before is looked at, so that it may be older than a write that came between. */
  async *read(query: CandleQuery, options?: CallOptions): AsyncGenerator<CandleColumns> {
    this.#ensureOpen(options);
    const plain = plainQuery(query);
    this.#reads += 1;
    const read = this.#reads;
    const stop = (worker: StoreWorker): void => {
      const task = sending<'stop'>({ kind: 'stop', read });
      this.#readers.run({ task, worker }).catch(() => {}); // it has ended
    };
    const next = (worker: StoreWorker | null): Promise<Done<'next'>> => {
      const task = sending<'next'>({ kind: 'next', read, query: plain });
      return this.#readers.run({ task, worker, signal: options?.signal, late: stop });
    };
    let { value, worker } = await next(null);
    try {
      while (value !== null) {
        const ahead = next(worker);
        ahead.catch(() => {}); // heard below, if anybody goes on
        yield { ...value, interval: plain.interval };
        this.#ensureOpen(options);
        ({ value, worker } = await ahead);
      }
    } finally {
      if (value !== null) stop(worker);
    }
  }

  async readColumns(query: CandleQuery, options?: ReadColumnsOptions): Promise<CandleColumns> {
    this.#ensureOpen(options);
    const plain = plainQuery(query);
    const buffers = options?.into ?? null;
    const { value } = await this.#readers.run<'columns'>({
      task: () => {
        const into = buffers === null ? null : { ...buffers };
        if (buffers !== null) Object.assign(buffers, new CandleBuffers());
        return { task: { kind: 'columns', query: plain, into }, memory: memoryOf(into) };
      },
      worker: null,
      signal: options?.signal,
      late: () => {},
      back: (lent) => {
        if (buffers !== null && lent !== null) Object.assign(buffers, lent.into);
      },
    });
    return { ...value, interval: plain.interval };
  }

  async series(options?: CallOptions): Promise<readonly Series[]> {
    return this.#look(options, { kind: 'series' });
  }

  async coverage(query: CoverageQuery = {}, options?: CallOptions): Promise<readonly SeriesCoverage[]> {
    const { from, to } = query;
    const series = query.series === undefined ? undefined : toSeries(query.series);
    return this.#look(options, { kind: 'coverage', query: { series, from, to } });
  }

  async delete(
    { series, from, to }: { readonly series: SeriesInput; readonly from: number; readonly to: number },
    options?: CallOptions,
  ): Promise<number> {
    return this.#change(options, { kind: 'delete', series: toSeries(series), from, to });
  }

  async verify({ signal, onProgress = () => {} }: VerifyOptions = {}): Promise<VerifyReport> {
    const broken = new AbortController();
    const progress = (done: number, total: number): void => {
      try {
        onProgress(done, total);
      } catch (error) {
        broken.abort(error); // it ends the call, as in the plain store, not the process
      }
    };
    const signals = signal === undefined ? [broken.signal] : [broken.signal, signal];
    return this.#look({ signal: AbortSignal.any(signals) }, { kind: 'verify' }, progress);
  }

  async stats(options?: CallOptions): Promise<StoreStats> {
    return this.#look(options, { kind: 'stats' });
  }

  /** Waits for the calls under way, closes the file, and ends every worker. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      if (this.#readers !== this.#writer) await this.#readers.close();
    } finally {
      await this.#writer.close();
    }
  }
}
