import { Decimal } from '../decimal.ts';
import { Side } from '../enums.ts';
import type { PublicTrade } from '../market.ts';
import type { SumArray } from './candle-columns.ts';
import { DecimalColumnBuilder, formatScaled, parseScaled } from './decimal-column.ts';

/** Public trades of one symbol as typed arrays, in the order in which they were matched; numbers as in CandleColumns. */
export interface TradeColumns {
  readonly length: number;
  /** Epoch ms, never descending. */
  readonly time: Float64Array;
  readonly priceDecimals: number | null;
  readonly price: Float64Array;
  readonly quantityDecimals: number | null;
  /** Base asset. */
  readonly quantity: SumArray;
  /** The taker's side: 0 BUY, 1 SELL. */
  readonly side: Uint8Array;
  /** The venue's ids, or null where it gives none. */
  readonly ids: readonly string[] | null;
}

/** Collects trades row by row; numbers come as text or as doubles. */
export class TradeColumnsBuilder {
  readonly #time: number[] = [];
  readonly #price = new DecimalColumnBuilder('price');
  readonly #quantity = new DecimalColumnBuilder('sum');
  readonly #side: number[] = [];
  readonly #ids: string[] = [];

  get length(): number {
    return this.#time.length;
  }

  /**
   * Takes a trade, or leaves everything as it was and throws. All rows of one batch have an id, or none has.
   * @throws InvalidInputError when price or quantity is not a decimal number at or above 0
   */
  push(time: number, price: string | number, quantity: string | number, side: Side, id: string | null): void {
    const scaledPrice = parseScaled(price);
    const scaledQuantity = parseScaled(quantity);
    this.#time.push(time);
    this.#price.pushScaled(scaledPrice);
    this.#quantity.pushScaled(scaledQuantity);
    this.#side.push(side === Side.BUY ? 0 : 1);
    if (id !== null) this.#ids.push(id);
  }

  finish(): TradeColumns {
    const price = this.#price.finish();
    const quantity = this.#quantity.finish();
    return {
      length: this.#time.length,
      time: Float64Array.from(this.#time),
      priceDecimals: price.decimals,
      price: price.values as Float64Array,
      quantityDecimals: quantity.decimals,
      quantity: quantity.values,
      side: Uint8Array.from(this.#side),
      ids: this.#ids.length === this.#time.length && this.#ids.length > 0 ? this.#ids : null,
    };
  }
}

/** The columns as plain rows; a view, made one at a time. */
export function* publicTradesOf(symbol: string, columns: TradeColumns): Generator<PublicTrade> {
  for (let i = 0; i < columns.length; i += 1) yield publicTradeAt(symbol, columns, i);
}

export const publicTradeAt = (symbol: string, columns: TradeColumns, i: number): PublicTrade => ({
  id: columns.ids?.[i] ?? null,
  symbol,
  time: columns.time[i] as number,
  price: new Decimal(formatScaled(columns.price[i] as number, columns.priceDecimals)),
  quantity: new Decimal(formatScaled(columns.quantity[i] as number | bigint, columns.quantityDecimals)),
  side: columns.side[i] === 0 ? Side.BUY : Side.SELL,
});
