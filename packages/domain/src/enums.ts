export const Side = { BUY: 'BUY', SELL: 'SELL' } as const;
export type Side = (typeof Side)[keyof typeof Side];

export const OrderType = {
  /** Rests at its price until filled or cancelled; what crosses the book trades at once. */
  LIMIT: 'LIMIT',
  MARKET: 'MARKET',
  /** Immediate or cancel: what does not trade at once is cancelled. */
  IOC: 'IOC',
  /** Fill or kill: all at once, or nothing. */
  FOK: 'FOK',
  /** A limit order that never takes: it is refused or cancelled where it would. */
  POST_ONLY: 'POST_ONLY',
} as const;
export type OrderType = (typeof OrderType)[keyof typeof OrderType];

export const OrderStatus = {
  NEW: 'NEW',
  PARTIALLY_FILLED: 'PARTIALLY_FILLED',
  FILLED: 'FILLED',
  CANCELLED: 'CANCELLED',
  REJECTED: 'REJECTED',
  EXPIRED: 'EXPIRED',
  /** Sent, and its fate not known yet: only the venue's answer settles it. */
  UNKNOWN: 'UNKNOWN',
} as const;
export type OrderStatus = (typeof OrderStatus)[keyof typeof OrderStatus];

export const MarginMode = { ISOLATED: 'ISOLATED', CROSS: 'CROSS' } as const;
export type MarginMode = (typeof MarginMode)[keyof typeof MarginMode];

export const PositionSide = { LONG: 'LONG', SHORT: 'SHORT' } as const;
export type PositionSide = (typeof PositionSide)[keyof typeof PositionSide];

export const PositionMode = {
  /** One net position a symbol. */
  ONE_WAY: 'ONE_WAY',
  /** A long and a short position side by side; every order says which one it is for. */
  HEDGE: 'HEDGE',
} as const;
export type PositionMode = (typeof PositionMode)[keyof typeof PositionMode];

/** Where a candle comes from, weakest first; a bucket of several kinds is called by the weakest. */
export const CandleSource = {
  /** Made up from a coarser candle, so that it re-aggregates to it exactly. */
  INTERPOLATED: 'INTERPOLATED',
  /** The exchange's own candle. */
  EXCHANGE: 'EXCHANGE',
  /** Built from trades. */
  TRADES: 'TRADES',
} as const;
export type CandleSource = (typeof CandleSource)[keyof typeof CandleSource];
