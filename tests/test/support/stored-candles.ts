import { CsvLines, rowOf } from './csv.ts';
import type { CommandLine } from './prate.ts';
import type { Row } from './slow-candles.ts';

export interface StoredQuery {
  readonly symbol: string;
  readonly interval: string;
  readonly from?: number;
  readonly to?: number;
}

/** A row as Prate prints it, with where it is from. */
export interface PrintedRow extends Row {
  readonly source: string;
  readonly coverage: string;
}

/** What `prate candles query` prints, row by row: a month of seconds is never held at once. */
export async function eachStored(
  prate: CommandLine,
  { symbol, interval, from, to }: StoredQuery,
  take: (row: PrintedRow) => void,
): Promise<void> {
  const lines = new CsvLines((fields) =>
    take({ ...rowOf(fields), source: fields['source'] as string, coverage: fields['coverage'] as string }),
  );
  const range = [
    ...(from === undefined ? [] : ['--from', String(from)]),
    ...(to === undefined ? [] : ['--to', String(to)]),
  ];
  await prate.must(
    ['candles', 'query', '--symbol', symbol, '--interval', interval, '--format', 'csv', '--db', 'x.db', ...range],
    (text) => lines.write(text),
  );
  lines.end();
}

/** The rows without their source and coverage, as exchanges' files have them. */
export async function stored(prate: CommandLine, query: StoredQuery): Promise<readonly Row[]> {
  const rows: Row[] = [];
  await eachStored(prate, query, ({ source: _source, coverage: _coverage, ...row }) => rows.push(row));
  return rows;
}

export const importFile = (
  prate: CommandLine,
  file: string,
  symbol: string,
  flags: readonly string[] = [],
): Promise<Record<string, unknown>> =>
  prate.json(['candles', 'import', file, '--symbol', symbol, '--db', 'x.db', ...flags]);

/** Rows without what a file of five numbers does not say. */
export const pricesAndVolume = (rows: readonly Row[]): readonly Row[] =>
  rows.map((row) => ({ ...row, turnover: null, trades: null }));

/**
 * The first few differences as lines, none when the rows are the same: a test runner's own diff of a month of rows takes
 * longer than the test.
 */
export function differences(actual: readonly Row[], expected: readonly Row[]): readonly string[] {
  const found: string[] = [];
  if (actual.length !== expected.length) found.push(`${actual.length} rows instead of ${expected.length}`);
  for (let i = 0; i < Math.min(actual.length, expected.length) && found.length < 5; i += 1) {
    const [a, b] = [lineOf(actual[i] as Row), lineOf(expected[i] as Row)];
    if (a !== b) found.push(`row ${i}: ${a} instead of ${b}`);
  }
  return found;
}

const lineOf = ({ openTime, open, high, low, close, volume, turnover, trades }: Row): string =>
  [openTime, open, high, low, close, volume, turnover ?? '?', trades ?? '?'].join(',');
