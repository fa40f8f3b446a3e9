import type { Grid } from './grid.ts';
import { ceilDiv, type Rate, shareOf } from './units.ts';

/** What an account trades with at a symbol. */
export interface CostTerms {
  readonly leverage: number;
  readonly fees: { readonly maker: Rate; readonly taker: Rate };
  readonly feeReserve: Rate;
}

/** What is taken from the account when a value is opened. */
export const initialMargin = (value: bigint, leverage: number, feeReserve: Rate): bigint =>
  value / BigInt(leverage) + shareOf(value, feeReserve);

/** What an order holds for the part that would open. */
export function heldFor(opening: bigint, { leverage, fees, feeReserve }: CostTerms): bigint {
  let held = ceilDiv(opening, BigInt(leverage));
  if (fees.taker.num > 0n) held += ceilDiv(opening * fees.taker.num, fees.taker.den);
  if (feeReserve.num > 0n) held += ceilDiv(opening * feeReserve.num, feeReserve.den);
  return held;
}

const sum = (parts: readonly (bigint | null)[]): bigint | null =>
  parts.reduce((total, part) => (total === null || part === null ? null : total + part), 0n);

/**
 * Margins, holds and fees of values that are a whole number of tick × lot. Where those of one tick × lot are whole amounts,
 * as of most instruments, nothing is ever cut, and each is one product; else they are the shares that they are defined as.
 */
export class UnitCosts {
  readonly terms: CostTerms;
  readonly grid: Grid;
  readonly #margin: bigint | null;
  readonly #held: bigint | null;
  readonly #maker: bigint | null;
  readonly #taker: bigint | null;

  constructor(terms: CostTerms, grid: Grid) {
    const { leverage, fees, feeReserve } = terms;
    const part = grid.wholeShare({ num: 1n, den: BigInt(leverage) });
    const reserve = grid.wholeShare(feeReserve);
    this.terms = terms;
    this.grid = grid;
    this.#maker = grid.wholeShare(fees.maker);
    this.#taker = grid.wholeShare(fees.taker);
    this.#margin = sum([part, reserve]);
    this.#held = sum([part, reserve, fees.taker.num > 0n ? this.#taker : 0n]);
  }

  /** Initial margin of a value. @param product of it: ticks × lots */
  margin(product: bigint): bigint {
    if (this.#margin !== null) return product * this.#margin;
    return initialMargin(this.grid.valueOf(product), this.terms.leverage, this.terms.feeReserve);
  }

  held(product: bigint): bigint {
    return this.#held === null ? heldFor(this.grid.valueOf(product), this.terms) : product * this.#held;
  }

  fee(product: bigint, isTaker: boolean): bigint {
    const unit = isTaker ? this.#taker : this.#maker;
    if (unit !== null) return product * unit;
    return shareOf(this.grid.valueOf(product), isTaker ? this.terms.fees.taker : this.terms.fees.maker);
  }
}
