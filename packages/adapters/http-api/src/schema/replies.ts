import { CandleSource } from '@prate/domain';
import { RejectReason } from '@prate/execution-port';
import { z } from 'zod';
import type {
  CancelOutcomeJson,
  CreateOutcomeJson,
  ErrorJson,
  KillJson,
  ReportJson,
  StrategyStopJson,
} from '../wire/actions.ts';
import type { CandleWindowJson, CoverageJson, InstrumentJson } from '../wire/market.ts';
import type { FeedHealthJson, SessionJson, SessionReplyJson, StrategyJson } from '../wire/session.ts';
import { components, count, decimalText, orderSchema, rangeSchema, timeMs } from './values.ts';

export const errorSchema: z.ZodType<ErrorJson> = z
  .object({ code: z.string().describe('Stable'), message: z.string().describe('For people') })
  .register(components, { id: 'Error' });

export const instrumentSchema: z.ZodType<InstrumentJson> = z
  .object({
    symbol: z.string(),
    baseAsset: z.string(),
    quoteAsset: z.string(),
    tickSize: decimalText(),
    lotSize: decimalText(),
    contractSize: decimalText(),
    minQuantity: decimalText(),
    maxQuantity: decimalText().nullable(),
    minNotional: decimalText().nullable(),
    maxLeverage: z.number(),
    makerFee: decimalText(),
    takerFee: decimalText(),
  })
  .register(components, { id: 'Instrument' });

export const candleWindowSchema: z.ZodType<CandleWindowJson> = z
  .object({
    symbol: z.string(),
    interval: z.string(),
    from: timeMs(),
    to: timeMs(),
    priceDecimals: count().nullable(),
    openTime: z.array(timeMs()),
    open: z.array(z.number()),
    high: z.array(z.number()),
    low: z.array(z.number()),
    close: z.array(z.number()),
    volume: z.array(z.number()),
    turnover: z.array(z.number().nullable()),
    trades: z.array(count().nullable()),
    source: z.array(count()).describe('Indices into sources'),
    sources: z.array(z.enum(CandleSource)),
    coverage: z.array(z.number().min(0).max(1)),
    gaps: z.array(rangeSchema).describe('Whole buckets in which nobody watched'),
    earlier: timeMs().nullable().describe("The 'before' of the next window back; null where nothing older is stored"),
  })
  .register(components, { id: 'CandleWindow' });

export const coverageSchema: z.ZodType<CoverageJson> = z
  .object({
    symbol: z.string(),
    from: timeMs(),
    to: timeMs(),
    steps: z.array(
      z.object({
        step: z.string(),
        rows: count(),
        watchedMs: count(),
        observed: z.array(rangeSchema),
        stretches: count(),
      }),
    ),
  })
  .register(components, { id: 'Coverage' });

const feedHealthSchema: z.ZodType<FeedHealthJson> = z
  .object({
    stream: z.string(),
    connected: z.boolean(),
    lastItemAt: timeMs().nullable(),
    gaps: count(),
    latencyMs: z.number().nullable(),
  })
  .register(components, { id: 'FeedHealth' });

const strategySchema: z.ZodType<StrategyJson> = z
  .object({
    name: z.string(),
    state: z.enum(['starting', 'running', 'stopped', 'failed']),
    reason: z.string().nullable(),
  })
  .register(components, { id: 'Strategy' });

const sessionFields = {
  id: z.string(),
  startedAt: timeMs(),
  marketTime: timeMs(),
  source: z.object({ kind: z.string(), description: z.string(), isSynthetic: z.boolean() }),
  venue: z.string(),
  symbols: z.array(z.string()),
  strategy: strategySchema,
  interval: z.string(),
  mode: z.enum(['paper', 'live']),
  database: z.string(),
  feeds: z.array(feedHealthSchema),
  versions: z.record(z.string(), z.string()),
};

export const sessionSchema: z.ZodType<SessionJson> = z.object(sessionFields).register(components, { id: 'Session' });

export const sessionReplySchema: z.ZodType<SessionReplyJson> = z
  .object({ ...sessionFields, scope: z.enum(['read', 'trade']) })
  .register(components, { id: 'SessionReply' });

const unknownFields = { kind: z.literal('unknown'), code: z.string(), message: z.string() };

export const createOutcomeSchema: z.ZodType<CreateOutcomeJson> = z
  .union([
    z.object({ kind: z.literal('accepted'), order: orderSchema }),
    z.object({
      kind: z.literal('rejected'),
      clientOrderId: z.string(),
      reason: z.enum(RejectReason),
      message: z.string(),
      below: decimalText().nullable(),
      above: decimalText().nullable(),
    }),
    z.object({ ...unknownFields, clientOrderId: z.string() }),
  ])
  .register(components, { id: 'CreateOutcome' });

export const cancelOutcomeSchema: z.ZodType<CancelOutcomeJson> = z
  .union([
    z.object({ kind: z.enum(['cancelled', 'alreadyFinal']), order: orderSchema }),
    z.object({ kind: z.literal('notFound') }),
    z.object(unknownFields),
  ])
  .register(components, { id: 'CancelOutcome' });

export const killSchema: z.ZodType<KillJson> = z
  .object({
    strategyStopped: z.boolean(),
    cancelled: count(),
    verified: z.boolean(),
    remaining: z.array(orderSchema),
    problems: z.array(z.string()),
  })
  .register(components, { id: 'Kill' });

export const strategyStopSchema: z.ZodType<StrategyStopJson> = z
  .object({ strategy: strategySchema })
  .register(components, { id: 'StrategyStop' });

export const reportSchema: z.ZodType<ReportJson> = z
  .looseObject({
    strategy: z.string(),
    symbols: z.array(z.string()),
    interval: z.string(),
    asset: z.string(),
    from: timeMs().nullable(),
    to: timeMs().nullable(),
    candles: count(),
    orders: count(),
    fills: count(),
    rejected: z.record(z.string(), count()),
    volume: decimalText(),
    fees: decimalText(),
    realizedPnl: decimalText(),
    unrealizedPnl: decimalText(),
    netPnl: decimalText(),
    startEquity: decimalText(),
    endEquity: decimalText(),
    maxDrawdown: z.number(),
    wins: count(),
    losses: count(),
    holdReturn: z.number().nullable(),
    gaps: count(),
    errors: z.array(errorSchema),
    reason: z.string().nullable(),
  })
  .register(components, { id: 'Report' });
