import { Decimal } from '../decimal.ts';
import { Side } from '../enums.ts';
import { InvalidInputError } from '../errors.ts';
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
  /** The venue's ids, `''` for a trade without one; null where no trade has one. */
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
   * Takes a trade, or leaves everything as it was and throws.
   * @throws InvalidInputError when price or quantity is not a decimal number at or above 0, or the time is no whole number
   */
  push(time: number, price: string | number, quantity: string | number, side: Side, id: string | null): void {
    if (!Number.isSafeInteger(time)) throw new InvalidInputError(`time must be whole epoch milliseconds, not ${time}`);
    const scaledPrice = parseScaled(price);
    const scaledQuantity = parseScaled(quantity);
    this.#time.push(time);
    this.#price.pushScaled(scaledPrice);
    this.#quantity.pushScaled(scaledQuantity);
    this.#side.push(side === Side.BUY ? 0 : 1);
    this.#ids.push(id ?? '');
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
      ids: this.#ids.some((id) => id !== '') ? this.#ids : null,
    };
  }
}

/** Rows `[from, to)` as views on the same memory. */
export const sliceTrades = (trades: TradeColumns, from: number, to: number): TradeColumns => ({
  ...trades,
  length: Math.max(0, to - from),
  time: trades.time.subarray(from, to),
  price: trades.price.subarray(from, to),
  quantity: trades.quantity.subarray(from, to),
  side: trades.side.subarray(from, to),
  ids: trades.ids?.slice(from, to) ?? null,
});

/** The columns as plain rows; a view, made one at a time. */
export function* publicTradesOf(symbol: string, columns: TradeColumns): Generator<PublicTrade> {
  for (let i = 0; i < columns.length; i += 1) yield publicTradeAt(symbol, columns, i);
}

export const publicTradeAt = (symbol: string, columns: TradeColumns, i: number): PublicTrade => ({
  id: columns.ids?.[i] || null,
  symbol,
  time: columns.time[i] as number,
  price: new Decimal(formatScaled(columns.price[i] as number, columns.priceDecimals)),
  quantity: new Decimal(formatScaled(columns.quantity[i] as number | bigint, columns.quantityDecimals)),
  side: columns.side[i] === 0 ? Side.BUY : Side.SELL,
});
