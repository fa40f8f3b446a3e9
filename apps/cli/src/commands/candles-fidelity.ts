import { setImmediate } from 'node:timers/promises';
import type { CandleStorePort } from '@prate/candle-store-port';
import {
  bucketCeil,
  bucketEnd,
  bucketOpen,
  decimal,
  type Interval,
  InvalidInputError,
  type Series,
} from '@prate/domain';
import {
  FidelityMeter,
  type FidelityReport,
  INTERPOLATION_MODELS,
  type InterpolationModel,
  type ModelFidelity,
} from '@prate/domain/candles';
import { CommandFailedError } from '../command-failed-error.ts';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { SeriesOptions } from '../options.ts';
import { findSeries } from '../stored-series.ts';
import { openStoredData } from '../stores.ts';
import { ensureOrder } from '../times.ts';
import { UsageError } from '../usage-error.ts';
import { plainTable } from '../write-candles.ts';

export interface FidelityOptions extends SeriesOptions {
  readonly db?: string;
  readonly json?: true;
  readonly interval: Interval;
  readonly from?: number;
  readonly to?: number;
  readonly model?: InterpolationModel;
  readonly seed: number;
}

const DAY_MS = 86_400_000;

/** Compares the seconds that the models make with those that are stored. */
export async function showFidelity(io: Io, options: FidelityOptions): Promise<ExitCode> {
  ensureOrder(options);
  const models = options.model === undefined ? INTERPOLATION_MODELS : [options.model];
  const meter = newMeter(
    options.interval,
    models.map((model) => ({ model, seed: options.seed })),
  );
  const store = openStoredData(io, options);
  let series: Series;
  try {
    series = await findSeries(io, store, options);
    for await (const { from, to } of watchedBuckets(store, series, options)) {
      await setImmediate(); // a store in this thread leaves no room for a signal
      io.signal.throwIfAborted();
      const query = { series, interval: '1s', from, to, observedOnly: true };
      meter.add(await store.readColumns(query, { signal: io.signal }));
    }
  } finally {
    await store.close();
  }
  const report = meter.report();
  if (report.candles === 0) throw nothingRecorded(series, options);
  await io.write(options.json ? jsonOf(series, report) : tableOf(series, report, io.colors));
  return ExitCode.OK;
}

function newMeter(interval: Interval, models: ConstructorParameters<typeof FidelityMeter>[1]): FidelityMeter {
  try {
    return new FidelityMeter(interval, models);
  } catch (error) {
    if (error instanceof InvalidInputError) throw new UsageError(error.message);
    throw error;
  }
}

/** The stretches of whole buckets of which every second was watched, at most about a day each. */
async function* watchedBuckets(
  store: CandleStorePort,
  series: Series,
  { interval, from = -Infinity, to = Infinity }: FidelityOptions,
): AsyncGenerator<{ readonly from: number; readonly to: number }> {
  const stored = await store.coverage({ series });
  for (const { step, observed } of stored) {
    if (step.seconds !== 1) continue;
    for (const range of observed) {
      const end = bucketOpen(interval, Math.min(range.to, to));
      let open = bucketCeil(interval, Math.max(range.from, from));
      while (open < end) {
        const next = Math.min(end, Math.max(bucketOpen(interval, open + DAY_MS), bucketEnd(interval, open)));
        yield { from: open, to: next };
        open = next;
      }
    }
  }
}

const nothingRecorded = ({ symbol, venue }: Series, { interval }: FidelityOptions): CommandFailedError =>
  new CommandFailedError(
    `no ${interval.text} of ${symbol} at venue ${venue} whose seconds were all recorded in this range; ` +
      'prate candles status shows what is stored: trades, or candles of 1s, would be right',
  );

const jsonOf = (series: Series, { interval, ...report }: FidelityReport): string =>
  `${JSON.stringify({ ...series, interval: interval.text, ...report }, null, 2)}\n`;

function tableOf({ symbol, venue }: Series, report: FidelityReport, colors: boolean): string {
  const { interval, candles, orderedCandles, tick } = report;
  const table = plainTable(['model', 'mean error of close', 'volatility', 'high and low in order'], colors);
  for (const model of report.models) table.push(rowOf(model));
  return (
    `${symbol} · ${interval.text} · venue ${venue} · ${counted(candles, 'candle')} with recorded seconds, tick ${decimal(tick ?? 0)}\n` +
    `${table.toString()}\n` +
    `error in ticks; volatility made ÷ recorded; order in the ${counted(orderedCandles, 'candle')} that show one\n`
  );
}

function rowOf({ model, seed, meanCloseErrorTicks, volatilityRatio, orderShare }: ModelFidelity): string[] {
  return [
    model === 'linear' ? model : `${model} (seed ${seed})`,
    meanCloseErrorTicks?.toFixed(2) ?? '',
    volatilityRatio?.toFixed(3) ?? '',
    orderShare === null ? '' : `${(orderShare * 100).toFixed(1)} %`,
  ];
}
