import type { CandleColumns } from '@prate/domain';
import { CANDLE_FIELDS, type CandlesHead, candleFields, encodeCandles } from '@prate/simulated-market/files';
import Table from 'cli-table3';
import { formatTime } from './times.ts';

export const CandleFormat = { TABLE: 'table', JSON: 'json', NDJSON: 'ndjson', CSV: 'csv' } as const;
export type CandleFormat = (typeof CandleFormat)[keyof typeof CandleFormat];

/** Rows that a table shows; it says how many more there are. */
const TABLE_ROWS = 50;
/** What is printed is for people; files are exact. */
const SHORT = { shortCoverage: true };

type Write = (text: string) => Promise<void>;

/** Prints candles as they come. */
export async function writeCandles(
  batches: AsyncIterable<CandleColumns>,
  format: CandleFormat,
  head: CandlesHead,
  write: Write,
  colors: boolean,
): Promise<void> {
  if (format === CandleFormat.TABLE) return writeTable(batches, head, write, colors);
  for await (const text of encodeCandles(() => batches, format, head, SHORT)) await write(text as string);
}

async function writeTable(
  batches: AsyncIterable<CandleColumns>,
  head: CandlesHead,
  write: Write,
  colors: boolean,
): Promise<void> {
  const shown: string[][] = [];
  let rows = 0;
  for await (const batch of batches) {
    for (let i = 0; i < batch.length && shown.length < TABLE_ROWS; i += 1) {
      const [openTime, ...fields] = candleFields(batch, i, SHORT);
      shown.push([formatTime(Number(openTime)), ...fields.map((field) => field ?? '')]);
    }
    rows += batch.length;
  }
  const title = `${head.symbol} · ${head.interval} · venue ${head.venue} · times in UTC`;
  if (rows === 0) {
    await write(`${title}\nno candles in this range; prate candles status shows what is stored\n`);
    return;
  }
  const table = plainTable(['open time', ...CANDLE_FIELDS.slice(1)], colors);
  table.push(...shown);
  const more =
    rows > shown.length
      ? `… and ${(rows - shown.length).toLocaleString('en')} more; --format csv prints them all\n`
      : '';
  await write(`${title}\n${table.toString()}\n${more}`);
}

/** Rows as a table, or the sentence that there are none. */
export function rowsText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  none: string,
  { colors, left = 1 }: { readonly colors: boolean; readonly left?: number },
): string {
  if (rows.length === 0) return `${none}\n`;
  const table = plainTable(head, colors, left);
  table.push(...rows.slice(0, TABLE_ROWS).map((row) => [...row]));
  const more = rows.length - TABLE_ROWS;
  return `${table.toString()}\n${more > 0 ? `… and ${more.toLocaleString('en')} more; --json prints them all\n` : ''}`;
}

/** A table in the house style: numbers to the right, no lines between rows. */
export function plainTable(head: readonly string[], colors: boolean, left = 1): Table.Table {
  return new Table({
    head: [...head],
    colAligns: head.map((_, i) => (i < left ? 'left' : 'right')),
    style: { head: colors ? ['bold'] : [], border: colors ? ['gray'] : [], compact: true },
  });
}
