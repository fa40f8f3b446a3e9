import { type Decimal, type MarginMode, PositionMode, toContracts } from '@prate/domain';
import type { NewOrder } from '../rest/bodies.ts';
import type { SizedOrder } from './check-request.ts';
import { openTypeCode, orderTypeCode, positionModeCode, sideCode, trendCode } from './codes.ts';

/** What an order names besides what was asked for. */
export interface OrderTerms {
  readonly marginMode: MarginMode;
  /** Null where a close names none. */
  readonly leverage: number | null;
  /** Of the position that a close is for; null where it is not known. */
  readonly positionId: string | null;
  /** For a market order, whose price MEXC documents as needed and ignores as far as is known; null where there is none. */
  readonly referencePrice: Decimal | null;
}

/**
 * The body of `order/create`: volumes in whole contracts, the side by action and direction, the position mode always named.
 * `reduceOnly` belongs to ONE_WAY mode; in HEDGE mode the side alone says that an order closes.
 */
export function encodeOrder(order: SizedOrder, terms: OrderTerms): NewOrder {
  const { contract, stopLoss, takeProfit, positionMode, closes } = order;
  return {
    symbol: contract.symbol,
    side: sideCode(order),
    type: orderTypeCode[order.type],
    // a checked quantity is a whole number of lots, so the quotient is exact
    vol: toContracts(contract, order.quantity).toString(),
    price: (order.price ?? terms.referencePrice)?.toString(),
    openType: openTypeCode[terms.marginMode],
    leverage: terms.leverage ?? undefined,
    positionId: terms.positionId ?? undefined,
    externalOid: order.clientOrderId,
    positionMode: positionModeCode[positionMode],
    reduceOnly: closes && positionMode === PositionMode.ONE_WAY ? true : undefined,
    stopLossPrice: stopLoss?.price.toString(),
    takeProfitPrice: takeProfit?.price.toString(),
    lossTrend: stopLoss === null ? undefined : trendCode[stopLoss.source],
    profitTrend: takeProfit === null ? undefined : trendCode[takeProfit.source],
  };
}
