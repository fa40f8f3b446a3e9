import type { ClientOrderId, DecimalInput, MarginMode, OrderType, PositionSide, Side } from '@prate/domain';

export type TriggerPriceSource = 'LAST' | 'MARK' | 'INDEX';

/** A stop-loss or take-profit attached to an order. */
export interface AttachedStop {
  readonly triggerPrice: DecimalInput;
  readonly priceSource?: TriggerPriceSource | undefined;
}

interface OrderRequestBase {
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  /** Required for every type but MARKET, where it is refused. */
  readonly price?: DecimalInput | undefined;
  /** `[0-9A-Za-z_-]{1,32}`; made when absent. */
  readonly clientOrderId?: ClientOrderId | undefined;
  /** Required in HEDGE mode, refused in ONE_WAY. */
  readonly positionSide?: PositionSide | undefined;
  /** Only ever makes a position smaller. */
  readonly reduceOnly?: boolean | undefined;
  readonly leverage?: number | undefined;
  readonly marginMode?: MarginMode | undefined;
  readonly stopLoss?: AttachedStop | undefined;
  readonly takeProfit?: AttachedStop | undefined;
}

/** Exactly one of `quantity` (base asset) and `quoteQuantity` (quote asset, what it costs). */
export type OrderRequest = OrderRequestBase &
  (
    | { readonly quantity: DecimalInput; readonly quoteQuantity?: undefined }
    | { readonly quoteQuantity: DecimalInput; readonly quantity?: undefined }
  );

export type OrderRef =
  | { readonly symbol: string; readonly orderId: string }
  | { readonly symbol: string; readonly clientOrderId: ClientOrderId };

/** At least one of the two. */
export interface AmendRequest {
  readonly price?: DecimalInput | undefined;
  /** The new whole quantity, filled part included. */
  readonly quantity?: DecimalInput | undefined;
}

export interface ClosePositionRequest {
  readonly symbol: string;
  /** Required in HEDGE mode. */
  readonly positionSide?: PositionSide | undefined;
  readonly clientOrderId?: ClientOrderId | undefined;
}
