import type { CallOptions } from '@prate/runtime';
import type { WireFill, WireOrder } from '../wire/orders.ts';
import type { OrderLookup } from './order-lookup.ts';

/** So many orders are remembered. */
const REMEMBERED = 20_000;

/** The client order id of each order, which rows of fills do not name. */
export class KnownOrderIds {
  readonly #lookup: OrderLookup;
  readonly #clientIds = new Map<string, string>();

  constructor(lookup: OrderLookup) {
    this.#lookup = lookup;
  }

  saw({ orderId, externalOid }: Pick<WireOrder, 'orderId' | 'externalOid'>): void {
    this.#clientIds.delete(orderId);
    this.#clientIds.set(orderId, externalOid);
    if (this.#clientIds.size <= REMEMBERED) return;
    for (const oldest of this.#clientIds.keys()) {
      this.#clientIds.delete(oldest);
      return;
    }
  }

  /** What is known without asking. */
  known(fill: WireFill): string | undefined {
    return fill.externalOid ?? this.#clientIds.get(fill.orderId);
  }

  /** By order id; orders that are not known are looked up. '' for an order without one. */
  async of(fills: readonly WireFill[], options?: CallOptions): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const unknown = new Map<string, string>();
    for (const fill of fills) {
      const clientId = this.known(fill);
      if (clientId === undefined) unknown.set(fill.orderId, fill.symbol);
      else found.set(fill.orderId, clientId);
    }
    await Promise.all(
      [...unknown].map(async ([orderId, symbol]) => {
        const order = await this.#lookup.find({ symbol, orderId }, options);
        if (order !== null) this.saw(order);
        found.set(orderId, order?.externalOid ?? '');
      }),
    );
    return found;
  }
}
