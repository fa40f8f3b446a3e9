import { z } from 'zod';
import type { BalanceJson, EquityJson, FillJson, OrderJson, PositionJson } from '../wire/account.ts';
import type {
  CancelOutcomeJson,
  CreateOrderJson,
  CreateOutcomeJson,
  KillJson,
  KillRequestJson,
  ReportJson,
  StrategyStopJson,
} from '../wire/actions.ts';
import type { CandleWindowJson, CoverageJson, InstrumentJson } from '../wire/market.ts';
import type { Scope, SessionReplyJson } from '../wire/session.ts';
import * as replies from './replies.ts';
import * as requests from './requests.ts';
import { balanceSchema, equitySchema, fillSchema, orderSchema, positionSchema } from './values.ts';

/** One route below `/api/v1`: what the server registers, and what OpenAPI describes. */
export interface Operation<Query, Body, Reply> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{name}` stands for a part of it. */
  readonly path: string;
  readonly scope: Scope;
  readonly summary: string;
  readonly query: z.ZodType<Query>;
  readonly body: z.ZodType<Body>;
  readonly reply: z.ZodType<Reply>;
}

type Nothing = Record<string, never>;
type Get<Query, Reply> = Operation<Query, Nothing, Reply>;

/** By the ids that OpenAPI knows them by. */
export interface Operations {
  readonly getSession: Get<Nothing, SessionReplyJson>;
  readonly getInstruments: Get<Nothing, { readonly instruments: readonly InstrumentJson[] }>;
  readonly getCandles: Get<requests.CandlesParams, CandleWindowJson>;
  readonly getCoverage: Get<requests.RangeParams, CoverageJson>;
  readonly getOpenOrders: Get<requests.SymbolParams, { readonly orders: readonly OrderJson[] }>;
  readonly getOrderHistory: Get<requests.HistoryParams, { readonly orders: readonly OrderJson[] }>;
  readonly getFills: Get<requests.HistoryParams, { readonly fills: readonly FillJson[] }>;
  readonly getPositions: Get<Nothing, { readonly positions: readonly PositionJson[] }>;
  readonly getBalances: Get<Nothing, { readonly balances: readonly BalanceJson[] }>;
  readonly getEquity: Get<requests.EquityParams, EquityJson>;
  readonly getReport: Get<Nothing, { readonly report: ReportJson | null }>;
  readonly createOrder: Operation<Nothing, CreateOrderJson, CreateOutcomeJson>;
  readonly cancelOrder: Operation<requests.CancelParams, Nothing, CancelOutcomeJson>;
  readonly stopStrategy: Operation<Nothing, Nothing, StrategyStopJson>;
  readonly kill: Operation<Nothing, KillRequestJson, KillJson>;
}

const { nothingSchema } = requests;
const READ = { method: 'GET', scope: 'read', body: nothingSchema } as const;

export const operations: Operations = {
  getSession: {
    ...READ,
    path: '/session',
    summary: 'What runs: source, symbols, strategy, feeds; and what the token may do',
    query: nothingSchema,
    reply: replies.sessionReplySchema,
  },
  getInstruments: {
    ...READ,
    path: '/instruments',
    summary: 'What may be traded, in which steps',
    query: nothingSchema,
    reply: z.object({ instruments: z.array(replies.instrumentSchema) }),
  },
  getCandles: {
    ...READ,
    path: '/candles',
    summary: `A window of at most ${requests.MOST_ROWS} buckets of closed candles, in columns: [from, to), or the last so many before a time`,
    query: requests.candlesParams,
    reply: replies.candleWindowSchema,
  },
  getCoverage: {
    ...READ,
    path: '/coverage',
    summary: 'Which time is stored of a symbol, one entry a step',
    query: requests.coverageParams,
    reply: replies.coverageSchema,
  },
  getOpenOrders: {
    ...READ,
    path: '/orders',
    summary: 'Open orders, oldest first',
    query: requests.symbolParams,
    reply: z.object({ orders: z.array(orderSchema) }),
  },
  getOrderHistory: {
    ...READ,
    path: '/orders/history',
    summary: 'Orders that are final, newest first',
    query: requests.historyParams,
    reply: z.object({ orders: z.array(orderSchema) }),
  },
  getFills: {
    ...READ,
    path: '/fills',
    summary: "The account's fills, newest first",
    query: requests.historyParams,
    reply: z.object({ fills: z.array(fillSchema) }),
  },
  getPositions: {
    ...READ,
    path: '/positions',
    summary: 'Open positions',
    query: nothingSchema,
    reply: z.object({ positions: z.array(positionSchema) }),
  },
  getBalances: {
    ...READ,
    path: '/balances',
    summary: 'What the account holds, one entry an asset',
    query: nothingSchema,
    reply: z.object({ balances: z.array(balanceSchema) }),
  },
  getEquity: {
    ...READ,
    path: '/equity',
    summary: 'What the account was worth since the start, sampled, oldest first',
    query: requests.equityParams,
    reply: equitySchema,
  },
  getReport: {
    ...READ,
    path: '/report',
    summary: 'What the run has come to so far',
    query: nothingSchema,
    reply: z.object({ report: replies.reportSchema.nullable() }),
  },
  createOrder: {
    method: 'POST',
    path: '/orders',
    scope: 'trade',
    summary: 'Sends an order, on paper only; the outcome is the reply',
    query: nothingSchema,
    body: requests.createOrderSchema,
    reply: replies.createOutcomeSchema,
  },
  cancelOrder: {
    method: 'DELETE',
    path: '/orders/{orderId}',
    scope: 'trade',
    summary: 'Cancels an order; the outcome is the reply',
    query: requests.cancelParams,
    body: nothingSchema,
    reply: replies.cancelOutcomeSchema,
  },
  stopStrategy: {
    method: 'POST',
    path: '/strategy/stop',
    scope: 'trade',
    summary: 'Ends the strategy; orders and positions stay',
    query: nothingSchema,
    body: nothingSchema,
    reply: replies.strategyStopSchema,
  },
  kill: {
    method: 'POST',
    path: '/kill',
    scope: 'trade',
    summary: 'Stops the strategy, cancels every open order, and asks the venue whether one remains',
    query: nothingSchema,
    body: requests.killRequestSchema,
    reply: replies.killSchema,
  },
};
