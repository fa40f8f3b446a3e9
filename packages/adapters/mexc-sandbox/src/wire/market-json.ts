import { Decimal } from '@prate/domain';
import {
  type BookChange,
  type BookLevel,
  type Contract,
  type Funding,
  type FundingSettlement,
  type InsuranceFund,
  KLINE_INTERVALS,
  type Kline,
  type KlineInterval,
  type PublicTrade,
  type Ticker,
} from '../backend/market-values.ts';
import { CONTRACT_STATES, tradeSideCode } from './enumerations.ts';
import type { WireValue } from './json.ts';

type WireObject = { readonly [key: string]: WireValue };

/** GET contract/detail: one contract. The first tier is also told by the INCREASE fields, all by `riskLimitCustom`. */
export function contractJson(contract: Contract): WireObject {
  const [first] = contract.tiers;
  return {
    id: contract.id,
    symbol: contract.symbol,
    displayName: `${contract.symbol} PERPETUAL`,
    displayNameEn: `${contract.symbol} PERPETUAL`,
    baseCoin: contract.baseCoin,
    quoteCoin: contract.quoteCoin,
    settleCoin: contract.settleCoin,
    baseCoinName: contract.baseCoin,
    quoteCoinName: contract.quoteCoin,
    futureType: 1,
    type: 1,
    positionOpenType: 3,
    contractSize: contract.contractSize,
    minLeverage: contract.minLeverage,
    maxLeverage: contract.maxLeverage,
    countryConfigContractMaxLeverage: 0,
    priceScale: contract.priceScale,
    volScale: contract.volumeScale,
    amountScale: contract.amountScale,
    priceUnit: contract.tickSize,
    volUnit: contract.volumeStep,
    minVol: contract.minVolume,
    maxVol: contract.maxVolume,
    limitMaxVol: contract.limitMaxVolume,
    bidLimitPriceRate: contract.priceBand,
    askLimitPriceRate: contract.priceBand,
    takerFeeRate: contract.takerFee,
    makerFeeRate: contract.makerFee,
    maintenanceMarginRate: first?.maintenanceMarginRate ?? 0,
    initialMarginRate: first?.initialMarginRate ?? 0,
    liquidationFeeRate: contract.liquidationFeeRate,
    riskBaseVol: first?.limit ?? contract.maxVolume,
    riskIncrVol: 0,
    riskIncrMmr: 0,
    riskIncrImr: 0,
    riskLevelLimit: contract.tiers.length,
    riskLimitMode: 'CUSTOM',
    riskLimitType: contract.tierLimits === 'VALUE' ? 'BY_VALUE' : 'BY_VOLUME',
    riskLongShortSwitch: 0,
    riskLimitCustom: contract.tiers.map((tier, index) => ({
      level: index + 1,
      maxVol: tier.limit,
      mmr: tier.maintenanceMarginRate,
      imr: tier.initialMarginRate,
      maxLeverage: tier.maxLeverage,
    })),
    priceCoefficientVariation: new Decimal('0.004'),
    indexOrigin: ['MEXC'],
    state: CONTRACT_STATES[contract.state],
    apiAllowed: contract.apiAllowed,
    isNew: false,
    isHot: false,
    isHidden: contract.hidden,
    conceptPlate: [],
    conceptPlateId: [],
    maxNumOrders: [contract.maxOrders, contract.maxTriggers],
    marketOrderMaxLevel: 20,
    marketOrderPriceLimitRate1: new Decimal('0.2'),
    marketOrderPriceLimitRate2: new Decimal('0.005'),
    triggerProtect: new Decimal('0.1'),
    depthStepList: [
      contract.tickSize.toString(),
      contract.tickSize.mul(10).toString(),
      contract.tickSize.mul(100).toString(),
    ],
    feeRateMode: 'NORMAL',
    isZeroFeeRate: false,
    automaticDelivery: 0,
    appraisal: 0,
    createTime: contract.createdAt,
    openingTime: 0,
  };
}

const levelJson = ({ price, volume, orders }: BookLevel): WireValue => [price, volume, orders];

/** `limit` levels a side. */
export const bookJson = (book: BookChange, limit: number): WireObject => ({
  asks: book.asks.slice(0, limit).map(levelJson),
  bids: book.bids.slice(0, limit).map(levelJson),
  version: book.version,
});

/** `i` only goes over sockets. */
export const tradeJson = (trade: PublicTrade): WireObject => ({
  p: trade.price,
  v: trade.volume,
  T: tradeSideCode(trade.side),
  O: 3,
  M: 2,
  t: trade.time,
});

export const klinesJson = (klines: readonly Kline[]): WireObject => ({
  time: klines.map(({ openTime }) => openTime / 1000),
  open: klines.map(({ chart }) => chart.open),
  close: klines.map(({ chart }) => chart.close),
  high: klines.map(({ chart }) => chart.high),
  low: klines.map(({ chart }) => chart.low),
  vol: klines.map(({ volume }) => volume),
  amount: klines.map(({ turnover }) => turnover),
  realOpen: klines.map(({ real }) => real.open),
  realClose: klines.map(({ real }) => real.close),
  realHigh: klines.map(({ real }) => real.high),
  realLow: klines.map(({ real }) => real.low),
});

export const klinePushJson = (
  symbol: string,
  interval: KlineInterval,
  { openTime, chart, real, ...sums }: Kline,
): WireObject => ({
  symbol,
  interval,
  t: openTime / 1000,
  o: chart.open,
  c: chart.close,
  h: chart.high,
  l: chart.low,
  a: sums.turnover,
  q: sums.volume,
  ro: real.open,
  rc: real.close,
  rh: real.high,
  rl: real.low,
});

/** The fields of REST and of `push.ticker`. Shares have 4 decimals, as in samples. */
export function tickerJson(contract: Contract, ticker: Ticker): WireObject {
  const rise = ticker.lastPrice.minus(ticker.openPrice);
  const band = ticker.fairPrice.mul(contract.priceBand);
  return {
    contractId: contract.id,
    symbol: ticker.symbol,
    lastPrice: ticker.lastPrice,
    bid1: ticker.bid ?? undefined,
    ask1: ticker.ask ?? undefined,
    volume24: ticker.volume,
    amount24: ticker.turnover,
    holdVol: ticker.heldVolume,
    lower24Price: ticker.lowPrice,
    high24Price: ticker.highPrice,
    riseFallRate: ticker.openPrice.isZero() ? 0 : rise.div(ticker.openPrice).toDecimalPlaces(4, Decimal.ROUND_DOWN),
    riseFallValue: rise,
    indexPrice: ticker.indexPrice,
    fairPrice: ticker.fairPrice,
    fundingRate: ticker.fundingRate,
    maxBidPrice: ticker.fairPrice.plus(band).div(contract.tickSize).floor().mul(contract.tickSize),
    minAskPrice: ticker.fairPrice.minus(band).div(contract.tickSize).ceil().mul(contract.tickSize),
    timestamp: ticker.time,
  };
}

export const fundingJson = (funding: Funding, { fairPrice, indexPrice }: Ticker): WireObject => ({
  symbol: funding.symbol,
  fundingRate: funding.rate,
  maxFundingRate: funding.maxRate,
  minFundingRate: funding.minRate,
  collectCycle: funding.cycleHours,
  nextSettleTime: funding.nextSettleTime,
  timestamp: funding.time,
  idxPrice: indexPrice,
  fairPrice,
});

export const settlementJson = (row: FundingSettlement): WireObject => ({
  symbol: row.symbol,
  fundingRate: row.rate,
  settleTime: row.settleTime,
  collectCycle: row.cycleHours,
});

export const insuranceFundJson = (fund: InsuranceFund, timeName: 'timestamp' | 'snapshotTime'): WireObject => ({
  symbol: fund.symbol,
  currency: fund.currency,
  available: fund.available,
  [timeName]: fund.time,
});

export const isKlineInterval = (text: string): text is KlineInterval => Object.hasOwn(KLINE_INTERVALS, text);
