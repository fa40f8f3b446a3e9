import type { Rate } from './units.ts';

/** From `from` to `to`, both included; drawn from the exchange's seed where they differ. */
export interface Spread {
  readonly from: number;
  readonly to: number;
}

/** How the simulated exchange works, whatever is traded on it. */
export interface EngineRules {
  /** Share of the value at entry that is kept in a position's margin beside value ÷ leverage (r of docs/paper.md). */
  readonly feeReserve: Rate;
  readonly liquidationFee: Rate;
  /** Open orders of one account at one symbol; null for any number. */
  readonly maxOpenOrders: number | null;
  /** Orders that have ended, and as many closed positions, that an account remembers, at least; null for all. */
  readonly maxHistory: number | null;
  /** How long an order is on its way, ms. */
  readonly latency: Spread;
  /** By how many ticks a taker trades worse than the market shows. */
  readonly slippage: Spread;
}
