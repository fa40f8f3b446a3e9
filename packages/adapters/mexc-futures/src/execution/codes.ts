import { MarginMode, OrderStatus, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import type { TriggerPriceSource } from '@prate/execution-port';
import {
  WireOpenType,
  WireOrderState,
  WireOrderType,
  WirePositionMode,
  WirePositionType,
  WireSide,
  WireTrend,
} from '../wire/enums.ts';
import { BadReplyError } from '../wire/errors.ts';

/** MEXC's numbers for the words of the port, both ways. */

export interface Direction {
  readonly side: Side;
  /** Whether it only ever makes a position smaller. */
  readonly closes: boolean;
}

const SIDES: readonly (readonly [code: WireSide, side: Side, closes: boolean])[] = [
  [WireSide.OPEN_LONG, Side.BUY, false],
  [WireSide.CLOSE_SHORT, Side.BUY, true],
  [WireSide.OPEN_SHORT, Side.SELL, false],
  [WireSide.CLOSE_LONG, Side.SELL, true],
];

/** Buying closes a short with 2, selling closes a long with 4. */
export function sideCode({ side, closes }: Direction): WireSide {
  if (side === Side.BUY) return closes ? WireSide.CLOSE_SHORT : WireSide.OPEN_LONG;
  return closes ? WireSide.CLOSE_LONG : WireSide.OPEN_SHORT;
}

/** @throws BadReplyError for a number that is no side */
export function directionOf(code: number): Direction {
  const row = SIDES.find(([known]) => known === code);
  if (row === undefined) throw new BadReplyError(`side should be 1 to 4, not ${code}`);
  const [, side, closes] = row;
  return { side, closes };
}

/** The position that a direction opens or closes. */
export const positionSideOf = ({ side, closes }: Direction): PositionSide =>
  (side === Side.BUY) === closes ? PositionSide.SHORT : PositionSide.LONG;

export const orderTypeCode: Readonly<Record<OrderType, WireOrderType>> = {
  LIMIT: WireOrderType.LIMIT,
  POST_ONLY: WireOrderType.POST_ONLY,
  IOC: WireOrderType.IOC,
  FOK: WireOrderType.FOK,
  MARKET: WireOrderType.MARKET,
};

const TYPES: Readonly<Record<number, OrderType>> = {
  [WireOrderType.LIMIT]: OrderType.LIMIT,
  [WireOrderType.POST_ONLY]: OrderType.POST_ONLY,
  [WireOrderType.IOC]: OrderType.IOC,
  [WireOrderType.FOK]: OrderType.FOK,
  [WireOrderType.MARKET]: OrderType.MARKET,
  [WireOrderType.MARKET_TO_LIMIT]: OrderType.MARKET,
};

/** @throws BadReplyError for a number that is no type */
export function orderTypeOf(code: number): OrderType {
  const type = TYPES[code];
  if (type === undefined) throw new BadReplyError(`orderType should be 1 to 6, not ${code}`);
  return type;
}

/**
 * There is no state for partly filled, an INVALID order may have traded, and what is filled may lag behind the state.
 *
 * @throws BadReplyError for a number that is no state
 */
export function orderStatusOf(state: number, filled: 'nothing' | 'part' | 'all'): OrderStatus {
  switch (state) {
    case WireOrderState.PENDING:
    case WireOrderState.OPEN:
      if (filled === 'nothing') return OrderStatus.NEW;
      return filled === 'all' ? OrderStatus.FILLED : OrderStatus.PARTIALLY_FILLED;
    case WireOrderState.FILLED:
      return OrderStatus.FILLED;
    case WireOrderState.CANCELLED:
      return OrderStatus.CANCELLED;
    case WireOrderState.INVALID:
      return filled === 'nothing' ? OrderStatus.REJECTED : OrderStatus.CANCELLED;
    default:
      throw new BadReplyError(`state should be 1 to 5, not ${state}`);
  }
}

export const openTypeCode: Readonly<Record<MarginMode, WireOpenType>> = {
  ISOLATED: WireOpenType.ISOLATED,
  CROSS: WireOpenType.CROSS,
};
export const marginModeOf = (openType: number): MarginMode =>
  openType === WireOpenType.CROSS ? MarginMode.CROSS : MarginMode.ISOLATED;

export const positionModeCode: Readonly<Record<PositionMode, WirePositionMode>> = {
  HEDGE: WirePositionMode.HEDGE,
  ONE_WAY: WirePositionMode.ONE_WAY,
};
/** Null where the number tells none. */
export const positionModeOf = (code: number | null): PositionMode | null =>
  code === WirePositionMode.HEDGE
    ? PositionMode.HEDGE
    : code === WirePositionMode.ONE_WAY
      ? PositionMode.ONE_WAY
      : null;

export const positionTypeCode: Readonly<Record<PositionSide, WirePositionType>> = {
  LONG: WirePositionType.LONG,
  SHORT: WirePositionType.SHORT,
};
export const heldSideOf = (positionType: number): PositionSide =>
  positionType === WirePositionType.SHORT ? PositionSide.SHORT : PositionSide.LONG;

export const trendCode: Readonly<Record<TriggerPriceSource, WireTrend>> = {
  LAST: WireTrend.LAST,
  MARK: WireTrend.FAIR,
  INDEX: WireTrend.INDEX,
};
export const priceSourceOf = (trend: number | null): TriggerPriceSource =>
  trend === WireTrend.FAIR ? 'MARK' : trend === WireTrend.INDEX ? 'INDEX' : 'LAST';
