import { Decimal, type Instrument, type Interval, type IntervalInput, toInterval } from '@prate/domain';
import { CandleColumnsBuilder, type TradeColumns } from '@prate/domain/candles';
import type { CandlesItem, Gap, Listener, SubscribeOptions, Subscription, TradesItem } from '@prate/market-data-port';
import type { ManualClock } from '@prate/runtime';

export const MINUTE = 60_000;

const instrument = (symbol: string): Instrument => ({
  symbol,
  baseAsset: symbol.split('_')[0] as string,
  quoteAsset: 'USDT',
  tickSize: new Decimal('0.01'),
  lotSize: new Decimal('0.001'),
  contractSize: new Decimal(1),
  minQuantity: new Decimal('0.001'),
  maxQuantity: null,
  minNotional: null,
  maxLeverage: 100,
  riskTiers: [],
  makerFee: new Decimal('0.001'),
  takerFee: new Decimal('0.001'),
});

/** One candle as an item of a feed: open, and close, which are the low and the high too. */
export function candleItem(
  openTime: number,
  open: number,
  close: number,
  symbol = 'BTC_USDT',
  interval = '1m',
): CandlesItem {
  return candlesItem([{ openTime, open, close }], symbol, interval);
}

export function candlesItem(
  rows: readonly { readonly openTime: number; readonly open: number; readonly close: number }[],
  symbol = 'BTC_USDT',
  interval = '1m',
): CandlesItem {
  const builder = new CandleColumnsBuilder(toInterval(interval));
  for (const { openTime, open, close } of rows) {
    builder.push({ openTime, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1 });
  }
  return { kind: 'candles', symbol, candles: builder.finish() };
}

/** Candles of one symbol whose closes are these; each opens where the last closed. */
export const candlesOfCloses = (closes: readonly number[], symbol = 'BTC_USDT'): ScriptedEvent[] =>
  closes.map((close, i) => ({
    time: (i + 1) * MINUTE,
    item: candleItem(i * MINUTE, closes[i - 1] ?? close, close, symbol),
  }));

export const tradesItem = (trades: TradeColumns, symbol = 'BTC_USDT'): TradesItem => ({
  kind: 'trades',
  symbol,
  trades,
});

export interface ScriptedEvent {
  readonly time: number;
  readonly item: CandlesItem | TradesItem | Gap;
}

class Feed<Item> implements Subscription {
  readonly ready: Promise<void> = Promise.resolve();
  readonly done: Promise<void>;
  open = true;
  readonly listener: Listener<Item>;
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor(listener: Listener<Item>, options?: SubscribeOptions) {
    this.listener = listener;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    options?.signal?.addEventListener('abort', () => this.close());
  }

  close(): void {
    this.open = false;
    this.#settle?.resolve();
  }

  fail(error: unknown): void {
    this.open = false;
    this.#settle?.reject(error);
  }
}

/** A market that plays a script on a virtual clock: listeners in the order of their subscription, then `settled`. */
export class ScriptedMarket {
  readonly clock: ManualClock;
  readonly #instruments: readonly Instrument[];
  readonly candleFeeds: Feed<CandlesItem>[] = [];
  readonly tradeFeeds: Feed<TradesItem>[] = [];
  intervals: Interval[] = [];

  constructor(clock: ManualClock, symbols: readonly string[] = ['BTC_USDT']) {
    this.clock = clock;
    this.#instruments = symbols.map(instrument);
  }

  getInstruments = (): Promise<readonly Instrument[]> => Promise.resolve(this.#instruments);

  candles(
    _symbols: readonly string[],
    interval: IntervalInput,
    listener: Listener<CandlesItem>,
    options?: SubscribeOptions,
  ): Subscription {
    this.intervals.push(toInterval(interval));
    const feed = new Feed(listener, options);
    this.candleFeeds.push(feed);
    return feed;
  }

  trades(_symbols: readonly string[], listener: Listener<TradesItem>, options?: SubscribeOptions): Subscription {
    const feed = new Feed(listener, options);
    this.tradeFeeds.push(feed);
    return feed;
  }

  emit(item: ScriptedEvent['item']): void {
    if (item.kind !== 'trades') for (const feed of this.candleFeeds) if (feed.open) feed.listener(item);
    if (item.kind !== 'candles' && item.kind !== 'revision')
      for (const feed of this.tradeFeeds) if (feed.open) feed.listener(item);
  }

  async play(events: Iterable<ScriptedEvent>, settled: () => Promise<void> | undefined): Promise<void> {
    for (const { time, item } of events) {
      this.clock.advanceTo(time);
      this.emit(item);
      const work = settled();
      if (work !== undefined) await work;
    }
    for (const feed of [...this.candleFeeds, ...this.tradeFeeds]) feed.close();
  }
}
