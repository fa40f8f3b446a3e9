import { NotSupportedError } from '@prate/domain';
import type { ExecutionPort, HistoryQuery } from '@prate/execution-port';
import {
  balanceJson,
  cancelOutcomeJson,
  createOutcomeJson,
  fillJson,
  instrumentJson,
  orderJson,
  positionJson,
  reportJson,
} from '../account/to-json.ts';
import type { HttpApiOptions } from '../options.ts';
import type { Operation, Operations } from '../schema/operations.ts';
import type { AccountTopics } from '../stream/account-topics.ts';
import { ApiError } from './api-error.ts';
import type { Asked } from './asked.ts';
import type { CandleHandlers } from './candle-handlers.ts';
import type { JsonText } from './json-text.ts';

type HandlerOf<O> =
  O extends Operation<infer Query, infer Body, infer Reply>
    ? (asked: Asked<Query, Body>) => Promise<Reply | JsonText>
    : never;

export type Handlers = { readonly [K in keyof Operations]: HandlerOf<Operations[K]> };

export interface HandlerParts extends Pick<HttpApiOptions, 'execution' | 'session' | 'market'> {
  readonly candles: CandleHandlers;
  readonly account: AccountTopics;
}

/** What each operation does, in terms of the ports. */
export function makeHandlers({ execution, session, market, candles, account }: HandlerParts): Handlers {
  return {
    getSession: async ({ scope }) => ({ ...session.status(), scope }),
    getInstruments: async ({ signal }) => ({
      instruments: (await market.getInstruments({ signal })).map(instrumentJson),
    }),
    getCandles: (asked) => candles.window(asked),
    getCoverage: (asked) => candles.coverage(asked),
    getOpenOrders: async ({ query, signal }) => ({
      orders: (await execution.getOpenOrders(query.symbol, { signal })).map(orderJson),
    }),
    getOrderHistory: async ({ query, signal }) => ({
      orders: (await historyOf(execution).getOrders(query as HistoryQuery, { signal })).map(orderJson),
    }),
    getFills: async ({ query, signal }) => ({
      fills: (await historyOf(execution).getTrades(query as HistoryQuery, { signal })).map(fillJson),
    }),
    getPositions: async ({ signal }) => ({ positions: (await execution.getPositions({ signal })).map(positionJson) }),
    getBalances: async ({ signal }) => ({ balances: (await execution.getBalances({ signal })).map(balanceJson) }),
    getEquity: async ({ query: { from = 0, to = Number.MAX_SAFE_INTEGER, points = 500 } }) => {
      if (account.curve === null) throw new ApiError(503, 'NOT_READY', 'the account has not been read yet');
      return account.curve.read(from, to, points);
    },
    getReport: async () => {
      const report = session.report();
      return { report: report === null ? null : reportJson(report) };
    },
    createOrder: async ({ body }) => {
      if (session.status().mode !== 'paper') {
        throw new ApiError(403, 'LIVE_TRADING', 'orders are taken from here on paper only');
      }
      // what was sent may be done, so nothing that ends the request ends the order
      return createOutcomeJson(await execution.createOrder(body as Parameters<ExecutionPort['createOrder']>[0]));
    },
    cancelOrder: async ({ query: { symbol }, path }) =>
      cancelOutcomeJson(await execution.cancelOrder({ symbol, orderId: path['orderId'] as string })),
    stopStrategy: async () => ({ strategy: await session.stopStrategy() }),
    kill: async () => {
      const { remaining, ...result } = await session.kill();
      return { ...result, remaining: remaining.map(orderJson) };
    },
  };
}

function historyOf(execution: ExecutionPort): NonNullable<ExecutionPort['history']> {
  if (execution.history === null) throw new NotSupportedError(`${execution.venue} keeps no history`);
  return execution.history;
}
