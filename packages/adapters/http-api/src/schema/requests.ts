import { OrderType, PositionSide, Side } from '@prate/domain';
import { z } from 'zod';
import type { CreateOrderJson, KillRequestJson } from '../wire/actions.ts';
import { components, decimalText } from './values.ts';

/** A window of candles has at most so many buckets. */
export const MOST_ROWS = 20_000;
/** A list of orders or fills has at most so many entries. */
const MOST_ENTRIES = 1000;
const MOST_EQUITY_POINTS = 2000;

const LAST_TIME = 8_640_000_000_000_000;

const symbol = (): z.ZodString => z.string().min(1).max(64);

/** A whole number in a query: digits and nothing else. */
const whole = (least: number, most: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most));
const time = (): z.ZodType<number> => whole(0, LAST_TIME).describe('Epoch ms');
const flag = (): z.ZodType<boolean> =>
  z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .pipe(z.boolean());

export interface CandlesParams {
  readonly symbol: string;
  readonly interval: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly before?: number | undefined;
  readonly last?: number | undefined;
  readonly fill?: 'none' | 'flat' | undefined;
  readonly observedOnly?: boolean | undefined;
}
export const candlesParams: z.ZodType<CandlesParams> = z.strictObject({
  symbol: symbol(),
  interval: z.string().max(16).describe("Such as '5s', '90s', '1m', '4h', '1d', '1w', '1M'"),
  from: time().optional().describe('With to: the candles whose open lies in [from, to)'),
  to: time().optional(),
  before: time().optional().describe('With last: the candles before this time. Default: now'),
  last: whole(1, MOST_ROWS)
    .optional()
    .describe('How many candles, without from and to; stretches without any are skipped. Default 500'),
  fill: z
    .enum(['none', 'flat'])
    .optional()
    .describe('flat: a watched bucket without a trade is a row at the last price'),
  observedOnly: flag().optional().describe('Leaves out every bucket that holds made-up seconds'),
});

export interface RangeParams {
  readonly symbol: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}
export const coverageParams: z.ZodType<RangeParams> = z.strictObject({
  symbol: symbol(),
  from: time().optional(),
  to: time().optional(),
});

export interface SymbolParams {
  readonly symbol?: string | undefined;
}
export const symbolParams: z.ZodType<SymbolParams> = z.strictObject({ symbol: symbol().optional() });

export interface HistoryParams {
  readonly symbol?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit?: number | undefined;
}
export const historyParams: z.ZodType<HistoryParams> = z.strictObject({
  symbol: symbol().optional(),
  from: time().optional(),
  to: time().optional(),
  limit: whole(1, MOST_ENTRIES).optional().describe('Default 100'),
});

export interface EquityParams {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly points?: number | undefined;
}
export const equityParams: z.ZodType<EquityParams> = z.strictObject({
  from: time().optional(),
  to: time().optional(),
  points: whole(2, MOST_EQUITY_POINTS).optional().describe('At most so many; default 500'),
});

export interface CancelParams {
  readonly symbol: string;
}
export const cancelParams: z.ZodType<CancelParams> = z.strictObject({ symbol: symbol() });

export const createOrderSchema: z.ZodType<CreateOrderJson> = z
  .strictObject({
    symbol: symbol(),
    side: z.enum(Side),
    type: z.enum(OrderType),
    quantity: decimalText().max(100).optional(),
    quoteQuantity: decimalText().max(100).optional(),
    price: decimalText().max(100).optional(),
    clientOrderId: z
      .string()
      .regex(/^[0-9A-Za-z_-]{1,32}$/)
      .optional(),
    positionSide: z.enum(PositionSide).optional(),
    reduceOnly: z.boolean().optional(),
  })
  .refine(({ quantity, quoteQuantity }) => (quantity === undefined) !== (quoteQuantity === undefined), {
    message: 'exactly one of quantity and quoteQuantity is needed',
  })
  .register(components, { id: 'CreateOrder' });

export const killRequestSchema: z.ZodType<KillRequestJson> = z
  .strictObject({ confirm: z.literal(true) })
  .register(components, { id: 'KillRequest' });

export const nothingSchema: z.ZodType<Record<string, never>> = z.strictObject({});
