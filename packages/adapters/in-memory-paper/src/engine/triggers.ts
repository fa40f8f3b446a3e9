import type { TriggerPriceSource } from '@prate/execution-port';
import type { SymbolMarket } from './market.ts';
import type { CandleStep } from './matching.ts';
import type { AccountObserver, EngineAccount, Seat } from './model.ts';

/**
 * What plan, stop and trailing orders are built on: an engine has at most one of these. It hears of prices and of what
 * happens to accounts, and places orders with the functions of entry.ts in `settled`, `opened`, `walk` and `closed` alone;
 * what that leads to comes before the next of these.
 */
export interface Triggers {
  /** Last prices strictly between these need not be told; asked for after every price that was. Narrower ones: `market.disturb()`. */
  quiet(market: SymbolMarket): { readonly low: number; readonly high: number };
  /** The price has come; where tickers tell no mark or index price, a last price is all three, told one by one. */
  price(market: SymbolMarket, source: TriggerPriceSource, ticks: number, timeMs: number): void;
  /** Asked once for each account, and told of its orders, fills and positions from then on. */
  observe(account: EngineAccount): AccountObserver;
  /** Everything that one cause led to has been done. */
  settled(): void;
  /** As `settled`, for the open of a candle: what is placed trades at that. */
  opened(): void;
  /** Whether the account's orders meet the range of a candle in `walk`. */
  walks(seat: Seat): boolean;
  /** The range of a candle, from its open to both ends, for all accounts that `walks` is true of. */
  walk(market: SymbolMarket, candle: CandleStep, closeTime: number): void;
  /** The close of a candle whose range was walked. */
  closed(market: SymbolMarket, candle: CandleStep, closeTime: number): void;
  /** From this moment on something ends by time. */
  dueAt(): number;
  expire(timeMs: number): void;
  /** Whether the account has any that wait: its position mode is bound then. */
  isEngaged(account: EngineAccount): boolean;
  /** Plain JSON, for a saved state. */
  save(): unknown;
}
