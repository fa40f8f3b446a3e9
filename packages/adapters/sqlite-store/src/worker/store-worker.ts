import { type Transferable, Worker } from 'node:worker_threads';
import { StoreWorkerLostError } from './errors.ts';
import type { Answer, Progress, Task, WorkerPlace } from './messages.ts';

const fromSources = import.meta.url.endsWith('.ts');
const entry = new URL(fromSources ? './thread.ts' : './thread.js', import.meta.url);
/** Not the process's own: flags such as --input-type would end a worker, and sources want their packages' sources. */
const execArgv = fromSources ? ['--conditions=@prate/source'] : [];

/** By itself, a thread takes some 130 MB for its youngest objects before it tidies up; of rows it makes none. */
const LIMITS = { maxYoungGenerationSizeMb: 24 };

interface Pending {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  readonly progress: ((done: number, total: number) => void) | undefined;
}

/** One thread with a store of its own, which does one task at a time. It keeps the process alive while it has one. */
export class StoreWorker {
  readonly #file: string;
  readonly #worker: Worker;
  #pending: Pending | null = null;
  #failure: unknown;
  #isEnding = false;
  #lost: StoreWorkerLostError | null = null;

  /** @param onLost told once, when the thread has ended by itself */
  constructor(place: WorkerPlace, onLost: (worker: StoreWorker, why: StoreWorkerLostError) => void) {
    this.#file = place.file;
    this.#worker = new Worker(entry, { name: 'prate-store', execArgv, workerData: place, resourceLimits: LIMITS });
    this.#worker.unref();
    this.#worker.on('message', (message: Answer | Progress) => {
      if ('ok' in message) this.#settle()?.resolve(message);
      else this.#pending?.progress?.(message.done, message.total);
    });
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => {
      const why = this.#failure instanceof Error ? this.#failure.message : `exit code ${code}`;
      const text =
        `the worker of ${this.#file} has ended (${why}); calls that it had not answered may have been done or not, ` +
        'and may be made again: the next one opens a new worker';
      const lost = new StoreWorkerLostError(text, { cause: this.#failure });
      this.#lost = lost;
      this.#settle()?.reject(lost);
      if (!this.#isEnding) onLost(this, lost);
    });
  }

  /** The end of the thread, once it has come. */
  get lost(): StoreWorkerLostError | null {
    return this.#lost;
  }

  /** @throws DataCloneError for a task that cannot be sent */
  do(task: Task, memory: readonly Transferable[], progress?: Pending['progress']): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== null) throw this.#lost;
      this.#worker.postMessage(task, memory);
      this.#pending = { resolve, reject, progress };
      this.#worker.ref();
    });
  }

  /** Resolves when there is no thread any more. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#worker.terminate();
  }

  #settle(): Pending | null {
    const pending = this.#pending;
    this.#pending = null;
    this.#worker.unref(); // an open store that is not used keeps no process alive
    return pending;
  }

  #fail(error: unknown): void {
    this.#failure = error;
    void this.#worker.terminate();
  }
}
