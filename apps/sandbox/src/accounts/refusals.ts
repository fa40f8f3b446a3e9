import { DeskRefusal, type DeskRefusalReason } from '@prate/in-memory-paper';
import { BackendRefusal, type RefusalReason } from '@prate/mexc-sandbox';

/** The wire checks its contracts itself: a symbol that the exchange does not have is an error of the wiring. */
type Refused = Exclude<DeskRefusalReason, 'UNKNOWN_SYMBOL'>;

const SAME: { readonly [R in Refused]: RefusalReason } = {
  INVALID_QUANTITY: 'INVALID_QUANTITY',
  INVALID_PRICE: 'INVALID_PRICE',
  INVALID_AMOUNT: 'INVALID_AMOUNT',
  UNKNOWN_ORDER: 'UNKNOWN_ORDER',
  ORDER_IS_FINAL: 'ORDER_IS_FINAL',
  DUPLICATE_CLIENT_ORDER_ID: 'DUPLICATE_CLIENT_ORDER_ID',
  LEVERAGE_OUT_OF_RANGE: 'LEVERAGE_OUT_OF_RANGE',
  LEVERAGE_DIFFERS: 'LEVERAGE_DIFFERS',
  MARGIN_MODE_DIFFERS: 'MARGIN_MODE_DIFFERS',
  LEVERAGE_WITH_OPEN_ORDERS: 'LEVERAGE_WITH_OPEN_ORDERS',
  POSITION_MODE_DIFFERS: 'POSITION_MODE_DIFFERS',
  POSITION_MODE_IN_USE: 'POSITION_MODE_IN_USE',
  NO_POSITION: 'NO_POSITION',
  CLOSES_TOO_MUCH: 'CLOSES_TOO_MUCH',
  INSUFFICIENT_BALANCE: 'INSUFFICIENT_BALANCE',
  MARGIN_NOT_REMOVABLE: 'MARGIN_NOT_REMOVABLE',
  RISK_LIMIT: 'RISK_LIMIT',
  TOO_MANY_ORDERS: 'TOO_MANY_ORDERS',
  NO_LIQUIDITY: 'NO_LIQUIDITY',
  REPLACE_PARTLY_FILLED: 'REPLACE_PARTLY_FILLED',
  REPLACE_UNSUPPORTED: 'REPLACE_UNSUPPORTED',
  TOO_MANY_TRIGGERS: 'TOO_MANY_TRIGGERS',
  INVALID_TRIGGER: 'INVALID_TRIGGER',
  TRIGGER_IS_FINAL: 'TRIGGER_IS_FINAL',
  UNKNOWN_STOP: 'UNKNOWN_STOP',
  STOP_PRICE: 'STOP_PRICE',
  STOP_TOO_LARGE: 'STOP_TOO_LARGE',
  STOP_EXISTS: 'STOP_EXISTS',
};

/** Does what the desk is asked; what it refuses is refused in the wire's words. */
export function asked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DeskRefusal) || error.reason === 'UNKNOWN_SYMBOL') throw error;
    throw new BackendRefusal(SAME[error.reason], error.message);
  }
}
