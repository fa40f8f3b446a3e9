import { InvalidInputError, type Order, type Trade } from '@prate/domain';
import type { AccountHistory, FeeRates, FundingPayment, HistoryQuery } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import type { SymbolMarket } from './engine/market.ts';
import type { EngineOrder } from './engine/model.ts';
import { fromMoney, shareOfRate } from './engine/units.ts';
import type { FacetParts } from './paper-settings.ts';

const DEFAULT_LIMIT = 100;

/** Everything that the account remembers; see `maxHistory`. */
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
    const final = this.#parts.account.orders.all().filter((order) => !order.isOpen);
    const found = select(final, query, symbolOfOrder, (order) => order.createdAt);
    return found.map((order) => order.view());
  }

  async getTrades(query: HistoryQuery, options?: CallOptions): Promise<readonly Trade[]> {
    this.#parts.enter(options);
    const { fills } = this.#parts.account;
    return select(
      fills,
      query,
      ({ order }) => symbolOfOrder(order),
      (fill) => fill.time,
    ).map((fill) => fill.view());
  }

  async getFundingPayments(query: HistoryQuery, options?: CallOptions): Promise<readonly FundingPayment[]> {
    this.#parts.enter(options);
    const { fundings } = this.#parts.account;
    const found = select(
      fundings,
      query,
      ({ position }) => position.seat.market.instrument.symbol,
      ({ time }) => time,
    );
    return found.map(({ position, amount, rate, time }) => {
      const { symbol, quoteAsset } = position.seat.market.instrument;
      return { symbol, amount: fromMoney(amount), asset: quoteAsset, rate: shareOfRate(rate), time };
    });
  }

  async getFees(symbol: string, options?: CallOptions): Promise<FeeRates> {
    this.#parts.enter(options);
    return this.#feesOf(this.#parts.market(symbol));
  }
}

const symbolOfOrder = (order: EngineOrder): string => order.seat.market.instrument.symbol;

/** Rows come oldest first and leave newest first. */
function select<Row>(
  rows: readonly Row[],
  query: HistoryQuery,
  symbolOf: (row: Row) => string,
  timeOf: (row: Row) => number,
): Row[] {
  const { symbol, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, limit = DEFAULT_LIMIT } = query;
  if (!Number.isInteger(limit) || limit < 1)
    throw new InvalidInputError(`limit must be a whole number above 0, not ${limit}`);
  const result: Row[] = [];
  for (let i = rows.length - 1; i >= 0 && result.length < limit; i -= 1) {
    const row = rows[i] as Row;
    const time = timeOf(row);
    if ((symbol === undefined || symbolOf(row) === symbol) && time >= from && time < to) result.push(row);
  }
  return result;
}
