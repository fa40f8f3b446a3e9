const PLACES = 9;

/** Ids of orders, fills, plans and trailing orders as the wire has them: 18 digits, above 2^53; the exchange counts from 1. */
class WireIds {
  readonly #first: bigint;
  readonly #beginning: string;

  /** @param first a multiple of 10^9 */
  constructor(first: bigint) {
    this.#first = first;
    this.#beginning = String(first).slice(0, -PLACES);
  }

  toWire(id: string): string {
    // the first billion of them are the first one's digits with their own at the end
    if (id.length <= PLACES) return this.#beginning + id.padStart(PLACES, '0');
    return String(this.#first + BigInt(id));
  }

  /** Null for what is no id of this kind. */
  toDesk(wireId: string): string | null {
    if (!/^\d{18,19}$/.test(wireId)) return null;
    const id = BigInt(wireId) - this.#first;
    return id > 0n ? String(id) : null;
  }
}

export const orderIds: WireIds = new WireIds(739_113_577_000_000_000n);
export const fillIds: WireIds = new WireIds(841_266_109_000_000_000n);

export const planIds: WireIds = new WireIds(739_524_811_000_000_000n);
export const trailingIds: WireIds = new WireIds(740_118_236_000_000_000n);

interface NumberIds {
  /** 0 means none. */
  toWire(id: number): number;
  toDesk(wireId: number): number;
}

const numbersFrom = (first: number): NumberIds => ({
  toWire: (id) => (id === 0 ? 0 : first + id),
  toDesk: (wireId) => wireId - first,
});

export const positionIds: NumberIds = numbersFrom(1_394_650_000);
export const stopIds: NumberIds = numbersFrom(412_970_000);
