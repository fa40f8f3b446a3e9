import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from '../harness/work.ts';
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
    getSignal(symbol: string): Promise<null>;
  }): void;
  getCandles(symbol: string, interval: string, limit: number): Promise<readonly Row[]>;
  readonly Backtest: { run(symbol: string, names: object): AsyncIterable<unknown> };
  readonly [name: string]: unknown;
}

/** It looks back for the average price of 5 minutes, so the minutes begin before the first that is played. */
const BEFORE = 10;

/**
 * Counts the rises of the first minutes: µs a candle. `files`: as its README has it, candles kept as files in the folder
 * where it runs; `memory`: with everything that it writes switched off.
 */
export function countingMinutes(minutes: number, persistence: 'files' | 'memory'): Contender {
  let kit: BacktestKit | null = null;
  let rows: Row[] = [];
  let compared = 0;
  let runs = 0;
  const last = START_MS + COMPARED_MINUTES * MINUTE_MS;

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
      strategyName: 'count-rises',
      interval: '1m',
      async getSignal(symbol) {
        const [candle] = await loaded.getCandles(symbol, '1m', 1);
        runs += 1;
        if (candle !== undefined && candle.close > candle.open && candle.timestamp < last) compared += 1;
        return null;
      },
    });
    return loaded;
  }

  return {
    async prepare(place) {
      if (rows.length === 0) {
        process.chdir(mkdtempSync(join(place.folder, 'backtest-kit-'))); // it writes where it stands
        const { open, high, low, close, volume } = yearOfMinutes({ ...place, days: 1 });
        rows = Array.from({ length: minutes + BEFORE }, (_, i): Row => {
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
      [compared, runs] = [0, 0];
      const names = { strategyName: 'count-rises', exchangeName: 'memory', frameName: 'minutes' };
      const from = performance.now();
      for await (const _ of (kit as BacktestKit).Backtest.run('BTC_USDT', names))
        throw new Error('nothing was to trade');
      const micros = (performance.now() - from) * 1000;
      if (runs !== minutes) throw new Error(`the strategy was asked ${runs} times for ${minutes} minutes`);
      return micros / minutes;
    },
    result: async () => ({ rises: Float64Array.of(compared) }),
  };
}
