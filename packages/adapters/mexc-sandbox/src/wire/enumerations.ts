import { MarginMode, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import type { Direction, OrderCategory, OrderEnd, TriggerStatus } from '../backend/account-values.ts';
import type { PriceSource } from '../backend/market-values.ts';

/** The numbers that MEXC writes for things, both ways. */

/** 1 open long, 2 close short, 3 open short, 4 close long. */
const DIRECTIONS: readonly Direction[] = [
  { side: Side.BUY, effect: 'OPEN' },
  { side: Side.BUY, effect: 'CLOSE' },
  { side: Side.SELL, effect: 'OPEN' },
  { side: Side.SELL, effect: 'CLOSE' },
];
export const directionOf = (code: number): Direction | undefined => DIRECTIONS[code - 1];
export const sideCode = (direction: Direction): number =>
  DIRECTIONS.findIndex(({ side, effect }) => side === direction.side && effect === direction.effect) + 1;

/** 6, a market order turned into a limit at the current price, is taken as a market order. */
const ORDER_TYPES: readonly OrderType[] = [
  OrderType.LIMIT,
  OrderType.POST_ONLY,
  OrderType.IOC,
  OrderType.FOK,
  OrderType.MARKET,
  OrderType.MARKET,
];
export const orderTypeOf = (code: number): OrderType | undefined => ORDER_TYPES[code - 1];
export const orderTypeCode = (type: OrderType): number => ORDER_TYPES.indexOf(type) + 1;

export const marginModeOf = (code: number): MarginMode | undefined => [MarginMode.ISOLATED, MarginMode.CROSS][code - 1];
export const marginModeCode = (mode: MarginMode): number => (mode === MarginMode.ISOLATED ? 1 : 2);

export const positionModeOf = (code: number): PositionMode | undefined =>
  [PositionMode.HEDGE, PositionMode.ONE_WAY][code - 1];
export const positionModeCode = (mode: PositionMode): number => (mode === PositionMode.HEDGE ? 1 : 2);

export const positionSideFrom = (code: number): PositionSide | undefined =>
  [PositionSide.LONG, PositionSide.SHORT][code - 1];
export const positionSideCode = (side: PositionSide): number => (side === PositionSide.LONG ? 1 : 2);

export const tradeSideCode = (side: Side): number => (side === Side.BUY ? 1 : 2);

const SOURCES: readonly PriceSource[] = ['LAST', 'FAIR', 'INDEX'];
export const sourceOf = (code: number): PriceSource | undefined => SOURCES[code - 1];
export const sourceCode = (source: PriceSource): number => SOURCES.indexOf(source) + 1;

export const ORDER_STATES = { OPEN: 2, FILLED: 3, CANCELLED: 4, INVALID: 5 } as const;

export const ORDER_ENDS: Record<OrderEnd, number> = {
  NONE: 0,
  BY_USER: 0,
  INSUFFICIENT_BALANCE: 2,
  NO_POSITION: 3,
  LIQUIDATION: 13,
  IOC_REST: 18,
  FOK_NOT_FILLED: 19,
  POST_ONLY_WOULD_TAKE: 20,
  MARKET_REST: 21,
};

export const ORDER_CATEGORIES: Record<OrderCategory, number> = { USER: 1, LIQUIDATION: 2, NETTING: 6 };

/** Of plans and stops. */
export const TRIGGER_STATES: Record<TriggerStatus, number> = {
  INACTIVE: 1,
  WAITING: 1,
  CANCELLED: 2,
  EXECUTED: 3,
  EXPIRED: 4,
  FAILED: 5,
};

/** Trailing orders count otherwise. */
export const TRAILING_STATES: Record<TriggerStatus, number> = {
  INACTIVE: 0,
  WAITING: 1,
  EXECUTED: 2,
  FAILED: 3,
  EXPIRED: 3,
  CANCELLED: 4,
};

export const CONTRACT_STATES = { ENABLED: 0, DELIVERING: 1, DELIVERED: 2, OFFLINE: 3, PAUSED: 4 } as const;
