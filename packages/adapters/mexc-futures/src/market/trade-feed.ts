import type { Gap, TradesItem } from '@prate/market-data-port';
import type { Clock } from '@prate/runtime';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import type { MarketRest } from '../rest/market-rest.ts';
import type { WireDeal } from '../wire/deals.ts';
import { type Repaired, RepairedFeed, type Span } from '../ws/repaired-feed.ts';
import type { SocketManager } from '../ws/socket-manager.ts';
import { dealsToTrades } from './deals-to-trades.ts';
import type { FeedSource, Teller } from './shared-feed.ts';

export interface FeedParts {
  readonly sockets: Pick<SocketManager, 'subscribe'>;
  readonly market: Pick<MarketRest, 'deals' | 'depth' | 'depthCommits' | 'ticker' | 'fundingRate'>;
  readonly clock: Clock;
}

/** The contract as it was last read: its size may change while a stream goes on. */
export type CurrentInstrument = () => MexcInstrument;

/** All that REST gives. */
const MOST_DEALS = 100;
/** What REST gives is among as many that were told last, or newer; some more, as pushes may cross. Hundreds of symbols remember this much each. */
export const REMEMBERED_DEALS: number = 3 * MOST_DEALS;
/** REST may lag behind the sockets: before it is asked about a loss, so much time passes. */
export const REST_LAG_MS = 1_000;

/**
 * Trades of one symbol, each once. What a loss took is fetched from the last 100 trades; where those do not reach back to the
 * loss's beginning, the rest stays a gap.
 */
export function openTradeFeed(
  { sockets, market, clock }: FeedParts,
  current: CurrentInstrument,
  teller: Teller<TradesItem>,
): FeedSource {
  const { symbol } = current();
  const feed = new RepairedFeed<WireDeal>({
    clock,
    remembered: REMEMBERED_DEALS,
    onFailure: (error) => teller.fail(error),
    idOf: ({ id }) => id,
    likenessOf: ({ time, price, vol, takerSide }) => `${time} ${price} ${vol} ${takerSide}`,
    repair: async (span, signal) => {
      await clock.sleep(REST_LAG_MS, signal);
      return repairOf(await market.deals(symbol, MOST_DEALS, { signal }), span);
    },
    listener: (item) => {
      if (item.kind === 'items') {
        teller.tell({ kind: 'trades', symbol, trades: dealsToTrades(item.items, current().contractSize) });
      } else if (item.kind === 'gap') teller.tell(gapOf(item, symbol));
      else if (item.kind === 'heartbeat') teller.tell(item);
    },
  });
  const subscription = sockets.subscribe('deal', { symbol }, (item) => feed.take(item));
  return {
    ready: subscription.ready,
    done: subscription.done,
    close: () => {
      feed.close();
      subscription.close();
    },
  };
}

/** @param newestFirst what REST gave */
export function repairOf(newestFirst: readonly WireDeal[], span: Span): Repaired<WireDeal> {
  const rows = newestFirst.toReversed();
  const oldestMs = rows[0]?.time ?? span.toMs;
  // of the oldest millisecond some trades may be cut off
  const isWhole = rows.length < MOST_DEALS || oldestMs < span.fromMs;
  const items = rows.filter(({ time }) => time >= span.fromMs && time <= span.toMs && (isWhole || time > oldestMs));
  return { items, missing: isWhole ? [] : [{ fromMs: span.fromMs, toMs: Math.min(oldestMs, span.toMs) }] };
}

/** A loss within one millisecond has a span too. */
export const gapOf = ({ fromMs, toMs }: Span, symbol: string): Gap => ({
  kind: 'gap',
  fromMs,
  toMs: Math.max(toMs, fromMs + 1),
  symbols: [symbol],
});
