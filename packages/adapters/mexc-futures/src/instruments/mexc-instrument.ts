import { Decimal, type Instrument } from '@prate/domain';
import type { WireContract } from '../wire/market.ts';
import { riskTiersAt, strictestTier } from './risk-tiers.ts';

/**
 * What the API may do with a contract: orders go to TRADING alone. API_CLOSED is open on the web only, as in MEXC's innovation
 * zone; UNKNOWN is a state that MEXC's documents do not have.
 */
export const ContractStatus = {
  TRADING: 'TRADING',
  API_CLOSED: 'API_CLOSED',
  HIDDEN: 'HIDDEN',
  DELIVERING: 'DELIVERING',
  DELIVERED: 'DELIVERED',
  OFFLINE: 'OFFLINE',
  PAUSED: 'PAUSED',
  UNKNOWN: 'UNKNOWN',
} as const;
export type ContractStatus = (typeof ContractStatus)[keyof typeof ContractStatus];

/** By the number of `state`. */
const STATES: readonly ContractStatus[] = ['TRADING', 'DELIVERING', 'DELIVERED', 'OFFLINE', 'PAUSED'];

/** Shares of the traded value. */
export interface FeeShares {
  readonly maker: Decimal;
  readonly taker: Decimal;
}

/** What futures orders by API pay since 2026-05-01 (seen live too); the account's own are in `tiered_fee_rate/v2`. */
export const API_FEES: FeeShares = { maker: new Decimal('0.0006'), taker: new Decimal('0.0008') };

/**
 * A contract of MEXC; the market port shows linear perpetuals alone. Quantities are in the base asset, and `toContracts` and
 * `toBaseQuantity` of @prate/domain convert exactly; not so for an inverse contract, whose size is in the quote asset.
 * `maxQuantity` holds for orders of every type.
 */
export interface MexcInstrument extends Instrument {
  readonly status: ContractStatus;
  /** The most in one order with a price, and in one market order. */
  readonly maxLimitQuantity: Decimal;
  readonly maxMarketQuantity: Decimal;
  readonly minLeverage: number;
  /** As MEXC tells it, e.g. for price bands; its fees are those of the web. */
  readonly contract: WireContract;
}

/** Whether quantity times price is the value, as it is not of inverse contracts. */
export const isLinear = ({ settleCoin, quoteCoin }: WireContract): boolean => settleCoin === quoteCoin;

/** Linear, and without a delivery date. */
export const isLinearPerpetual = (contract: WireContract): boolean => isLinear(contract) && contract.futureType !== 2;

/**
 * A contract in terms of the domain. Its risk tiers are the strictest one alone: MEXC counts tiers in contracts, and their
 * value hangs on a price, see `withTiersAt`.
 */
export function toInstrument(contract: WireContract, fees: FeeShares = API_FEES): MexcInstrument {
  const contractSize = new Decimal(contract.contractSize);
  const volumeStep = new Decimal(contract.volUnit);
  const maxMarketQuantity = contractSize.mul(contract.maxVol);
  const maxLimitQuantity = contractSize.mul(contract.limitMaxVol ?? contract.maxVol);
  // the least that is on the step, should the minimum not be
  const minVolume = Decimal.max(new Decimal(contract.minVol).div(volumeStep).ceil(), 1).mul(volumeStep);
  return {
    symbol: contract.symbol,
    baseAsset: contract.baseCoin,
    quoteAsset: contract.quoteCoin,
    tickSize: new Decimal(contract.priceUnit),
    lotSize: contractSize.mul(volumeStep),
    contractSize,
    minQuantity: contractSize.mul(minVolume),
    maxQuantity: Decimal.min(maxMarketQuantity, maxLimitQuantity),
    maxLimitQuantity,
    maxMarketQuantity,
    minNotional: null,
    minLeverage: contract.minLeverage,
    maxLeverage: maxLeverageOf(contract),
    riskTiers: [strictestTier(contract)],
    makerFee: fees.maker,
    takerFee: fees.taker,
    status: statusOf(contract),
    contract,
  };
}

/** The same with all its risk tiers by value, as they are at this price. */
export const withTiersAt = (instrument: MexcInstrument, price: Decimal): MexcInstrument => ({
  ...instrument,
  riskTiers: riskTiersAt(instrument.contract, price),
});

function statusOf({ state, isHidden, apiAllowed }: WireContract): ContractStatus {
  const status = STATES[state] ?? ContractStatus.UNKNOWN;
  if (status !== ContractStatus.TRADING) return status;
  // where MEXC says nothing it will say no itself, which harms nobody
  if (apiAllowed === false) return ContractStatus.API_CLOSED;
  return isHidden ? ContractStatus.HIDDEN : status;
}

/** A region's own limit is 0 where it has none. */
function maxLeverageOf({ maxLeverage, countryConfigContractMaxLeverage: ofCountry }: WireContract): number {
  return ofCountry === null || ofCountry <= 0 ? maxLeverage : Math.min(maxLeverage, ofCountry);
}
