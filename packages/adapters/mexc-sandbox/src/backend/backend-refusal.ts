import { PrateError } from '@prate/domain';

/** Why the exchange behind the server will not do what it was asked. */
export const RefusalReason = {
  UNKNOWN_ORDER: 'UNKNOWN_ORDER',
  /** Filled, cancelled or expired before. */
  ORDER_IS_FINAL: 'ORDER_IS_FINAL',
  DUPLICATE_CLIENT_ORDER_ID: 'DUPLICATE_CLIENT_ORDER_ID',
  LEVERAGE_OUT_OF_RANGE: 'LEVERAGE_OUT_OF_RANGE',
  /** From that of the position. */
  LEVERAGE_DIFFERS: 'LEVERAGE_DIFFERS',
  MARGIN_MODE_DIFFERS: 'MARGIN_MODE_DIFFERS',
  LEVERAGE_WITH_OPEN_ORDERS: 'LEVERAGE_WITH_OPEN_ORDERS',
  POSITION_MODE_DIFFERS: 'POSITION_MODE_DIFFERS',
  /** It cannot change while there are positions, orders or triggers. */
  POSITION_MODE_IN_USE: 'POSITION_MODE_IN_USE',
  NO_POSITION: 'NO_POSITION',
  CLOSES_TOO_MUCH: 'CLOSES_TOO_MUCH',
  INSUFFICIENT_BALANCE: 'INSUFFICIENT_BALANCE',
  /** More margin than a position can spare. */
  MARGIN_NOT_REMOVABLE: 'MARGIN_NOT_REMOVABLE',
  RISK_LIMIT: 'RISK_LIMIT',
  TOO_MANY_ORDERS: 'TOO_MANY_ORDERS',
  TOO_MANY_TRIGGERS: 'TOO_MANY_TRIGGERS',
  /** An order that has traded cannot be replaced, nor one in ONE_WAY mode, nor one of this type. */
  REPLACE_PARTLY_FILLED: 'REPLACE_PARTLY_FILLED',
  REPLACE_IN_ONE_WAY: 'REPLACE_IN_ONE_WAY',
  REPLACE_UNSUPPORTED: 'REPLACE_UNSUPPORTED',
  /** The trigger has fired, or was cancelled before. */
  TRIGGER_IS_FINAL: 'TRIGGER_IS_FINAL',
  UNKNOWN_STOP: 'UNKNOWN_STOP',
  STOP_PRICE: 'STOP_PRICE',
  STOP_TOO_LARGE: 'STOP_TOO_LARGE',
  STOP_EXISTS: 'STOP_EXISTS',
  /** A callback, a number of hours or a set of prices that is none. */
  INVALID_TRIGGER: 'INVALID_TRIGGER',
  INVALID_QUANTITY: 'INVALID_QUANTITY',
  INVALID_PRICE: 'INVALID_PRICE',
  INVALID_AMOUNT: 'INVALID_AMOUNT',
  /** There is nothing to trade against. */
  NO_LIQUIDITY: 'NO_LIQUIDITY',
  /** This exchange does not do that. */
  UNAVAILABLE: 'UNAVAILABLE',
} as const;
export type RefusalReason = (typeof RefusalReason)[keyof typeof RefusalReason];

/** The exchange says no, and nothing has changed. */
export class BackendRefusal extends PrateError {
  readonly code = 'BACKEND_REFUSAL';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
