import type { EngineOrder } from './order.ts';

/** The open orders of an account at one symbol, oldest first, linked through themselves. */
export class OpenOrders {
  size = 0;
  /** How many of them may only reduce. */
  reducing = 0;
  #oldest: EngineOrder | null = null;
  #youngest: EngineOrder | null = null;

  add(order: EngineOrder): void {
    order.older = this.#youngest;
    if (this.#youngest === null) this.#oldest = order;
    else this.#youngest.younger = order;
    this.#youngest = order;
    this.size += 1;
    if (order.reduces) this.reducing += 1;
  }

  remove(order: EngineOrder): void {
    const { older, younger } = order;
    if (older === null) this.#oldest = younger;
    else older.younger = younger;
    if (younger === null) this.#youngest = older;
    else younger.older = older;
    order.older = null;
    order.younger = null;
    this.size -= 1;
    if (order.reduces) this.reducing -= 1;
  }

  /** As they are now. */
  list(): EngineOrder[] {
    const orders: EngineOrder[] = [];
    for (let order = this.#oldest; order !== null; order = order.younger) orders.push(order);
    return orders;
  }
}
