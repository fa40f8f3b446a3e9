import type { OrderBookItem } from '@prate/market-data-port';
import type { Random } from '@prate/runtime';
import { BookKeeper } from '../book/book-keeper.ts';
import { depthOf } from '../wire/depth.ts';
import { BookView } from './market-values.ts';
import type { FeedSource, Teller } from './shared-feed.ts';
import { type CurrentInstrument, type FeedParts, gapOf } from './trade-feed.ts';

export interface BookFeedParts extends FeedParts {
  readonly random: Random;
  readonly serverTimeMs: () => number;
  /** Levels a side. */
  readonly levels: number;
}

/** As many changes as REST gives. */
const MOST_COMMITS = 1_000;

/** The book of one symbol, told after every change while it is proven. */
export function openBookFeed(
  { sockets, market, clock, random, serverTimeMs, levels }: BookFeedParts,
  current: CurrentInstrument,
  teller: Teller<OrderBookItem>,
): FeedSource {
  const { symbol } = current();
  const view = new BookView(current);
  let lastMs = 0;
  const keeper = new BookKeeper({
    clock,
    random,
    serverTimeMs,
    levels,
    onFailure: (error) => teller.fail(error),
    fetchSnapshot: async (signal) => depthOf(await market.depth(symbol, levels, { signal })),
    fetchCommits: async (signal) => (await market.depthCommits(symbol, MOST_COMMITS, { signal })).map(depthOf),
    listener: (item) => {
      if (item.kind === 'book') {
        // of a book that was made anew the time is ours, and may be ahead of the next push
        lastMs = Math.max(lastMs, item.timeMs);
        teller.tell({ kind: 'orderBook', book: view.show(item.book, lastMs) }, true);
      } else if (item.kind === 'interrupted') teller.forget();
      else teller.tell(item.kind === 'gap' ? gapOf(item, symbol) : item);
    },
  });
  const subscription = sockets.subscribe('depth', { symbol }, (item) => keeper.take(item));
  // the first snapshot need not wait for the first change
  subscription.ready.then(
    () => keeper.take({ kind: 'heartbeat', timeMs: serverTimeMs() }),
    () => {},
  );
  return {
    ready: subscription.ready,
    done: subscription.done,
    close: () => {
      keeper.close();
      subscription.close();
    },
  };
}
