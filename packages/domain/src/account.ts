import type { ClientOrderId } from './client-order-id.ts';
import type { Decimal } from './decimal.ts';
import type { MarginMode, PositionSide, Side } from './enums.ts';
import type { Fee } from './order.ts';

/** One open position. */
export interface Position {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** Base asset, always above 0: the side tells the direction. */
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
  readonly markPrice: Decimal;
  /** Null where the venue tells none. */
  readonly liquidationPrice: Decimal | null;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly margin: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly unrealizedPnl: Decimal;
  /** Since the position was opened, fees not included. */
  readonly realizedPnl: Decimal;
  /** maintenanceMargin ÷ (margin + unrealizedPnl); at 1 it is liquidated. Null where it has no meaning. */
  readonly marginRatio: Decimal | null;
  /** Epoch ms. */
  readonly updatedAt: number;
}

/** What an account holds of one asset. */
export interface Balance {
  readonly asset: string;
  readonly available: Decimal;
  /** Held for open orders. */
  readonly frozen: Decimal;
  readonly positionMargin: Decimal;
  /** available + frozen + positionMargin. */
  readonly total: Decimal;
  readonly unrealizedPnl: Decimal;
  /** total + unrealizedPnl. */
  readonly equity: Decimal;
}

/** The one maker of balances: the sums always agree. */
export function makeBalance(parts: Omit<Balance, 'total' | 'equity'>): Balance {
  const total = parts.available.plus(parts.frozen).plus(parts.positionMargin);
  return Object.freeze({ ...parts, total, equity: total.plus(parts.unrealizedPnl) });
}

/** A fill of the account's own. */
export interface Trade {
  readonly id: string;
  readonly orderId: string;
  readonly clientOrderId: ClientOrderId;
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide | null;
  readonly price: Decimal;
  /** Base asset. */
  readonly quantity: Decimal;
  readonly fee: Fee;
  /** Whether the order rested (maker) or took (taker). */
  readonly liquidity: 'MAKER' | 'TAKER';
  /** Profit that this fill realised, fees not included; 0 for one that opens. */
  readonly realizedPnl: Decimal;
  /** Epoch ms. */
  readonly time: number;
}
