import { Decimal, type Instrument, InvalidInputError } from '@prate/domain';
import { formatScaled } from '@prate/domain/candles';
import { makeInstrument } from '../instruments.ts';

/** What a made-up symbol looks like. Prices are whole ticks of 10^-priceDecimals. */
export interface SyntheticSymbol {
  readonly symbol: string;
  /** Where the price hovers, in ticks. */
  readonly baseTicks: number;
  readonly priceDecimals: number;
  /** A lot is `lotUnits` × 10^-quantityDecimals of the base asset. */
  readonly lotUnits: number;
  readonly quantityDecimals: number;
  /** The largest trade, in lots. */
  readonly mostLots: number;
}

const SYMBOLS: readonly SyntheticSymbol[] = [
  { symbol: 'BTC_USDT', baseTicks: 600_000, priceDecimals: 1, lotUnits: 1, quantityDecimals: 4, mostLots: 30_000 },
  { symbol: 'ETH_USDT', baseTicks: 300_000, priceDecimals: 2, lotUnits: 1, quantityDecimals: 2, mostLots: 5_000 },
  { symbol: 'SOL_USDT', baseTicks: 15_000, priceDecimals: 2, lotUnits: 1, quantityDecimals: 1, mostLots: 10_000 },
  { symbol: 'XRP_USDT', baseTicks: 20_000, priceDecimals: 4, lotUnits: 1, quantityDecimals: 0, mostLots: 50_000 },
  { symbol: 'DOGE_USDT', baseTicks: 20_000, priceDecimals: 5, lotUnits: 100, quantityDecimals: 0, mostLots: 5_000 },
  { symbol: 'LTC_USDT', baseTicks: 8_000, priceDecimals: 2, lotUnits: 1, quantityDecimals: 1, mostLots: 5_000 },
];

/** @throws InvalidInputError that names the symbols there are */
export function syntheticSymbol(symbol: string): SyntheticSymbol {
  const found = SYMBOLS.find((each) => each.symbol === symbol);
  if (found !== undefined) return found;
  const names = SYMBOLS.map((each) => each.symbol).join(', ');
  throw new InvalidInputError(`the synthetic market has no symbol '${symbol}'; it has ${names}`);
}

export const ticksToPrice = ({ priceDecimals }: SyntheticSymbol, ticks: number): Decimal =>
  new Decimal(formatScaled(ticks, priceDecimals));

export const lotsToQuantity = ({ lotUnits, quantityDecimals }: SyntheticSymbol, lots: number): Decimal =>
  new Decimal(formatScaled(lots * lotUnits, quantityDecimals));

/** Of every made-up symbol: the larger the position, the more margin it takes. */
const RISK_TIERS: Instrument['riskTiers'] = (
  [
    [500_000, 100, '0.004'],
    [2_000_000, 50, '0.008'],
    [10_000_000, 20, '0.02'],
    [null, 10, '0.04'],
  ] as const
).map(([maxNotional, maxLeverage, maintenanceMarginRate]) => ({
  maxNotional: maxNotional === null ? null : new Decimal(maxNotional),
  maxLeverage,
  maintenanceMarginRate: new Decimal(maintenanceMarginRate),
}));

/** As at MEXC, a lot is one contract. */
export function syntheticInstrument(spec: SyntheticSymbol): Instrument {
  const lot = lotsToQuantity(spec, 1);
  return { ...makeInstrument(spec.symbol, ticksToPrice(spec, 1), lot, lot), riskTiers: RISK_TIERS };
}
