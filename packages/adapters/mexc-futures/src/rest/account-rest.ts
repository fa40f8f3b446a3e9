import {
  readAsset,
  readFeeRate,
  readFundingRecord,
  readLeverage,
  readPosition,
  type WireAsset,
  type WireFeeRate,
  type WireFundingRecord,
  type WireLeverage,
  type WirePosition,
} from '../wire/account.ts';
import { WirePositionMode as Mode, type WirePositionMode } from '../wire/enums.ts';
import { BadReplyError } from '../wire/errors.ts';
import { readList, safeInteger } from '../wire/fields.ts';
import { readPage, readRows, type WirePage } from '../wire/pages.ts';
import type { MarginChange, NewLeverage } from './bodies.ts';
import type { Caller } from './caller.ts';
import type { Endpoints } from './endpoints.ts';
import { decodeData, decodeNothing, decodeObject } from './judge-reply.ts';
import type { RestCallOptions, WriteResult } from './outcome.ts';

/** Times in epoch ms, both inclusive as far as is known, at most 90 days apart; pages count from 1. */
export interface HistoryPage {
  readonly symbol?: string | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly pageNum: number;
  /** At most 100; 1,000 for fills. */
  readonly pageSize: number;
}

export const historyQuery = (page: HistoryPage): Record<string, string | number | undefined> => ({
  symbol: page.symbol,
  start_time: page.startTime,
  end_time: page.endTime,
  page_num: page.pageNum,
  page_size: page.pageSize,
});

/** Balances, fees and positions of the account. Reads throw MexcApiError (`MEXC_API`) when refused; writes are sent once. */
export class AccountRest {
  readonly #caller: Caller;
  readonly #endpoints: Endpoints;

  constructor(caller: Caller, endpoints: Endpoints) {
    this.#caller = caller;
    this.#endpoints = endpoints;
  }

  async assets(options?: RestCallOptions): Promise<readonly WireAsset[]> {
    return await this.#caller.read(this.#endpoints.assets, {}, decodeAssets, options);
  }

  async asset(currency: string, options?: RestCallOptions): Promise<WireAsset> {
    return await this.#caller.read(this.#endpoints.asset, { path: { currency } }, decodeAsset, options);
  }

  /** What API trades of the contract cost. */
  async feeRate(symbol: string, options?: RestCallOptions): Promise<WireFeeRate> {
    return await this.#caller.read(this.#endpoints.feeRate, { query: { symbol } }, decodeFeeRate, options);
  }

  /** In hedge mode one contract may have two. */
  async openPositions(symbol?: string, options?: RestCallOptions): Promise<readonly WirePosition[]> {
    return await this.#caller.read(this.#endpoints.openPositions, { query: { symbol } }, decodePositions, options);
  }

  async historyPositions(page: HistoryPage, options?: RestCallOptions): Promise<readonly WirePosition[]> {
    return await this.#caller.read(
      this.#endpoints.historyPositions,
      { query: historyQuery(page) },
      decodePositions,
      options,
    );
  }

  async fundingRecords(page: HistoryPage, options?: RestCallOptions): Promise<WirePage<WireFundingRecord>> {
    const input = { query: historyQuery(page) };
    return await this.#caller.read(this.#endpoints.fundingRecords, input, decodeFundingRecords, options);
  }

  /** One entry for long, one for short. */
  async leverage(symbol: string, options?: RestCallOptions): Promise<readonly WireLeverage[]> {
    return await this.#caller.read(this.#endpoints.leverage, { query: { symbol } }, decodeLeverages, options);
  }

  async changeLeverage(change: NewLeverage, options?: RestCallOptions): Promise<WriteResult<void>> {
    return await this.#caller.write(this.#endpoints.changeLeverage, { body: change }, decodeNothing, options);
  }

  async changeMargin(change: MarginChange, options?: RestCallOptions): Promise<WriteResult<void>> {
    return await this.#caller.write(this.#endpoints.changeMargin, { body: change }, decodeNothing, options);
  }

  async positionMode(options?: RestCallOptions): Promise<WirePositionMode> {
    return await this.#caller.read(this.#endpoints.positionMode, {}, decodePositionMode, options);
  }

  /** Refused (7001) while there are positions, orders or triggers. */
  async changePositionMode(positionMode: WirePositionMode, options?: RestCallOptions): Promise<WriteResult<void>> {
    const input = { body: { positionMode } };
    return await this.#caller.write(this.#endpoints.changePositionMode, input, decodeNothing, options);
  }
}

const decodeAssets = decodeData((data, place) => readList(data, place, readAsset));
const decodeAsset = decodeObject(readAsset);
const decodeFeeRate = decodeObject(readFeeRate);
const decodePositions = decodeData(readRows(readPosition));
const decodeFundingRecords = decodeObject(readPage(readFundingRecord));
const decodeLeverages = decodeData((data, place) => readList(data, place, readLeverage));
const decodePositionMode = decodeData((data, place): WirePositionMode => {
  const mode = safeInteger(data);
  if (mode === Mode.HEDGE || mode === Mode.ONE_WAY) return mode;
  throw new BadReplyError(`${place} should be 1 (hedge) or 2 (one-way)`);
});
