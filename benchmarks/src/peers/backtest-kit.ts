import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Cells, Contender } from '../harness/work.ts';
import { COMPARED_MINUTES, MINUTE_MS, yearOfMinutes } from '../samples/replayed.ts';
import { START_MS } from '../samples/walk.ts';

interface Row {
  readonly timestamp: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

interface Signal {
  readonly position: 'long';
  readonly priceTakeProfit: number;
  readonly priceStopLoss: number;
  readonly minuteEstimatedTime: number;
  readonly cost: number;
}

type TickEvent =
  | { readonly action: 'opened'; readonly createdAt: number }
  | { readonly action: 'closed'; readonly closeTimestamp: number };

/** What is used of it; its own types need more than its packages bring here. */
interface BacktestKit {
  addExchangeSchema(schema: {
    readonly exchangeName: string;
    getCandles(symbol: string, interval: string, since: Date, limit: number): Promise<readonly Row[]>;
  }): void;
  addFrameSchema(schema: {
    readonly frameName: string;
    readonly interval: string;
    readonly startDate: Date;
    readonly endDate: Date;
  }): void;
  addStrategySchema(schema: {
    readonly strategyName: string;
    readonly interval: string;
    getSignal(symbol: string, when: Date, price: number): Promise<Signal | null>;
  }): void;
  getCandles(symbol: string, interval: string, limit: number): Promise<readonly Row[]>;
  readonly Backtest: { run(symbol: string, names: object): AsyncIterable<TickEvent> };
  readonly [name: string]: unknown;
}

/** It looks back for the average price of 5 minutes, so the minutes begin before the first that is played. */
const BEFORE = 10;
/** It looks ahead to the end of the last position. */
const AFTER = 60;
const HOUR_MS = 60 * MINUTE_MS;

type Persistence = 'files' | 'memory';

/** Of one run. */
interface Seen {
  /** How often the strategy was asked. */
  asked: number;
  rises: number;
  readonly entries: number[];
  readonly exits: number[];
}

const END_MS = START_MS + COMPARED_MINUTES * MINUTE_MS;
const compared = (times: readonly number[]): Float64Array => Float64Array.from(times.filter((time) => time < END_MS));

/** Counts the rises of the first minutes: µs a candle. */
export const countingMinutes = (minutes: number, persistence: Persistence): Contender =>
  contender(
    minutes,
    persistence,
    async (kit, seen) => {
      const [candle] = await kit.getCandles('BTC_USDT', '1m', 1);
      seen.asked += 1;
      if (candle !== undefined && candle.close > candle.open && candle.timestamp < END_MS) seen.rises += 1;
      return null;
    },
    ({ asked, rises }) => {
      if (asked !== minutes) throw new Error(`the strategy was asked ${asked} times for ${minutes} minutes`);
      return { rises: Float64Array.of(rises) };
    },
  );

/** Buys at each full hour, and sells half an hour later. */
export const tradingMinutes = (minutes: number, persistence: Persistence): Contender =>
  contender(
    minutes,
    persistence,
    async (_kit, seen, when, price) => {
      seen.asked += 1;
      if (when.getTime() % HOUR_MS !== 0) return null;
      // targets as far away as it takes them: its time ends the position
      return {
        position: 'long',
        priceTakeProfit: price * 1.19,
        priceStopLoss: price * 0.81,
        minuteEstimatedTime: 30,
        cost: 100,
      };
    },
    ({ entries, exits }) => ({ entries: compared(entries), exits: compared(exits) }),
  );

/**
 * `files`: as its README has it, candles kept as files in the folder where it runs; `memory`: with everything that it writes
 * switched off.
 */
function contender(
  minutes: number,
  persistence: Persistence,
  decide: (kit: BacktestKit, seen: Seen, when: Date, price: number) => Promise<Signal | null>,
  cells: (seen: Seen) => Cells,
): Contender {
  let kit: BacktestKit | null = null;
  let rows: Row[] = [];
  let seen: Seen = { asked: 0, rises: 0, entries: [], exits: [] };

  async function load(): Promise<BacktestKit> {
    const name = 'backtest-kit';
    const loaded = (await import(name)) as BacktestKit;
    if (persistence === 'memory') {
      for (const [key, part] of Object.entries(loaded))
        if (/^Persist\w+Adapter$/.test(key)) (part as { readonly useDummy?: () => void }).useDummy?.();
    }
    loaded.addExchangeSchema({
      exchangeName: 'memory',
      async getCandles(_symbol, _interval, since, limit) {
        const first = (since.getTime() - (rows[0] as Row).timestamp) / MINUTE_MS;
        return rows.slice(first, first + limit);
      },
    });
    loaded.addFrameSchema({
      frameName: 'minutes',
      interval: '1m',
      // it asks at these moments, both included, and is given the minute before each
      startDate: new Date(START_MS + MINUTE_MS),
      endDate: new Date(START_MS + minutes * MINUTE_MS),
    });
    loaded.addStrategySchema({
      strategyName: 'benchmark',
      interval: '1m',
      getSignal: (_symbol, when, price) => decide(loaded, seen, when, price),
    });
    return loaded;
  }

  return {
    async prepare(place) {
      if (rows.length === 0) {
        process.chdir(mkdtempSync(join(place.folder, 'backtest-kit-'))); // it writes where it stands
        const { open, high, low, close, volume } = yearOfMinutes({ ...place, days: 1 });
        rows = Array.from({ length: BEFORE + minutes + AFTER }, (_, i): Row => {
          const at = Math.max(0, i - BEFORE);
          const number = (values: Float64Array): number => values[at] as number;
          return {
            timestamp: START_MS + (i - BEFORE) * MINUTE_MS,
            ...{ open: number(open), high: number(high), low: number(low), close: number(close) },
            volume: number(volume) || 1, // it divides by the volume of its 5 minutes
          };
        });
      }
      kit ??= await load();
    },
    async run() {
      seen = { asked: 0, rises: 0, entries: [], exits: [] };
      const names = { strategyName: 'benchmark', exchangeName: 'memory', frameName: 'minutes' };
      const from = performance.now();
      for await (const event of (kit as BacktestKit).Backtest.run('BTC_USDT', names)) {
        if (event.action === 'opened') seen.entries.push(event.createdAt);
        else seen.exits.push(event.closeTimestamp);
      }
      return ((performance.now() - from) * 1000) / minutes;
    },
    result: async () => cells(seen),
  };
}
