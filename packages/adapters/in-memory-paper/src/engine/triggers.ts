import type { SymbolMarket } from './market.ts';
import type { AccountObserver, EngineAccount } from './model.ts';

export type PriceKind = 'LAST' | 'MARK' | 'INDEX';

/**
 * What plan, stop and trailing orders are built on: an engine has at most one of these. It hears of prices and of what
 * happens to accounts, and acts in `settled` alone, where it may place, change and cancel with the functions of entry.ts;
 * what that leads to comes before the next `settled`. Candles tell the open, both extremes and the close; what is placed
 * then meets the next candle.
 */
export interface Triggers {
  /** Last prices strictly between these need not be told; asked for after every price that was. Narrower ones: `market.disturb()`. */
  quiet(market: SymbolMarket): { readonly low: number; readonly high: number };
  /** The price has changed; where tickers tell no mark or index price, a last price is all three, told one by one. */
  price(market: SymbolMarket, kind: PriceKind, ticks: number, timeMs: number): void;
  /** Asked once for each account, and told of its orders, fills and positions from then on. */
  observe(account: EngineAccount): AccountObserver;
  /** Everything that one cause led to has been done. */
  settled(timeMs: number): void;
  /** Whether the account has any that wait: its position mode is bound then. */
  isEngaged(account: EngineAccount): boolean;
  /** Plain JSON, for a saved state. */
  save(): unknown;
}
