import { Decimal } from '@prate/domain';
import type { Subscription } from '../src/index.ts';
import { FakeMarket, fakeInstrument, tradesBetween } from './fake-market.ts';

/** A correct market with one thing broken. */
const broken =
  (breakIt: (market: FakeMarket) => void): (() => FakeMarket) =>
  () => {
    const market = new FakeMarket();
    breakIt(market);
    return market;
  };

const instrument = (change: Partial<typeof fakeInstrument>): (() => FakeMarket) =>
  broken((market) => {
    market.getInstruments = async () => [{ ...fakeInstrument, ...change }];
  });

/** A market whose subscriptions are changed on their way to the caller. */
const subscriptions = (change: (subscription: Subscription, market: FakeMarket) => Subscription): (() => FakeMarket) =>
  broken((market) => {
    const subscribe = market.subscribe.bind(market);
    market.subscribe = (...args) => change(subscribe(...args), market);
  });

/** Markets with one thing broken each, and the case made for it. */
export const BROKEN: readonly (readonly [id: string, what: string, make: () => FakeMarket])[] = [
  ['MD-C10', 'its symbol is not listed', instrument({ symbol: 'OTHER_USDT' })],
  ['MD-C11', 'a tick of 0', instrument({ tickSize: new Decimal(0) })],
  ['MD-C11', 'a smallest quantity that is not whole lots', instrument({ minQuantity: new Decimal('0.15') })],
  ['MD-C12', 'no last risk tier', instrument({ riskTiers: [] })],
  [
    'MD-C15',
    'a clock that stands still',
    broken((market) => {
      market.getServerTime = async () => 5;
    }),
  ],
  [
    'MD-C20',
    'a candle from before the range',
    broken((market) => {
      const getCandles = market.getCandles.bind(market);
      market.getCandles = (query, options) => getCandles({ ...query, from: query.from - 1000 }, options);
    }),
  ],
  [
    'MD-C20',
    'candles of another interval',
    broken((market) => {
      const getCandles = market.getCandles.bind(market);
      market.getCandles = (query, options) => getCandles({ ...query, interval: '2s' }, options);
    }),
  ],
  [
    'MD-C21',
    'a high below the low',
    broken((market) => {
      const getCandles = market.getCandles.bind(market);
      market.getCandles = async (query, options) => {
        const page = await getCandles(query, options);
        return { ...page, columns: { ...page.columns, high: page.columns.low, low: page.columns.high } };
      };
    }),
  ],
  [
    'MD-C22',
    'the last candle of the range is left out',
    broken((market) => {
      const getCandles = market.getCandles.bind(market);
      market.getCandles = (query, options) => getCandles({ ...query, to: query.to - 1000 }, options);
    }),
  ],
  [
    'MD-C22',
    'paging that starts again at the same page',
    broken((market) => {
      const getCandles = market.getCandles.bind(market);
      market.getCandles = async (query, options) => ({ ...(await getCandles(query, options)), next: query.from });
    }),
  ],
  [
    'MD-C23',
    'a candle in an empty range',
    broken((market) => {
      const getCandles = market.getCandles.bind(market);
      market.getCandles = (query, options) => getCandles({ ...query, to: query.to + 1000 }, options);
    }),
  ],
  [
    'MD-C24',
    'the open candle is given too',
    broken((market) => {
      const getCandles = market.getCandles.bind(market);
      market.nowMs += 500;
      market.getCandles = async (query, options) => {
        market.nowMs += 1000;
        const page = await getCandles(query, options);
        market.nowMs -= 1000;
        return page;
      };
    }),
  ],
  [
    'MD-C25',
    'an unknown symbol has no candles, and no error',
    broken((market) => {
      const getCandles = market.getCandles.bind(market);
      market.getCandles = (query, options) => getCandles({ ...query, symbol: fakeInstrument.symbol }, options);
    }),
  ],
  [
    'MD-C30',
    'a trade from before the range',
    broken((market) => {
      const getTrades = market.getTrades.bind(market);
      market.getTrades = (query, options) => getTrades({ ...query, from: query.from - 1000 }, options);
    }),
  ],
  [
    'MD-C31',
    'the end of a range is read as included',
    broken((market) => {
      const getTrades = market.getTrades.bind(market);
      market.getTrades = async (query, options) => {
        const page = await getTrades(query, options);
        return page.next === null ? { columns: tradesBetween(query.from, query.to + 1), next: null } : page;
      };
    }),
  ],
  [
    'MD-C32',
    'a next page after an empty range',
    broken((market) => {
      market.getTrades = async () => ({ columns: tradesBetween(0, 0), next: 1 });
    }),
  ],
  [
    'MD-C33',
    'an unknown symbol has no trades, and no error',
    broken((market) => {
      market.getTrades = async () => ({ columns: tradesBetween(0, 0), next: null });
    }),
  ],
  ['MD-C40', 'a bid above the ask', broken((market) => changeTicker(market, { bid: new Decimal(500) }))],
  ['MD-C40', 'a last price of 0', broken((market) => changeTicker(market, { lastPrice: new Decimal(0) }))],
  [
    'MD-C41',
    'a ticker for any symbol',
    broken((market) => {
      market.getTicker = async (symbol) => ({ ...market.ticker(), symbol });
    }),
  ],
  [
    'MD-C43',
    'bids worst first',
    broken((market) => {
      const book = market.book.bind(market);
      market.book = (depth) => ({ ...book(depth), bids: [...book(depth).bids].reverse() });
    }),
  ],
  [
    'MD-C43',
    'asks below bids',
    broken((market) => {
      const book = market.book.bind(market);
      market.book = (depth) => ({ ...book(depth), bids: book(depth).asks, asks: book(depth).bids });
    }),
  ],
  [
    'MD-C44',
    'depth is ignored',
    broken((market) => {
      market.getOrderBook = async () => market.book(5);
    }),
  ],
  [
    'MD-C45',
    'a book for any symbol',
    broken((market) => {
      market.getOrderBook = async () => market.book(5);
    }),
  ],
  [
    'MD-C47',
    'the last settlement instead of the next',
    broken((market) => {
      const rate = market.rate.bind(market);
      market.rate = () => ({ ...rate(), settleTime: market.nowMs - 1 });
    }),
  ],
  [
    'MD-C48',
    'funding for any symbol',
    broken((market) => {
      market.getFundingRate = async () => market.rate();
    }),
  ],
  [
    'MD-C60-trades',
    'ready never resolves',
    subscriptions((subscription) => ({
      ready: new Promise(() => {}),
      done: subscription.done,
      close: () => subscription.close(),
    })),
  ],
  [
    'MD-C60-candles',
    'no item ever comes',
    broken((market) => {
      market.emit = () => {};
    }),
  ],
  [
    'MD-C60-candles',
    'candles that are still open',
    broken((market) => {
      market.candlesBetween = (from) => FakeMarket.prototype.candlesBetween.call(market, from + 1000, from + 2000);
    }),
  ],
  [
    'MD-C60-tickers',
    'a ticker with a price of 0',
    broken((market) => changeTicker(market, { lastPrice: new Decimal(0) })),
  ],
  [
    'MD-C61-trades',
    'trades out of order',
    broken((market) => {
      const emit = market.emit.bind(market);
      let held: Parameters<FakeMarket['emit']> | undefined;
      // each pair of items changes places
      market.emit = (name, item) => {
        if (item.kind !== 'trades') return;
        if (held === undefined) {
          held = [name, item];
          return;
        }
        emit(name, item);
        emit(...held);
        held = undefined;
      };
    }),
  ],
  [
    'MD-C62-trades',
    'each item goes to one listener only',
    broken((market) => {
      let turn = 0;
      market.emit = (name, item) => {
        const all = market.subscriptions[name];
        turn += 1;
        all[turn % all.length]?.deliver(item);
      };
    }),
  ],
  [
    'MD-C63-trades',
    'heartbeats that go back',
    broken((market) => {
      const emit = market.emit.bind(market);
      market.emit = (name, item) =>
        emit(name, item.kind === 'heartbeat' ? { kind: 'heartbeat', timeMs: -item.timeMs } : item);
    }),
  ],
  ['MD-C63-trades', 'a gap without a span', gaps(0)],
  ['MD-C63-trades', 'a gap of a symbol that was not asked for', gaps(1, ['OTHER'])],
  ['MD-C63-trades', 'a gap of no symbol at all', gaps(1, [])],
  [
    'MD-C64-trades',
    'a stream for any symbol',
    broken((market) => {
      market.check = () => {};
    }),
  ],
  [
    'MD-C66',
    'a candle that changed told as a new one',
    broken((market) => {
      const emit = market.emit.bind(market);
      market.emit = (name, item) => {
        emit(name, item);
        if (item.kind === 'candles') emit(name, item);
      };
    }),
  ],
  [
    'MD-C66',
    'a revision of a candle that is not over',
    broken((market) => {
      const emit = market.emit.bind(market);
      market.emit = (name, item) => {
        emit(name, item);
        if (item.kind !== 'candles') return;
        const openTime = item.candles.openTime.map((open) => open + 1_000_000);
        emit(name, { ...item, kind: 'revision', candles: { ...item.candles, openTime } });
      };
    }),
  ],
  [
    'MD-C68',
    'a trade that the stream does not tell',
    broken((market) => {
      const emit = market.emit.bind(market);
      market.emit = (name, item) => {
        if (item.kind !== 'trades' || market.nowMs % 1000 !== 500) emit(name, item);
      };
    }),
  ],
  [
    'MD-C80-trades',
    'items after close()',
    subscriptions((subscription) => ({ ...keep(subscription), done: Promise.resolve(), close() {} })),
  ],
  [
    'MD-C80-trades',
    'done never resolves',
    subscriptions((subscription) => ({ ...keep(subscription), done: new Promise(() => {}) })),
  ],
  [
    'MD-C80-trades',
    'a second close() throws',
    subscriptions((subscription) => {
      let closed = false;
      return {
        ...keep(subscription),
        close() {
          if (closed) throw new Error('closed already');
          closed = true;
          subscription.close();
        },
      };
    }),
  ],
  [
    'MD-C81-trades',
    'close() takes effect later',
    subscriptions((subscription, market) => ({
      ...keep(subscription),
      close: () => void market.subscriptions.trades.push({ deliver: () => subscription.close() } as never),
    })),
  ],
  [
    'MD-C82-trades',
    'abort is ignored',
    broken((market) => {
      const subscribe = market.subscribe.bind(market);
      market.subscribe = (name, capability, symbols, listener) => subscribe(name, capability, symbols, listener, {});
    }),
  ],
  [
    'MD-C83-trades',
    'an aborted signal is ignored',
    broken((market) => {
      const subscribe = market.subscribe.bind(market);
      market.subscribe = (name, capability, symbols, listener) => subscribe(name, capability, symbols, listener, {});
    }),
  ],
  [
    'MD-C84-trades',
    'what a listener throws is swallowed',
    broken((market) => {
      const subscribe = market.subscribe.bind(market);
      market.subscribe = (name, capability, symbols, listener, options) =>
        subscribe(name, capability, symbols, (item) => quietly(() => listener(item)), options);
    }),
  ],
  [
    'MD-C84-trades',
    'one failing listener ends the others',
    broken((market) => {
      const emit = market.emit.bind(market);
      let failed = false;
      market.emit = (name, item) => {
        if (failed) return;
        for (const { done } of market.subscriptions[name])
          done.catch(() => {
            failed = true;
          });
        emit(name, item);
      };
    }),
  ],
  [
    'MD-C86-trades',
    'leaving the loop does not end the stream',
    subscriptions((subscription) => ({ ...keep(subscription), close() {} })),
  ],
  [
    'MD-C90',
    'a missing method returns nothing instead of saying so',
    () => {
      const market = new FakeMarket([]);
      market.getTickers = async () => [];
      return market;
    },
  ],
  [
    'MD-C90',
    'a missing stream stays silent instead of saying so',
    () => {
      const market = new FakeMarket([]);
      market.subscribe = FakeMarket.prototype.subscribe.bind(new FakeMarket());
      return market;
    },
  ],
  [
    'MD-C91',
    'a signal is ignored',
    broken((market) => {
      market.getServerTime = async () => market.nowMs;
    }),
  ],
];

function changeTicker(market: FakeMarket, change: Partial<ReturnType<FakeMarket['ticker']>>): void {
  const ticker = market.ticker.bind(market);
  market.ticker = () => ({ ...ticker(), ...change });
}

function gaps(spanMs: number, symbols?: readonly string[]): () => FakeMarket {
  return broken((market) => {
    const emit = market.emit.bind(market);
    market.emit = (name, item) => {
      emit(name, { kind: 'gap', fromMs: market.nowMs, toMs: market.nowMs + spanMs, symbols });
      emit(name, item);
    };
  });
}

/** The parts of a subscription as plain data, to change one of them. */
const keep = (subscription: Subscription): Subscription => ({
  ready: subscription.ready,
  done: subscription.done,
  close: () => subscription.close(),
});

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // the point of this broken market
  }
}
