import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBResultReader,
  INTEGER,
} from '@duckdb/node-api';
import type { TimeRange } from '@prate/domain';
import type { Cells, Contender, Place } from '../harness/work.ts';
import { type Doubles, monthOf, monthOfSeconds, yearOfSeconds } from '../samples/walk.ts';
import { fileBytes, freshFile, storedFile } from './files.ts';

const TABLE = '(openTime BIGINT, open DOUBLE, high DOUBLE, low DOUBLE, close DOUBLE, volume DOUBLE, trades INTEGER)';
const NAMES = ['openTime', 'open', 'high', 'low', 'close', 'volume', 'trades'] as const;
const TYPES = [BIGINT, DOUBLE, DOUBLE, DOUBLE, DOUBLE, DOUBLE, INTEGER];
const ROWS_PER_CHUNK = 2048;

/** The coarser tables that a user would keep beside the seconds; Prate keeps the same levels. */
const ROLLUPS = [
  { table: 'minutes', stepMs: 60_000 },
  { table: 'hours', stepMs: 3_600_000 },
] as const;

/** Numbers come out as doubles (no bigint per cell), which is the fast way for DuckDB's users too. */
export const aggregateSql = (table: string, intervalMs: number): string => `
  SELECT CAST(openTime // ${intervalMs} * ${intervalMs} AS DOUBLE) AS openTime,
    arg_min(open, openTime) AS open, max(high) AS high, min(low) AS low, arg_max(close, openTime) AS close,
    sum(volume) AS volume, CAST(sum(trades) AS DOUBLE) AS trades
  FROM ${table} WHERE openTime >= $from AND openTime < $to
  GROUP BY openTime // ${intervalMs} ORDER BY 1`;

/** Through the appender, in data chunks filled column by column: the fastest way in that the library has. */
export async function appendCandles(connection: DuckDBConnection, batches: Iterable<Doubles>): Promise<void> {
  await connection.run(`CREATE TABLE candles ${TABLE}`);
  const appender = await connection.createAppender('candles');
  for (const batch of batches) {
    const length = batch.openTime.length;
    for (let at = 0; at < length; at += ROWS_PER_CHUNK) {
      const count = Math.min(ROWS_PER_CHUNK, length - at);
      const chunk = DuckDBDataChunk.create(TYPES, count);
      for (const [column, name] of NAMES.entries()) {
        const vector = chunk.getColumnVector(column);
        const values = batch[name];
        if (name === 'openTime') for (let i = 0; i < count; i += 1) vector.setItem(i, BigInt(values[at + i] as number));
        else for (let i = 0; i < count; i += 1) vector.setItem(i, values[at + i] as number);
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
  }
  appender.closeSync();
}

export async function storeCandles(file: string, batches: Iterable<Doubles>, rollups: boolean): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await appendCandles(connection, batches);
  for (const { table, stepMs } of rollups ? ROLLUPS : []) {
    await connection.run(`CREATE TABLE ${table} ${TABLE}`);
    await connection.run(`INSERT INTO ${table} ${aggregateSql('candles', stepMs)}`, { from: 0, to: 1e15 });
  }
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

export const storedMonth = (place: Place): Promise<string> =>
  storedFile(place, 'month.duckdb', (file) => storeCandles(file, [monthOfSeconds(place)], true));

export const storedYear = (place: Place): Promise<string> =>
  storedFile(place, 'year.duckdb', (file) => storeCandles(file, yearOfSeconds(place), false));

/**
 * - `user`: runAndReadAll and getColumns, as its documentation shows it: JavaScript values.
 * - `chunks`: its native chunks as they are, not looked into: its floor.
 * - `rollup`: as `user`, from the coarsest kept table that divides the interval.
 */
export type DuckDbWay = 'user' | 'chunks' | 'rollup';

export const reader = (
  way: DuckDbWay,
  intervalMs: number,
  stored: (place: Place) => Promise<string> = storedMonth,
  range: (place: Place) => TimeRange = monthOf,
): Contender => {
  const table =
    way === 'rollup' ? (ROLLUPS.findLast(({ stepMs }) => intervalMs % stepMs === 0)?.table ?? 'candles') : 'candles';
  const sql = aggregateSql(table, intervalMs);
  let connection: DuckDBConnection | null = null;
  let values: Record<string, bigint> = {};
  let columns: readonly (readonly unknown[])[] = [];
  let chunks: readonly DuckDBDataChunk[] = [];
  return {
    async prepare(place) {
      connection ??= await (await DuckDBInstance.create(await stored(place), { access_mode: 'READ_ONLY' })).connect();
      const { from, to } = range(place);
      // the first bucket that opens in the range: earlier seconds belong to one that does not
      values = { from: BigInt(Math.ceil(from / intervalMs) * intervalMs), to: BigInt(to) };
    },
    async run() {
      if (way === 'chunks') chunks = await (await (connection as DuckDBConnection).run(sql, values)).fetchAllChunks();
      else
        columns = (
          (await (connection as DuckDBConnection).runAndReadAll(sql, values)) as DuckDBResultReader
        ).getColumns();
      return undefined;
    },
    async result() {
      const all = way === 'chunks' ? NAMES.map((_, i) => chunks.flatMap((chunk) => chunk.getColumnValues(i))) : columns;
      return cellsOf(all);
    },
  };
};

const cellsOf = (columns: readonly (readonly unknown[])[]): Cells =>
  Object.fromEntries(NAMES.map((name, i) => [name, Float64Array.from(columns[i] ?? [], Number)]));

/** Writes a new file each time. `bytes`: what counts is its size per row. */
export const writer = (name: string, candles: (place: Place) => Doubles, counts: 'time' | 'bytes'): Contender => {
  let rows: Doubles | null = null;
  let file = '';
  return {
    async prepare(place) {
      rows ??= candles(place);
      file = freshFile(place, `${name}.duckdb`);
    },
    async run() {
      const data = rows as Doubles;
      await storeCandles(file, [data], false);
      return counts === 'bytes' ? fileBytes(file) / data.openTime.length : undefined;
    },
    async result() {
      const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
      const connection = await instance.connect();
      const read = await connection.runAndReadAll('SELECT * FROM candles ORDER BY openTime');
      return cellsOf(read.getColumns());
    },
  };
};
