import { BadReplyError } from './errors.ts';
import { type DecimalText, decimalText, type Fields, kindOf } from './fields.ts';
import type { Json } from './json-text.ts';

/** A contract (`contract/detail`). New fields appear without notice; those that nothing here uses are left out. */
export interface WireContract {
  readonly symbol: string;
  readonly baseCoin: string;
  readonly quoteCoin: string;
  readonly settleCoin: string;
  /** 0 enabled, 1 delivering, 2 delivered, 3 offline, 4 paused. */
  readonly state: number;
  /** False where the contract takes no orders by API; null where it is not told. */
  readonly apiAllowed: boolean | null;
  readonly isHidden: boolean;
  /** 1 perpetual, 2 delivery. */
  readonly futureType: number | null;
  /** Base coin a contract; quote coin for inverse contracts. */
  readonly contractSize: DecimalText;
  /** Step, least and most contracts of an order; `limitMaxVol` of limit orders. */
  readonly volUnit: DecimalText;
  readonly minVol: DecimalText;
  readonly maxVol: DecimalText;
  readonly limitMaxVol: DecimalText | null;
  /** Tick. */
  readonly priceUnit: DecimalText;
  readonly amountScale: number | null;
  readonly bidLimitPriceRate: DecimalText | null;
  readonly askLimitPriceRate: DecimalText | null;
  readonly minLeverage: number;
  readonly maxLeverage: number;
  readonly countryConfigContractMaxLeverage: number | null;
  /** 3: isolated and cross. */
  readonly positionOpenType: number | null;
  readonly takerFeeRate: DecimalText;
  readonly makerFeeRate: DecimalText;
  readonly maintenanceMarginRate: DecimalText;
  readonly initialMarginRate: DecimalText;
  readonly liquidationFeeRate: DecimalText | null;
  /** INCREASE or CUSTOM. */
  readonly riskLimitMode: string | null;
  /** BY_VOLUME (contracts) or BY_VALUE (quote). */
  readonly riskLimitType: string | null;
  readonly riskBaseVol: DecimalText | null;
  readonly riskIncrVol: DecimalText | null;
  readonly riskIncrMmr: DecimalText | null;
  readonly riskIncrImr: DecimalText | null;
  readonly riskLevelLimit: number | null;
  /** Win over the derived tiers wherever there are some. */
  readonly riskLimitCustom: readonly WireRiskTier[];
}

export interface WireRiskTier {
  readonly level: number;
  readonly maxVol: DecimalText;
  readonly mmr: DecimalText;
  readonly imr: DecimalText;
  readonly maxLeverage: number | null;
}

const readRiskTier = (tier: Fields): WireRiskTier => ({
  level: tier.integer('level'),
  maxVol: tier.decimal('maxVol'),
  mmr: tier.decimal('mmr'),
  imr: tier.decimal('imr'),
  maxLeverage: tier.integerOr('maxLeverage', null),
});

export const readContract = (contract: Fields): WireContract => ({
  symbol: contract.string('symbol'),
  baseCoin: contract.string('baseCoin'),
  quoteCoin: contract.string('quoteCoin'),
  settleCoin: contract.string('settleCoin'),
  state: contract.integer('state'),
  apiAllowed: contract.booleanOr('apiAllowed', null),
  isHidden: contract.booleanOr('isHidden', false),
  futureType: contract.integerOr('futureType', null),
  contractSize: contract.decimal('contractSize'),
  volUnit: contract.decimal('volUnit'),
  minVol: contract.decimal('minVol'),
  maxVol: contract.decimal('maxVol'),
  limitMaxVol: contract.decimalOr('limitMaxVol', null),
  priceUnit: contract.decimal('priceUnit'),
  amountScale: contract.integerOr('amountScale', null),
  bidLimitPriceRate: contract.decimalOr('bidLimitPriceRate', null),
  askLimitPriceRate: contract.decimalOr('askLimitPriceRate', null),
  minLeverage: contract.integer('minLeverage'),
  maxLeverage: contract.integer('maxLeverage'),
  countryConfigContractMaxLeverage: contract.integerOr('countryConfigContractMaxLeverage', null),
  positionOpenType: contract.integerOr('positionOpenType', null),
  takerFeeRate: contract.decimal('takerFeeRate'),
  makerFeeRate: contract.decimal('makerFeeRate'),
  maintenanceMarginRate: contract.decimal('maintenanceMarginRate'),
  initialMarginRate: contract.decimal('initialMarginRate'),
  liquidationFeeRate: contract.decimalOr('liquidationFeeRate', null),
  riskLimitMode: contract.stringOr('riskLimitMode', null),
  riskLimitType: contract.stringOr('riskLimitType', null),
  riskBaseVol: contract.decimalOr('riskBaseVol', null),
  riskIncrVol: contract.decimalOr('riskIncrVol', null),
  riskIncrMmr: contract.decimalOr('riskIncrMmr', null),
  riskIncrImr: contract.decimalOr('riskIncrImr', null),
  riskLevelLimit: contract.integerOr('riskLevelLimit', null),
  riskLimitCustom: contract.has('riskLimitCustom') ? contract.list('riskLimitCustom', readRiskTier) : [],
});

/** One price of a book. */
export interface WireLevel {
  readonly price: DecimalText;
  /** Contracts, absolute; '0' in a change removes the level. */
  readonly vol: DecimalText;
}

/** A book or a change of it: asks ascending, bids descending. */
export interface WireBook {
  readonly asks: readonly WireLevel[];
  readonly bids: readonly WireLevel[];
  readonly version: number;
  /** Epoch ms; null in changes. */
  readonly timestamp: number | null;
}

export const readBook = (book: Fields): WireBook => ({
  asks: readLevels(book, 'asks'),
  bids: readLevels(book, 'bids'),
  version: book.integer('version'),
  timestamp: book.integerOr('timestamp', null),
});

/** Each is `[price, contracts, orders]`; how many orders there are is not needed. */
const readLevels = (book: Fields, side: 'asks' | 'bids'): WireLevel[] =>
  book.array(side).map((level: Json, index) => {
    const [price, vol] = Array.isArray(level) ? level.slice(0, 2).map(decimalText) : [];
    if (price === undefined || vol === undefined) {
      throw new BadReplyError(`${side}[${index}] should be [price, contracts, orders], not ${kindOf(level)}`);
    }
    return { price, vol };
  });

export interface WireTicker {
  readonly symbol: string;
  readonly lastPrice: DecimalText;
  /** Null where that side of the book is empty. */
  readonly bid1: DecimalText | null;
  readonly ask1: DecimalText | null;
  /** Contracts. Pushes of all tickers leave most fields out. */
  readonly volume24: DecimalText | null;
  /** Settlement coin. */
  readonly amount24: DecimalText | null;
  /** Open interest in contracts. */
  readonly holdVol: DecimalText | null;
  readonly high24Price: DecimalText | null;
  readonly lower24Price: DecimalText | null;
  /** Of 24 hours, as a fraction. */
  readonly riseFallRate: DecimalText | null;
  readonly indexPrice: DecimalText | null;
  /** The mark price. */
  readonly fairPrice: DecimalText | null;
  readonly fundingRate: DecimalText | null;
  /** Highest buy and lowest sell price that is accepted now. */
  readonly maxBidPrice: DecimalText | null;
  readonly minAskPrice: DecimalText | null;
  /** Epoch ms. */
  readonly timestamp: number | null;
}

export const readTicker = (ticker: Fields): WireTicker => ({
  symbol: ticker.string('symbol'),
  lastPrice: ticker.decimal('lastPrice'),
  bid1: ticker.decimalOr('bid1', null),
  ask1: ticker.decimalOr('ask1', null),
  volume24: ticker.decimalOr('volume24', null),
  amount24: ticker.decimalOr('amount24', null),
  holdVol: ticker.decimalOr('holdVol', null),
  high24Price: ticker.decimalOr('high24Price', null),
  lower24Price: ticker.decimalOr('lower24Price', null),
  riseFallRate: ticker.decimalOr('riseFallRate', null),
  indexPrice: ticker.decimalOr('indexPrice', null),
  fairPrice: ticker.decimalOr('fairPrice', null),
  fundingRate: ticker.decimalOr('fundingRate', null),
  maxBidPrice: ticker.decimalOr('maxBidPrice', null),
  minAskPrice: ticker.decimalOr('minAskPrice', null),
  timestamp: ticker.integerOr('timestamp', null),
});

export interface WireFundingRate {
  readonly symbol: string;
  readonly fundingRate: DecimalText;
  /** Hours; it differs from contract to contract, and may change. */
  readonly collectCycle: number | null;
  /** Epoch ms; some pushes leave it out. */
  readonly nextSettleTime: number | null;
  readonly timestamp: number | null;
}

/** In pushes the table of MEXC's documents says `fundingRate`, the sample `rate`. */
export const readFundingRate = (funding: Fields): WireFundingRate => ({
  symbol: funding.string('symbol'),
  fundingRate: funding.decimalOr('rate', null) ?? funding.decimal('fundingRate'),
  collectCycle: funding.integerOr('collectCycle', null),
  nextSettleTime: funding.integerOr('nextSettleTime', null),
  timestamp: funding.integerOr('timestamp', null),
});

export interface WirePastFunding {
  readonly symbol: string;
  readonly fundingRate: DecimalText;
  /** Epoch ms. */
  readonly settleTime: number;
  readonly collectCycle: number | null;
}

export const readPastFunding = (funding: Fields): WirePastFunding => ({
  symbol: funding.string('symbol'),
  fundingRate: funding.decimal('fundingRate'),
  settleTime: funding.integer('settleTime'),
  collectCycle: funding.integerOr('collectCycle', null),
});

/** A push of one bar. */
export interface WireKline {
  readonly symbol: string;
  readonly interval: string;
  /** The open of the bar in epoch SECONDS. The bar is over when a later one is pushed; there is no flag. */
  readonly openSeconds: number;
  readonly open: DecimalText;
  readonly high: DecimalText;
  readonly low: DecimalText;
  readonly close: DecimalText;
  /** Contracts. */
  readonly vol: DecimalText;
  /** Settlement coin. */
  readonly amount: DecimalText | null;
  /** From the trades of this bar alone; null where MEXC leaves them out. */
  readonly real: {
    readonly open: DecimalText;
    readonly high: DecimalText;
    readonly low: DecimalText;
    readonly close: DecimalText;
  } | null;
}

export const readKlinePush = (kline: Fields): WireKline => ({
  symbol: kline.string('symbol'),
  interval: kline.string('interval'),
  openSeconds: kline.integer('t'),
  open: kline.decimal('o'),
  high: kline.decimal('h'),
  low: kline.decimal('l'),
  close: kline.decimal('c'),
  vol: kline.decimal('q'),
  amount: kline.decimalOr('a', null),
  real: ['ro', 'rh', 'rl', 'rc'].every((key) => kline.has(key))
    ? { open: kline.decimal('ro'), high: kline.decimal('rh'), low: kline.decimal('rl'), close: kline.decimal('rc') }
    : null,
});

/** A push of the index price or the fair price. */
export interface WirePrice {
  readonly symbol: string;
  readonly price: DecimalText;
}

export const readPrice = (price: Fields): WirePrice => ({
  symbol: price.string('symbol'),
  price: price.decimal('price'),
});
