import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { CandleQuery, CandleStorePort, Fill } from '@prate/candle-store-port';
import { type Interval, type Series, seriesKey } from '@prate/domain';
import { CommandFailedError } from '../command-failed-error.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type SeriesOptions, seriesOf } from '../options.ts';
import { userPath } from '../paths.ts';
import { UsageError } from '../usage-error.ts';
import { openStoredData } from '../wiring.ts';
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
    const query = await queryOf(store, options);
    await writeCandles(
      store.read(query, { signal: io.signal }),
      format,
      headOf(options),
      (text) => io.write(text),
      io.colors,
    );
    return ExitCode.OK;
  } finally {
    await store.close();
  }
}

/** Writes candles to a file: whole, or not at all. */
export async function exportCandles(io: Io, options: ExportOptions): Promise<ExitCode> {
  const store = openStoredData(io, options);
  try {
    const query = await queryOf(store, options);
    const format = options.format ?? CandleFormat.CSV;
    const candles = store.read(query, { signal: io.signal });
    if (options.output === '-') {
      await writeCandles(candles, format, headOf(options), (text) => io.write(text), false);
      return ExitCode.OK;
    }
    const file = userPath(io.cwd, options.output);
    const rows = await writeFileWhole(file, (write) => writeCandles(candles, format, headOf(options), write, false));
    const summary = { file, rows, format, ...headOf(options) };
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

const headOf = (options: QueryOptions): Series & { interval: string } => ({
  ...seriesOf(options),
  interval: options.interval.text,
});

/** @throws UsageError when the range is not one; CommandFailedError when the series is not stored */
async function queryOf(store: CandleStorePort, options: QueryOptions): Promise<CandleQuery> {
  const series = seriesOf(options);
  const all = await store.series();
  if (!all.some((known) => seriesKey(known) === seriesKey(series))) throw unknownSeries(series, all);
  const { from, to } = await rangeOf(store, options);
  return { series, interval: options.interval, from, to, fill: options.fill, observedOnly: options.observedOnly };
}

function unknownSeries(series: Series, all: readonly Series[]): CommandFailedError {
  const known = all.slice(0, 10).map(({ venue, symbol }) => `--symbol ${symbol} --venue ${venue}`);
  const hint =
    known.length > 0
      ? `stored are: ${known.join('; ')}`
      : 'nothing is stored yet: prate candles import FILE --symbol S';
  return new CommandFailedError(`no candles of ${series.symbol} at venue ${series.venue} in this database; ${hint}`);
}

async function rangeOf(
  store: CandleStorePort,
  { symbol, venue, from, to, last }: QueryOptions,
): Promise<{ from: number; to: number }> {
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError('--from lies after --to; the earlier time first would be right');
  if (last === undefined)
    return { from: Math.max(from ?? -WIDEST_MS, -WIDEST_MS), to: Math.min(to ?? WIDEST_MS, WIDEST_MS) };
  if (from !== undefined)
    throw new UsageError('--last counts back from --to or from the newest candle: leave --from out');
  const coverage = await store.coverage({ series: { venue, symbol } });
  const end = to ?? Math.max(...coverage.flatMap(({ observed }) => observed.map((range) => range.to)));
  return { from: end - last, to: end };
}

async function writeFileWhole<T>(
  file: string,
  work: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
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
