import { Decimal, type DecimalInput, decimal, stepsOf } from './decimal.ts';
import { InvalidInputError } from './errors.ts';
import { shown } from './shown.ts';

/** A step of position size with its own margin rules; tiers ascend by `maxNotional`. */
export interface RiskTier {
  /** Position value in the quote asset up to which this tier holds; null for the last. */
  readonly maxNotional: Decimal | null;
  readonly maxLeverage: number;
  /** Share of the position value, e.g. 0.004. */
  readonly maintenanceMarginRate: Decimal;
}

/** A linear perpetual or a spot pair: what may be ordered, in which steps, at which fees. */
export interface Instrument {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** Smallest price step, in the quote asset. */
  readonly tickSize: Decimal;
  /** Smallest quantity step, in the base asset. */
  readonly lotSize: Decimal;
  /** Base asset per contract; 1 where the venue counts the base asset itself. */
  readonly contractSize: Decimal;
  readonly minQuantity: Decimal;
  /** Null where the venue names no limit. */
  readonly maxQuantity: Decimal | null;
  /** Smallest order value in the quote asset, or null. */
  readonly minNotional: Decimal | null;
  readonly maxLeverage: number;
  readonly riskTiers: readonly RiskTier[];
  /** Shares of the traded value, e.g. 0.0002; negative for a rebate. */
  readonly makerFee: Decimal;
  readonly takerFee: Decimal;
}

/** What was wrong with a price or quantity, and the legal values on either side of it. */
export interface StepProblem {
  readonly message: string;
  readonly below: Decimal | null;
  readonly above: Decimal | null;
}

/**
 * Base asset to contracts, exactly.
 * @throws InvalidInputError when the quantity is not a whole number of contracts; the message names both neighbours
 */
export function toContracts(instrument: Instrument, quantity: DecimalInput): Decimal {
  const base = decimal(quantity, 'quantity');
  const contracts = base.div(instrument.contractSize);
  // a quotient may have been rounded to 60 digits, so wholeness is asked of the product
  if (contracts.isInteger() && contracts.mul(instrument.contractSize).eq(base)) return contracts;
  const below = contracts.floor().mul(instrument.contractSize);
  throw new InvalidInputError(
    `quantity ${shown(base)} is not a whole number of contracts of ${instrument.contractSize} ${instrument.baseAsset}: ${shown(below)} and ${shown(below.plus(instrument.contractSize))} are`,
  );
}

/** Contracts to base asset, exactly. */
export const toBaseQuantity = (instrument: Instrument, contracts: DecimalInput): Decimal =>
  decimal(contracts, 'contracts').mul(instrument.contractSize);

/**
 * Null when the quantity may be ordered; otherwise the nearest that may, on either side. Nothing is ever rounded: the
 * caller decides which neighbour is meant.
 */
export function checkQuantity(
  { minQuantity, maxQuantity, lotSize }: Pick<Instrument, 'minQuantity' | 'maxQuantity' | 'lotSize'>,
  quantity: Decimal,
): StepProblem | null {
  if (areWithin(stepsOf(quantity, lotSize), minQuantity, maxQuantity, lotSize)) return null;
  const isWithin = quantity.gte(minQuantity) && quantity.gt(0) && (maxQuantity === null || quantity.lte(maxQuantity));
  if (isWithin && quantity.mod(lotSize).isZero()) return null;
  // a venue's limits may lie off its own lot
  const lowest = Decimal.max(minQuantity.div(lotSize).ceil(), 1).mul(lotSize);
  const highest = maxQuantity === null ? null : floorTo(maxQuantity, lotSize);
  if (quantity.lt(minQuantity) || quantity.lte(0)) {
    return { message: `quantity ${shown(quantity)} is below the minimum ${lowest}`, below: null, above: lowest };
  }
  if (maxQuantity !== null && quantity.gt(maxQuantity)) {
    return { message: `quantity ${shown(quantity)} is above the maximum ${highest}`, below: highest, above: null };
  }
  return offStep('quantity', quantity, lotSize, lowest, highest);
}

/** Null when the price is above 0 and on the tick. */
export function checkPrice({ tickSize }: Pick<Instrument, 'tickSize'>, price: Decimal): StepProblem | null {
  if (price.lte(0)) return { message: `price ${shown(price)} is not above 0`, below: null, above: tickSize };
  return offStep('price', price, tickSize, tickSize, null);
}

function offStep(
  what: string,
  value: Decimal,
  step: Decimal,
  lowest: Decimal,
  highest: Decimal | null,
): StepProblem | null {
  if (isOnStep(value, step)) return null;
  const floor = floorTo(value, step);
  const next = floor.plus(step);
  const below = floor.gte(lowest) ? floor : null;
  const above = highest === null || next.lte(highest) ? next : null;
  const right =
    below !== null && above !== null ? `${shown(below)} and ${shown(above)} are` : `${shown(below ?? above)} is`;
  return { message: `${what} ${shown(value)} is not a multiple of ${step}: ${right}`, below, above };
}

/** The usual case in whole numbers alone; false also where these limits, or what is asked for, are not to be counted in steps. */
function areWithin(steps: number | null, least: Decimal, most: Decimal | null, step: Decimal): boolean {
  if (steps === null || steps <= 0) return false;
  const from = stepsOf(least, step);
  const to = most === null ? Number.POSITIVE_INFINITY : stepsOf(most, step);
  return from !== null && to !== null && steps >= from && steps <= to;
}

const isOnStep = (value: Decimal, step: Decimal): boolean => stepsOf(value, step) !== null || value.mod(step).isZero();

const floorTo = (value: Decimal, step: Decimal): Decimal => value.div(step).floor().mul(step);

export const ZERO: Decimal = new Decimal(0);
