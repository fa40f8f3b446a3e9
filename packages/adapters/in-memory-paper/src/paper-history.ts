import { InvalidInputError, type Order, type Trade } from '@prate/domain';
import type { AccountHistory, FeeRates, FundingPayment, HistoryQuery } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import type { FacetParts } from './paper-settings.ts';
import type { SymbolMarket } from './symbol-market.ts';

const DEFAULT_LIMIT = 100;

/** Everything since the exchange was made; nothing is forgotten, and nothing outlives the process. */
export class PaperHistory implements AccountHistory {
  readonly #parts: FacetParts;
  readonly #feesOf: (market: SymbolMarket) => FeeRates;

  constructor(parts: FacetParts, feesOf: (market: SymbolMarket) => FeeRates) {
    this.#parts = parts;
    this.#feesOf = feesOf;
  }

  /** By the time of creation. */
  async getOrders(query: HistoryQuery, options?: CallOptions): Promise<readonly Order[]> {
    this.#parts.enter(options);
    const final = this.#parts.account.allOrders().filter((order) => !order.isActive);
    return select(final, query, (order) => order.createdAt);
  }

  async getTrades(query: HistoryQuery, options?: CallOptions): Promise<readonly Trade[]> {
    this.#parts.enter(options);
    return select(this.#parts.account.trades(), query, (trade) => trade.time);
  }

  /** There is no funding here yet: always empty. */
  async getFundingPayments(_query: HistoryQuery, options?: CallOptions): Promise<readonly FundingPayment[]> {
    this.#parts.enter(options);
    return [];
  }

  async getFees(symbol: string, options?: CallOptions): Promise<FeeRates> {
    this.#parts.enter(options);
    return this.#feesOf(this.#parts.market(symbol));
  }
}

/** Rows come oldest first and leave newest first. */
function select<Row extends { readonly symbol: string }>(
  rows: readonly Row[],
  query: HistoryQuery,
  timeOf: (row: Row) => number,
): Row[] {
  const { symbol, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, limit = DEFAULT_LIMIT } = query;
  if (!Number.isInteger(limit) || limit < 1)
    throw new InvalidInputError(`limit must be a whole number above 0, not ${limit}`);
  const result: Row[] = [];
  for (let i = rows.length - 1; i >= 0 && result.length < limit; i -= 1) {
    const row = rows[i] as Row;
    const time = timeOf(row);
    if ((symbol === undefined || row.symbol === symbol) && time >= from && time < to) result.push(row);
  }
  return result;
}
