/** The numbers of MEXC's wire, by name. Sources: MEXC's endpoint pages of 2026-05, and two client libraries that agree (2026-08, 2026-11). */

/** `side` of orders and fills: action and direction in one. Buying closes a short with 2, selling closes a long with 4. */
export const WireSide = { OPEN_LONG: 1, CLOSE_SHORT: 2, OPEN_SHORT: 3, CLOSE_LONG: 4 } as const;
export type WireSide = (typeof WireSide)[keyof typeof WireSide];

/** `type` of a new order, `orderType` of an order. 6 is a market order that turns into a limit; 5 is preferred. */
export const WireOrderType = { LIMIT: 1, POST_ONLY: 2, IOC: 3, FOK: 4, MARKET: 5, MARKET_TO_LIMIT: 6 } as const;
export type WireOrderType = (typeof WireOrderType)[keyof typeof WireOrderType];

export const WireOpenType = { ISOLATED: 1, CROSS: 2 } as const;
export type WireOpenType = (typeof WireOpenType)[keyof typeof WireOpenType];

export const WirePositionMode = { HEDGE: 1, ONE_WAY: 2 } as const;
export type WirePositionMode = (typeof WirePositionMode)[keyof typeof WirePositionMode];

export const WirePositionType = { LONG: 1, SHORT: 2 } as const;
export type WirePositionType = (typeof WirePositionType)[keyof typeof WirePositionType];

/** 2 and 3: MEXC holds it, or it is closed. */
export const WirePositionState = { HOLDING: 1, SYSTEM_HOLDS: 2, CLOSED: 3 } as const;

/** There is no partly filled: that is OPEN with some dealVol. CANCELLED may have some too. */
export const WireOrderState = { PENDING: 1, OPEN: 2, FILLED: 3, CANCELLED: 4, INVALID: 5 } as const;

/** Of plan, take-profit and stop-loss orders. */
export const WirePlanState = { WAITING: 1, CANCELLED: 2, EXECUTED: 3, INVALID: 4, FAILED: 5 } as const;

export const WireTrackState = { INACTIVE: 0, ACTIVE: 1, DONE: 2, FAILED: 3, CANCELLED: 4 } as const;

/** Whether the price has risen to the trigger, or fallen to it. */
export const WireTriggerType = { RISES_TO: 1, FALLS_TO: 2 } as const;
export type WireTriggerType = (typeof WireTriggerType)[keyof typeof WireTriggerType];

/** Which price triggers. */
export const WireTrend = { LAST: 1, FAIR: 2, INDEX: 3 } as const;
export type WireTrend = (typeof WireTrend)[keyof typeof WireTrend];

/** How long a plan order lives; in answers the same field holds hours. */
export const WireExecuteCycle = { ONE_DAY: 1, SEVEN_DAYS: 2 } as const;
export type WireExecuteCycle = (typeof WireExecuteCycle)[keyof typeof WireExecuteCycle];

/** What `backValue` of a trailing order is. */
export const WireBackType = { SHARE: 1, ABSOLUTE: 2 } as const;
export type WireBackType = (typeof WireBackType)[keyof typeof WireBackType];

/** `errorCode` of an order: why it is INVALID or CANCELLED. */
export const WireOrderError = {
  NONE: 0,
  PARAMETER: 1,
  INSUFFICIENT_BALANCE: 2,
  NO_POSITION: 3,
  POSITION_TOO_SMALL: 4,
  POSITION_IN_LIQUIDATION: 5,
  WOULD_LIQUIDATE: 6,
  RISK_TIER: 7,
  CANCELLED_BY_SYSTEM: 8,
  POSITION_MODE: 9,
  REDUCE_ONLY: 10,
  CONTRACT_DISABLED: 11,
  DELIVERY: 12,
  LIQUIDATED: 13,
  ADL: 14,
  USER_BLOCKED: 15,
  FUNDING: 16,
  MARGIN_CHANGED: 17,
  IOC_REST: 18,
  FOK_NOT_FILLED: 19,
  POST_ONLY_WOULD_TAKE: 20,
  MARKET_REST: 21,
  DUPLICATE_ID: 22,
  DUPLICATE_CLIENT_ID: 23,
  OTHER: 999,
} as const;

/** No seconds, no Min3, no Hour1 (it is Min60), no Hour2, no Hour12. */
export const WIRE_INTERVALS = [
  'Min1',
  'Min5',
  'Min15',
  'Min30',
  'Min60',
  'Hour4',
  'Hour8',
  'Day1',
  'Week1',
  'Month1',
] as const;
export type WireInterval = (typeof WIRE_INTERVALS)[number];
