/**
 * What the public channels push, as typed objects (mexc-futures reference, sections 14 and 16). Prices and volumes are
 * exact decimal texts, volumes count contracts, times are epoch ms except the open of a kline (seconds). Fields that MEXC
 * leaves out are null; unknown ones are ignored.
 */
import {
  asFields,
  BadFrameError,
  decimalOf,
  decimalText,
  type Fields,
  integerOf,
  optionalDecimal,
  optionalId,
  optionalInteger,
  textOf,
} from './fields.ts';

/** A public trade. */
export interface WireDeal {
  /** Null in frames without ids. */
  readonly id: string | null;
  readonly price: string;
  readonly volume: string;
  /** The side of the taker: 1 buy, 2 sell. */
  readonly takerSide: 1 | 2;
  readonly time: number;
}

export interface WireKline {
  readonly symbol: string;
  readonly interval: string;
  /** The open of the bar in Unix SECONDS. The bar is over when a later one is pushed; there is no flag. */
  readonly openSeconds: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  /** In the settlement coin. */
  readonly turnover: string | null;
  /** From the trades of this bar alone; null where MEXC leaves them out. */
  readonly real: { readonly open: string; readonly high: string; readonly low: string; readonly close: string } | null;
}

export interface WireTicker {
  readonly symbol: string;
  readonly lastPrice: string;
  readonly bid1: string | null;
  readonly ask1: string | null;
  readonly fairPrice: string | null;
  readonly indexPrice: string | null;
  readonly fundingRate: string | null;
  readonly volume24: string | null;
  readonly amount24: string | null;
  readonly holdVol: string | null;
  readonly timestamp: number | null;
}

/** A change of the book, or a whole one. */
export interface WireDepth {
  /** First and last version that the change holds; equal in single steps. */
  readonly begin: number;
  readonly version: number;
  readonly asks: readonly WireLevel[];
  readonly bids: readonly WireLevel[];
}

/**
 * Price and contracts (0 removes the level). Doubles that hold decimals of at most 15 significant digits: exact to compare
 * and to print, and never calculated with.
 */
export type WireLevel = readonly [price: number, volume: number, ...rest: unknown[]];

export interface WireFundingRate {
  readonly symbol: string;
  readonly rate: string;
  readonly nextSettleTime: number | null;
}

export interface WirePrice {
  readonly symbol: string;
  readonly price: string;
}

/** A contract changed; what it is now is the REST client's to read, with all its fields. */
export interface WireContract {
  readonly symbol: string;
  readonly fields: Fields;
}

/** `data` is an array, and was one object before 2025-08-21. */
export function readDeals(data: unknown): readonly WireDeal[] {
  if (!Array.isArray(data)) return [readDeal(data)];
  const deals: WireDeal[] = new Array(data.length);
  for (let i = 0; i < data.length; i++) deals[i] = readDeal(data[i]);
  return deals;
}

function readDeal(data: unknown): WireDeal {
  const fields = asFields(data, 'a deal');
  const takerSide = fields['T'];
  if (takerSide !== 1 && takerSide !== 2) throw new BadFrameError('T of a deal is 1 or 2');
  return {
    id: optionalId(fields, 'i'),
    price: decimalOf(fields, 'p'),
    volume: decimalOf(fields, 'v'),
    takerSide,
    time: integerOf(fields, 't'),
  };
}

export function readKline(data: unknown): WireKline {
  const fields = asFields(data, 'a kline');
  return {
    symbol: textOf(fields, 'symbol'),
    interval: textOf(fields, 'interval'),
    openSeconds: integerOf(fields, 't'),
    open: decimalOf(fields, 'o'),
    high: decimalOf(fields, 'h'),
    low: decimalOf(fields, 'l'),
    close: decimalOf(fields, 'c'),
    volume: decimalOf(fields, 'q'),
    turnover: optionalDecimal(fields, 'a'),
    real: readRealPrices(fields),
  };
}

function readRealPrices(fields: Fields): WireKline['real'] {
  const open = optionalDecimal(fields, 'ro');
  const high = optionalDecimal(fields, 'rh');
  const low = optionalDecimal(fields, 'rl');
  const close = optionalDecimal(fields, 'rc');
  return open === null || high === null || low === null || close === null ? null : { open, high, low, close };
}

export function readTicker(data: unknown): WireTicker {
  const fields = asFields(data, 'a ticker');
  return {
    symbol: textOf(fields, 'symbol'),
    lastPrice: decimalOf(fields, 'lastPrice'),
    bid1: optionalDecimal(fields, 'bid1'),
    ask1: optionalDecimal(fields, 'ask1'),
    fairPrice: optionalDecimal(fields, 'fairPrice'),
    indexPrice: optionalDecimal(fields, 'indexPrice'),
    fundingRate: optionalDecimal(fields, 'fundingRate'),
    volume24: optionalDecimal(fields, 'volume24'),
    amount24: optionalDecimal(fields, 'amount24'),
    holdVol: optionalDecimal(fields, 'holdVol'),
    timestamp: optionalInteger(fields, 'timestamp'),
  };
}

export function readTickers(data: unknown): readonly WireTicker[] {
  if (!Array.isArray(data)) throw new BadFrameError('the data of tickers is an array');
  return data.map(readTicker);
}

/** A change or a snapshot of the book, from a push, from `depth` or from a row of `depth_commits`. */
export function readDepth(data: unknown): WireDepth {
  const fields = asFields(data, 'a depth');
  const version = integerOf(fields, 'version');
  const begin = optionalInteger(fields, 'begin') ?? version;
  const end = optionalInteger(fields, 'end') ?? version;
  if (begin > version || end !== version) {
    throw new BadFrameError(`a depth from version ${begin} to ${end} cannot have version ${version}`);
  }
  return { begin, version, asks: readLevels(fields, 'asks'), bids: readLevels(fields, 'bids') };
}

function readLevels(fields: Fields, key: string): readonly WireLevel[] {
  const levels = fields[key];
  if (!Array.isArray(levels)) throw new BadFrameError(`${key} of a depth is an array`);
  // checked in place: a copy of every level of every frame would be most of the work
  for (let i = 0; i < levels.length; i++) {
    const level: unknown = levels[i];
    if (Array.isArray(level) && isLevelNumber(level[0]) && isLevelNumber(level[1])) continue;
    levels[i] = readLevel(level, key);
  }
  return levels;
}

const isLevelNumber = (value: unknown): boolean => typeof value === 'number' && value >= 0;

/** A level written with texts. */
function readLevel(level: unknown, key: string): WireLevel {
  if (!Array.isArray(level)) throw new BadFrameError(`a level of ${key} is [price, contracts, orders]`);
  const [price, volume] = level.slice(0, 2).map((value: unknown) => {
    const text = decimalText(value);
    // a text of more digits than a double holds would not come back as it was
    if (text === null || !isLevelNumber(Number(text)) || digitsOf(text) > 15) {
      throw new BadFrameError(`price and contracts in ${key} are decimals of at most 15 digits from 0 up`);
    }
    return Number(text);
  });
  if (price === undefined || volume === undefined) throw new BadFrameError(`a level of ${key} lacks its contracts`);
  return [price, volume];
}

const digitsOf = (text: string): number => text.replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length;

/** The table of MEXC's documents says `fundingRate`, its sample `rate`. */
export function readFundingRate(data: unknown): WireFundingRate {
  const fields = asFields(data, 'a funding rate');
  return {
    symbol: textOf(fields, 'symbol'),
    rate: optionalDecimal(fields, 'rate') ?? decimalOf(fields, 'fundingRate'),
    nextSettleTime: optionalInteger(fields, 'nextSettleTime'),
  };
}

export function readPrice(data: unknown): WirePrice {
  const fields = asFields(data, 'a price');
  return { symbol: textOf(fields, 'symbol'), price: decimalOf(fields, 'price') };
}

export function readContract(data: unknown): WireContract {
  const fields = asFields(data, 'a contract');
  return { symbol: textOf(fields, 'symbol'), fields };
}
