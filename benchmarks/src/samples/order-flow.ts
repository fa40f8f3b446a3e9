import { type Random, seededRandom } from '@prate/runtime';
import type { Contender } from '../harness/work.ts';

/** What an exchange is asked for, one after the other; prices in ticks, quantities in lots. */
export interface OrderBookLike {
  /** A resting order; the number stands for it from now on. */
  add(order: number, isBuy: boolean, ticks: number, lots: number): void;
  cancel(order: number): void;
  /** A print; tells each order that it filled whole. */
  print(ticks: number, lots: number, isSell: boolean): void;
}

export const MIDDLE = 400_000;
export const OPERATIONS = 500_000;
const RESTING = 5_000;

/**
 * Adds, cancels and prints on some 5,000 resting orders within half a percent of the middle, until `operations` of adds, cancels
 * and fills are done. `filled` is to be called for each order that has filled whole.
 */
class OrderFlow {
  readonly #random: Random = seededRandom(11);
  /** Orders that are open, in no order, and where each stands in it. */
  readonly #open: number[] = [];
  readonly #places = new Map<number, number>();
  #orders = 0;
  #fills = 0;
  #cancels = 0;

  run(book: OrderBookLike, operations: number): void {
    const random = this.#random;
    while (this.#orders + this.#fills + this.#cancels < operations) {
      const choice = random.nextInt(0, 10);
      if (this.#open.length < RESTING || choice < 4) this.#add(book);
      else if (choice < 8) this.#cancel(book);
      else this.#print(book);
    }
  }

  filled(order: number): void {
    this.#fills += 1;
    this.#forget(order);
  }

  get counts(): Readonly<Record<'orders' | 'cancels' | 'fills', Float64Array>> {
    return {
      orders: Float64Array.of(this.#orders),
      cancels: Float64Array.of(this.#cancels),
      fills: Float64Array.of(this.#fills),
    };
  }

  #add(book: OrderBookLike): void {
    const random = this.#random;
    const order = this.#orders;
    this.#orders += 1;
    this.#places.set(order, this.#open.length);
    this.#open.push(order);
    const isBuy = random.nextInt(0, 2) === 0;
    const away = random.nextInt(1, 2_000);
    book.add(order, isBuy, isBuy ? MIDDLE - away : MIDDLE + away, 1 + random.nextInt(0, 50));
  }

  #cancel(book: OrderBookLike): void {
    const order = this.#open[this.#random.nextInt(0, this.#open.length)] as number;
    this.#forget(order);
    this.#cancels += 1;
    book.cancel(order);
  }

  /** Reaches the best few orders of one side. */
  #print(book: OrderBookLike): void {
    const isSell = this.#random.nextInt(0, 2) === 0;
    book.print(isSell ? MIDDLE - 2_000 : MIDDLE + 2_000, 1 + this.#random.nextInt(0, 100), isSell);
  }

  #forget(order: number): void {
    const place = this.#places.get(order) as number;
    const last = this.#open.pop() as number;
    this.#places.delete(order);
    if (last === order) return;
    this.#open[place] = last;
    this.#places.set(last, place);
  }
}

/** The flow through a book. @param makeBook as for `printing` */
export function flowing(makeBook: (filled: (order: number) => void) => OrderBookLike): Contender {
  let flow = new OrderFlow();
  return {
    async prepare() {
      flow = new OrderFlow();
    },
    async run() {
      flow.run(
        makeBook((order) => flow.filled(order)),
        OPERATIONS,
      );
      return undefined;
    },
    result: async () => flow.counts,
  };
}
