import { bucketEnd, bucketOpen, toInterval } from '@prate/domain';
import { INTERPOLATED_CODE } from '@prate/domain/candles';
import { ensure } from '@prate/runtime/conformance';
import type { CandlesItem, FundingItem, OrderBookItem, TickersItem, TradesItem } from '../feed-items.ts';
import type { MarketDataCapability } from '../market-data-port.ts';
import type { Listener, SubscribeOptions, Subscription } from '../subscription.ts';
import { type MarketDataContext, NO_SUCH_SYMBOL } from './context.ts';
import { checkBook, checkTicker } from './snapshot-cases.ts';

export type AnyItem = TradesItem | CandlesItem | TickersItem | OrderBookItem | FundingItem;

/** One of the five streams, so that a rule for all of them is written once. */
export interface StreamKind {
  readonly name: 'trades' | 'candles' | 'tickers' | 'orderBook' | 'funding';
  readonly capability: MarketDataCapability;
  subscribe(
    context: MarketDataContext,
    listener: Listener<AnyItem>,
    options?: SubscribeOptions,
    symbol?: string,
  ): Subscription;
}

export const STREAMS: readonly StreamKind[] = [
  {
    name: 'trades',
    capability: 'tradeStream',
    subscribe: ({ port, symbol }, listener, options, other) => port.trades([other ?? symbol], listener, options),
  },
  {
    name: 'candles',
    capability: 'candleStream',
    subscribe: ({ port, symbol, interval }, listener, options, other) =>
      port.candles([other ?? symbol], interval, listener, options),
  },
  {
    name: 'tickers',
    capability: 'tickerStream',
    subscribe: ({ port, symbol }, listener, options, other) => port.tickers([other ?? symbol], listener, options),
  },
  {
    name: 'orderBook',
    capability: 'orderBookStream',
    subscribe: ({ port, symbol }, listener, options, other) => port.orderBook([other ?? symbol], listener, options),
  },
  {
    name: 'funding',
    capability: 'fundingStream',
    subscribe: ({ port, symbol }, listener, options, other) => port.funding([other ?? symbol], listener, options),
  },
];

/** How often time is moved on before something that must come is called missing. */
const MOST_STEPS = 50;

/** Moves the market's time until `condition` holds. */
export async function advanceUntil(context: MarketDataContext, condition: () => boolean, what: string): Promise<void> {
  for (let step = 0; step < MOST_STEPS && !condition(); step += 1) await context.advance(context.stepMs);
  ensure.that(condition(), `${what}: it did not come within ${MOST_STEPS} × ${context.stepMs} ms of the market's time`);
}

/** How a promise ends, without waiting for ever on one that does not. */
export async function outcomeOf(
  context: MarketDataContext,
  promise: Promise<void>,
  what: string,
): Promise<{ readonly error: unknown } | 'resolved'> {
  let outcome: { readonly error: unknown } | 'resolved' | undefined;
  promise.then(
    () => {
      outcome = 'resolved';
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  await advanceUntil(context, () => outcome !== undefined, what);
  return outcome as { readonly error: unknown } | 'resolved';
}

export async function resolves(context: MarketDataContext, promise: Promise<void>, what: string): Promise<void> {
  const outcome = await outcomeOf(context, promise, what);
  ensure.that(
    outcome === 'resolved',
    `${what}: expected it to resolve, got ${String((outcome as { error: unknown }).error)}`,
  );
}

/** The error of a subscription that cannot be, whether it is thrown at once or `ready` rejects. */
export async function refusal(context: MarketDataContext, subscribe: () => Subscription): Promise<unknown> {
  try {
    const subscription = subscribe();
    subscription.done.catch(() => {});
    const outcome = await outcomeOf(context, subscription.ready, 'ready of a stream that cannot be');
    subscription.close();
    return outcome === 'resolved' ? undefined : outcome.error;
  } catch (error) {
    return error;
  }
}

export const unknownSymbolRefusal = (context: MarketDataContext, stream: StreamKind): Promise<unknown> =>
  refusal(context, () => stream.subscribe(context, () => {}, undefined, NO_SUCH_SYMBOL));

export const isData = (item: AnyItem): boolean => item.kind !== 'heartbeat' && item.kind !== 'gap';

/** An item as text; equal items have equal texts. */
export const itemText = (item: AnyItem): string =>
  JSON.stringify(item, (_, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>) : value;
  });

/** The moments an item tells of, in its own order. */
export function momentsOf(item: AnyItem): readonly number[] {
  switch (item.kind) {
    case 'heartbeat':
      return [item.timeMs];
    case 'gap':
      return [item.fromMs];
    case 'trades':
      return Array.from(item.trades.time);
    case 'candles':
      return Array.from(item.candles.openTime);
    case 'revision': // looks back
      return [];
    case 'tickers':
      return item.tickers.map((ticker) => ticker.time);
    case 'orderBook':
      return [item.book.time];
    case 'funding':
      return item.rates.map((rate) => rate.settleTime);
  }
}

/** Checks one item of data by the rules of its kind. */
export async function checkItem({ port, symbol, interval }: MarketDataContext, item: AnyItem): Promise<void> {
  switch (item.kind) {
    case 'trades':
      ensure.equal(item.symbol, symbol, 'symbol of the trades');
      ensure.that(item.trades.length > 0, 'an item of trades holds one at least');
      return;
    case 'candles':
    case 'revision': {
      ensure.equal(item.symbol, symbol, 'symbol of the candles');
      ensure.that(item.candles.length > 0, 'an item of candles holds one at least');
      const width = toInterval(interval);
      const now = await port.getServerTime();
      for (const [i, open] of item.candles.openTime.entries()) {
        ensure.equal(bucketOpen(width, open), open, 'open time on the grid');
        ensure.that(bucketEnd(width, open) <= now, `the candle of ${open} is not closed at ${now}`);
        ensure.that(item.candles.source[i] !== INTERPOLATED_CODE, 'a venue gives no interpolated candle');
      }
      return;
    }
    case 'tickers':
      ensure.that(item.tickers.length > 0, 'an item of tickers holds one at least');
      for (const ticker of item.tickers) checkTicker(ticker, symbol);
      return;
    case 'orderBook':
      checkBook(item.book, symbol);
      return;
    case 'funding':
      ensure.that(item.rates.length > 0, 'an item of funding rates holds one at least');
      for (const rate of item.rates) ensure.equal(rate.symbol, symbol, 'symbol of the rate');
      return;
    default:
      ensure.that(false, `'${item.kind}' is no item of data`);
  }
}
