import { Decimal, type RiskTier } from '@prate/domain';
import type { WireContract } from '../wire/market.ts';

/** A tier as MEXC counts it. */
interface WireTier {
  /** Contracts or quote, see `riskLimitType`. */
  readonly max: Decimal;
  readonly maintenanceMarginRate: Decimal;
  readonly maxLeverage: number;
}

/** More levels than any contract has; a number that is no such count must not fill the memory. */
const MOST_TIERS = 1_000;

/** Value tiers at a price, ascending; the last has no limit, though MEXC allows no position beyond it. */
export function riskTiersAt(contract: WireContract, price: Decimal): readonly RiskTier[] {
  const unitValue = contract.riskLimitType === 'BY_VALUE' ? new Decimal(1) : price.mul(contract.contractSize);
  if (!unitValue.gt(0)) return [strictestTier(contract)];
  const tiers = tiersOf(contract);
  return tiers.map(({ max, maintenanceMarginRate, maxLeverage }, i) => ({
    maxNotional: i === tiers.length - 1 ? null : max.mul(unitValue),
    maxLeverage,
    maintenanceMarginRate,
  }));
}

/** The tier of the largest positions for all of them: too careful, and never wrong on the other side. */
export function strictestTier(contract: WireContract): RiskTier {
  const { maintenanceMarginRate, maxLeverage } = tiersOf(contract).at(-1) as WireTier;
  return { maxNotional: null, maintenanceMarginRate, maxLeverage };
}

/** Share of its value that a position of so many contracts, or of this value, must keep as margin. */
export function maintenanceRate(contract: WireContract, contracts: Decimal, value: Decimal): Decimal {
  const tiers = tiersOf(contract);
  const size = contract.riskLimitType === 'BY_VALUE' ? value : contracts;
  const tier = tiers.find(({ max }) => size.lte(max)) ?? (tiers.at(-1) as WireTier);
  return tier.maintenanceMarginRate;
}

/** At least one; section 11.2 of the reference: rows of `riskLimitCustom` win wherever there are some. */
function tiersOf(contract: WireContract): readonly WireTier[] {
  const { riskLimitCustom: custom } = contract;
  if (custom.length > 0) {
    return ascending(
      custom.map(({ maxVol, mmr, imr, maxLeverage }) => ({
        max: new Decimal(maxVol),
        maintenanceMarginRate: new Decimal(mmr),
        maxLeverage: maxLeverage ?? leverageOf(new Decimal(imr)),
      })),
    );
  }
  const { riskBaseVol, riskIncrVol, riskIncrMmr, riskIncrImr, riskLevelLimit } = contract;
  const base = new Decimal(riskBaseVol ?? contract.maxVol);
  const step = new Decimal(riskIncrVol ?? 0);
  const levels = step.gt(0) ? Math.min(Math.max(riskLevelLimit ?? 1, 1), MOST_TIERS) : 1;
  return Array.from({ length: levels }, (_, k) => ({
    max: base.plus(step.mul(k)),
    maintenanceMarginRate: new Decimal(contract.maintenanceMarginRate).plus(new Decimal(riskIncrMmr ?? 0).mul(k)),
    maxLeverage: Math.min(
      contract.maxLeverage,
      leverageOf(new Decimal(contract.initialMarginRate).plus(new Decimal(riskIncrImr ?? 0).mul(k))),
    ),
  }));
}

/** By their limits, of equal ones the strictest. */
function ascending(tiers: readonly WireTier[]): readonly WireTier[] {
  const sorted = [...tiers].sort((a, b) => a.max.cmp(b.max) || a.maxLeverage - b.maxLeverage);
  return sorted.filter((tier, i) => i === 0 || tier.max.gt((sorted[i - 1] as WireTier).max));
}

const leverageOf = (initialMarginRate: Decimal): number =>
  initialMarginRate.gt(0) ? Math.max(new Decimal(1).div(initialMarginRate).floor().toNumber(), 1) : 1;
