import type { CandleStorePort } from '@prate/candle-store-port';
import { CandleSource, type IntervalInput, type TimeRange } from '@prate/domain';
import {
  batchesFromDoubles,
  CandleBuffers,
  type CandleColumns,
  type CandleDoubles,
  columnsFromDoubles,
  toDouble,
} from '@prate/domain/candles';
import { SqliteCandleStore } from '@prate/sqlite-store';
import type { Cells, Contender, Place } from '../harness/work.ts';
import type { Minutes } from '../samples/minutes.ts';
import { type Doubles, monthOf, monthOfSeconds, SYMBOL, yearOfSeconds } from '../samples/walk.ts';
import { fileBytes, freshFile, storedFile } from './files.ts';

/** Doubles as Prate's columns: the decimal grid that holds them is found and checked, number by number. */
export const columnsOf = (candles: Doubles | Minutes, interval: IntervalInput): CandleColumns =>
  columnsFromDoubles(doublesOf(candles, interval));

const doublesOf = (candles: Doubles | Minutes, interval: IntervalInput): CandleDoubles => ({
  ...candles,
  interval,
  source: 'turnover' in candles ? CandleSource.EXCHANGE : CandleSource.TRADES,
});

export function cellsOf(columns: CandleColumns): Cells {
  const doubles = (values: CandleColumns['volume'], decimals: number | null): Float64Array => {
    const result = new Float64Array(columns.length);
    for (let i = 0; i < columns.length; i += 1) result[i] = toDouble(values[i] as number | bigint, decimals);
    return result;
  };
  return {
    openTime: columns.openTime,
    open: doubles(columns.open, columns.priceDecimals),
    high: doubles(columns.high, columns.priceDecimals),
    low: doubles(columns.low, columns.priceDecimals),
    close: doubles(columns.close, columns.priceDecimals),
    volume: doubles(columns.volume, columns.volumeDecimals),
    trades: columns.trades,
  };
}

type Open = (file: string) => Promise<CandleStorePort>;

/** A store in the thread that asks. */
export const openPlain: Open = async (file) => SqliteCandleStore.open(file);

export async function storeCandles(
  file: string,
  batches: Iterable<Doubles | Minutes>,
  interval: IntervalInput,
  open: Open = openPlain,
): Promise<void> {
  const store = await open(file);
  for (const batch of batches) await store.write(SYMBOL, batchesFromDoubles(doublesOf(batch, interval)));
  await store.close();
}

export const storedMonth = (place: Place): Promise<string> =>
  storedFile(place, 'prate-month.db', (file) => storeCandles(file, [monthOfSeconds(place)], '1s'));

export const storedYear = (place: Place): Promise<string> =>
  storedFile(place, 'prate-year.db', (file) => storeCandles(file, yearOfSeconds(place), '1s'));

/** Reads a month at an interval. `kept`: into arrays that stay, as a caller does who asks again and again; else fresh ones. */
export const columnsReader = (
  stored: (place: Place) => Promise<string>,
  interval: IntervalInput,
  outputs: 'kept' | 'fresh',
  open: Open = openPlain,
): Contender => {
  const options = outputs === 'kept' ? { into: new CandleBuffers() } : {};
  let store: CandleStorePort | null = null;
  let span: TimeRange = { from: 0, to: 0 };
  let columns: CandleColumns | null = null;
  return {
    async prepare(place) {
      store ??= await open(await stored(place));
      span = monthOf(place);
    },
    async run() {
      columns = await (store as CandleStorePort).readColumns({ series: SYMBOL, interval, ...span }, options);
      return undefined;
    },
    result: async () => cellsOf(columns as CandleColumns),
  };
};

/** The same in batches of constant memory; here none of them is kept. */
export const batchReader = (stored: (place: Place) => Promise<string>, interval: IntervalInput): Contender => {
  let store: SqliteCandleStore | null = null;
  let span: TimeRange = { from: 0, to: 0 };
  const batches = () => (store as SqliteCandleStore).read({ series: SYMBOL, interval, ...span });
  return {
    async prepare(place) {
      store ??= SqliteCandleStore.open(await stored(place));
      span = monthOf(place);
    },
    async run() {
      let rows = 0;
      for await (const batch of batches()) rows += batch.length;
      if (rows === 0) throw new Error('the batches were empty');
      return undefined;
    },
    async result() {
      const kept: Cells[] = [];
      for await (const batch of batches()) kept.push(cellsOf(batch));
      return joinCells(kept);
    },
  };
};

function joinCells(parts: readonly Cells[]): Cells {
  const names = Object.keys(parts[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, Float64Array.from(parts.flatMap((part) => [...(part[name] as Float64Array)]))]),
  );
}

/** Opens the file, reads, closes: what one question costs who has nothing open. */
export const openingReader = (
  stored: (place: Place) => Promise<string>,
  interval: IntervalInput,
  range: (place: Place) => TimeRange,
): Contender => {
  let file = '';
  let span: TimeRange = { from: 0, to: 0 };
  let columns: CandleColumns | null = null;
  return {
    async prepare(place) {
      file = await stored(place);
      span = range(place);
    },
    async run() {
      const store = SqliteCandleStore.open(file);
      columns = await store.readColumns({ series: SYMBOL, interval, ...span });
      await store.close();
      return undefined;
    },
    result: async () => cellsOf(columns as CandleColumns),
  };
};

/** Writes a new file each time, and reads it back for the comparison. `bytes`: what counts is its size per row. */
export const writer = (
  name: string,
  candles: (place: Place) => Doubles | Minutes,
  interval: IntervalInput,
  counts: 'time' | 'bytes',
  open: Open = openPlain,
): Contender => {
  let rows: Doubles | Minutes | null = null;
  let file = '';
  let span: TimeRange = { from: 0, to: 0 };
  return {
    async prepare(place) {
      rows ??= candles(place);
      file = freshFile(place, `${name}.db`);
      span = monthOf(place);
    },
    async run() {
      const data = rows as Doubles | Minutes;
      await storeCandles(file, [data], interval, open);
      return counts === 'bytes' ? fileBytes(file) / data.openTime.length : undefined;
    },
    async result() {
      const store = SqliteCandleStore.open(file);
      const columns = await store.readColumns({ series: SYMBOL, interval, ...span });
      await store.close();
      return cellsOf(columns);
    },
  };
};
