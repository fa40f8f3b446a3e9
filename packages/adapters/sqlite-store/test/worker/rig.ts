import type { Worker } from 'node:worker_threads';

/** The workers that this process starts from now on; `[Symbol.dispose]` stops counting. */
export class Workers implements Disposable {
  /** How many were started. */
  started = 0;
  readonly alive = new Set<Worker>();
  readonly #add = (worker: Worker): void => {
    this.started += 1;
    this.alive.add(worker);
    worker.once('exit', () => this.alive.delete(worker));
  };

  constructor() {
    process.on('worker', this.#add);
  }

  /** Ends all of them, in the middle of whatever they do. */
  async kill(): Promise<void> {
    await Promise.all([...this.alive].map((worker) => worker.terminate()));
  }

  [Symbol.dispose](): void {
    process.off('worker', this.#add);
  }
}
