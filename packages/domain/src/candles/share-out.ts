import { parseScaled, toDouble } from './decimal-column.ts';

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
    return { units: Number.MAX_SAFE_INTEGER, unit: Number(unit), big: amount / unit, decimals: 0 };
  }
  const value = Number(amount);
  if (value === 0) return { units: 0, unit: 1, big: null, decimals: 0 };
  let unit = 1;
  for (let i = 0; i < decimals && value % (unit * 10) === 0; i += 1) unit *= 10;
  return { units: value / unit, unit, big: null, decimals: 0 };
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
    const part = (share.big * BigInt(step + 1)) / n - (share.big * BigInt(step)) / n;
    const value = part * BigInt(share.unit);
    return share.decimals === 0 ? value : toDouble(value, share.decimals);
  }
  // units = each · steps + rest: no product leaves the whole numbers that doubles hold
  const rest = share.units % steps;
  const each = (share.units - rest) / steps;
  const part = each + Math.floor((rest * (step + 1)) / steps) - Math.floor((rest * step) / steps);
  return share.decimals === 0 ? part * share.unit : toDouble(part, share.decimals);
}
