import type { Listener, SubscribeOptions, Subscription, TradesItem } from '@prate/market-data-port';

interface Settle {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A market whose only stream says what a test tells it to say. */
export class ScriptedMarket {
  readonly venue = 'scripted';
  symbols: readonly string[] = [];
  #listener: Listener<TradesItem> | null = null;
  #settle: Settle | null = null;

  get isOpen(): boolean {
    return this.#settle !== null;
  }

  trades(symbols: readonly string[], listener: Listener<TradesItem>, { signal }: SubscribeOptions = {}): Subscription {
    this.symbols = symbols;
    this.#listener = listener;
    const done = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    if (signal?.aborted === true) this.end();
    else signal?.addEventListener('abort', () => this.end(), { once: true });
    return { ready: Promise.resolve(), done, close: () => this.end() };
  }

  /** Nothing is told after the end, as the port promises; a listener that throws ends the stream. */
  tell(...items: readonly TradesItem[]): void {
    for (const item of items) {
      if (this.#settle === null) return;
      try {
        this.#listener?.(item);
      } catch (error) {
        this.fail(error);
      }
    }
  }

  /** The data has come to its end. */
  end(): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.resolve();
  }

  fail(error: unknown): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.reject(error);
  }
}
