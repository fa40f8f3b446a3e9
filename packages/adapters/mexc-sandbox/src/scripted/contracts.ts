import { Decimal, type DecimalInput } from '@prate/domain';
import type { Contract } from '../backend/market-values.ts';

/** What a scripted contract is told by; the rest has usual values. */
export interface ContractScript {
  /** `BTC_USDT`; of an inverse contract `BTC_USD`. */
  readonly symbol: string;
  readonly contractSize: DecimalInput;
  readonly tickSize: DecimalInput;
  readonly inverse?: boolean | undefined;
  readonly minVolume?: DecimalInput | undefined;
  readonly volumeStep?: DecimalInput | undefined;
  readonly maxVolume?: DecimalInput | undefined;
  readonly limitMaxVolume?: DecimalInput | undefined;
  readonly maxLeverage?: number | undefined;
  /** Decimals of money in answers; 18 shows everything. */
  readonly amountScale?: number | undefined;
  readonly state?: Contract['state'] | undefined;
  readonly apiAllowed?: boolean | undefined;
  readonly tiers?: Contract['tiers'] | undefined;
}

const tier = (limit: number, maintenanceMarginRate: string, maxLeverage: number): Contract['tiers'][number] => ({
  limit: new Decimal(limit),
  maintenanceMarginRate: new Decimal(maintenanceMarginRate),
  initialMarginRate: new Decimal(1).div(maxLeverage).toDecimalPlaces(8),
  maxLeverage,
});

/** @param id of the contract, as a number of its own */
export function makeContract(script: ContractScript, id: number): Contract {
  const [baseCoin = '', quoteCoin = ''] = script.symbol.split('_');
  const inverse = script.inverse ?? false;
  const maxLeverage = script.maxLeverage ?? 200;
  const tickSize = new Decimal(script.tickSize);
  const volumeStep = new Decimal(script.volumeStep ?? 1);
  const limitMaxVolume = new Decimal(script.limitMaxVolume ?? 2_500_000);
  return {
    id,
    symbol: script.symbol,
    baseCoin,
    quoteCoin,
    settleCoin: inverse ? baseCoin : quoteCoin,
    inverse,
    contractSize: new Decimal(script.contractSize),
    tickSize,
    volumeStep,
    minVolume: new Decimal(script.minVolume ?? 1),
    maxVolume: new Decimal(script.maxVolume ?? 400_000),
    limitMaxVolume,
    priceScale: tickSize.decimalPlaces(),
    volumeScale: volumeStep.decimalPlaces(),
    amountScale: script.amountScale ?? (inverse ? 8 : 4),
    minLeverage: 1,
    maxLeverage,
    tierLimits: 'VOLUME',
    tiers: script.tiers ?? [tier(limitMaxVolume.toNumber(), '0.004', maxLeverage)],
    makerFee: new Decimal('0.0001'),
    takerFee: new Decimal('0.0004'),
    liquidationFeeRate: new Decimal('0.0004'),
    priceBand: new Decimal('0.1'),
    maxOrders: 200,
    maxTriggers: 50,
    state: script.state ?? 'ENABLED',
    apiAllowed: script.apiAllowed ?? true,
    hidden: false,
    createdAt: 1_591_242_684_000,
  };
}

/** Two that may be traded, one that the API may not trade, one that is paused, and an inverse one. Made after the field tables. */
export const SCRIPTED_CONTRACTS: readonly ContractScript[] = [
  {
    symbol: 'BTC_USDT',
    contractSize: '0.0001',
    tickSize: '0.1',
    maxLeverage: 500,
    tiers: [
      tier(50_000, '0.001', 500),
      tier(60_000, '0.004', 200),
      tier(250_000, '0.005', 100),
      tier(1_200_000, '0.01', 50),
      tier(3_000_000, '0.02', 20),
      tier(4_500_000, '0.05', 10),
    ],
  },
  { symbol: 'ETH_USDT', contractSize: '0.01', tickSize: '0.01', maxLeverage: 300 },
  { symbol: 'CLO_USDT', contractSize: 10, tickSize: '0.0001', maxLeverage: 50, apiAllowed: false },
  { symbol: 'LINK_USDT', contractSize: '0.1', tickSize: '0.001', maxLeverage: 300, state: 'PAUSED' },
  { symbol: 'BTC_USD', contractSize: 100, tickSize: '0.1', maxLeverage: 200, inverse: true },
];
