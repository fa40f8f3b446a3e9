import type { Level } from './resting-side.ts';

/** Where an open order is. */
export type OrderPlace =
  /** On its way, until `arrivesAt`. */
  | 'COMING'
  /** Waiting for the next print or candle, which it takes. */
  | 'TAKING'
  | 'RESTING'
  /** It is at the market now, or has ended. */
  | 'NOWHERE';

/** What an order has as long as it is open. It goes with its end, so that what is kept of orders for long is small. */
export class LiveState<Order> {
  place: OrderPlace = 'NOWHERE';
  /** From then on it meets the market. */
  arrivesAt: number;
  /** Its place among orders of one price; the younger the larger. */
  sequence: number;
  /** Lots of the market that stood at its price when it came, and still do. */
  ahead = 0;
  /** Margin and fee that are kept for the rest. */
  frozen = 0n;
  /** The part that would close: it is spoken for, so that two orders do not count on closing the same. */
  closing = 0;
  /** Value of the part that would open, where the instrument has tiers. */
  opening = 0n;
  /** Its neighbours among the open orders of its seat. */
  older: Order | null = null;
  younger: Order | null = null;
  /** Its neighbours at its price, while it rests. */
  level: Level<Order> | null = null;
  before: Order | null = null;
  after: Order | null = null;

  constructor(sequence: number, arrivesAt: number) {
    this.sequence = sequence;
    this.arrivesAt = arrivesAt;
  }
}

/** Of every order that has ended: it holds nothing and is nowhere. Never written to. */
export const ENDED: LiveState<never> = new LiveState<never>(0, 0);
