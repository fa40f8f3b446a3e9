import type { Decimal, Side } from '@prate/domain';

/** A step of position size with its own margin rules; tiers ascend by `limit`. */
export interface ContractTier {
  /** Up to which this tier holds; see `tierLimits` of the contract. */
  readonly limit: Decimal;
  /** Shares of the position value. */
  readonly maintenanceMarginRate: Decimal;
  readonly initialMarginRate: Decimal;
  readonly maxLeverage: number;
}

/** A perpetual contract. Volumes are whole steps of contracts everywhere in this interface, never the base asset. */
export interface Contract {
  readonly id: number;
  readonly symbol: string;
  readonly baseCoin: string;
  readonly quoteCoin: string;
  /** What margin, profit and fees are counted in: the quote coin, or the base coin of an inverse contract. */
  readonly settleCoin: string;
  readonly inverse: boolean;
  /** Base coin per contract; quote coin per contract of an inverse one. */
  readonly contractSize: Decimal;
  readonly tickSize: Decimal;
  readonly volumeStep: Decimal;
  readonly minVolume: Decimal;
  /** Per market order, and per order with a price. */
  readonly maxVolume: Decimal;
  readonly limitMaxVolume: Decimal;
  /** Decimals of prices, of volumes, and of money in answers. */
  readonly priceScale: number;
  readonly volumeScale: number;
  readonly amountScale: number;
  readonly minLeverage: number;
  readonly maxLeverage: number;
  /** Whether tiers end at so many contracts, or at a position value in the settlement coin. */
  readonly tierLimits: 'VOLUME' | 'VALUE';
  readonly tiers: readonly ContractTier[];
  /** Of the web, in the contract's answer; what an account pays comes from `SandboxAccount.feeRates`. */
  readonly makerFee: Decimal;
  readonly takerFee: Decimal;
  readonly liquidationFeeRate: Decimal;
  /** How far from the fair price an order may lie, as a share. */
  readonly priceBand: Decimal;
  readonly maxOrders: number;
  readonly maxTriggers: number;
  readonly state: 'ENABLED' | 'DELIVERING' | 'DELIVERED' | 'OFFLINE' | 'PAUSED';
  readonly apiAllowed: boolean;
  readonly hidden: boolean;
  /** Epoch ms, as every time here. */
  readonly createdAt: number;
}

export interface BookLevel {
  readonly price: Decimal;
  /** 0 in a change removes the level. */
  readonly volume: Decimal;
  readonly orders: number;
}

/** Best levels first. */
export interface Book {
  readonly symbol: string;
  readonly time: number;
  readonly version: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** What one version changed: absolute volumes of the levels that it touched. Versions have no holes. */
export type BookChange = Book;

export interface PublicTrade {
  readonly id: string;
  readonly time: number;
  readonly price: Decimal;
  readonly volume: Decimal;
  /** Of the taker. */
  readonly side: Side;
}

export type KlineInterval =
  | 'Min1'
  | 'Min5'
  | 'Min15'
  | 'Min30'
  | 'Min60'
  | 'Hour4'
  | 'Hour8'
  | 'Day1'
  | 'Week1'
  | 'Month1';

/** How long a bar is, in ms; calendar months have no one length. */
export const KLINE_INTERVALS: Readonly<Record<KlineInterval, number | null>> = {
  Min1: 60_000,
  Min5: 300_000,
  Min15: 900_000,
  Min30: 1_800_000,
  Min60: 3_600_000,
  Hour4: 14_400_000,
  Hour8: 28_800_000,
  Day1: 86_400_000,
  Week1: 604_800_000,
  Month1: null,
};

/** Which price a kline or a trigger follows. */
export type PriceSource = 'LAST' | 'FAIR' | 'INDEX';

export interface Prices {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
}

/** `chart` opens where the bar before closed; `real` is made of the bar's own trades. */
export interface Kline {
  readonly openTime: number;
  readonly chart: Prices;
  readonly real: Prices;
  readonly volume: Decimal;
  /** Settlement coin. */
  readonly turnover: Decimal;
}

export interface Ticker {
  readonly symbol: string;
  readonly time: number;
  readonly lastPrice: Decimal;
  readonly bid: Decimal | null;
  readonly ask: Decimal | null;
  readonly fairPrice: Decimal;
  readonly indexPrice: Decimal;
  readonly fundingRate: Decimal;
  /** Of the last 24 hours. */
  readonly openPrice: Decimal;
  readonly highPrice: Decimal;
  readonly lowPrice: Decimal;
  readonly volume: Decimal;
  readonly turnover: Decimal;
  /** Open interest. */
  readonly heldVolume: Decimal;
}

export interface Funding {
  readonly symbol: string;
  readonly time: number;
  /** Of the settlement to come, as the rest: a share of the position value that longs pay to shorts. */
  readonly rate: Decimal;
  readonly maxRate: Decimal;
  readonly minRate: Decimal;
  readonly cycleHours: number;
  readonly nextSettleTime: number;
}

export interface FundingSettlement {
  readonly symbol: string;
  readonly rate: Decimal;
  readonly settleTime: number;
  readonly cycleHours: number;
}

/** What a contract's insurance fund holds, in the settlement coin. */
export interface InsuranceFund {
  readonly symbol: string;
  readonly currency: string;
  readonly available: Decimal;
  readonly time: number;
}
