import type { CandleColumns } from '@prate/domain';
import { sliceColumns } from '@prate/domain/candles';
import Table from 'cli-table3';
import { CANDLE_FIELDS, candleFields, csvHeader, csvRows, jsonRow, ndjsonRows } from './candle-text.ts';
import { formatTime } from './times.ts';

export const CandleFormat = { TABLE: 'table', JSON: 'json', NDJSON: 'ndjson', CSV: 'csv' } as const;
export type CandleFormat = (typeof CandleFormat)[keyof typeof CandleFormat];

/** Rows that a table shows; it says how many more there are. */
const TABLE_ROWS = 50;
/** Rows that become one piece of text. */
const CHUNK_ROWS = 4096;

type Write = (text: string) => Promise<void>;

/** Writes candles as they come; returns how many. */
export async function writeCandles(
  batches: AsyncIterable<CandleColumns>,
  format: CandleFormat,
  head: { readonly venue: string; readonly symbol: string; readonly interval: string },
  write: Write,
  colors: boolean,
): Promise<number> {
  if (format === CandleFormat.TABLE) return writeTable(batches, head, write, colors);
  if (format === CandleFormat.JSON) return writeJson(batches, head, write);
  if (format === CandleFormat.CSV) await write(csvHeader);
  const text = format === CandleFormat.CSV ? csvRows : ndjsonRows;
  let rows = 0;
  for await (const chunk of chunksOf(batches)) {
    await write(text(chunk));
    rows += chunk.length;
  }
  return rows;
}

async function* chunksOf(batches: AsyncIterable<CandleColumns>): AsyncGenerator<CandleColumns> {
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
      yield sliceColumns(batch, from, Math.min(from + CHUNK_ROWS, batch.length));
    }
  }
}

async function writeJson(batches: AsyncIterable<CandleColumns>, head: object, write: Write): Promise<number> {
  let rows = 0;
  await write(`${JSON.stringify(head).slice(0, -1)},"candles":[`);
  for await (const chunk of chunksOf(batches)) {
    const texts = Array.from({ length: chunk.length }, (_, i) => jsonRow(chunk, i));
    await write(`${rows === 0 ? '' : ','}\n${texts.join(',\n')}`);
    rows += chunk.length;
  }
  await write('\n]}\n');
  return rows;
}

async function writeTable(
  batches: AsyncIterable<CandleColumns>,
  head: { readonly venue: string; readonly symbol: string; readonly interval: string },
  write: Write,
  colors: boolean,
): Promise<number> {
  const shown: string[][] = [];
  let rows = 0;
  for await (const batch of batches) {
    for (let i = 0; i < batch.length && shown.length < TABLE_ROWS; i += 1) {
      const [openTime, ...fields] = candleFields(batch, i);
      shown.push([formatTime(Number(openTime)), ...fields.map((field) => field ?? '')]);
    }
    rows += batch.length;
  }
  const title = `${head.symbol} · ${head.interval} · venue ${head.venue} · times in UTC`;
  if (rows === 0) {
    await write(`${title}\nno candles in this range; prate candles status shows what is stored\n`);
    return 0;
  }
  const table = plainTable(['open time', ...CANDLE_FIELDS.slice(1)], colors);
  table.push(...shown);
  const more =
    rows > shown.length
      ? `… and ${(rows - shown.length).toLocaleString('en')} more; --format csv prints them all\n`
      : '';
  await write(`${title}\n${table.toString()}\n${more}`);
  return rows;
}

/** A table in the house style: numbers to the right, no lines between rows. */
export function plainTable(head: readonly string[], colors: boolean, left = 1): Table.Table {
  return new Table({
    head: [...head],
    colAligns: head.map((_, i) => (i < left ? 'left' : 'right')),
    style: { head: colors ? ['bold'] : [], border: colors ? ['gray'] : [], compact: true },
  });
}
