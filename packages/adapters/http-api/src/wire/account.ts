import type { MarginMode, OrderStatus, OrderType, PositionSide, Side } from '@prate/domain';

/** An exact decimal number as text: `'0.001'`, never with an exponent. */
export type DecimalText = string;

export interface FeeJson {
  readonly asset: string;
  /** Paid when positive, received when negative. */
  readonly amount: DecimalText;
}

/** An order as the venue last told it. Quantities in the base asset, times in epoch ms. */
export interface OrderJson {
  readonly id: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  /** Null for a market order. */
  readonly price: DecimalText | null;
  readonly quantity: DecimalText;
  readonly filledQuantity: DecimalText;
  readonly remaining: DecimalText;
  /** Null before the first fill. */
  readonly averagePrice: DecimalText | null;
  readonly status: OrderStatus;
  /** Whether it can still trade. */
  readonly isActive: boolean;
  readonly reduceOnly: boolean;
  /** Null in ONE_WAY mode. */
  readonly positionSide: PositionSide | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly fee: FeeJson | null;
}

/** A fill of the account's own. */
export interface FillJson {
  readonly id: string;
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide | null;
  readonly price: DecimalText;
  readonly quantity: DecimalText;
  readonly fee: FeeJson;
  /** Fees not included. */
  readonly realizedPnl: DecimalText;
  /** Whether the order rested or took. */
  readonly liquidity: 'MAKER' | 'TAKER';
  readonly time: number;
}

export interface PositionJson {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** Always above 0: the side tells the direction. */
  readonly quantity: DecimalText;
  readonly entryPrice: DecimalText;
  readonly markPrice: DecimalText;
  readonly liquidationPrice: DecimalText | null;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly margin: DecimalText;
  readonly maintenanceMargin: DecimalText;
  readonly unrealizedPnl: DecimalText;
  readonly realizedPnl: DecimalText;
  readonly marginRatio: DecimalText | null;
  readonly updatedAt: number;
}

export interface BalanceJson {
  readonly asset: string;
  readonly available: DecimalText;
  /** Held for open orders. */
  readonly frozen: DecimalText;
  readonly positionMargin: DecimalText;
  /** available + frozen + positionMargin. */
  readonly total: DecimalText;
  readonly unrealizedPnl: DecimalText;
  /** total + unrealizedPnl. */
  readonly equity: DecimalText;
}

/** What the account was worth, oldest first; entry i of `time` and of `equity` belong together. */
export interface EquityJson {
  readonly asset: string;
  /** Epoch ms. */
  readonly time: readonly number[];
  readonly equity: readonly DecimalText[];
}
