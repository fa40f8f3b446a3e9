import type { Grid } from './grid.ts';
import type { EngineRules } from './rules.ts';
import { ceilDiv, type Rate, shareOf } from './units.ts';

/** Shares of traded values. */
export interface Fees {
  readonly maker: Rate;
  readonly taker: Rate;
}

export type CostRules = Pick<EngineRules, 'feeReserve' | 'liquidationFee'>;

/** What is taken from the account when a value is opened. */
export const initialMargin = (value: bigint, leverage: number, feeReserve: Rate): bigint =>
  value / BigInt(leverage) + shareOf(value, feeReserve);

const sum = (parts: readonly (bigint | null)[]): bigint | null =>
  parts.reduce((total, part) => (total === null || part === null ? null : total + part), 0n);

/**
 * Margins, holds and fees at a leverage, of values that are a whole number of tick × lot (`product`: ticks × lots). Where those
 * of one tick × lot are whole amounts, as at most instruments, nothing is ever cut, and each is one product; else they are the
 * shares that they are defined as.
 */
export class UnitCosts {
  readonly leverage: number;
  readonly grid: Grid;
  readonly #fees: Fees;
  readonly #feeReserve: Rate;
  readonly #unitMargin: bigint | null;
  readonly #unitHeld: bigint | null;
  readonly #unitMaker: bigint | null;
  readonly #unitTaker: bigint | null;
  readonly #longFee: Rate;
  readonly #shortFee: Rate;

  constructor(leverage: number, fees: Fees, { feeReserve, liquidationFee }: CostRules, grid: Grid) {
    const part = grid.wholeShare({ num: 1n, den: BigInt(leverage) });
    const reserve = grid.wholeShare(feeReserve);
    this.leverage = leverage;
    this.grid = grid;
    this.#fees = fees;
    this.#feeReserve = feeReserve;
    this.#unitMaker = grid.wholeShare(fees.maker);
    this.#unitTaker = grid.wholeShare(fees.taker);
    this.#unitMargin = sum([part, reserve]);
    this.#unitHeld = sum([part, reserve, fees.taker.num > 0n ? this.#unitTaker : 0n]);
    const den = BigInt(leverage) * liquidationFee.den;
    this.#longFee = { num: BigInt(leverage - 1) * liquidationFee.num, den };
    this.#shortFee = { num: BigInt(leverage + 1) * liquidationFee.num, den };
  }

  /** Initial margin. */
  margin(product: bigint): bigint {
    if (this.#unitMargin !== null) return product * this.#unitMargin;
    return initialMargin(this.grid.valueOf(product), this.leverage, this.#feeReserve);
  }

  /** What an order holds that would open so much. */
  held(product: bigint): bigint {
    return this.#unitHeld === null ? this.heldFor(this.grid.valueOf(product)) : product * this.#unitHeld;
  }

  /** The same for any value. */
  heldFor(value: bigint): bigint {
    const { taker } = this.#fees;
    let held = ceilDiv(value, BigInt(this.leverage));
    if (taker.num > 0n) held += ceilDiv(value * taker.num, taker.den);
    if (this.#feeReserve.num > 0n) held += ceilDiv(value * this.#feeReserve.num, this.#feeReserve.den);
    return held;
  }

  fee(product: bigint, isTaker: boolean): bigint {
    const unit = isTaker ? this.#unitTaker : this.#unitMaker;
    if (unit !== null) return product * unit;
    return shareOf(this.grid.valueOf(product), isTaker ? this.#fees.taker : this.#fees.maker);
  }

  /** Of the value at the bankruptcy price that leverage alone would give. */
  liquidationFee(cost: bigint, isLong: boolean): bigint {
    return shareOf(cost, isLong ? this.#longFee : this.#shortFee);
  }
}
