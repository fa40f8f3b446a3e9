import type { Contender } from '../harness/work.ts';
import { OPERATIONS, type OrderBookLike, OrderFlow } from '../samples/order-flow.ts';
import { RESTING_ORDERS, restingOrder, tapeOf } from '../samples/prints.ts';

interface Resting {
  readonly order: number;
  readonly ticks: number;
  left: number;
}

/** What one would write first: two arrays sorted by price and age, without accounts, money or events. */
class SortedLists implements OrderBookLike {
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

export function orderFlow(): Contender {
  let flow = new OrderFlow();
  return {
    async prepare() {
      flow = new OrderFlow();
    },
    async run() {
      flow.run(new SortedLists((order) => flow.filled(order)), OPERATIONS);
      return undefined;
    },
    result: async () => flow.counts,
  };
}

export function prints(): Contender {
  let tape: ReturnType<typeof tapeOf> = [];
  let orders = 0;
  return {
    async prepare() {
      if (tape.length === 0) tape = tapeOf();
      orders = 0;
    },
    async run() {
      const add = (): void => {
        const { isBuy, ticks, lots } = restingOrder(orders);
        lists.add(orders, isBuy, ticks, lots);
        orders += 1;
      };
      let filled = 0;
      const lists = new SortedLists(() => {
        filled += 1;
      });
      for (let i = 0; i < RESTING_ORDERS; i += 1) add();
      for (const { price, quantity, side, length } of tape) {
        for (let i = 0; i < length; i += 1) lists.print(price[i] as number, quantity[i] as number, side[i] === 1);
        for (; filled > 0; filled -= 1) add();
      }
      return undefined;
    },
    result: async () => ({ orders: Float64Array.of(orders) }),
  };
}
