import type { ExecutionEvent } from '@prate/execution-port';
import { AsyncQueue } from '@prate/runtime';

/**
 * Tells the account's events between the events of the market: what a candle caused after the candle, what the strategy did
 * after that. Where they come by a loop instead of a queue, they are told as they come.
 */
export class ToldInTurn {
  readonly #listener: (event: ExecutionEvent) => void;
  /** Whether somebody calls `flush` between the events of the market. */
  readonly #inTurn: boolean;
  #waiting: ExecutionEvent[] = [];

  constructor(listener: (event: ExecutionEvent) => void, inTurn: boolean) {
    this.#listener = listener;
    this.#inTurn = inTurn;
  }

  async follow(events: AsyncIterable<ExecutionEvent>): Promise<void> {
    if (this.#inTurn && events instanceof AsyncQueue) {
      await events.listen((event) => this.#waiting.push(event));
      this.flush();
    } else for await (const event of events) this.#listener(event);
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    for (const event of this.#waiting.splice(0)) this.#listener(event);
  }
}
