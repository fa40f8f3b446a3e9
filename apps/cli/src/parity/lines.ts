/**
 * A recording is NDJSON: one event of an account a line, with the time at which it was seen. Amounts are decimal texts,
 * times epoch milliseconds. Every line names the version of this shape:
 *
 *   {"version":1,"time":…,"kind":"start","venue":"mexc"}                                      first, where a whole recording begins
 *   {"version":1,"time":…,"kind":"order","order":{…}}                                         the order as it is now
 *   {"version":1,"time":…,"kind":"fill","trade":{…}}
 *   {"version":1,"time":…,"kind":"position","symbol":…,"positionSide":…,"position":{…}|null}
 *   {"version":1,"time":…,"kind":"balance","balance":{…}}
 *   {"version":1,"time":…,"kind":"gap","fromMs":…,"toMs":…}                                   nothing is known of this time
 *   {"version":1,"time":…,"kind":"end"}                                                       last, where it ended as it should
 *
 * Fields that are not listed here are ignored.
 */
import {
  type Balance,
  Decimal,
  MarginMode,
  makeBalance,
  makeOrder,
  type Order,
  OrderStatus,
  OrderType,
  type Position,
  PositionSide,
  Side,
  type Trade,
} from '@prate/domain';
import type { ExecutionEvent, FundingPayment } from '@prate/execution-port';
import { z } from 'zod';

export const LINES_VERSION = 1;

const amount = z
  .string()
  .regex(/^-?\d{1,60}(\.\d{1,120})?$/, "a decimal number as text, such as '0.001'")
  .transform((text) => new Decimal(text));
const time = z.int().describe('epoch ms');
const fee = z.object({ asset: z.string(), amount });

const order = z
  .object({
    id: z.string().min(1),
    clientOrderId: z.string(),
    symbol: z.string().min(1),
    side: z.enum(Side),
    type: z.enum(OrderType),
    price: amount.nullable(),
    quantity: amount,
    filledQuantity: amount,
    averagePrice: amount.nullable(),
    status: z.enum(OrderStatus),
    reduceOnly: z.boolean(),
    positionSide: z.enum(PositionSide).nullable(),
    createdAt: time,
    updatedAt: time,
    fee: fee.nullable(),
  })
  .transform((fields, context): Order => {
    try {
      return makeOrder(fields);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

const trade = z.object({
  id: z.string().min(1),
  orderId: z.string().min(1),
  clientOrderId: z.string(),
  symbol: z.string().min(1),
  side: z.enum(Side),
  positionSide: z.enum(PositionSide).nullable(),
  price: amount.refine((price) => price.gt(0), 'a price above 0'),
  quantity: amount.refine((quantity) => quantity.gt(0), 'a quantity above 0'),
  fee,
  liquidity: z.enum(['MAKER', 'TAKER']),
  realizedPnl: amount,
  time,
}) satisfies z.ZodType<Trade>;

const position = z.object({
  symbol: z.string().min(1),
  positionSide: z.enum(PositionSide),
  quantity: amount.refine((quantity) => quantity.gt(0), 'a quantity above 0'),
  entryPrice: amount,
  markPrice: amount,
  liquidationPrice: amount.nullable(),
  leverage: z.number(),
  marginMode: z.enum(MarginMode),
  margin: amount,
  maintenanceMargin: amount,
  unrealizedPnl: amount,
  realizedPnl: amount,
  marginRatio: amount.nullable(),
  updatedAt: time,
}) satisfies z.ZodType<Position>;

const balance = z
  .object({
    asset: z.string().min(1),
    available: amount,
    frozen: amount,
    positionMargin: amount,
    unrealizedPnl: amount,
  })
  .transform((parts): Balance => makeBalance(parts));

const payment = z.object({
  symbol: z.string().min(1),
  amount,
  asset: z.string().min(1),
  rate: amount,
  time,
}) satisfies z.ZodType<FundingPayment>;

const head = { version: z.literal(LINES_VERSION), time };

/** One line of a recording. */
const lineSchema = z.discriminatedUnion('kind', [
  z.object({ ...head, kind: z.literal('start'), venue: z.string() }),
  z.object({ ...head, kind: z.literal('order'), order }),
  z.object({ ...head, kind: z.literal('fill'), trade }),
  z.object({
    ...head,
    kind: z.literal('position'),
    symbol: z.string().min(1),
    positionSide: z.enum(PositionSide).nullable(),
    position: position.nullable(),
  }),
  z.object({ ...head, kind: z.literal('balance'), balance }),
  z.object({ ...head, kind: z.literal('gap'), fromMs: time, toMs: time }),
  z.object({ ...head, kind: z.literal('end') }),
]);

/** A line as it was read. */
export type Line = { readonly version: number; readonly time: number } & (
  | ExecutionEvent
  | { readonly kind: 'start'; readonly venue: string }
  | { readonly kind: 'end' }
);

export const schemas: {
  readonly line: z.ZodType<Line>;
  readonly order: z.ZodType<Order>;
  readonly trade: z.ZodType<Trade>;
  readonly payment: z.ZodType<FundingPayment>;
} = { line: lineSchema, order, trade, payment };

/** The JSON Schema of a line: what docs/recording.schema.json holds. */
export const lineJsonSchema = (): object => z.toJSONSchema(lineSchema, { io: 'input' });

/** One line, with its newline. */
export const lineOf = (
  timeMs: number,
  event: ExecutionEvent | { readonly kind: 'start'; readonly venue: string } | { readonly kind: 'end' },
): string => `${JSON.stringify({ version: LINES_VERSION, time: timeMs, ...event })}\n`;
