import type { CandleBatch, CandleStorePort, WriteResult } from '@prate/candle-store-port';
import type { Series } from '@prate/domain';

/** One write of a store whose batches are handed in one after the other. */
export class WriteFeed implements AsyncIterableIterator<CandleBatch> {
  readonly #result: Promise<WriteResult>;
  /** The write asks for its next batch, and waits. */
  #asking: { resolve(next: IteratorResult<CandleBatch>): void; reject(error: Error): void } | null = null;
  #whenAsked: () => void = () => {};

  constructor(store: CandleStorePort, series: Series) {
    this.#result = store.write(series, this);
    this.#result.catch(() => {}); // give() and end() tell
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<CandleBatch>> {
    return new Promise((resolve, reject) => {
      this.#asking = { resolve, reject };
      this.#whenAsked();
    });
  }

  /** Resolves when the batch is packed; rejects as the write does. */
  async give(batch: CandleBatch): Promise<void> {
    await this.#asked();
    this.#answer({ done: false, value: batch });
    await this.#asked();
  }

  /** The last batch was given. */
  async end(): Promise<WriteResult> {
    await this.#asked();
    this.#answer({ done: true, value: undefined });
    return this.#result;
  }

  /** Nothing of it is kept. */
  drop(): void {
    this.#asking?.reject(new Error('the write was given up'));
  }

  /** Resolves when the write asks for a batch: the one before is used up. Rejects when it has failed. */
  async #asked(): Promise<void> {
    if (this.#asking !== null) return;
    const asked = new Promise<void>((resolve) => {
      this.#whenAsked = resolve;
    });
    await Promise.race([asked, this.#result]);
  }

  #answer(next: IteratorResult<CandleBatch>): void {
    const asking = this.#asking;
    this.#asking = null;
    asking?.resolve(next);
  }
}
