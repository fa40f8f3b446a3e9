import { ensure } from '@prate/runtime/conformance';
import type { Subscription } from '../subscription.ts';
import type { MarketDataCase, MarketDataContext } from './context.ts';
import { allPages, sameLines, tradeLines } from './pages.ts';
import {
  type AnyItem,
  advanceUntil,
  checkItem,
  isData,
  itemText,
  momentsOf,
  resolves,
  STREAMS,
  type StreamKind,
  unknownSymbolRefusal,
} from './streams.ts';

/** The rules that every stream keeps; the case's id ends in the stream's name. */
const rules: readonly {
  readonly id: string;
  readonly rule: string;
  run(context: MarketDataContext, stream: StreamKind): Promise<void>;
}[] = [
  {
    id: 'MD-C60',
    rule: 'ready resolves, and items of the symbol come',
    async run(context, stream) {
      const { items, subscription } = collect(context, stream);
      await resolves(context, subscription.ready, 'ready');
      await advanceUntil(context, () => items.filter(isData).length >= 2, 'two items');
      subscription.close();
      for (const item of items.filter(isData)) await checkItem(context, item);
    },
  },
  {
    id: 'MD-C61',
    rule: 'items come in the order of their time',
    async run(context, stream) {
      const { items, subscription } = collect(context, stream);
      await subscription.ready;
      await advanceUntil(context, () => items.filter(isData).length >= 3, 'three items');
      subscription.close();
      const moments = items.filter(isData).flatMap(momentsOf);
      for (const [i, moment] of moments.entries()) {
        ensure.that(moment >= (moments[i - 1] ?? moment), `${moment} comes after ${moments[i - 1]}`);
      }
    },
  },
  {
    id: 'MD-C62',
    rule: 'two listeners get the same items in the same order',
    async run(context, stream) {
      const first = collect(context, stream);
      const second = collect(context, stream);
      await Promise.all([first.subscription.ready, second.subscription.ready]);
      await advanceUntil(context, () => first.items.filter(isData).length >= 3, 'three items');
      first.subscription.close();
      second.subscription.close();
      // the one that was live first may have an item or two more in front
      const ahead = Math.max(0, first.items.length - second.items.length);
      ensure.that(second.items.length > 0, 'the second listener gets items too');
      sameLines(second.items.map(itemText), first.items.slice(ahead).map(itemText), 'items of the second listener');
    },
  },
  {
    id: 'MD-C63',
    rule: 'heartbeats never go back, and a gap has a span, and symbols of the subscription if it names any',
    async run(context, stream) {
      const { items, subscription } = collect(context, stream);
      await subscription.ready;
      for (let step = 0; step < 3; step += 1) await context.advance(context.stepMs);
      subscription.close();
      let latest = Number.NEGATIVE_INFINITY;
      for (const item of items) {
        if (item.kind === 'gap') {
          ensure.that(item.toMs > item.fromMs, `a gap from ${item.fromMs} to ${item.toMs} has no span`);
          const { symbols = [context.symbol] } = item;
          ensure.that(
            symbols.length === 1 && symbols[0] === context.symbol,
            `a gap of [${symbols.join(', ')}] is told to a subscription of ${context.symbol} alone`,
          );
        }
        if (item.kind !== 'heartbeat') continue;
        ensure.that(item.timeMs >= latest, `a heartbeat of ${item.timeMs} comes after one of ${latest}`);
        latest = item.timeMs;
      }
    },
  },
  {
    id: 'MD-C64',
    rule: 'an unknown symbol is an InvalidInputError, thrown or by ready',
    async run(context, stream) {
      const error = await unknownSymbolRefusal(context, stream);
      ensure.equal((error as { code?: unknown } | undefined)?.code, 'INVALID_INPUT', 'code of the refusal');
    },
  },
];

const tradesAgree: MarketDataCase = {
  id: 'MD-C68',
  rule: 'trades: the stream and the history of the same time tell the same trades',
  requires: ['tradeStream', 'tradeHistory'],
  async run(context) {
    const { port, symbol } = context;
    const stream = STREAMS.find(({ name }) => name === 'trades') as StreamKind;
    const { items, subscription } = collect(context, stream);
    await subscription.ready;
    await advanceUntil(context, () => items.filter(isData).length >= 3, 'three items');
    subscription.close();
    const streamed = items.flatMap((item) => (item.kind === 'trades' ? [item.trades] : []));
    const moments = streamed.flatMap((trades) => Array.from(trades.time));
    // the first and the last moment may have been cut by the subscription
    const from = (moments[0] as number) + 1;
    const to = moments.at(-1) as number;
    const history = await allPages(from, (next) => port.getTrades({ symbol, from: next, to }));
    const within = tradeLines(streamed).filter((_, i) => (moments[i] as number) >= from && (moments[i] as number) < to);
    sameLines(tradeLines(history), within, 'history of the time that was streamed');
  },
};

const toldOnce: MarketDataCase = {
  id: 'MD-C66',
  rule: 'candles: each is told once; what is told of it later is a revision, and never before it is over',
  requires: ['candleStream'],
  async run(context) {
    const stream = STREAMS.find(({ name }) => name === 'candles') as StreamKind;
    const { items, subscription } = collect(context, stream);
    await subscription.ready;
    await advanceUntil(context, () => items.filter(isData).length >= 3, 'three items');
    subscription.close();
    let last = Number.NEGATIVE_INFINITY;
    for (const item of items) {
      if (item.kind === 'revision') await checkItem(context, item);
      if (item.kind !== 'candles') continue;
      for (const open of item.candles.openTime) {
        ensure.that(
          open > last,
          `the candle of ${open} comes after that of ${last}: a candle told again is a revision`,
        );
        last = open;
      }
    }
  },
};

/** A subscription and what it brings. */
function collect(
  context: MarketDataContext,
  stream: StreamKind,
): { readonly items: AnyItem[]; readonly subscription: Subscription } {
  const items: AnyItem[] = [];
  return { items, subscription: stream.subscribe(context, (item) => void items.push(item)) };
}

export const streamCases: readonly MarketDataCase[] = [
  ...STREAMS.flatMap((stream) =>
    rules.map(({ id, rule, run }) => ({
      id: `${id}-${stream.name}`,
      rule: `${stream.name} stream: ${rule}`,
      requires: [stream.capability],
      run: (context: MarketDataContext) => run(context, stream),
    })),
  ),
  toldOnce,
  tradesAgree,
];
