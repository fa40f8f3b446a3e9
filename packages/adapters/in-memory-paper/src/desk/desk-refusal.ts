import { PrateError } from '@prate/domain';

/** Why the exchange will not do what the desk was asked. */
export const DeskRefusalReason = {
  UNKNOWN_SYMBOL: 'UNKNOWN_SYMBOL',
  INVALID_QUANTITY: 'INVALID_QUANTITY',
  INVALID_PRICE: 'INVALID_PRICE',
  INVALID_AMOUNT: 'INVALID_AMOUNT',
  UNKNOWN_ORDER: 'UNKNOWN_ORDER',
  /** Filled or cancelled before. */
  ORDER_IS_FINAL: 'ORDER_IS_FINAL',
  DUPLICATE_CLIENT_ORDER_ID: 'DUPLICATE_CLIENT_ORDER_ID',
  LEVERAGE_OUT_OF_RANGE: 'LEVERAGE_OUT_OF_RANGE',
  /** From that of the position, or of other open orders. */
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
  /** The position would be larger than its leverage allows. */
  RISK_LIMIT: 'RISK_LIMIT',
  TOO_MANY_ORDERS: 'TOO_MANY_ORDERS',
  /** There is nothing to trade against. */
  NO_LIQUIDITY: 'NO_LIQUIDITY',
  /** An order that has traded cannot be replaced, nor one without a price. */
  REPLACE_PARTLY_FILLED: 'REPLACE_PARTLY_FILLED',
  REPLACE_UNSUPPORTED: 'REPLACE_UNSUPPORTED',
  TOO_MANY_TRIGGERS: 'TOO_MANY_TRIGGERS',
  /** A callback, a number of hours or a set of prices that is none. */
  INVALID_TRIGGER: 'INVALID_TRIGGER',
  /** The trigger has fired, or was cancelled before. */
  TRIGGER_IS_FINAL: 'TRIGGER_IS_FINAL',
  UNKNOWN_STOP: 'UNKNOWN_STOP',
  /** It would fire at once. */
  STOP_PRICE: 'STOP_PRICE',
  STOP_TOO_LARGE: 'STOP_TOO_LARGE',
  /** There is one for all of the position. */
  STOP_EXISTS: 'STOP_EXISTS',
} as const;
export type DeskRefusalReason = (typeof DeskRefusalReason)[keyof typeof DeskRefusalReason];

/** The exchange says no, and nothing has changed. */
export class DeskRefusal extends PrateError {
  readonly code = 'DESK_REFUSAL';
  readonly reason: DeskRefusalReason;

  constructor(reason: DeskRefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
