import { z } from 'zod';
import type { ClientMessageJson, ServerMessageJson, TopicData, TopicJson } from '../wire/stream.ts';
import { sessionSchema } from './replies.ts';
import {
  balanceSchema,
  candleSchema,
  components,
  count,
  decimalText,
  fillSchema,
  orderSchema,
  positionSchema,
  rangeSchema,
  timeMs,
} from './values.ts';

const name = (): z.ZodString => z.string().min(1).max(64);

const topicSchema: z.ZodType<TopicJson> = z
  .union([
    z.strictObject({ kind: z.literal('candles'), symbol: name(), interval: z.string().max(16) }),
    z.strictObject({ kind: z.enum(['orders', 'fills', 'positions', 'balances', 'equity', 'session']) }),
  ])
  .register(components, { id: 'StreamTopic' });

export const clientMessageSchema: z.ZodType<ClientMessageJson> = z
  .union([
    z.strictObject({
      type: z.literal('subscribe'),
      id: name(),
      topic: topicSchema,
      since: z.strictObject({ epoch: name(), seq: count() }).optional(),
    }),
    z.strictObject({ type: z.literal('unsubscribe'), id: name() }),
  ])
  .register(components, { id: 'StreamClientMessage' });

const equityPoint = z.object({ asset: z.string(), time: timeMs(), equity: decimalText() });

/** What each kind of topic tells. */
const topicSchemas: {
  readonly [K in keyof TopicData]: {
    readonly state: z.ZodType<TopicData[K]['state']>;
    readonly change: z.ZodType<TopicData[K]['change']>;
  };
} = {
  candles: {
    state: z
      .object({ candles: z.array(candleSchema), forming: candleSchema.nullable() })
      .register(components, { id: 'StreamCandles' }),
    change: z
      .object({ candles: z.array(candleSchema), forming: candleSchema.nullable(), gap: rangeSchema.nullable() })
      .register(components, { id: 'StreamCandlesChange' }),
  },
  orders: {
    state: z.object({ orders: z.array(orderSchema) }).register(components, { id: 'StreamOrders' }),
    change: z.object({ order: orderSchema }).register(components, { id: 'StreamOrderChange' }),
  },
  fills: {
    state: z.object({ fills: z.array(fillSchema) }).register(components, { id: 'StreamFills' }),
    change: z.object({ fill: fillSchema }).register(components, { id: 'StreamFillChange' }),
  },
  positions: {
    state: z.object({ positions: z.array(positionSchema) }).register(components, { id: 'StreamPositions' }),
    change: z
      .object({
        symbol: z.string(),
        positionSide: z.enum(['LONG', 'SHORT']),
        position: positionSchema.nullable(),
      })
      .register(components, { id: 'StreamPositionChange' }),
  },
  balances: {
    state: z.object({ balances: z.array(balanceSchema) }).register(components, { id: 'StreamBalances' }),
    change: z.object({ balance: balanceSchema }).register(components, { id: 'StreamBalanceChange' }),
  },
  equity: {
    state: equityPoint.nullable().register(components, { id: 'StreamEquity' }),
    change: equityPoint.register(components, { id: 'StreamEquityChange' }),
  },
  session: { state: sessionSchema, change: sessionSchema },
};

const states = Object.values(topicSchemas).map(({ state }) => state as z.ZodType<TopicData[keyof TopicData]['state']>);
const changes = Object.values(topicSchemas).map(
  ({ change }) => change as z.ZodType<TopicData[keyof TopicData]['change']>,
);

export const serverMessageSchema: z.ZodType<ServerMessageJson> = z
  .union([
    z.object({
      type: z.literal('hello'),
      session: z.string(),
      scope: z.enum(['read', 'trade']),
      heartbeatMs: count(),
    }),
    z.object({ type: z.literal('heartbeat'), time: timeMs() }),
    z.object({ type: z.literal('snapshot'), id: name(), epoch: z.string(), seq: count(), data: z.union(states) }),
    z.object({ type: z.literal('resumed'), id: name(), epoch: z.string(), seq: count() }),
    z.object({ type: z.literal('change'), id: name(), seq: count(), data: z.union(changes) }),
    z.object({ type: z.literal('unsubscribed'), id: name() }),
    z.object({ type: z.literal('error'), id: name().nullable(), code: z.string(), message: z.string() }),
  ])
  .register(components, { id: 'StreamServerMessage' });
