import { InvalidInputError, shown } from '@prate/domain';
import type {
  WireBackType,
  WireExecuteCycle,
  WireOpenType,
  WireOrderType,
  WirePositionMode,
  WirePositionType,
  WireSide,
  WireTrend,
  WireTriggerType,
} from '../wire/enums.ts';
import type { DecimalText } from '../wire/fields.ts';

/** `order/create`; volumes are contracts. What is undefined is not sent. */
export interface NewOrder {
  readonly symbol: string;
  readonly side: WireSide;
  readonly type: WireOrderType;
  readonly vol: DecimalText;
  /** Documented as needed for all types; ignored for market orders as far as is known. */
  readonly price?: DecimalText | undefined;
  readonly openType: WireOpenType;
  /** Needed when opening; must equal that of a position in the same direction. */
  readonly leverage?: number | undefined;
  /** Advised when closing. */
  readonly positionId?: string | undefined;
  /** Client order id, at most 32 of `[0-9A-Za-z_-]`. */
  readonly externalOid?: string | undefined;
  /** Always send it: its default is documented in two ways. */
  readonly positionMode?: WirePositionMode | undefined;
  /** In one-way mode only. */
  readonly reduceOnly?: boolean | undefined;
  readonly stopLossPrice?: DecimalText | undefined;
  readonly takeProfitPrice?: DecimalText | undefined;
  readonly lossTrend?: WireTrend | undefined;
  readonly profitTrend?: WireTrend | undefined;
  readonly priceProtect?: 0 | 1 | undefined;
  /** Self-trade prevention: 0 none, 1 cancel both, 2 cancel maker, 3 cancel taker. */
  readonly stpMode?: 0 | 1 | 2 | 3 | undefined;
}

/** Either by position, or by contract and direction where there is none. */
export type NewLeverage =
  | { readonly positionId: string; readonly leverage: number }
  | {
      readonly symbol: string;
      readonly openType: WireOpenType;
      readonly positionType: WirePositionType;
      readonly leverage: number;
    };

export interface MarginChange {
  readonly positionId: string;
  readonly amount: DecimalText;
  readonly type: 'ADD' | 'SUB';
}

export interface OrderChange {
  readonly orderId: string;
  readonly price: DecimalText;
  readonly vol: DecimalText;
}

/** `planorder/place/v2` */
export interface NewPlanOrder {
  readonly symbol: string;
  readonly side: WireSide;
  readonly vol: DecimalText;
  readonly openType: WireOpenType;
  readonly leverage?: number | undefined;
  readonly triggerPrice: DecimalText;
  readonly triggerType: WireTriggerType;
  readonly executeCycle: WireExecuteCycle;
  readonly orderType: WireOrderType;
  readonly trend: WireTrend;
  /** Not for a market order. */
  readonly price?: DecimalText | undefined;
  readonly positionMode?: WirePositionMode | undefined;
  readonly reduceOnly?: boolean | undefined;
  readonly priceProtect?: 0 | 1 | undefined;
}

/** `stoporder/place`: take-profit and stop-loss of a position, one or both. */
export interface NewStopOrder {
  readonly positionId: string;
  readonly vol: DecimalText;
  readonly stopLossPrice?: DecimalText | undefined;
  readonly takeProfitPrice?: DecimalText | undefined;
  readonly lossTrend?: WireTrend | undefined;
  readonly profitTrend?: WireTrend | undefined;
  readonly priceProtect?: 0 | 1 | undefined;
  readonly profitLossVolType?: 'SAME' | 'SEPARATE' | undefined;
  readonly takeProfitVol?: DecimalText | undefined;
  readonly stopLossVol?: DecimalText | undefined;
  /** 1 part of the position, 2 all of it. */
  readonly volType?: 1 | 2 | undefined;
}

/** New prices of a take-profit and stop-loss; both absent removes it from a limit order. */
export interface StopPrices {
  readonly stopLossPrice?: DecimalText | undefined;
  readonly takeProfitPrice?: DecimalText | undefined;
}

/** `trackorder/place` */
export interface NewTrackOrder {
  readonly symbol: string;
  readonly side: WireSide;
  readonly vol: DecimalText;
  readonly openType: WireOpenType;
  readonly leverage?: number | undefined;
  readonly trend: WireTrend;
  readonly activePrice?: DecimalText | undefined;
  readonly backType: WireBackType;
  readonly backValue: DecimalText;
  readonly positionMode?: WirePositionMode | undefined;
  readonly reduceOnly?: boolean | undefined;
}

/** Fields whose texts MEXC documents as numbers: written bare, digit for digit, never through a double. */
const NUMBERS: ReadonlySet<string> = new Set([
  'price',
  'vol',
  'amount',
  'triggerPrice',
  'stopLossPrice',
  'takeProfitPrice',
  'takeProfitVol',
  'stopLossVol',
  'activePrice',
  'backValue',
  'positionId',
  'stopPlanOrderId',
]);

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * The text of a body: as JSON.stringify writes it, with decimal texts as numbers; what is undefined is left out.
 *
 * @throws InvalidInputError for a text in the place of a number, or a number that is none
 */
export function bodyOf(values: object): string {
  let body = '';
  for (const key of Object.keys(values)) {
    const value = (values as Readonly<Record<string, string | number | boolean | undefined>>)[key];
    if (value !== undefined) body += `${body === '' ? '' : ','}"${key}":${written(key, value)}`;
  }
  return `{${body}}`;
}

function written(key: string, value: string | number | boolean): string {
  if (typeof value === 'string') {
    if (!NUMBERS.has(key)) return NEEDS_NO_ESCAPE.test(value) ? `"${value}"` : JSON.stringify(value);
    if (NUMBER.test(value)) return value;
    throw new InvalidInputError(`${key} must be a plain decimal text such as '0.001', not ${shown(value)}`);
  }
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value);
  throw new InvalidInputError(`${key} must be a whole number, not ${value}`);
}

const NEEDS_NO_ESCAPE = /^[\w-]*$/;

/** An array of bodies, or of ids. */
export const bodiesOf = (items: readonly (object | string)[]): string =>
  `[${items.map((item) => (typeof item === 'string' ? JSON.stringify(item) : bodyOf(item))).join(',')}]`;
