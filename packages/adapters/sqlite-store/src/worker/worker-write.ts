import type { CandleBatch, WriteResult } from '@prate/candle-store-port';
import { InvalidRowError, type Series } from '@prate/domain';
import { type PackedBatch, type Packet, packBatches } from './packet.ts';
import { piecesOf } from './pieces.ts';
import type { StoreWorker } from './store-worker.ts';
import { type Done, sending, type WorkerPool } from './worker-pool.ts';

/** Memory of packets beyond this is not kept for the next. */
const MOST_SPARE_BYTES = 2 ** 24;

/** Memory that packets go out in, and come back. */
export class PacketMemory {
  #spare: ArrayBuffer | null = null;

  /** Copies the batches. @throws InvalidInputError as packBatches */
  pack(batches: readonly PackedBatch[]): Packet {
    const spare = this.#spare;
    this.#spare = null;
    return packBatches(batches, spare);
  }

  takeBack(memory: ArrayBuffer | null | undefined): void {
    if (memory != null && memory.byteLength <= MOST_SPARE_BYTES) this.#spare = memory;
  }
}

/** One write: its batches go to the writing worker as they come, each when the one before is packed. */
export class WorkerWrite {
  readonly #pool: WorkerPool;
  readonly #memory: PacketMemory;
  readonly #id: number;
  readonly #series: Series;
  readonly #signal: AbortSignal | undefined;
  /** Where its first batch went. */
  #worker: StoreWorker | null = null;
  /** The last batch that was handed over. */
  #sent: Promise<Done<'batch'> | null> = Promise.resolve(null);
  readonly #failed = new AbortController();

  constructor(
    pool: WorkerPool,
    memory: PacketMemory,
    { id, series, signal }: { id: number; series: Series; signal: AbortSignal | undefined },
  ) {
    this.#pool = pool;
    this.#memory = memory;
    this.#id = id;
    this.#series = series;
    this.#signal = signal;
  }

  /** Aborted when the worker has refused a batch, and by the caller. */
  get signal(): AbortSignal {
    return this.#signal === undefined ? this.#failed.signal : AbortSignal.any([this.#signal, this.#failed.signal]);
  }

  /** Resolves when the batch may be filled again. @param isLast whether no other comes: then the write ends with it */
  async hand(batch: CandleBatch, isLast: boolean): Promise<void> {
    for (const piece of piecesOf(batch)) {
      await this.#sent;
      const sent = this.#send(piece.batch, piece.row, isLast && piece.isLast);
      sent.catch((error: unknown) => this.#failed.abort(error));
      this.#sent = sent;
    }
  }

  async #send(batch: CandleBatch, row: number, isLast: boolean): Promise<Done<'batch'>> {
    const packet = this.#memory.pack([{ ...batch, series: this.#series }]);
    const task = { kind: 'batch', write: this.#id, series: this.#series, packet, isLast } as const;
    try {
      const done = await this.#pool.run<'batch'>({
        task: () => ({ task, memory: [packet.memory] }),
        worker: this.#worker,
        signal: this.#signal,
        back: (lent) => this.#memory.takeBack(lent?.packet),
      });
      this.#worker = done.worker;
      return done;
    } catch (error) {
      throw error instanceof InvalidRowError ? new InvalidRowError(row + error.index, error.problem) : error;
    }
  }

  async end(): Promise<WriteResult> {
    const last = await this.#sent;
    if (last?.value != null) return last.value;
    const task = sending<'end'>({ kind: 'end', write: this.#id, series: this.#series });
    return (await this.#pool.run({ task, worker: this.#worker, signal: this.#signal })).value;
  }

  /** Nothing of it is kept. */
  async drop(): Promise<void> {
    await this.#sent.catch(() => {});
    const worker = this.#worker;
    if (worker === null) return;
    // a store that is closed or has lost its worker keeps nothing either
    await this.#pool.run({ task: sending<'drop'>({ kind: 'drop', write: this.#id }), worker }).catch(() => {});
  }
}
