import { bucketEnd, bucketOpen, type CandleColumns } from '@prate/domain';
import { DecimalColumnBuilder, EXCHANGE_CODE, sliceColumns } from '@prate/domain/candles';
import type { CandlesItem } from '@prate/market-data-port';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import type { WireKline } from '../wire/market.ts';
import { ClosedKlines } from '../ws/closed-klines.ts';
import { RepairedFeed, type Span } from '../ws/repaired-feed.ts';
import type { SocketItem } from '../ws/topic.ts';
import type { CandleHistory } from './candle-history.ts';
import { toBaseColumn } from './exact-volumes.ts';
import type { KlineInterval } from './intervals.ts';
import type { KlinePrices } from './klines-to-columns.ts';
import type { FeedSource, Teller } from './shared-feed.ts';
import { type CurrentInstrument, type FeedParts, gapOf, REST_LAG_MS } from './trade-feed.ts';

export interface CandleFeedParts extends FeedParts {
  readonly history: Pick<CandleHistory, 'within'>;
  readonly prices: KlinePrices;
}

/** How long after its end a bar may still be pushed. */
const GRACE_MS = 2_000;

/** Bars that a repair brings and the pushes around it may tell twice. */
const REMEMBERED = 2_000;

/**
 * Closed candles of one symbol, from pushes of bars that grow. Bars that a loss has touched are fetched by REST, and so is the
 * bar in which the stream began or a loss ended, where no push of it came: its trades may all lie before.
 */
export function openCandleFeed(
  { sockets, clock, history, prices }: CandleFeedParts,
  current: CurrentInstrument,
  kind: KlineInterval,
  teller: Teller<CandlesItem>,
): FeedSource {
  const { interval, wire } = kind;
  const { symbol } = current();
  const feed = new RepairedFeed<CandleColumns>({
    clock,
    onFailure: (error) => teller.fail(error),
    remembered: REMEMBERED,
    idOf: ({ openTime }) => String(openTime[0]),
    repair: async ({ fromMs, toMs }, signal) => {
      await clock.sleep(REST_LAG_MS, signal);
      // the bars that ended in it
      const range = { from: bucketOpen(interval, fromMs), to: toMs };
      const pages = await history.within(current(), kind, range, { signal });
      return { items: pages.flatMap(singles), missing: [] };
    },
    listener: (item) => {
      if (item.kind === 'items') {
        for (const candles of item.items) teller.tell({ kind: 'candles', symbol, candles });
      } else if (item.kind === 'gap') teller.tell(gapOf(item, symbol));
      else if (item.kind === 'heartbeat') teller.tell(item);
    },
  });

  /** The bar of which a part may have passed unheard, until it was told or fetched. */
  let doubtfulMs: number | null = null;
  let hasBegun = false;
  const fetchDoubtful = (untilMs: number): void => {
    if (doubtfulMs === null || bucketEnd(interval, doubtfulMs) > untilMs) return;
    const fromMs = doubtfulMs;
    doubtfulMs = null;
    feed.take({ kind: 'gap', fromMs, toMs: bucketEnd(interval, fromMs) });
  };
  const closed = new ClosedKlines({
    intervalMs: interval.seconds === null ? null : interval.seconds * 1_000,
    graceMs: GRACE_MS,
    listener: (item) => {
      if (item.kind === 'data') {
        for (const bar of item.data) tellBar(bar, item.timeMs);
      } else if (item.kind === 'gap') {
        tellGap(item);
      } else if (item.kind === 'heartbeat') {
        // a bar that has just ended may still be told
        const timeMs = item.timeMs - GRACE_MS;
        fetchDoubtful(timeMs);
        feed.take({ kind: 'heartbeat', timeMs });
      }
    },
  });
  const tellBar = (bar: WireKline, timeMs: number): void => {
    const openMs = bar.openSeconds * 1_000;
    if (openMs === doubtfulMs) doubtfulMs = null;
    fetchDoubtful(openMs);
    const candle = candleOf(bar, current(), kind, prices);
    if (candle === null) feed.take({ kind: 'gap', fromMs: openMs, toMs: bucketEnd(interval, openMs) });
    else feed.take({ kind: 'data', data: [candle], timeMs });
  };
  const tellGap = (span: Span): void => {
    fetchDoubtful(span.fromMs);
    feed.take({ kind: 'gap', fromMs: span.fromMs, toMs: span.toMs });
    const openMs = bucketOpen(interval, span.toMs);
    doubtfulMs = openMs < span.toMs ? openMs : null;
  };
  const subscription = sockets.subscribe('kline', { symbol, interval: wire }, (item: SocketItem<WireKline>) => {
    if (!hasBegun) {
      hasBegun = true;
      const firstMs = item.kind === 'data' || item.kind === 'heartbeat' ? item.timeMs : item.fromMs;
      doubtfulMs = bucketOpen(interval, firstMs);
    }
    closed.take(item);
  });
  return {
    ready: subscription.ready,
    done: subscription.done,
    close: () => {
      feed.close();
      subscription.close();
    },
  };
}

const singles = (columns: CandleColumns): readonly CandleColumns[] =>
  Array.from({ length: columns.length }, (_, row) => sliceColumns(columns, row, row + 1));

/** Null for a bar without the prices that are wanted: REST has them. */
function candleOf(
  bar: WireKline,
  { contractSize }: MexcInstrument,
  { interval }: KlineInterval,
  prices: KlinePrices,
): CandleColumns | null {
  const source = prices === 'real' ? bar.real : bar;
  const openTime = bar.openSeconds * 1_000;
  if (source === null || bucketOpen(interval, openTime) !== openTime) return null;
  const builders = [source.open, source.high, source.low, source.close].map((price) => {
    const builder = new DecimalColumnBuilder('price');
    builder.push(price);
    return builder;
  });
  const [open, high, low, close] = DecimalColumnBuilder.finishTogether('price', builders) as [
    Prices,
    Prices,
    Prices,
    Prices,
  ];
  const contracts = new DecimalColumnBuilder('sum');
  contracts.push(bar.vol);
  const volume = toBaseColumn(contracts.finish(), contractSize);
  const sum = new DecimalColumnBuilder('sum');
  if (bar.amount === null) sum.pushUnknown();
  else sum.push(bar.amount);
  const turnover = sum.finish();
  return {
    interval,
    length: 1,
    openTime: Float64Array.of(openTime),
    priceDecimals: open.decimals,
    open: open.values,
    high: high.values,
    low: low.values,
    close: close.values,
    volumeDecimals: volume.decimals,
    volume: volume.values,
    turnoverDecimals: turnover.decimals,
    turnover: turnover.values,
    trades: Float64Array.of(-1),
    source: Uint8Array.of(EXCHANGE_CODE),
    coverage: Uint32Array.of((bucketEnd(interval, openTime) - openTime) / 1_000),
  };
}

type Prices = ReturnType<DecimalColumnBuilder['finish']> & { readonly values: Float64Array };
