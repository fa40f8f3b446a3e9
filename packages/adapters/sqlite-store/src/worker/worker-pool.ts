import type { Transferable } from 'node:worker_threads';
import { StoreClosedError, StoreUnusableError } from '@prate/candle-store-port';
import { InvalidInputError } from '@prate/domain';
import { type StoreWorkerLostError, unpackError } from './errors.ts';
import type { Answer, Lent, Task, TaskKind, Tasks, WorkerPlace } from './messages.ts';
import { StoreWorker } from './store-worker.ts';

export interface Sending<K extends TaskKind = TaskKind> {
  readonly task: Task<K>;
  /** What goes with it, and is gone here. */
  readonly memory: readonly Transferable[];
}

/** A task that takes no memory along. */
export const sending =
  <K extends TaskKind>(task: Task<K>): (() => Sending<K>) =>
  () => ({ task, memory: [] });

export interface Call<K extends TaskKind = TaskKind> {
  /** Asked for when the call's turn has come: only then is memory lent. */
  readonly task: () => Sending<K>;
  /** The worker that must do it; null: any. */
  readonly worker: StoreWorker | null;
  /** Takes the call out of the queue. */
  readonly signal?: AbortSignal | undefined;
  /** Whether a signal also ends the wait for work that has begun; then `late` is told how it ended. Default: it does not. */
  readonly late?: ((worker: StoreWorker) => void) | undefined;
  /** Told how far it has come, until it is answered or nobody waits any more. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Lent memory is back; null: it is lost. */
  readonly back?: ((lent: Lent | null) => void) | undefined;
}

export interface Done<K extends TaskKind> {
  readonly value: Tasks[K]['answer'];
  readonly worker: StoreWorker;
}

interface Waiting {
  readonly call: Call;
  resolve(done: Done<TaskKind>): void;
  reject(error: unknown): void;
  stopListening(): void;
}

/** Some workers on one file, opened when they are needed, and the calls that wait for them, in the order in which they came. */
export class WorkerPool {
  readonly #place: WorkerPlace;
  readonly #most: number;
  readonly #isPrivate: boolean;
  readonly #workers = new Set<StoreWorker>();
  readonly #busy = new Set<StoreWorker>();
  readonly #waiting: Waiting[] = [];
  #hasOpened = false;
  #isClosed = false;
  #whenIdle: () => void = () => {};

  /** @param isPrivate whether what one worker holds no other sees: with the worker it is gone */
  constructor(place: WorkerPlace, most: number, isPrivate: boolean) {
    this.#place = place;
    this.#most = most;
    this.#isPrivate = isPrivate;
  }

  /**
   * Does a call when a worker is free.
   * @throws what the store throws; StoreWorkerLostError; InvalidInputError for what cannot be sent to a worker; or the signal's reason
   */
  run<K extends TaskKind>(call: Call<K>): Promise<Done<K>> {
    return new Promise<Done<TaskKind>>((resolve, reject) => {
      const { signal } = call;
      signal?.throwIfAborted();
      if (this.#isClosed) throw new StoreClosedError(`${this.#place.file} was closed`);
      const abort = (): void => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        else if (call.late === undefined) return;
        reject(signal?.reason);
        this.#tellIdle();
      };
      const waiting: Waiting = {
        call: call as unknown as Call,
        resolve,
        reject,
        stopListening: () => signal?.removeEventListener('abort', abort),
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiting);
      this.#dispatch();
    }) as Promise<Done<K>>;
  }

  /** Opens the first worker. @throws what opening a store throws; StoreWorkerLostError */
  async open(): Promise<void> {
    const worker = this.#freeWorker(null);
    this.#busy.add(worker);
    await this.#open(worker);
    this.#busy.delete(worker);
  }

  /** Waits for all calls, then closes every store and ends every worker. @throws what closing a store throws */
  async close(): Promise<void> {
    this.#isClosed = true;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      this.#tellIdle();
    });
    const answers: (Answer | null)[] = [];
    for (const worker of this.#workers) {
      answers.push(await worker.do({ kind: 'close' }, []).catch(() => null)); // what was acknowledged is kept
      await worker.end();
    }
    this.#workers.clear();
    for (const answer of answers) if (answer?.ok === false) throw unpackError(answer.error);
  }

  #tellIdle(): void {
    if (this.#waiting.length === 0 && this.#busy.size === 0) this.#whenIdle();
  }

  #dispatch(): void {
    for (let at = 0; at < this.#waiting.length; ) {
      if (this.#busy.size >= this.#most) return;
      const waiting = this.#waiting[at] as Waiting;
      const { worker } = waiting.call;
      if (worker !== null && worker.lost === null && this.#busy.has(worker)) {
        at += 1;
        continue;
      }
      this.#waiting.splice(at, 1);
      void this.#do(waiting);
    }
    this.#tellIdle();
  }

  /** Does a call for which a worker is free, or can be opened. */
  async #do({ call, resolve, reject, stopListening }: Waiting): Promise<void> {
    let worker: StoreWorker | null = null;
    try {
      worker = this.#freeWorker(call.worker);
      this.#busy.add(worker);
      if (!this.#workers.has(worker)) await this.#open(worker);
      call.signal?.throwIfAborted();
      resolve(await this.#ask(worker, call));
    } catch (error) {
      reject(error);
    } finally {
      stopListening();
      if (worker !== null) {
        this.#busy.delete(worker);
        if (call.signal?.aborted === true) call.late?.(worker);
      }
      this.#dispatch();
    }
  }

  #freeWorker(wanted: StoreWorker | null): StoreWorker {
    if (wanted !== null) {
      if (wanted.lost !== null) throw wanted.lost;
      return wanted;
    }
    for (const worker of this.#workers) if (!this.#busy.has(worker)) return worker;
    if (this.#isPrivate && this.#hasOpened) {
      throw new StoreUnusableError(
        `what ${this.#place.file} held went with its worker, which has ended: open another store`,
      );
    }
    return new StoreWorker(this.#place, (lost, why) => this.#lose(lost, why));
  }

  async #open(worker: StoreWorker): Promise<void> {
    const answer = await worker.do({ kind: 'open' }, []);
    if (answer.ok) {
      this.#hasOpened = true;
      this.#workers.add(worker);
      return;
    }
    await worker.end();
    throw unpackError(answer.error);
  }

  async #ask(worker: StoreWorker, { task: prepared, back, progress, signal }: Call): Promise<Done<TaskKind>> {
    const { task, memory } = prepared();
    let lent: Lent | null = null;
    try {
      const answer = await worker.do(task, memory, (done, total) => {
        if (signal?.aborted !== true) progress?.(done, total);
      });
      lent = answer.lent;
      if (!answer.ok) throw unpackError(answer.error);
      return { value: answer.value, worker };
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'DataCloneError')) throw error;
      lent = { packet: null, into: 'into' in task ? task.into : null }; // it has not left
      throw new InvalidInputError(`what was asked cannot be sent to the store's worker: ${error.message}`);
    } finally {
      back?.(lent);
    }
  }

  /** Whoever waits is told: what comes later gets a new worker. */
  #lose(worker: StoreWorker, why: StoreWorkerLostError): void {
    this.#workers.delete(worker);
    for (const { reject, stopListening } of this.#waiting.splice(0)) {
      stopListening();
      reject(why);
    }
  }
}
