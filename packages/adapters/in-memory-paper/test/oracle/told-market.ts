import { Decimal, type Instrument } from '@prate/domain';
import type { FundingItem, Listener, Subscription, TickersItem } from '@prate/market-data-port';
import type { ManualClock } from '@prate/runtime';
import { ScriptedMarket } from '../scripted-market.ts';

/** A scripted market that also tells mark prices and rates of funding. */
export class ToldMarket extends ScriptedMarket {
  readonly #clock: ManualClock;
  readonly #tickers = new Set<Listener<TickersItem>>();
  readonly #funding = new Set<Listener<FundingItem>>();

  constructor(clock: ManualClock, instruments: readonly Instrument[]) {
    super(clock, ['tradeStream', 'orderBookStream', 'tickerStream', 'fundingStream'], instruments);
    this.#clock = clock;
  }

  override tickers(_symbols: readonly string[], listener: Listener<TickersItem>): Subscription {
    return subscribe(this.#tickers, listener);
  }

  override funding(_symbols: readonly string[], listener: Listener<FundingItem>): Subscription {
    return subscribe(this.#funding, listener);
  }

  setMark(symbol: string, price: Decimal): void {
    const ticker = {
      symbol,
      time: this.#clock.nowMs(),
      lastPrice: price,
      bid: null,
      ask: null,
      markPrice: price,
      indexPrice: price,
      volume24h: null,
    };
    for (const listener of this.#tickers) listener({ kind: 'tickers', tickers: [ticker] });
  }

  setFunding(symbol: string, rate: string, settleTime: number): void {
    const rates = [{ symbol, rate: new Decimal(rate), settleTime }];
    for (const listener of this.#funding) listener({ kind: 'funding', rates });
  }
}

function subscribe<Item>(listeners: Set<Listener<Item>>, listener: Listener<Item>): Subscription {
  listeners.add(listener);
  return { ready: Promise.resolve(), done: new Promise(() => {}), close: () => listeners.delete(listener) };
}
