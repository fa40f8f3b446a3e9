import { Decimal, type Instrument } from '@prate/domain';
import type { Contract } from '@prate/mexc-sandbox';

const FIRST_CONTRACT_ID = 10;
/** Where an instrument names no limit. */
const MOST_CONTRACTS = new Decimal(1_000_000);
const ONE = new Decimal(1);
/** The wire has no word for a tier without an end. */
const NO_LIMIT = new Decimal(1_000_000_000_000);
/** As MEXC's for BTC_USDT. */
const LIQUIDATION_FEE_RATE = new Decimal('0.0004');
const CREATED_AT = 1_591_242_684_000;

/**
 * An instrument as MEXC would list it. A contract is the instrument's own, or one lot where lots are smaller than that:
 * volumes on the wire are whole numbers.
 */
export function contractOf(instrument: Instrument, index: number): Contract {
  const { symbol, baseAsset, quoteAsset, tickSize, lotSize } = instrument;
  const contractSize = Decimal.min(instrument.contractSize, lotSize);
  const contracts = (quantity: Decimal): Decimal => quantity.div(contractSize);
  const maxVolume = instrument.maxQuantity === null ? MOST_CONTRACTS : contracts(instrument.maxQuantity).floor();
  return {
    id: FIRST_CONTRACT_ID + index,
    symbol,
    baseCoin: baseAsset,
    quoteCoin: quoteAsset,
    settleCoin: quoteAsset,
    inverse: false,
    contractSize,
    tickSize,
    volumeStep: contracts(lotSize),
    minVolume: Decimal.max(contracts(instrument.minQuantity).ceil(), 1),
    maxVolume,
    limitMaxVolume: maxVolume,
    priceScale: tickSize.decimalPlaces(),
    volumeScale: 0,
    amountScale: 4,
    minLeverage: 1,
    maxLeverage: instrument.maxLeverage,
    tierLimits: 'VALUE',
    tiers: tiersOf(instrument),
    makerFee: instrument.makerFee,
    takerFee: instrument.takerFee,
    liquidationFeeRate: LIQUIDATION_FEE_RATE,
    priceBand: new Decimal('0.1'),
    maxOrders: 200,
    maxTriggers: 50,
    state: 'ENABLED',
    apiAllowed: true,
    hidden: false,
    createdAt: CREATED_AT,
  };
}

function tiersOf({ riskTiers, maxLeverage }: Instrument): Contract['tiers'] {
  const tiers =
    riskTiers.length > 0
      ? riskTiers
      : [{ maxNotional: null, maxLeverage, maintenanceMarginRate: ONE.div(maxLeverage * 2) }];
  return tiers.map((tier) => ({
    limit: tier.maxNotional ?? NO_LIMIT,
    maintenanceMarginRate: tier.maintenanceMarginRate,
    initialMarginRate: ONE.div(tier.maxLeverage).toDecimalPlaces(8),
    maxLeverage: tier.maxLeverage,
  }));
}
