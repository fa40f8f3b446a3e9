import type { ClientOrderId } from '@prate/domain';

interface Logged {
  readonly id: number;
  readonly clientOrderId: ClientOrderId;
}

/** The orders that are open or remembered, in the order of creation, which is that of the ids. */
export class OrderLog<Order extends Logged> {
  #orders: Order[] = [];
  readonly #byClientId = new Map<ClientOrderId, Order>();
  /** So many orders are in the map: it is made when somebody asks, so that an engine that is never asked pays nothing. */
  #indexed = 0;

  add(order: Order): void {
    this.#orders.push(order);
  }

  get size(): number {
    return this.#orders.length;
  }

  /** They are as if they had never been; their client order ids are free again. */
  drop(gone: ReadonlySet<Order>): void {
    this.#orders = this.#orders.filter((order) => !gone.has(order));
    this.#byClientId.clear();
    this.#indexed = 0;
  }

  all(): readonly Order[] {
    return this.#orders;
  }

  get(id: number): Order | null {
    let low = 0;
    let high = this.#orders.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#orders[middle] as Order).id < id) low = middle + 1;
      else high = middle;
    }
    const found = this.#orders[low];
    return found?.id === id ? found : null;
  }

  /** By an id as it is told outside. */
  find(text: string): Order | null {
    const order = this.get(Number(text));
    return order !== null && String(order.id) === text ? order : null;
  }

  /** The latest that has it: a replaced order leaves it to the new one. */
  byClientId(clientOrderId: ClientOrderId): Order | null {
    for (; this.#indexed < this.#orders.length; this.#indexed += 1) {
      const order = this.#orders[this.#indexed] as Order;
      this.#byClientId.set(order.clientOrderId, order);
    }
    return this.#byClientId.get(clientOrderId) ?? null;
  }
}
