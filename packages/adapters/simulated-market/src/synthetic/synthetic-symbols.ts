import { Decimal, type Instrument, InvalidInputError } from '@prate/domain';
import { formatScaled } from '@prate/domain/candles';
import { makeInstrument } from '../instruments.ts';
import { hash, keyOf } from './noise.ts';

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
  /** How busy it is beside the others: 2 trades twice as often as 1. */
  readonly activity: number;
}

const SYMBOLS: readonly SyntheticSymbol[] = (
  [
    ['BTC_USDT', 600_000, 1, 1, 4, 30_000],
    ['ETH_USDT', 300_000, 2, 1, 2, 5_000],
    ['SOL_USDT', 15_000, 2, 1, 1, 10_000],
    ['XRP_USDT', 20_000, 4, 1, 0, 50_000],
    ['DOGE_USDT', 20_000, 5, 100, 0, 5_000],
    ['LTC_USDT', 8_000, 2, 1, 1, 5_000],
  ] as const
).map(([symbol, baseTicks, priceDecimals, lotUnits, quantityDecimals, mostLots]) => ({
  ...{ symbol, baseTicks, priceDecimals, lotUnits, quantityDecimals, mostLots },
  activity: 1,
}));

/**
 * Any number of symbols: six that are made to look like coins of their names, and every other X_USDT, whose looks follow from
 * its name alone.
 * @throws InvalidInputError for a name of another form
 */
export function syntheticSymbol(symbol: string): SyntheticSymbol {
  const found = SYMBOLS.find((each) => each.symbol === symbol);
  if (found !== undefined) return found;
  if (/^[A-Z0-9]+_USDT$/.test(symbol)) return madeUp(symbol);
  const names = SYMBOLS.map((each) => each.symbol).join(', ');
  throw new InvalidInputError(
    `the synthetic market has no symbol '${symbol}'; it has ${names}, and any other name of capitals and digits before _USDT`,
  );
}

/** The price lies between 0.01 and 1,000,000 USDT, a tick is at most a ten thousandth of it, a lot is worth 1 to 10 USDT. */
function madeUp(symbol: string): SyntheticSymbol {
  const key = keyOf(0, symbol);
  const below = (channel: number, count: number): number => hash(key, channel, 0) % count;
  const priceDecimals = below(1, 7);
  const digits = 5 + below(2, 2);
  const least = 10 ** (digits - 1);
  // the price has so many digits before its point; 0 and less: it begins with zeros behind it
  const magnitude = digits - priceDecimals;
  return {
    symbol,
    baseTicks: least + below(3, 9 * least),
    priceDecimals,
    lotUnits: magnitude < 1 ? 10 ** (1 - magnitude) : 1,
    quantityDecimals: Math.max(magnitude - 1, 0),
    mostLots: 1000 * (2 + below(4, 30)),
    activity: 1 + below(5, 4),
  };
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
