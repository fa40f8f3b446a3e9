import type { Decimal } from '@prate/domain';
import type { MarketEvent } from '../backend/backend-event.ts';
import { type BookLevel, KLINE_INTERVALS, type KlineInterval, type PublicTrade } from '../backend/market-values.ts';
import { contractOf, type Venue } from '../server/route.ts';
import type { Fields } from '../wire/fields.ts';
import type { WireValue } from '../wire/json.ts';
import { bookJson, contractJson, isKlineInterval, klinePushJson, tickerJson, tradeJson } from '../wire/market-json.ts';
import { MergedChanges } from './merged-changes.ts';
import { Throttle } from './throttle.ts';

/** How often channels push at most, in ms; 0 pushes every change. */
export interface PushRates {
  readonly depthMs: number;
  readonly tickerMs: number;
  readonly tickersMs: number;
}

export const MEXC_RATES: PushRates = { depthMs: 200, tickerMs: 1000, tickersMs: 2000 };

/** What a subscription needs of its connection. */
interface Feed {
  readonly venue: Venue;
  readonly rates: PushRates;
  /** Ends with the subscription. */
  readonly signal: AbortSignal;
  push(channel: string, symbol: string | null, data: WireValue): void;
  /** Asks the backend, then pushes; order is kept. */
  later(work: () => Promise<void>): void;
}

/** What a subscription does with an event. */
export type Subscription = (event: MarketEvent) => void;
type Opener = (feed: Feed, param: Fields) => Promise<Subscription>;

/** The public channels by their names. Openers refuse what is no symbol, interval or step. */
export const CHANNELS: Readonly<Record<string, Opener>> = {
  deal: async (feed, param) => {
    const { symbol } = await contractOf(feed.venue, param.needText('symbol'));
    const merged = wantsMerged(param);
    return (event) => {
      if (event.kind !== 'trades' || event.symbol !== symbol) return;
      const trades = merged ? mergeTrades(event.trades) : event.trades;
      feed.push(
        'push.deal',
        symbol,
        trades.map((trade) => ({ ...(tradeJson(trade) as { readonly [key: string]: WireValue }), i: trade.id })),
      );
    };
  },

  depth: async (feed, param) => {
    const { symbol } = await contractOf(feed.venue, param.needText('symbol'));
    const offset = (): number => feed.venue.faults.bookOffset(symbol);
    if (!wantsMerged(param)) {
      return (event) => {
        if (event.kind !== 'book' || event.symbol !== symbol) return;
        const change = { ...event.change, version: event.change.version + offset() };
        feed.push('push.depth', symbol, bookJson(change, Number.POSITIVE_INFINITY));
      };
    }
    const changes = new MergedChanges();
    const throttle = new Throttle(feed.venue.clock, feed.rates.depthMs, feed.signal, () => {
      const merged = changes.take();
      if (merged === null) return;
      const frame = bookJson(merged.change, Number.POSITIVE_INFINITY);
      feed.push('push.depth', symbol, { ...frame, begin: merged.begin, end: merged.change.version });
    });
    return (event) => {
      if (event.kind !== 'book' || event.symbol !== symbol) return;
      changes.add({ ...event.change, version: event.change.version + offset() });
      throttle.mark();
    };
  },

  'depth.full': async (feed, param) => {
    const { symbol } = await contractOf(feed.venue, param.needText('symbol'));
    const limit = param.integer('limit') ?? 20;
    if (![5, 10, 20].includes(limit)) throw new Error('limit must be 5, 10 or 20');
    return onBook(feed, symbol, async () => {
      const book = await feed.venue.backend.market.book(symbol);
      const version = book.version + feed.venue.faults.bookOffset(symbol);
      feed.push('push.depth.full', symbol, bookJson({ ...book, version }, limit));
    });
  },

  'depth.step': async (feed, param) => {
    const { symbol } = await contractOf(feed.venue, param.needText('symbol'));
    const step = param.needNumber('step');
    return onBook(feed, symbol, async () => {
      const book = await feed.venue.backend.market.book(symbol);
      feed.push('push.depth.step', symbol, {
        askMarketLevelPrice: book.asks[0]?.price ?? 0,
        bidMarketLevelPrice: book.bids[0]?.price ?? 0,
        asks: steps(book.asks, step, 'up'),
        bids: steps(book.bids, step, 'down'),
        ct: book.time,
        version: book.version + feed.venue.faults.bookOffset(symbol),
      });
    });
  },

  kline: async (feed, param) => {
    const { symbol } = await contractOf(feed.venue, param.needText('symbol'));
    const interval = param.text('interval') ?? '';
    if (!isKlineInterval(interval))
      throw new Error(`interval must be one of ${Object.keys(KLINE_INTERVALS).join(', ')}`);
    return klineSubscription(feed, symbol, interval);
  },

  ticker: async (feed, param) => {
    const contract = await contractOf(feed.venue, param.needText('symbol'));
    const { symbol } = contract;
    const throttle = new Throttle(feed.venue.clock, feed.rates.tickerMs, feed.signal, () =>
      feed.later(async () =>
        feed.push('push.ticker', symbol, tickerJson(contract, await feed.venue.backend.market.ticker(symbol))),
      ),
    );
    return (event) => {
      if ((event.kind === 'trades' || event.kind === 'book') && event.symbol === symbol) throttle.mark();
    };
  },

  tickers: async (feed) => {
    const throttle = new Throttle(feed.venue.clock, feed.rates.tickersMs, feed.signal, () =>
      feed.later(async () => {
        const { market } = feed.venue.backend;
        const contracts = await market.contracts();
        feed.push(
          'push.tickers',
          null,
          await Promise.all(
            contracts.map(async (contract) => tickerJson(contract, await market.ticker(contract.symbol))),
          ),
        );
      }),
    );
    return (event) => {
      if (event.kind === 'trades' || event.kind === 'book') throttle.mark();
    };
  },

  'funding.rate': async (feed, param) => {
    const { symbol } = await contractOf(feed.venue, param.needText('symbol'));
    return (event) => {
      if (event.kind !== 'funding' || event.symbol !== symbol) return;
      const { rate, nextSettleTime } = event.funding;
      feed.push('push.funding.rate', symbol, { symbol, rate, fundingRate: rate, nextSettleTime });
    };
  },

  'index.price': pricePush('indexPrice', 'push.index.price'),
  'fair.price': pricePush('fairPrice', 'push.fair.price'),

  contract: async (feed) => (event) => {
    if (event.kind === 'contract') feed.push('push.contract', event.symbol, contractJson(event.contract));
  },
};

/** `compress` is on where nothing is said. */
const wantsMerged = (param: Fields): boolean => !param.isFalse('compress');

/** Trades of one push at the same price and side become one: the volumes summed, id and time of the last. */
function mergeTrades(trades: readonly PublicTrade[]): readonly PublicTrade[] {
  const merged: PublicTrade[] = [];
  for (const trade of trades) {
    const last = merged.at(-1);
    if (last?.price.eq(trade.price) && last.side === trade.side) {
      merged[merged.length - 1] = { ...trade, volume: last.volume.plus(trade.volume) };
    } else merged.push(trade);
  }
  return merged;
}

function onBook(feed: Feed, symbol: string, push: () => Promise<void>): Subscription {
  const throttle = new Throttle(feed.venue.clock, feed.rates.depthMs, feed.signal, () => feed.later(push));
  return (event) => {
    if (event.kind === 'book' && event.symbol === symbol) throttle.mark();
  };
}

function steps(levels: readonly BookLevel[], step: Decimal, rounding: 'up' | 'down'): WireValue {
  const bySteps = new Map<string, BookLevel>();
  for (const level of levels) {
    const steps = level.price.div(step);
    const price = (rounding === 'up' ? steps.ceil() : steps.floor()).mul(step);
    const before = bySteps.get(price.toString());
    bySteps.set(price.toString(), {
      price,
      volume: level.volume.plus(before?.volume ?? 0),
      orders: level.orders + (before?.orders ?? 0),
    });
  }
  return [...bySteps.values()].map(({ price, volume, orders }) => [price, volume, orders]);
}

/** The bar after every trade, and once more when it is over: by the clock, or because the next one has begun. */
function klineSubscription(feed: Feed, symbol: string, interval: KlineInterval): Subscription {
  const { clock, backend } = feed.venue;
  const widthMs = KLINE_INTERVALS[interval];
  /** The bar that was told last, and whether it was told as closed. */
  let told: { readonly openTime: number; closed: boolean } | null = null;
  const push = async (from: number, to: number): Promise<void> => {
    const bars = await backend.market.klines(symbol, interval, 'LAST', { from, to });
    const fresh =
      told === null ? bars.slice(-1) : bars.slice(told.closed && bars[0]?.openTime === told.openTime ? 1 : 0);
    for (const bar of fresh) feed.push('push.kline', symbol, klinePushJson(symbol, interval, bar));
    const last = fresh.at(-1)?.openTime;
    if (last === undefined || last === told?.openTime) return;
    told = { openTime: last, closed: false };
    pushAtClose(told);
  };
  const pushAtClose = (bar: { readonly openTime: number; closed: boolean }): void => {
    if (widthMs === null) return;
    clock.sleep(bar.openTime + widthMs - clock.nowMs(), feed.signal).then(
      () =>
        feed.later(async () => {
          if (told !== bar) return; // the next one has begun before
          await push(bar.openTime, bar.openTime);
          bar.closed = true;
        }),
      () => {}, // unsubscribed
    );
  };
  return (event) => {
    if (event.kind !== 'trades' || event.symbol !== symbol) return;
    const time = event.trades.at(-1)?.time ?? clock.nowMs();
    feed.later(() => push(told?.openTime ?? time - (widthMs ?? MONTH_MS), time));
  };
}
const MONTH_MS = 31 * 86_400_000;

function pricePush(kind: 'fairPrice' | 'indexPrice', channel: string): Opener {
  return async (feed, param) => {
    const { symbol } = await contractOf(feed.venue, param.needText('symbol'));
    return (event) => {
      if (event.kind !== kind || event.symbol !== symbol) return;
      feed.later(async () => {
        const ticker = await feed.venue.backend.market.ticker(symbol);
        feed.push(channel, symbol, { symbol, price: ticker[kind] });
      });
    };
  };
}
