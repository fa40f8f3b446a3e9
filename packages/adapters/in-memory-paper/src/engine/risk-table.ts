import { Decimal, type Instrument } from '@prate/domain';
import { type Rate, rateOf, toMoney } from './units.ts';

export interface Tier {
  /** Position value up to which it holds; null for the last. */
  readonly cap: bigint | null;
  readonly maxLeverage: number;
  readonly maintenance: Rate;
}

/** The risk tiers of an instrument; one without any has a single tier with no maintenance margin. */
export class RiskTable {
  readonly tiers: readonly Tier[];
  /** Whether position values do not matter at all. */
  readonly isFlat: boolean;

  constructor({ riskTiers, maxLeverage }: Instrument) {
    const tiers = riskTiers.map((tier) => ({
      cap: tier.maxNotional === null ? null : toMoney(tier.maxNotional),
      maxLeverage: tier.maxLeverage,
      maintenance: rateOf(tier.maintenanceMarginRate),
    }));
    this.tiers = tiers.length > 0 ? tiers : [{ cap: null, maxLeverage, maintenance: rateOf(new Decimal(0)) }];
    this.isFlat = this.tiers.length === 1 && this.tiers[0]?.cap === null;
  }

  /** Of a position value; beyond all caps it is the last. */
  indexOf(value: bigint): number {
    const { tiers } = this;
    for (let i = 0; i < tiers.length - 1; i += 1) {
      const { cap } = tiers[i] as Tier;
      if (cap === null || value <= cap) return i;
    }
    return tiers.length - 1;
  }

  tierOf(value: bigint): Tier {
    return this.tiers[this.indexOf(value)] as Tier;
  }

  /** Null when a position of this value may have the leverage; otherwise what would be right. */
  problem(value: bigint, leverage: number): string | null {
    const { cap, maxLeverage } = this.tierOf(value);
    if (cap !== null && value > cap) return 'it is beyond the last risk tier';
    return leverage <= maxLeverage
      ? null
      : `its risk tier allows a leverage of at most ${maxLeverage}, not ${leverage}`;
  }
}
