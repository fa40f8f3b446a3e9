import type { TradeColumns } from '@prate/domain/candles';
import type { Contender } from '../harness/work.ts';
import { flowing, type OrderBookLike } from '../samples/order-flow.ts';
import { type Printed, printing } from '../samples/prints.ts';

interface Resting {
  readonly order: number;
  readonly ticks: number;
  left: number;
}

/** What one would write first: two arrays sorted by price and age, without accounts, money or events. */
class SortedLists implements OrderBookLike, Printed {
  readonly #bids: Resting[] = [];
  readonly #asks: Resting[] = [];
  readonly #sides = new Map<number, boolean>();
  readonly #filled: (order: number) => void;

  constructor(filled: (order: number) => void) {
    this.#filled = filled;
  }

  add(order: number, isBuy: boolean, ticks: number, lots: number): void {
    const side = isBuy ? this.#bids : this.#asks;
    const at = side.findIndex((other) => (isBuy ? other.ticks < ticks : other.ticks > ticks));
    side.splice(at === -1 ? side.length : at, 0, { order, ticks, left: lots });
    this.#sides.set(order, isBuy);
  }

  cancel(order: number): void {
    const side = this.#sides.get(order) === true ? this.#bids : this.#asks;
    side.splice(
      side.findIndex((other) => other.order === order),
      1,
    );
    this.#sides.delete(order);
  }

  tell({ price, quantity, side, length }: TradeColumns): void {
    for (let i = 0; i < length; i += 1) this.print(price[i] as number, Number(quantity[i]), side[i] === 1);
  }

  print(ticks: number, lots: number, isSell: boolean): void {
    const left = this.#reach(isSell, ticks, lots);
    this.#reach(!isSell, ticks, left);
  }

  #reach(isBid: boolean, ticks: number, lots: number): number {
    const side = isBid ? this.#bids : this.#asks;
    let left = lots;
    for (let first = side[0]; first !== undefined && left > 0; first = side[0]) {
      if (isBid ? first.ticks < ticks : first.ticks > ticks) return left;
      const part = Math.min(first.left, left);
      first.left -= part;
      left -= part;
      if (first.left > 0) return left;
      side.shift();
      this.#sides.delete(first.order);
      this.#filled(first.order);
    }
    return left;
  }
}

export const orderFlow = (): Contender => flowing((filled) => new SortedLists(filled));
export const prints = (): Contender => printing((filled) => new SortedLists(filled));
