import { CandleSource, MarginMode, OrderStatus, OrderType, PositionSide, Side } from '@prate/domain';
import { z } from 'zod';
import type { BalanceJson, EquityJson, FeeJson, FillJson, OrderJson, PositionJson } from '../wire/account.ts';
import type { CandleJson, RangeJson } from '../wire/market.ts';

/** The schemas of what goes over the wire, by the names that OpenAPI gives them. The types of `wire/` hold them in line. */
export const components: z.core.$ZodRegistry<{ id: string }> = z.registry<{ id: string }>();

export const decimalText = (): z.ZodString =>
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .describe("An exact decimal number as text, such as '0.001'");
export const timeMs = (): z.ZodInt => z.int().describe('Epoch ms');
export const count = (): z.ZodInt => z.int().min(0);

const feeSchema: z.ZodType<FeeJson> = z.object({ asset: z.string(), amount: decimalText() });

export const orderSchema: z.ZodType<OrderJson> = z
  .object({
    id: z.string(),
    clientOrderId: z.string(),
    symbol: z.string(),
    side: z.enum(Side),
    type: z.enum(OrderType),
    price: decimalText().nullable(),
    quantity: decimalText(),
    filledQuantity: decimalText(),
    remaining: decimalText(),
    averagePrice: decimalText().nullable(),
    status: z.enum(OrderStatus),
    isActive: z.boolean(),
    reduceOnly: z.boolean(),
    positionSide: z.enum(PositionSide).nullable(),
    createdAt: timeMs(),
    updatedAt: timeMs(),
    fee: feeSchema.nullable(),
  })
  .register(components, { id: 'Order' });

export const fillSchema: z.ZodType<FillJson> = z
  .object({
    id: z.string(),
    orderId: z.string(),
    clientOrderId: z.string(),
    symbol: z.string(),
    side: z.enum(Side),
    positionSide: z.enum(PositionSide).nullable(),
    price: decimalText(),
    quantity: decimalText(),
    fee: feeSchema,
    realizedPnl: decimalText(),
    liquidity: z.enum(['MAKER', 'TAKER']),
    time: timeMs(),
  })
  .register(components, { id: 'Fill' });

export const positionSchema: z.ZodType<PositionJson> = z
  .object({
    symbol: z.string(),
    positionSide: z.enum(PositionSide),
    quantity: decimalText(),
    entryPrice: decimalText(),
    markPrice: decimalText(),
    liquidationPrice: decimalText().nullable(),
    leverage: z.number(),
    marginMode: z.enum(MarginMode),
    margin: decimalText(),
    maintenanceMargin: decimalText(),
    unrealizedPnl: decimalText(),
    realizedPnl: decimalText(),
    marginRatio: decimalText().nullable(),
    updatedAt: timeMs(),
  })
  .register(components, { id: 'Position' });

export const balanceSchema: z.ZodType<BalanceJson> = z
  .object({
    asset: z.string(),
    available: decimalText(),
    frozen: decimalText(),
    positionMargin: decimalText(),
    total: decimalText(),
    unrealizedPnl: decimalText(),
    equity: decimalText(),
  })
  .register(components, { id: 'Balance' });

export const equitySchema: z.ZodType<EquityJson> = z
  .object({ asset: z.string(), time: z.array(timeMs()), equity: z.array(decimalText()) })
  .register(components, { id: 'EquityCurve' });

export const rangeSchema: z.ZodType<RangeJson> = z
  .object({ from: timeMs(), to: timeMs() })
  .register(components, { id: 'Range' });

export const candleSchema: z.ZodType<CandleJson> = z
  .object({
    openTime: timeMs(),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
    turnover: z.number().nullable(),
    trades: count().nullable(),
    source: z.enum(CandleSource),
    coverage: z.number().min(0).max(1),
  })
  .register(components, { id: 'Candle' });
