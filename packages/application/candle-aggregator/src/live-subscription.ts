import type { CandleColumns } from '@prate/domain/candles';
import type { Listener, Subscription } from '@prate/market-data-port';

/** The current candle of one symbol, as far as the feed has told it; one row, INTERPOLATED never. */
export interface PartialItem {
  readonly kind: 'partial';
  readonly symbol: string;
  readonly candles: CandleColumns;
}

interface Settle {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One listener, until it is closed, fails or has thrown. */
export class LiveSubscription<Item> implements Subscription {
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  readonly #listener: Listener<Item>;
  readonly #signal: AbortSignal | undefined;
  readonly #onClose: (subscription: LiveSubscription<Item>) => void;
  #settle: Settle | null = null;

  constructor(
    listener: Listener<Item>,
    signal: AbortSignal | undefined,
    onClose: (subscription: LiveSubscription<Item>) => void,
  ) {
    this.#listener = listener;
    this.#signal = signal;
    this.#onClose = onClose;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const aborted = signal?.aborted === true;
    this.ready = aborted ? Promise.reject(signal?.reason) : Promise.resolve();
    // who does not look at them must not die of them
    this.ready.catch(() => {});
    this.done.catch(() => {});
    if (aborted) this.close();
    else signal?.addEventListener('abort', this.#abort, { once: true });
  }

  get isOpen(): boolean {
    return this.#settle !== null;
  }

  deliver(item: Item): void {
    if (this.#settle === null) return;
    try {
      this.#listener(item);
    } catch (error) {
      this.fail(error);
    }
  }

  close(): void {
    this.#end()?.resolve();
  }

  fail(error: unknown): void {
    this.#end()?.reject(error);
  }

  readonly #abort = (): void => this.close();

  #end(): Settle | null {
    const settle = this.#settle;
    this.#settle = null;
    this.#signal?.removeEventListener('abort', this.#abort);
    if (settle !== null) this.#onClose(this);
    return settle;
  }
}
