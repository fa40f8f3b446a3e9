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

/** A process of its own; what it prints. It must end by itself. */
export function run(script: string): string {
  return execFileSync(process.execPath, ['--conditions=@prate/source', '--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
    timeout: 50_000,
  });
}
