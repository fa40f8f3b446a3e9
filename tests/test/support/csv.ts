import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { plain } from './exact-decimal.ts';
import type { Row, TapeTrade } from './slow-candles.ts';

/** Fields by their column's name. No test file quotes anything. */
export type Fields = Readonly<Record<string, string>>;

/** Takes text in pieces of any length, and gives each line after the header as fields. */
export class CsvLines {
  #header: readonly string[] | null = null;
  #rest = '';
  readonly #take: (fields: Fields) => void;

  constructor(take: (fields: Fields) => void) {
    this.#take = take;
  }

  write(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() as string;
    for (const line of lines) this.#line(line);
  }

  end(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }

  #line(line: string): void {
    const values = line.split(',');
    if (this.#header === null) this.#header = values;
    else this.#take(fieldsOf(this.#header, values));
  }
}

function fieldsOf(header: readonly string[], values: readonly string[]): Fields {
  const fields: Record<string, string> = {};
  for (let i = 0; i < values.length; i += 1) fields[header[i] as string] = values[i] as string;
  return fields;
}

/** The lines of a file, .gz or not. */
export function readCsv(file: string): readonly Fields[] {
  const bytes = readFileSync(file);
  const rows: Fields[] = [];
  const lines = new CsvLines((fields) => rows.push(fields));
  lines.write((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  lines.end();
  return rows;
}

/** A line of klines, of an exchange's file or of what `prate candles query --format csv` prints. */
export function rowOf(fields: Fields): Row {
  const turnover = fields['turnover'] ?? fields['quote_volume'] ?? '';
  const trades = fields['trades'] ?? '';
  const number = (name: string): string => plain(fields[name] as string);
  return {
    openTime: Number(fields['open_time_ms']),
    ...{ open: number('open'), high: number('high'), low: number('low'), close: number('close') },
    volume: number('volume'),
    turnover: turnover === '' ? null : plain(turnover),
    trades: trades === '' ? null : plain(trades),
  };
}

export const tapeTradeOf = (fields: Fields): TapeTrade => ({
  timeMs: Number(fields['time_ms']),
  price: fields['price'] as string,
  quantity: fields['quantity'] as string,
});

/** The columns that a file has no more of than `rows` know. */
export function klinesCsv(rows: readonly Row[]): string {
  const known = (name: 'turnover' | 'trades'): boolean => rows.some((row) => row[name] !== null);
  const columns = ['open', 'high', 'low', 'close', 'volume', 'turnover', 'trades'].filter(
    (name) => (name !== 'turnover' && name !== 'trades') || known(name),
  ) as (keyof Row)[];
  const lines = rows.map((row) => [row.openTime, ...columns.map((name) => row[name] ?? '')].join(','));
  return `${[`open_time_ms,${columns.join(',')}`, ...lines].join('\n')}\n`;
}
