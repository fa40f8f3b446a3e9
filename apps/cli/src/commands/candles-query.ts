import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CandleQuery, CandleStorePort, Fill } from '@prate/candle-store-port';
import { bucketOpen, type Interval, type Series } from '@prate/domain';
import type { InterpolationModel } from '@prate/domain/candles';
import { CommandFailedError } from '../command-failed-error.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { SeriesOptions } from '../options.ts';
import { userPath } from '../paths.ts';
import { findSeries, storedRange } from '../stored-series.ts';
import { openStoredData } from '../stores.ts';
import { UsageError } from '../usage-error.ts';
import { CandleFormat, writeCandles } from '../write-candles.ts';

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

export interface ExportOptions extends QueryOptions {
  readonly output: string;
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
  const store = openStoredData(io, options);
  try {
    const series = await findSeries(io, store, options);
    const head = headOf(series, options);
    const query = await queryOf(store, series, options);
    const format = options.format ?? CandleFormat.CSV;
    const candles = store.read(query, { signal: io.signal });
    if (options.output === '-') {
      await writeCandles(candles, format, head, (text) => io.write(text), false);
      return ExitCode.OK;
    }
    const file = userPath(io.cwd, options.output);
    const rows = await writeFileWhole(file, (write) => writeCandles(candles, format, head, write, false));
    const summary = { file, rows, format, ...head };
    await io.write(
      options.json
        ? `${JSON.stringify(summary, null, 2)}\n`
        : `${rows.toLocaleString('en')} candles of ${options.interval.text} written to ${file}\n`,
    );
    return ExitCode.OK;
  } finally {
    await store.close();
  }
}

const headOf = (series: Series, { interval }: QueryOptions): Series & { interval: string } => ({
  ...series,
  interval: interval.text,
});

/** @throws UsageError when the range is not one */
async function queryOf(store: CandleStorePort, series: Series, options: QueryOptions): Promise<CandleQuery> {
  const { from, to } = await rangeOf(store, series, options);
  const { interval, fill, observedOnly, model, seed } = options;
  return { series, interval, from, to, fill, observedOnly, interpolation: { model, seed } };
}

async function rangeOf(
  store: CandleStorePort,
  series: Series,
  { interval, from, to, last }: QueryOptions,
): Promise<{ from: number; to: number }> {
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError('--from lies after --to; the earlier time first would be right');
  if (last === undefined)
    return { from: Math.max(from ?? -WIDEST_MS, -WIDEST_MS), to: Math.min(to ?? WIDEST_MS, WIDEST_MS) };
  if (from !== undefined)
    throw new UsageError('--last counts back from --to or from the newest candle: leave --from out');
  const end = to ?? (await storedRange(store, series)).to;
  if (!Number.isFinite(end)) throw new CommandFailedError(`none of ${series.symbol} was watched: give --from and --to`);
  // the bucket in which the stretch begins is part of it
  return { from: bucketOpen(interval, end - last), to: end };
}

async function writeFileWhole<T>(
  file: string,
  work: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  if (!existsSync(dirname(file)))
    throw new CommandFailedError(`${file} cannot be written: the folder ${dirname(file)} does not exist`);
  const temporary = `${file}.${randomUUID()}.part`;
  const stream = createWriteStream(temporary, { flags: 'wx' });
  const failed = new Promise<never>((_, reject) => stream.on('error', reject));
  failed.catch(() => {});
  try {
    const result = await work((text) =>
      Promise.race([
        failed,
        new Promise<void>((resolve) => (stream.write(text) ? resolve() : stream.once('drain', resolve))),
      ]),
    );
    await Promise.race([failed, new Promise<void>((resolve) => stream.end(resolve))]);
    await rename(temporary, file);
    return result;
  } catch (error) {
    stream.destroy();
    await rm(temporary, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('E')) throw new CommandFailedError(`${file} cannot be written: ${message}`, { cause: error });
    throw error;
  }
}
