import { CandleAggregator } from '@prate/candle-aggregator';
import type { WriteResult } from '@prate/candle-store-port';
import { DEFAULT_VENUE, type Interval, type Series, type TimeRange, totalMs } from '@prate/domain';
import type { CandleColumns } from '@prate/domain/candles';
import {
  BadFileError,
  type FileFormat,
  type FileKind,
  openTable,
  type RowCounts,
  readKlines,
  readTrades,
  type TableFile,
} from '@prate/simulated-market/files';
import type { SqliteCandleStore } from '@prate/sqlite-store';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { dbFlag, prateCommand } from '../next-steps.ts';
import type { SeriesOptions } from '../options.ts';
import { userPath } from '../paths.ts';
import { startProgress } from '../progress.ts';
import { openStore } from '../stores.ts';
import { formatTime } from '../times.ts';
import { UsageError } from '../usage-error.ts';

export interface ImportOptions extends SeriesOptions {
  readonly db?: string;
  readonly json?: true;
  readonly kind?: FileKind;
  readonly format?: FileFormat;
  readonly interval?: Interval;
  readonly contractSize?: string;
  readonly skipInvalid?: true;
  /** False with --no-id-gaps. */
  readonly idGaps: boolean;
  readonly missing?: 'unobserved' | 'quiet';
}

/** Bad rows that are shown one by one with --skip-invalid. */
const SHOWN_PROBLEMS = 10;

interface Imported {
  readonly kind: FileKind;
  /** Null where no row was good enough to tell. */
  readonly interval: string | null;
  readonly counts: RowCounts;
  readonly written: WriteResult;
  readonly from: number | null;
  readonly to: number | null;
  readonly gaps: number;
  readonly observedSeconds: number;
}

/** Reads a file of candles or trades into the store, all or nothing. */
export async function importCandles(io: Io, path: string, options: ImportOptions): Promise<ExitCode> {
  const problems: string[] = [];
  const progress = startProgress(io, 'reading');
  const reading = {
    onBytes: (read: number, total: number | null): void => {
      if (total !== null) progress.update(read, total);
    },
    signal: io.signal,
    format: options.format,
    contractSize: options.contractSize,
    onInvalid: options.skipInvalid ? (error: BadFileError): void => void problems.push(error.message) : undefined,
  };
  const source = path === '-' ? { name: 'standard input', stream: io.stdin as never } : userPath(io.cwd, path);
  let file: TableFile | null = null;
  let store: SqliteCandleStore | null = null;
  try {
    file = await openTable(source, reading);
    const kind = options.kind ?? file.kind ?? 'klines'; // the reader of klines says what a header lacks
    assertOfKind(kind, options);
    store = openStore(io, options);
    const aggregator = new CandleAggregator({ store, cachedCandles: 0 });
    const imported =
      kind === 'klines'
        ? await klines(aggregator, file, reading, options)
        : await trades(aggregator, file, reading, options);
    const { kept, leftOut, invalid } = imported.counts;
    if (kept + leftOut + invalid === 0) {
      throw new BadFileError(file.name, null, 'a header and no rows: there is nothing to import');
    }
    progress.stop();
    await report(io, path, options, imported, problems, store.file);
    return invalid > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  } finally {
    progress.stop();
    await file?.close();
    await store?.close();
  }
}

/** @throws UsageError for a flag that means something for the other kind of rows only */
function assertOfKind(kind: FileKind, { interval, idGaps, missing }: ImportOptions): void {
  if (kind === 'klines') {
    if (!idGaps) throw new UsageError('--no-id-gaps is for trades: klines have no ids');
    return;
  }
  if (interval !== undefined) throw new UsageError('--interval is for klines: trades become candles of one second');
  if (missing !== undefined) {
    throw new UsageError('--missing is for klines: what trades leave unwatched shows in their ids (see --no-id-gaps)');
  }
}

type Reading = Parameters<typeof readKlines>[1] & object;

async function klines(
  aggregator: CandleAggregator,
  file: TableFile,
  reading: Reading,
  options: ImportOptions,
): Promise<Imported> {
  const rows = readKlines(file, { ...reading, interval: options.interval });
  let [interval, from, to, watched] = [options.interval?.text ?? null, null as number | null, null as number | null, 0];
  let gaps = 0;
  const seen = async function* (): AsyncGenerator<{ columns: CandleColumns; observed?: TimeRange[] }> {
    for await (const columns of rows) {
      interval = columns.interval.text;
      const step = (columns.interval.seconds as number) * 1000;
      const start = to ?? (columns.openTime[0] as number);
      from ??= start;
      for (const openTime of columns.openTime) {
        if (to !== null && openTime !== to) gaps += 1;
        to = openTime + step;
      }
      watched += columns.coverage.reduce((sum, seconds) => sum + seconds, 0);
      yield options.missing === 'quiet' ? { columns, observed: [{ from: start, to: to as number }] } : { columns };
    }
  };
  const written = await aggregator.store(seriesOf(options), seen(), reading);
  const quiet = options.missing === 'quiet' && from !== null && to !== null;
  return {
    kind: 'klines',
    interval,
    counts: rows.counts,
    written,
    from,
    to,
    gaps: quiet ? 0 : gaps,
    observedSeconds: quiet ? ((to ?? 0) - (from ?? 0)) / 1000 : watched,
  };
}

async function trades(
  aggregator: CandleAggregator,
  file: TableFile,
  reading: Reading,
  options: ImportOptions,
): Promise<Imported> {
  const rows = readTrades(file, { ...reading, idGaps: options.idGaps });
  const written = await aggregator.processTrades(rows, seriesOf(options), {
    observed: () => rows.observed(),
    signal: reading.signal,
  });
  const observed = rows.observed();
  const last = observed.at(-1);
  return {
    kind: 'trades',
    interval: '1s',
    counts: rows.counts,
    written,
    from: observed[0]?.from ?? null,
    to: last?.to ?? null,
    gaps: rows.jumps.length,
    observedSeconds: totalMs(observed) / 1000,
  };
}

async function report(
  io: Io,
  path: string,
  options: ImportOptions,
  imported: Imported,
  problems: readonly string[],
  db: string,
): Promise<void> {
  const { kind, interval, counts, written, from, to, gaps, observedSeconds } = imported;
  const series = seriesOf(options);
  if (options.json) {
    const document = {
      ...{ file: path, kind, ...series, interval, rows: counts.kept, leftOut: counts.leftOut, invalid: counts.invalid },
      ...{ ...written, from, to, gaps, observedSeconds, db },
      ...(problems.length > 0 ? { problems: problems.slice(0, SHOWN_PROBLEMS) } : {}),
    };
    await io.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  for (const problem of problems.slice(0, SHOWN_PROBLEMS)) io.warn(`left out: ${problem}\n`);
  if (problems.length > SHOWN_PROBLEMS) io.warn(`… and ${number(problems.length - SHOWN_PROBLEMS)} more\n`);
  const of = interval === null ? '' : ` of ${interval}`;
  const what = kind === 'trades' ? 'trades' : `candles${of}`;
  const other = counts.leftOut > 0 ? `, ${counted(counts.leftOut, 'row')} of another type left out` : '';
  const bad = counts.invalid > 0 ? `, ${counted(counts.invalid, 'invalid row')} left out` : '';
  const lines = [
    `${number(counts.kept)} ${what} read for ${series.symbol} (venue ${series.venue})${other}${bad}`,
    `${number(written.added)} candles${of} added, ${number(written.replaced)} replaced, ${number(written.unchanged)} unchanged, in ${db}`,
  ];
  if (from !== null && to !== null) {
    const first = Math.floor(from / 5000) * 5000; // a query gives the buckets that open in its range
    lines.push(
      `${formatTime(from)} to ${formatTime(to)} UTC, ${number(observedSeconds)} s of it watched, ${counted(gaps, 'gap')}`,
    );
    const venue = series.venue === 'default' ? '' : ` --venue ${series.venue}`;
    lines.push(
      `next: ${prateCommand(io)} candles query --symbol ${series.symbol}${venue} --interval 5s --from ${new Date(first).toISOString()} --to ${new Date(Math.min(to, first + 300_000)).toISOString()}${dbFlag(options)}`,
    );
  }
  await io.write(`${lines.join('\n')}\n`);
}

const number = (value: number): string => value.toLocaleString('en');

const seriesOf = ({ symbol, venue = DEFAULT_VENUE }: SeriesOptions): Series => ({ venue, symbol });
