import type { CandleQuery, CandleStorePort, Fill } from '@prate/candle-store-port';
import { bucketOpen, type CandleColumns, type Interval, type Series } from '@prate/domain';
import type { InterpolationModel } from '@prate/domain/candles';
import { type CandlesHead, encodeCandles, FileFormat, formatOfName, isGzipName } from '@prate/simulated-market/files';
import { CommandFailedError } from '../command-failed-error.ts';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { SeriesOptions } from '../options.ts';
import { userPath } from '../paths.ts';
import { findSeries, storedRange } from '../stored-series.ts';
import { openStoredData } from '../stores.ts';
import { ensureOrder } from '../times.ts';
import { UsageError } from '../usage-error.ts';
import { CandleFormat, writeCandles } from '../write-candles.ts';
import { writeFileWhole } from '../write-file-whole.ts';

export interface QueryOptions extends SeriesOptions {
  readonly db?: string;
  readonly json?: true;
  readonly interval: Interval;
  readonly from?: number;
  readonly to?: number;
  readonly last?: number;
  readonly fill: Fill;
  readonly observedOnly?: true;
  readonly model: InterpolationModel;
  readonly seed: number;
  readonly format?: CandleFormat;
}

export interface ExportOptions extends Omit<QueryOptions, 'format'> {
  readonly output: string;
  readonly format?: FileFormat;
}

/** 3,168 years around 1970: nothing that can be imported lies outside, and calendars still work at its ends. */
const WIDEST_MS = 1e14;

/** Prints candles. */
export async function queryCandles(io: Io, options: QueryOptions): Promise<ExitCode> {
  const store = openStoredData(io, options);
  try {
    const format = options.json ? CandleFormat.JSON : (options.format ?? CandleFormat.TABLE);
    const series = await findSeries(io, store, options);
    const query = await queryOf(store, series, options);
    const candles = store.read(query, { signal: io.signal });
    await writeCandles(candles, format, headOf(series, options), (text) => io.write(text), io.colors);
    return ExitCode.OK;
  } finally {
    await store.close();
  }
}

/** Writes candles to a file: whole, or not at all. */
export async function exportCandles(io: Io, options: ExportOptions): Promise<ExitCode> {
  const format = exportFormat(io, options);
  const store = openStoredData(io, options);
  try {
    const series = await findSeries(io, store, options);
    const head = headOf(series, options);
    const query = await queryOf(store, series, options);
    let rows = 0;
    const read = async function* (): AsyncGenerator<CandleColumns> {
      rows = 0;
      for await (const candles of store.read(query, { signal: io.signal })) {
        rows += candles.length;
        yield candles;
      }
    };
    const pieces = encodeCandles(read, format, head);
    if (options.output === '-') {
      for await (const piece of pieces) await io.write(piece);
      return ExitCode.OK;
    }
    const file = userPath(io.cwd, options.output);
    await writeFileWhole(file, pieces);
    const summary = { file, rows, format, ...head };
    await io.write(
      options.json
        ? `${JSON.stringify(summary, null, 2)}\n`
        : `${counted(rows, 'candle')} of ${options.interval.text} written to ${file}\n`,
    );
    return ExitCode.OK;
  } finally {
    await store.close();
  }
}

/** @throws UsageError when the format does not go with where it is to go */
function exportFormat(io: Io, { format: said, output }: ExportOptions): FileFormat {
  const format = said ?? formatOfName(output) ?? FileFormat.CSV;
  if (format !== FileFormat.PARQUET) return format;
  if (isGzipName(output)) throw new UsageError('Parquet is packed inside: a name that ends in .parquet would be right');
  if (output === '-' && io.isTerminal) throw new UsageError('Parquet is not for a terminal: give --output a file');
  return format;
}

const headOf = (series: Series, { interval }: { readonly interval: Interval }): CandlesHead => ({
  ...series,
  interval: interval.text,
});

/** @throws UsageError when the range is not one */
async function queryOf(
  store: CandleStorePort,
  series: Series,
  options: Omit<QueryOptions, 'format'>,
): Promise<CandleQuery> {
  const { from, to } = await rangeOf(store, series, options);
  const { interval, fill, observedOnly, model, seed } = options;
  return { series, interval, from, to, fill, observedOnly, interpolation: { model, seed } };
}

async function rangeOf(
  store: CandleStorePort,
  series: Series,
  { interval, from, to, last }: Omit<QueryOptions, 'format'>,
): Promise<{ from: number; to: number }> {
  ensureOrder({ from, to });
  if (last === undefined)
    return { from: Math.max(from ?? -WIDEST_MS, -WIDEST_MS), to: Math.min(to ?? WIDEST_MS, WIDEST_MS) };
  if (from !== undefined)
    throw new UsageError('--last counts back from --to or from the newest candle: leave --from out');
  const end = to ?? (await storedRange(store, series)).to;
  if (!Number.isFinite(end)) throw new CommandFailedError(`none of ${series.symbol} was watched: give --from and --to`);
  // the bucket in which the stretch begins is part of it
  return { from: bucketOpen(interval, end - last), to: end };
}
