import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import type { CandleBatch } from '@prate/candle-store-port';
import type { WorkerCandleStore } from '../../src/worker.ts';
import { DAY, steady, T0 } from '../support.ts';

export const X = 'X';
export const month = { series: X, interval: '1s', from: T0, to: T0 + 30 * DAY };
/** A month of hours, which is a second's work to read as seconds. */
export const hours = (price: number): CandleBatch => ({ columns: steady('1h', T0, 30 * 24, price) });
export const second = (i: number, price: number) => ({ series: X, columns: steady('1s', T0 + i * 1000, 1, price) });
export const opens = async (store: WorkerCandleStore): Promise<number[]> =>
  Array.from((await store.readColumns({ series: X, interval: '1s', from: T0, to: T0 + DAY })).open);

/** The workers that this process starts from now on; `[Symbol.dispose]` stops counting. */
export class Workers implements Disposable {
  /** How many were started. */
  started = 0;
  readonly alive = new Set<Worker>();
  /** Of each that is alive: resolves when its store is open, or it has ended. */
  readonly #opened = new Map<Worker, Promise<void>>();
  readonly #add = (worker: Worker): void => {
    this.started += 1;
    this.alive.add(worker);
    const opened = new Promise<void>((resolve) => {
      worker.once('message', () => resolve());
      worker.once('exit', () => resolve());
    });
    this.#opened.set(worker, opened);
    worker.once('exit', () => {
      this.alive.delete(worker);
      this.#opened.delete(worker);
    });
  };

  constructor() {
    process.on('worker', this.#add);
  }

  /**
   * Ends all of them, in the middle of whatever they do once they have opened their stores: better-sqlite3 ends the process
   * if its thread is terminated while it is being loaded.
   * @param turns of the event loop from then on
   */
  async kill(turns = 0): Promise<void> {
    const kill = async (worker: Worker, opened: Promise<void>): Promise<void> => {
      await opened;
      for (let n = 0; n < turns; n += 1) await turn();
      await worker.terminate();
    };
    await Promise.all([...this.#opened].map(([worker, opened]) => kill(worker, opened)));
  }

  [Symbol.dispose](): void {
    process.off('worker', this.#add);
  }
}

const turn = (): Promise<void> => new Promise(setImmediate);

/** A process of its own; what it prints. It must end by itself. */
export function run(script: string): string {
  return execFileSync(process.execPath, ['--conditions=@prate/source', '--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
    timeout: 50_000,
  });
}
