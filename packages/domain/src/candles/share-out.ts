import { parseScaled, toDouble } from './decimal-column.ts';
import { isWhole } from './price-grid.ts';

/**
 * An amount to share out in equal steps: `units` times `unit`, on the smallest decimal grid that holds it.
 * `big` holds the units where they exceed 2^53; `decimals` is not 0 only where the column is of doubles.
 */
export interface Share {
  /** Capped at 2^53 where `big` is set. */
  readonly units: number;
  readonly unit: number;
  readonly big: bigint | null;
  readonly decimals: number;
}

/** @param decimals of the column that holds the amount; null for doubles */
export function shareOf(amount: number | bigint, decimals: number | null): Share {
  if (decimals === null) return shareOfDouble(amount as number);
  if (typeof amount === 'bigint' && amount > BigInt(Number.MAX_SAFE_INTEGER)) {
    let unit = 1n;
    for (let i = 0; i < decimals && amount % (unit * 10n) === 0n; i += 1) unit *= 10n;
    const units = amount / unit;
    // the column needs 64 bits, which does not say that these units do
    if (units <= BigInt(Number.MAX_SAFE_INTEGER))
      return { units: Number(units), unit: Number(unit), big: null, decimals: 0 };
    return { units: Number.MAX_SAFE_INTEGER, unit: Number(unit), big: units, decimals: 0 };
  }
  const value = Number(amount);
  const unit = unitOf(value, decimals);
  return { units: value / unit, unit, big: null, decimals: 0 };
}

/** The largest power of ten, at most 10^decimals, that divides a whole number below 2^53; 1 for 0 and UNKNOWN. */
export function unitOf(amount: number, decimals: number): number {
  let unit = 1;
  if (amount <= 0) return unit;
  for (let i = 0; i < decimals && isWhole(amount / (unit * 10)); i += 1) unit *= 10;
  return unit;
}

function shareOfDouble(amount: number): Share {
  const { digits, decimals } = parseScaled(amount);
  const units = BigInt(digits === '' ? '0' : digits);
  return { units: Number(units), unit: 1, big: units > BigInt(Number.MAX_SAFE_INTEGER) ? units : null, decimals };
}

/**
 * The part of step `step` of `steps`: floor(units·(step+1)/steps) − floor(units·step/steps) units. The parts add up to
 * the whole, and every part is at least one unit when there are at least as many units as steps.
 */
export function shareAt(share: Share, step: number, steps: number): number | bigint {
  if (share.big !== null) {
    const n = BigInt(steps);
    return amountOf(share, (share.big * BigInt(step + 1)) / n - (share.big * BigInt(step)) / n);
  }
  // units = each · steps + rest: no product leaves the whole numbers that doubles hold
  const rest = share.units % steps;
  const each = (share.units - rest) / steps;
  return amountOf(share, each + Math.floor((rest * (step + 1)) / steps) - Math.floor((rest * step) / steps));
}

/** Some units of a share, on the scale of the column. */
export function amountOf({ unit, decimals }: Share, units: number | bigint): number | bigint {
  if (decimals !== 0) return toDouble(units, decimals);
  if (typeof units === 'number' && units * unit <= Number.MAX_SAFE_INTEGER) return units * unit;
  return BigInt(units) * BigInt(unit);
}

/**
 * Shares an amount out one part after the other, each in proportion to its weight: the parts of all weights add up to the
 * whole. `reserved` of its units are left to the caller to give away by `atLeast`.
 */
export class WeightedShares {
  readonly #weights: number;
  readonly #each: number;
  readonly #bigEach: bigint | null;
  readonly #rest: number;
  /** What the parts so far were rounded down by, in 1/weights of a unit. */
  #left: number;

  /**
   * @param weights the sum of all weights, from 1 up
   * @param left whole, in [0, weights): how far the first part is rounded up
   */
  constructor(share: Share, reserved: number, weights: number, left: number = Math.floor(weights / 2)) {
    this.#weights = weights;
    this.#left = left;
    if (share.big === null) {
      const units = share.units - reserved;
      this.#bigEach = null;
      this.#rest = units % weights;
      this.#each = (units - this.#rest) / weights;
    } else {
      const units = share.big - BigInt(reserved);
      this.#bigEach = units / BigInt(weights);
      this.#rest = Number(units % BigInt(weights));
      this.#each = 0;
    }
  }

  /** The units of the next weight, and `atLeast` reserved ones: whole. */
  take(weight: number, atLeast: number): number | bigint {
    const fraction = this.#left + this.#rest * weight;
    const whole = Math.floor(fraction / this.#weights);
    this.#left = fraction - whole * this.#weights;
    const small = atLeast + whole;
    if (this.#bigEach === null) return this.#each * weight + small;
    return this.#bigEach * BigInt(weight) + BigInt(small);
  }
}
