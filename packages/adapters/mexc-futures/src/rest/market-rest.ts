import { readDeals, type WireDeal } from '../wire/deals.ts';
import type { WireInterval } from '../wire/enums.ts';
import { isJsonType } from '../wire/envelope.ts';
import { readList } from '../wire/fields.ts';
import { readKlineText } from '../wire/kline-text.ts';
import { readKlines, type WireKlines } from '../wire/klines.ts';
import {
  readBook,
  readContract,
  readFundingRate,
  readPastFunding,
  readTicker,
  type WireBook,
  type WireContract,
  type WireFundingRate,
  type WirePastFunding,
  type WireTicker,
} from '../wire/market.ts';
import { readPage, type WirePage } from '../wire/pages.ts';
import type { Caller } from './caller.ts';
import type { Endpoint, Endpoints } from './endpoints.ts';
import { type Decode, decodeData, decodeObject } from './judge-reply.ts';
import type { RestCallOptions } from './outcome.ts';
import { decodePing } from './sender.ts';

/** Opens of the first and the last bar, in epoch SECONDS: at most 2,000 bars, of more MEXC leaves some out. */
export interface KlineWindow {
  readonly interval: WireInterval;
  readonly start: number;
  readonly end: number;
}

/** Public endpoints: no key, all reads. Each throws MexcApiError (`MEXC_API`) when refused, e.g. code 1001 for no such contract. */
export class MarketRest {
  readonly #caller: Caller;
  readonly #endpoints: Endpoints;

  constructor(caller: Caller, endpoints: Endpoints) {
    this.#caller = caller;
    this.#endpoints = endpoints;
  }

  /** The server's time in epoch ms. */
  ping(options?: RestCallOptions): Promise<number> {
    return this.#caller.read(this.#endpoints.ping, {}, decodePing, options);
  }

  contracts(options?: RestCallOptions): Promise<readonly WireContract[]> {
    return this.#caller.read(this.#endpoints.detail, {}, decodeContracts, options);
  }

  contract(symbol: string, options?: RestCallOptions): Promise<WireContract> {
    return this.#caller.read(this.#endpoints.detail, { query: { symbol } }, decodeContract, options);
  }

  /** With the limits of the caller's region, and the tiers of `riskLimitCustom`. */
  contractsOfCountry(options?: RestCallOptions): Promise<readonly WireContract[]> {
    return this.#caller.read(this.#endpoints.detailCountry, {}, decodeContracts, options);
  }

  /** @param limit levels of each side; a book to be kept up to date starts with 1,000 */
  depth(symbol: string, limit?: number, options?: RestCallOptions): Promise<WireBook> {
    return this.#caller.read(this.#endpoints.depth, { path: { symbol }, query: { limit } }, decodeBook, options);
  }

  /** The last changes of a book, ascending by version. */
  async depthCommits(symbol: string, limit: number, options?: RestCallOptions): Promise<readonly WireBook[]> {
    const input = { path: { symbol, limit } };
    const changes = await this.#caller.read(this.#endpoints.depthCommits, input, decodeBooks, options);
    return changes.sort((a, b) => a.version - b.version); // documented one way, seen the other
  }

  /** The last public trades, newest first, at most 100. */
  deals(symbol: string, limit?: number, options?: RestCallOptions): Promise<readonly WireDeal[]> {
    return this.#caller.read(this.#endpoints.deals, { path: { symbol }, query: { limit } }, decodeDeals, options);
  }

  klines(symbol: string, window: KlineWindow, options?: RestCallOptions): Promise<WireKlines> {
    return this.#klines(this.#endpoints.kline, symbol, window, options);
  }

  /** Of the index price: without volumes. */
  indexKlines(symbol: string, window: KlineWindow, options?: RestCallOptions): Promise<WireKlines> {
    return this.#klines(this.#endpoints.klineIndex, symbol, window, options);
  }

  /** Of the fair (mark) price: without volumes. */
  fairKlines(symbol: string, window: KlineWindow, options?: RestCallOptions): Promise<WireKlines> {
    return this.#klines(this.#endpoints.klineFair, symbol, window, options);
  }

  ticker(symbol: string, options?: RestCallOptions): Promise<WireTicker> {
    return this.#caller.read(this.#endpoints.ticker, { query: { symbol } }, decodeTicker, options);
  }

  tickers(options?: RestCallOptions): Promise<readonly WireTicker[]> {
    return this.#caller.read(this.#endpoints.ticker, {}, decodeTickers, options);
  }

  fundingRate(symbol: string, options?: RestCallOptions): Promise<WireFundingRate> {
    return this.#caller.read(this.#endpoints.fundingRate, { path: { symbol } }, decodeFundingRate, options);
  }

  fundingRates(options?: RestCallOptions): Promise<readonly WireFundingRate[]> {
    return this.#caller.read(this.#endpoints.fundingRates, {}, decodeFundingRates, options);
  }

  /** Newest first; pages from 1, at most 100 rows by the older document, 1,000 by the newer. */
  fundingHistory(
    symbol: string,
    page: { readonly pageNum: number; readonly pageSize: number },
    options?: RestCallOptions,
  ): Promise<WirePage<WirePastFunding>> {
    const input = { query: { symbol, page_num: page.pageNum, page_size: page.pageSize } };
    return this.#caller.read(this.#endpoints.fundingHistory, input, decodePastFunding, options);
  }

  #klines(
    endpoint: Endpoint,
    symbol: string,
    window: KlineWindow,
    options: RestCallOptions | undefined,
  ): Promise<WireKlines> {
    const { interval, start, end } = window;
    return this.#caller.read(endpoint, { path: { symbol }, query: { interval, start, end } }, decodeKlines, options);
  }
}

const decodeContract = decodeObject(readContract);
const decodeContracts = decodeData((data, place) => readList(data, place, readContract));
const decodeBook = decodeObject(readBook, true);
const decodeBooks = decodeData((data, place) => readList(data, place, readBook));
const decodeDeals = decodeData(readDeals);
const decodeKlineJson = decodeData(readKlines);
const decodeKlines: Decode<WireKlines> = (reply, place) => {
  const data = isJsonType(reply.contentType) ? readKlineText(reply.body) : undefined;
  return data === undefined ? decodeKlineJson(reply, place) : { kind: 'data', data };
};
const decodeTicker = decodeObject(readTicker);
const decodeTickers = decodeData((data, place) => readList(data, place, readTicker));
const decodeFundingRate = decodeObject(readFundingRate);
const decodeFundingRates = decodeData((data, place) => readList(data, place, readFundingRate));
const decodePastFunding = decodeObject(readPage(readPastFunding));
