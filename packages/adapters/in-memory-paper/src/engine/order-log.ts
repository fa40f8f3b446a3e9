import type { ClientOrderId } from '@prate/domain';
import type { EngineOrder } from './order.ts';

/** Every order there ever was, in the order of creation, which is that of the ids. */
export class OrderLog {
  readonly #orders: EngineOrder[] = [];
  readonly #byClientId = new Map<ClientOrderId, EngineOrder>();
  /** So many orders are in the map: it is made when somebody asks, so that an engine that is never asked pays nothing. */
  #indexed = 0;

  add(order: EngineOrder): void {
    this.#orders.push(order);
  }

  all(): readonly EngineOrder[] {
    return this.#orders;
  }

  get(id: number): EngineOrder | null {
    let low = 0;
    let high = this.#orders.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#orders[middle] as EngineOrder).id < id) low = middle + 1;
      else high = middle;
    }
    const found = this.#orders[low];
    return found?.id === id ? found : null;
  }

  /** By an id as it is told outside. */
  find(text: string): EngineOrder | null {
    const order = this.get(Number(text));
    return order !== null && String(order.id) === text ? order : null;
  }

  /** The latest that has it: a replaced order leaves it to the new one. */
  byClientId(clientOrderId: ClientOrderId): EngineOrder | null {
    for (; this.#indexed < this.#orders.length; this.#indexed += 1) {
      const order = this.#orders[this.#indexed] as EngineOrder;
      this.#byClientId.set(order.ticket.clientOrderId, order);
    }
    return this.#byClientId.get(clientOrderId) ?? null;
  }
}
