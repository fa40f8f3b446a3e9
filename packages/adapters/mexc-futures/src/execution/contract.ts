import { Decimal, type Instrument, ZERO } from '@prate/domain';
import { RejectReason } from '@prate/execution-port';
import type { WireContract, WireRiskTier } from '../wire/market.ts';

/** Steps and limits of a quantity, in the base asset. */
type QuantityRules = Pick<Instrument, 'lotSize' | 'minQuantity' | 'maxQuantity'>;

interface Tier {
  /** Contracts, or value in the quote asset. */
  readonly upTo: Decimal;
  readonly maintenanceRate: Decimal;
}

/** What orders and positions of one contract have to know of it. */
export interface Contract {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly settleAsset: string;
  /** Base asset a contract; of an inverse contract the quote asset, which no port quantity can be made of. */
  readonly contractSize: Decimal;
  readonly isLinear: boolean;
  readonly tickSize: Decimal;
  readonly limitOrders: QuantityRules;
  readonly marketOrders: QuantityRules;
  readonly minLeverage: number;
  readonly maxLeverage: number;
  readonly tiers: readonly Tier[];
  readonly tiersAreByValue: boolean;
  /** Why it takes no orders; null where it does. */
  readonly obstacle: { readonly reason: RejectReason; readonly message: string } | null;
}

export function contractOf(wire: WireContract): Contract {
  const contractSize = new Decimal(wire.contractSize);
  const isLinear = wire.settleCoin !== wire.baseCoin;
  const rules = (most: string): QuantityRules => ({
    lotSize: contractSize.mul(wire.volUnit),
    minQuantity: contractSize.mul(wire.minVol),
    maxQuantity: contractSize.mul(most),
  });
  const regional = wire.countryConfigContractMaxLeverage ?? 0;
  return {
    symbol: wire.symbol,
    baseAsset: wire.baseCoin,
    settleAsset: wire.settleCoin,
    contractSize,
    isLinear,
    tickSize: new Decimal(wire.priceUnit),
    limitOrders: rules(wire.limitMaxVol ?? wire.maxVol),
    marketOrders: rules(wire.maxVol),
    minLeverage: wire.minLeverage,
    maxLeverage: regional > 0 ? Math.min(regional, wire.maxLeverage) : wire.maxLeverage,
    tiers: tiersOf(wire),
    tiersAreByValue: wire.riskLimitType === 'BY_VALUE',
    obstacle: obstacleOf(wire, isLinear),
  };
}

const STATES: Readonly<Record<number, string>> = { 1: 'delivering', 2: 'delivered', 3: 'offline', 4: 'paused' };

function obstacleOf(wire: WireContract, isLinear: boolean): Contract['obstacle'] {
  const { symbol, state } = wire;
  const unavailable = (message: string): Contract['obstacle'] => ({
    reason: RejectReason.CONTRACT_UNAVAILABLE,
    message: `${symbol} ${message}`,
  });
  if (state !== 0)
    return unavailable(`is ${STATES[state] ?? `in state ${state}`}: MEXC takes orders of contracts in state 0`);
  if (wire.apiAllowed === false) return unavailable('takes no orders by API, only on the web');
  if (wire.isHidden) return unavailable('is hidden: MEXC takes no orders by API of it');
  if (isLinear) return null;
  const message = `${symbol} is an inverse contract: its size is in the quote asset, and quantities here are in the base asset`;
  return { reason: RejectReason.NOT_SUPPORTED, message };
}

/** Custom rows win wherever there are some; else the tiers grow by one step each. */
function tiersOf(wire: WireContract): readonly Tier[] {
  const custom = wire.riskLimitCustom.map(({ maxVol, mmr }: WireRiskTier) => ({
    upTo: new Decimal(maxVol),
    maintenanceRate: new Decimal(mmr),
  }));
  if (custom.length > 0) return custom.sort((a, b) => a.upTo.cmp(b.upTo));
  const base = new Decimal(wire.riskBaseVol ?? 0);
  const [step, rate] = [new Decimal(wire.riskIncrVol ?? 0), new Decimal(wire.riskIncrMmr ?? 0)];
  return Array.from({ length: Math.max(wire.riskLevelLimit ?? 1, 1) }, (_, level) => ({
    upTo: base.plus(step.mul(level)),
    maintenanceRate: rate.mul(level).plus(wire.maintenanceMarginRate),
  }));
}

/** Share of the value that a position of this size must keep as margin. */
export function maintenanceRate(contract: Contract, contracts: Decimal, value: Decimal): Decimal {
  const size = contract.tiersAreByValue ? value : contracts;
  const tier = contract.tiers.find(({ upTo }) => size.lte(upTo)) ?? contract.tiers.at(-1);
  return tier?.maintenanceRate ?? ZERO;
}

/** Of two descriptions of one contract the narrower: what is open to all, and what a region is allowed. */
export function stricter(a: WireContract, b: WireContract | undefined): WireContract {
  if (b === undefined) return a;
  const less = (x: string, y: string): string => (new Decimal(x).lte(y) ? x : y);
  return {
    ...a,
    state: a.state === 0 ? b.state : a.state,
    apiAllowed: a.apiAllowed === false ? false : b.apiAllowed,
    isHidden: a.isHidden || b.isHidden,
    maxVol: less(a.maxVol, b.maxVol),
    limitMaxVol: less(a.limitMaxVol ?? a.maxVol, b.limitMaxVol ?? b.maxVol),
    maxLeverage: Math.min(a.maxLeverage, b.maxLeverage),
    countryConfigContractMaxLeverage: b.countryConfigContractMaxLeverage ?? a.countryConfigContractMaxLeverage,
    riskLimitCustom: b.riskLimitCustom.length > 0 ? b.riskLimitCustom : a.riskLimitCustom,
  };
}

/** Wire volumes as base asset. */
export const toBase = (contract: Contract, contracts: string): Decimal => contract.contractSize.mul(contracts);
