import { toInterval } from '@prate/domain';
import type { CandlesItem } from '@prate/market-data-port';
import { CandleAggregator, LiveCandles } from '../../src/index.ts';
import { FakeStore } from './fake-store.ts';
import { ScriptedMarket } from './scripted-market.ts';
import { MINUTE, offsets, T0, textRows } from './values.ts';

export interface LiveSetup {
  readonly market: ScriptedMarket;
  readonly store: FakeStore;
  readonly live: LiveCandles;
  /** The stored seconds of a symbol as text. */
  readonly seconds: (symbol?: string) => Promise<string[]>;
  /** The watched time of a symbol's seconds, in milliseconds after T0. */
  readonly watched: (symbol?: string) => Promise<[number, number][]>;
}

export interface LiveSetupOptions {
  readonly symbols?: string[];
  readonly joinsMidway?: boolean;
  /** Default 0: what these tests say about time is then not blurred by the window. */
  readonly latenessMs?: number;
  readonly secondsPerWrite?: number;
  readonly store?: FakeStore;
}

export function liveSetup(options: LiveSetupOptions = {}): LiveSetup {
  const { symbols = ['A'], latenessMs = 0, joinsMidway, secondsPerWrite, store = new FakeStore() } = options;
  const market = new ScriptedMarket();
  const aggregator = new CandleAggregator({ store });
  const live = new LiveCandles({ market, symbols, aggregator, latenessMs, joinsMidway, secondsPerWrite });
  return {
    market,
    store,
    live,
    async seconds(symbol = 'A') {
      const query = { series: { venue: 'scripted', symbol }, from: T0 - MINUTE, to: T0 + 1000 * MINUTE };
      return textRows(await store.readColumns({ ...query, interval: '1s' }));
    },
    async watched(symbol = 'A') {
      const entries = await store.coverage({ series: { venue: 'scripted', symbol } });
      return entries
        .filter(({ step }) => step.text === toInterval('1s').text)
        .flatMap(({ observed }) => offsets(observed));
    },
  };
}

/** What a candle subscription told: rows of candles, and facts, in their order. */
export function toldBy(items: readonly CandlesItem[]): string[] {
  return items.flatMap((item) => {
    if (item.kind === 'candles') return textRows(item.candles).map((row) => `${item.symbol} ${row}`);
    if (item.kind === 'revision') return textRows(item.candles).map((row) => `revision ${item.symbol} ${row}`);
    return [item.kind === 'heartbeat' ? `heartbeat ${item.timeMs - T0}` : `gap ${item.fromMs - T0} ${item.toMs - T0}`];
  });
}
