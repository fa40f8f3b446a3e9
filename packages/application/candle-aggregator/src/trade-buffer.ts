import type { TradeColumns } from '@prate/domain/candles';

const FIRST_CAPACITY = 64;

/** Gathers small pieces of trades, so that candles are made of many trades at once and not of one at a time. */
export class TradeBuffer {
  #length = 0;
  #time: Float64Array = new Float64Array(FIRST_CAPACITY);
  #price: Float64Array = new Float64Array(FIRST_CAPACITY);
  #quantity: Float64Array = new Float64Array(FIRST_CAPACITY);
  #priceDecimals: number | null = null;
  #quantityDecimals: number | null = null;

  /** Takes the trades, or returns false where they do not go with what is here: earlier, or on other scales. */
  append(trades: TradeColumns): boolean {
    const { time, price, quantity, length, priceDecimals, quantityDecimals } = trades;
    if (!(quantity instanceof Float64Array)) return false;
    if (this.#length === 0) {
      this.#priceDecimals = priceDecimals;
      this.#quantityDecimals = quantityDecimals;
    } else {
      if (priceDecimals !== this.#priceDecimals || quantityDecimals !== this.#quantityDecimals) return false;
      if ((time[0] as number) < (this.#time[this.#length - 1] as number)) return false;
    }
    this.#reserve(length);
    this.#time.set(time, this.#length);
    this.#price.set(price, this.#length);
    this.#quantity.set(quantity, this.#length);
    this.#length += length;
    return true;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#time.length) return;
    const grown = (values: Float64Array): Float64Array => {
      const larger = new Float64Array(Math.max(needed, values.length * 2));
      larger.set(values);
      return larger;
    };
    this.#time = grown(this.#time);
    this.#price = grown(this.#price);
    this.#quantity = grown(this.#quantity);
  }

  /** What was gathered, null for nothing; a view that the next `append` overwrites. Sides and ids are not kept. */
  take(): TradeColumns | null {
    const length = this.#length;
    if (length === 0) return null;
    this.#length = 0;
    return {
      length,
      time: this.#time.subarray(0, length),
      priceDecimals: this.#priceDecimals,
      price: this.#price.subarray(0, length),
      quantityDecimals: this.#quantityDecimals,
      quantity: this.#quantity.subarray(0, length),
      side: new Uint8Array(length),
      ids: null,
    };
  }
}
