import { copyFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { CandleStorePort } from '@prate/candle-store-port';
import { toInterval } from '@prate/domain';
import { CandleBuffers, columnsFromCandles } from '@prate/domain/candles';
import type { Contender, Place } from '../harness/work.ts';
import { CandleWalk, DAY_MS, type Doubles, START_MS, SYMBOL, yearDays } from '../samples/walk.ts';
import { freshFile, storedFile } from './files.ts';
import { cellsOf, storeCandles } from './prate.ts';

const SYMBOLS = Array.from({ length: 300 }, (_, i) => `S${i}_USDT`);
const COMMITS = 100;
const COMMIT_EVERY_MS = 50;

function yearOfMinutes(place: Place): Doubles {
  const minutes = new CandleWalk().next(yearDays(place) * 1440);
  return { ...minutes, openTime: minutes.openTime.map((_, i) => START_MS + i * 60_000) };
}

const storedMinutes = (place: Place): Promise<string> =>
  storedFile(place, 'prate-year-minutes.db', (file) => storeCandles(file, [yearOfMinutes(place)], '1m'));

function secondOfAll(second: number) {
  const price = 100 + (second % 7);
  const prices = {
    open: price,
    high: price + 1,
    low: price - 1,
    close: price,
    volume: 3,
    turnover: 3 * price,
    trades: 2,
  };
  const columns = columnsFromCandles(
    [{ openTime: START_MS + second * 1000, ...prices, source: 'TRADES' }],
    toInterval('1s'),
  );
  return SYMBOLS.map((series) => ({ series, columns }));
}

/** What a session with a feed and a reader sees of its store, in milliseconds. */
export interface Seen {
  /** From the moment at which each append was due until it was acknowledged, ascending. */
  readonly appends: readonly number[];
  /** 99 in 100 delays of the event loop were at most that. */
  readonly delay: number;
}

/** A second of 300 series is appended every 50 ms, while a year of minutes is read over and over by the same event loop. */
async function session(store: CandleStorePort, days: number): Promise<Seen> {
  const into = new CandleBuffers();
  const year = { series: SYMBOL, interval: '1m', from: START_MS, to: START_MS + days * DAY_MS };
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      await store.readColumns(year, { into });
      await nextTurn();
    }
  })();
  await store.readColumns(year); // what reads is open
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const appends: number[] = [];
  const start = performance.now();
  for (let commit = 0; commit < COMMITS; commit += 1) {
    const batches = secondOfAll(commit);
    const due = start + commit * COMMIT_EVERY_MS;
    await sleep(Math.max(0, due - performance.now()));
    await store.append(batches);
    appends.push(performance.now() - due);
  }
  delays.disable();
  isOver = true;
  await reading;
  return { appends: appends.sort((a, b) => a - b), delay: delays.percentile(99) / 1e6 };
}

export const feedAndReader = (
  name: string,
  open: (file: string) => Promise<CandleStorePort>,
  counts: (seen: Seen) => number,
): Contender => {
  let file = '';
  let days = 0;
  return {
    async prepare(place) {
      const stored = await storedMinutes(place);
      file = freshFile(place, `${name}.db`);
      copyFileSync(stored, file);
      days = yearDays(place);
    },
    async run() {
      const store = await open(file);
      const seen = await session(store, days);
      await store.close();
      return counts(seen);
    },
    async result() {
      const store = await open(file);
      const query = { series: SYMBOLS[7] as string, interval: '1s', from: START_MS, to: START_MS + DAY_MS };
      const columns = await store.readColumns(query);
      await store.close();
      return cellsOf(columns);
    },
  };
};
