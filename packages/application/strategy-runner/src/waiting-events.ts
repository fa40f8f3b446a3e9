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
  readonly #market = new Lane<MarketEvent>();
  readonly #execution = new Lane<ExecutionEvent>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Asked before each batch, which is then taken whole, however long. */
  get isFull(): boolean {
    return this.#market.length + this.#execution.length >= this.capacity;
  }

  addMarket(event: MarketEvent): void {
    this.#market.add(event);
  }

  addExecution(event: ExecutionEvent): void {
    this.#execution.add(event);
  }

  next(): RunEvent | undefined {
    const event = this.#execution.take();
    return event === undefined ? this.#market.take() : { kind: 'execution', event };
  }
}

/** First in, first out; what was taken is let go when it is more than half of the lane. */
class Lane<T> {
  #items: T[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  add(item: T): void {
    this.#items.push(item);
  }

  take(): T | undefined {
    // mostly one waits or none: that is the quickest way to take it
    if (this.#first === 0 && this.#items.length <= 1) return this.#items.pop();
    const item = this.#items[this.#first] as T;
    this.#first += 1;
    if (this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
