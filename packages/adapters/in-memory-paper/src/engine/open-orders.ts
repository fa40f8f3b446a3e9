/** What can be open: linked with its neighbours through itself. */
export interface Open<Order> {
  readonly reduces: boolean;
  readonly live: { older: Order | null; younger: Order | null };
}

/** The open orders of an account at one symbol, oldest first, linked through themselves. */
export class OpenOrders<Order extends Open<Order>> {
  size = 0;
  /** How many of them may only reduce. */
  reducing = 0;
  #oldest: Order | null = null;
  #youngest: Order | null = null;

  add(order: Order): void {
    order.live.older = this.#youngest;
    if (this.#youngest === null) this.#oldest = order;
    else this.#youngest.live.younger = order;
    this.#youngest = order;
    this.size += 1;
    if (order.reduces) this.reducing += 1;
  }

  remove(order: Order): void {
    const { live } = order;
    const { older, younger } = live;
    if (older === null) this.#oldest = younger;
    else older.live.younger = younger;
    if (younger === null) this.#youngest = older;
    else younger.live.older = older;
    live.older = null;
    live.younger = null;
    this.size -= 1;
    if (order.reduces) this.reducing -= 1;
  }

  /** As they are now. */
  list(): Order[] {
    const orders: Order[] = [];
    for (let order = this.#oldest; order !== null; order = order.live.younger) orders.push(order);
    return orders;
  }
}
