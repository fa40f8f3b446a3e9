import type { FundingRate, Ticker } from '@prate/domain';
import type { FeedFact, FundingItem, TickersItem } from '@prate/market-data-port';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import type { WireFundingRate, WireTicker } from '../wire/market.ts';
import type { SocketItem } from '../ws/topic.ts';
import { toFundingRate, toTicker } from './market-values.ts';
import type { FeedSource, Teller } from './shared-feed.ts';
import { type CurrentInstrument, type FeedParts, gapOf } from './trade-feed.ts';

/**
 * A feed of which only the latest matters: tickers, funding rates. After a gap it is asked for by REST, since the next push
 * may be long in coming; what MEXC pushes meanwhile is newer.
 */
class StateFeed<Data, Item> {
  readonly #symbol: string;
  readonly #teller: Teller<Item | FeedFact>;
  readonly #toItem: (data: Data, timeMs: number) => Item | null | 'ask';
  readonly #fetch: (signal: AbortSignal) => Promise<Item | null>;
  readonly #closing = new AbortController();
  #pushes = 0;

  /** @param parts `toItem`: null for what is not to be told, `ask` for what has to be fetched instead */
  constructor(parts: {
    readonly symbol: string;
    readonly teller: Teller<Item | FeedFact>;
    readonly toItem: (data: Data, timeMs: number) => Item | null | 'ask';
    readonly fetch: (signal: AbortSignal) => Promise<Item | null>;
  }) {
    this.#symbol = parts.symbol;
    this.#teller = parts.teller;
    this.#toItem = parts.toItem;
    this.#fetch = parts.fetch;
  }

  take(item: SocketItem<Data>): void {
    if (item.kind === 'heartbeat') this.#teller.tell(item);
    if (item.kind === 'gap') {
      this.#teller.tell(gapOf(item, this.#symbol));
      this.#ask();
    }
    if (item.kind !== 'data') return;
    this.#pushes += 1;
    const told = this.#toItem(item.data, item.timeMs);
    if (told === 'ask') this.#ask();
    else if (told !== null) this.#teller.tell(told);
  }

  close(): void {
    this.#closing.abort();
  }

  #ask(): void {
    const { signal } = this.#closing;
    const asked = this.#pushes;
    this.#fetch(signal).then(
      (item) => {
        if (item !== null && asked === this.#pushes && !signal.aborted) this.#teller.tell(item);
      },
      () => {}, // the next push tells
    );
  }
}

/** Tickers of one symbol, about once a second while it is traded; one that is older than the last is not told. */
export function openTickerFeed(
  { sockets, market, clock }: FeedParts,
  current: CurrentInstrument,
  teller: Teller<TickersItem>,
): FeedSource {
  const { symbol } = current();
  let lastMs = Number.NEGATIVE_INFINITY;
  const itemOf = (ticker: Ticker | null): TickersItem | null => {
    if (ticker === null || ticker.time < lastMs) return null;
    lastMs = ticker.time;
    return { kind: 'tickers', tickers: [ticker] };
  };
  const feed = new StateFeed<WireTicker, TickersItem>({
    symbol,
    teller,
    toItem: (ticker, timeMs) => itemOf(toTicker(ticker, current(), timeMs)),
    fetch: async (signal) => itemOf(toTicker(await market.ticker(symbol, { signal }), current(), clock.nowMs())),
  });
  const subscription = sockets.subscribe('ticker', { symbol }, (item) => feed.take(item));
  return sourceOf(subscription, feed);
}

/** The rate of the next settlement, whenever it changes. */
export function openFundingFeed(
  { sockets, market }: FeedParts,
  { symbol }: MexcInstrument,
  teller: Teller<FundingItem>,
): FeedSource {
  const itemOf = (rate: FundingRate | null): FundingItem | null =>
    rate === null ? null : { kind: 'funding', rates: [rate] };
  const feed = new StateFeed<WireFundingRate, FundingItem>({
    symbol,
    teller,
    // some pushes do not say which settlement they mean: REST does
    toItem: (rate) => itemOf(toFundingRate(rate)) ?? 'ask',
    fetch: async (signal) => itemOf(toFundingRate(await market.fundingRate(symbol, { signal }))),
  });
  const subscription = sockets.subscribe('funding.rate', { symbol }, (item) => feed.take(item));
  return sourceOf(subscription, feed);
}

const sourceOf = (subscription: FeedSource, feed: { close(): void }): FeedSource => ({
  ready: subscription.ready,
  done: subscription.done,
  close: () => {
    feed.close();
    subscription.close();
  },
});
