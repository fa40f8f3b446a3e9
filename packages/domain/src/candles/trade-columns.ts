import { Decimal } from '../decimal.ts';
import { Side } from '../enums.ts';
import { InvalidInputError } from '../errors.ts';
import type { PublicTrade } from '../market.ts';
import type { SumArray } from './candle-columns.ts';
import { DecimalColumnBuilder, formatScaled, parseScaled } from './decimal-column.ts';

/** Ids that are whole numbers as numbers, -1 for a trade without one; any others as text, `''` for a trade without one. */
export type TradeIds = Float64Array | readonly string[];

const NO_ID = -1;

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
  /** The venue's ids; null where no trade has one. Read them with `tradeIdAt`. */
  readonly ids: TradeIds | null;
}

/** The venue's id of a trade; `''` where it has none. */
export function tradeIdAt({ ids }: TradeColumns, i: number): string {
  if (ids === null) return '';
  if (!(ids instanceof Float64Array)) return ids[i] as string;
  return ids[i] === NO_ID ? '' : String(ids[i]);
}

/** The whole number that an id is, up to 2^53 - 1; -1 where it is none, or not written as numbers are (`'007'`). */
export function wholeId(id: string): number {
  const { length } = id;
  if (length === 0 || length > 16 || (length > 1 && id.charCodeAt(0) === 48)) return NO_ID;
  let number = 0;
  for (let i = 0; i < length; i += 1) {
    const digit = id.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return NO_ID;
    number = number * 10 + digit;
  }
  return number <= Number.MAX_SAFE_INTEGER ? number : NO_ID;
}

/** Ids in the form that is cheapest to work with. */
function toTradeIds(ids: readonly string[]): TradeIds | null {
  const numbers = new Float64Array(ids.length);
  let some = false;
  for (let i = 0; i < ids.length; i += 1) {
    const id = ids[i] as string;
    const number = wholeId(id);
    if (number === NO_ID && id !== '') return ids;
    some ||= number !== NO_ID;
    numbers[i] = number;
  }
  return some ? numbers : null;
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
      ids: toTradeIds(this.#ids),
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
  ids: sliceIds(trades.ids, from, to),
});

const sliceIds = (ids: TradeIds | null, from: number, to: number): TradeIds | null =>
  ids instanceof Float64Array ? ids.subarray(from, to) : (ids?.slice(from, to) ?? null);

/** The given rows, in the order given. */
export function pickTrades(trades: TradeColumns, rows: readonly number[]): TradeColumns {
  const numbers = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i] as number);
  const { quantity, ids } = trades;
  return {
    ...trades,
    length: rows.length,
    time: numbers(trades.time),
    price: numbers(trades.price),
    quantity:
      quantity instanceof Float64Array ? numbers(quantity) : BigInt64Array.from(rows, (i) => quantity[i] as bigint),
    side: Uint8Array.from(rows, (i) => trades.side[i] as number),
    ids: ids instanceof Float64Array ? numbers(ids) : ids && rows.map((i) => ids[i] as string),
  };
}

/** The columns as plain rows; a view, made one at a time. */
export function* publicTradesOf(symbol: string, columns: TradeColumns): Generator<PublicTrade> {
  for (let i = 0; i < columns.length; i += 1) yield publicTradeAt(symbol, columns, i);
}

export const publicTradeAt = (symbol: string, columns: TradeColumns, i: number): PublicTrade => ({
  id: tradeIdAt(columns, i) || null,
  symbol,
  time: columns.time[i] as number,
  price: new Decimal(formatScaled(columns.price[i] as number, columns.priceDecimals)),
  quantity: new Decimal(formatScaled(columns.quantity[i] as number | bigint, columns.quantityDecimals)),
  side: columns.side[i] === 0 ? Side.BUY : Side.SELL,
});
