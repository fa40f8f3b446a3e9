import type { Order, Trade } from '@prate/domain';
import type { CallOptions } from '@prate/runtime';
import type { AccountHistory, HistoryQuery } from '../src/index.ts';
import { FEE } from './fake-account.ts';

export const fakeHistory = (
  orders: readonly Order[],
  trades: readonly Trade[],
  enter: (options: CallOptions | undefined) => void,
): AccountHistory => ({
  async getOrders(query, options) {
    enter(options);
    return select(
      orders.filter((order) => !order.isActive),
      query,
      (order) => order.createdAt,
    );
  },
  async getTrades(query, options) {
    enter(options);
    return select(trades, query, (trade) => trade.time);
  },
  async getFundingPayments(_query, options) {
    enter(options);
    return [];
  },
  async getFees(_symbol, options) {
    enter(options);
    return { maker: FEE, taker: FEE };
  },
});

function select<Row extends { readonly symbol: string }>(
  rows: readonly Row[],
  query: HistoryQuery,
  timeOf: (row: Row) => number,
): readonly Row[] {
  const { symbol, from = 0, to = Number.POSITIVE_INFINITY, limit = 100 } = query;
  return rows
    .filter((row) => (symbol ?? row.symbol) === row.symbol && timeOf(row) >= from && timeOf(row) < to)
    .reverse()
    .slice(0, limit);
}
