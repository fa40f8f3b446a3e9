import type { PublicTrade } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import type { Gap } from '@prate/market-data-port';
import type { CandleEvent } from './strategy.ts';

/** Something that waits for its turn with the strategy. */
export type MarketEvent =
  | { readonly kind: 'candle'; readonly candle: CandleEvent }
  | { readonly kind: 'trade'; readonly trade: PublicTrade }
  | { readonly kind: 'gap'; readonly gap: Gap }
  | { readonly kind: 'end'; readonly reason: string };

export type RunEvent = MarketEvent | { readonly kind: 'execution'; readonly event: ExecutionEvent };

/** Two lanes with one bound: what the account told goes before what the market told, each in its own order. */
export class WaitingEvents {
  readonly capacity: number;
  readonly #market: MarketEvent[] = [];
  readonly #execution: ExecutionEvent[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Asked before each batch, which is then taken whole, however long. */
  get isFull(): boolean {
    return this.#market.length + this.#execution.length >= this.capacity;
  }

  addMarket(event: MarketEvent): void {
    this.#market.push(event);
  }

  addExecution(event: ExecutionEvent): void {
    this.#execution.push(event);
  }

  next(): RunEvent | undefined {
    const event = this.#execution.shift();
    return event === undefined ? this.#market.shift() : { kind: 'execution', event };
  }
}
