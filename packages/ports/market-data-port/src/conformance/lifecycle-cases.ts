import { ensure } from '@prate/runtime/conformance';
import { iterate } from '../iterate.ts';
import type { MarketDataCapability } from '../market-data-port.ts';
import type { Subscription } from '../subscription.ts';
import type { MarketDataCase, MarketDataContext } from './context.ts';
import { type AnyItem, advanceUntil, outcomeOf, refusal, resolves, STREAMS, type StreamKind } from './streams.ts';

const rules: readonly {
  readonly id: string;
  readonly rule: string;
  run(context: MarketDataContext, stream: StreamKind): Promise<void>;
}[] = [
  {
    id: 'MD-C80',
    rule: 'close() may be called twice; no item comes after it, and done resolves',
    async run(context, stream) {
      const items: AnyItem[] = [];
      const subscription = stream.subscribe(context, (item) => void items.push(item));
      await subscription.ready;
      await advanceUntil(context, () => items.length > 0, 'an item');
      subscription.close();
      ensureNoError(() => subscription.close(), 'a second close()');
      await endsQuietly(context, subscription, items);
    },
  },
  {
    id: 'MD-C81',
    rule: 'a listener may close its own subscription; that item is its last',
    async run(context, stream) {
      const items: AnyItem[] = [];
      const subscription: Subscription = stream.subscribe(context, (item) => {
        items.push(item);
        subscription.close();
      });
      await subscription.ready;
      await advanceUntil(context, () => items.length > 0, 'an item');
      await endsQuietly(context, subscription, items);
      ensure.equal(items.length, 1, 'items of a listener that closes at the first');
    },
  },
  {
    id: 'MD-C82',
    rule: 'abort: no item comes after it, and done resolves',
    async run(context, stream) {
      const items: AnyItem[] = [];
      const controller = new AbortController();
      const subscription = stream.subscribe(context, (item) => void items.push(item), { signal: controller.signal });
      await subscription.ready;
      await advanceUntil(context, () => items.length > 0, 'an item');
      controller.abort(new Error('enough'));
      await endsQuietly(context, subscription, items);
    },
  },
  {
    id: 'MD-C83',
    rule: 'a signal that is aborted already: no item comes, and done resolves',
    async run(context, stream) {
      const items: AnyItem[] = [];
      const signal = AbortSignal.abort(new Error('too late'));
      const subscription = stream.subscribe(context, (item) => void items.push(item), { signal });
      subscription.ready.catch(() => {});
      await endsQuietly(context, subscription, items);
      ensure.equal(items.length, 0, 'items of a stream that was aborted before it began');
    },
  },
  {
    id: 'MD-C84',
    rule: 'a listener that throws rejects its own done with that error and disturbs no other',
    async run(context, stream) {
      const failure = new Error('the listener failed');
      let calls = 0;
      const failing = stream.subscribe(context, () => {
        calls += 1;
        throw failure;
      });
      // watched from the start: a rejection that nobody waits for would end the process
      let caught: unknown;
      failing.done.catch((error: unknown) => {
        caught = error;
      });
      const items: AnyItem[] = [];
      const other = stream.subscribe(context, (item) => void items.push(item));
      await Promise.all([failing.ready, other.ready]);
      await advanceUntil(context, () => items.length >= 2, 'two items of the other listener');
      other.close();
      await outcomeOf(context, failing.done, 'done of the listener that threw');
      ensure.that(caught === failure, `done must reject with the listener's own error, not ${String(caught)}`);
      ensure.equal(calls, 1, 'calls of a listener that threw');
    },
  },
  {
    id: 'MD-C86',
    rule: 'iterate() delivers, and leaving the loop ends the stream',
    async run(context, stream) {
      let subscription: Subscription | undefined;
      const loop = iterate<AnyItem>((listener) => {
        subscription = stream.subscribe(context, listener);
        return subscription;
      });
      let item: AnyItem | undefined;
      const first = loop.next().then((result) => {
        item = result.value as AnyItem;
      });
      await advanceUntil(context, () => item !== undefined, 'the first item of the loop');
      await first;
      await loop.return?.();
      await resolves(context, (subscription as Subscription).done, 'done after the loop was left');
    },
  },
];

/** Checks that nothing comes any more, while time goes on, and that done resolves. */
async function endsQuietly(
  context: MarketDataContext,
  subscription: Subscription,
  items: readonly AnyItem[],
): Promise<void> {
  const before = items.length;
  await resolves(context, subscription.done, 'done');
  await context.advance(context.stepMs);
  ensure.equal(items.length, before, 'items after the end');
}

/** One call of every method that hangs on a capability. */
function callsOf(
  context: MarketDataContext,
): readonly (readonly [MarketDataCapability, string, () => Promise<unknown>])[] {
  const { port, symbol, interval, candleRange, tradeRange, fundingRange } = context;
  return [
    ['candleHistory', 'getCandles', () => port.getCandles({ symbol, interval, ...candleRange })],
    ['tradeHistory', 'getTrades', () => port.getTrades({ symbol, ...tradeRange })],
    ['ticker', 'getTicker', () => port.getTicker(symbol)],
    ['ticker', 'getTickers', () => port.getTickers()],
    ['orderBook', 'getOrderBook', () => port.getOrderBook(symbol)],
    ['funding', 'getFundingRate', () => port.getFundingRate(symbol)],
    ['funding', 'getFundingHistory', () => port.getFundingHistory({ symbol, ...fundingRange })],
  ];
}

const capabilitiesAreTrue: MarketDataCase = {
  id: 'MD-C90',
  rule: 'a method whose capability is missing throws NotSupportedError',
  async run(context) {
    const { capabilities } = context.port;
    for (const [capability, name, call] of callsOf(context)) {
      if (!capabilities.includes(capability)) await ensure.rejects(attempt(call), 'NOT_SUPPORTED', name);
    }
    for (const stream of STREAMS) {
      if (capabilities.includes(stream.capability)) continue;
      const error = await refusal(context, () => stream.subscribe(context, () => {}));
      ensure.equal(
        (error as { code?: unknown } | undefined)?.code,
        'NOT_SUPPORTED',
        `code of the ${stream.name} stream's refusal`,
      );
    }
  },
};

const readsCanBeAborted: MarketDataCase = {
  id: 'MD-C91',
  rule: 'a call with a signal that is aborted already rejects with its reason',
  async run(context) {
    const reason = new Error('too late');
    const options = { signal: AbortSignal.abort(reason) };
    const { port, symbol, interval, candleRange, tradeRange, fundingRange } = context;
    const calls: readonly (readonly [MarketDataCapability | null, string, () => Promise<unknown>])[] = [
      [null, 'getInstruments', () => port.getInstruments(options)],
      [null, 'getServerTime', () => port.getServerTime(options)],
      ['candleHistory', 'getCandles', () => port.getCandles({ symbol, interval, ...candleRange }, options)],
      ['tradeHistory', 'getTrades', () => port.getTrades({ symbol, ...tradeRange }, options)],
      ['ticker', 'getTicker', () => port.getTicker(symbol, options)],
      ['ticker', 'getTickers', () => port.getTickers(options)],
      ['orderBook', 'getOrderBook', () => port.getOrderBook(symbol, 5, options)],
      ['funding', 'getFundingRate', () => port.getFundingRate(symbol, options)],
      ['funding', 'getFundingHistory', () => port.getFundingHistory({ symbol, ...fundingRange }, options)],
    ];
    for (const [capability, name, call] of calls) {
      if (capability !== null && !port.capabilities.includes(capability)) continue;
      const error = await ensure.rejects(attempt(call), null, `${name} with an aborted signal`);
      ensure.that(error === reason, `${name} must reject with the signal's reason, not ${String(error)}`);
    }
  },
};

function ensureNoError(work: () => void, what: string): void {
  try {
    work();
  } catch (error) {
    ensure.that(false, `${what} must not throw ${String(error)}`);
  }
}

/** A call that may throw at once, as one that rejects. */
const attempt = async (call: () => Promise<unknown>): Promise<unknown> => call();

export const lifecycleCases: readonly MarketDataCase[] = [
  ...STREAMS.flatMap((stream) =>
    rules.map(({ id, rule, run }) => ({
      id: `${id}-${stream.name}`,
      rule: `${stream.name} stream: ${rule}`,
      requires: [stream.capability],
      run: (context: MarketDataContext) => run(context, stream),
    })),
  ),
  capabilitiesAreTrue,
  readsCanBeAborted,
];
