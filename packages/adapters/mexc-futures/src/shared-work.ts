import { withAbort } from './rest/with-abort.ts';

interface Run<T> {
  readonly done: Promise<T>;
  readonly over: AbortController;
  /** Who wait for it. */
  callers: number;
}

/** Work that callers at one time share. It goes on while any of them waits; each leaves with its own signal. */
export class SharedWork<T> {
  readonly #work: (signal: AbortSignal) => Promise<T>;
  #run: Run<T> | null = null;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work;
  }

  get isUnderWay(): boolean {
    return this.#run !== null;
  }

  /** @throws `signal.reason`; what the work throws */
  async join(signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    this.#run ??= this.#begin();
    const run = this.#run;
    run.callers += 1;
    try {
      return await withAbort(run.done, signal);
    } finally {
      run.callers -= 1;
      if (run.callers === 0 && this.#run === run) {
        this.#run = null;
        run.over.abort();
      }
    }
  }

  /** Ends it for all who wait, and resolves when it has ended. */
  async end(reason: unknown): Promise<void> {
    this.#run?.over.abort(reason);
    await this.#run?.done.catch(() => {});
  }

  #begin(): Run<T> {
    const over = new AbortController();
    const done = this.#work(over.signal).finally(() => {
      if (this.#run?.over === over) this.#run = null;
    });
    return { done, over, callers: 0 };
  }
}
