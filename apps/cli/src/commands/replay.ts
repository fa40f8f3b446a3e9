import type { Interval } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import { LogHash } from '@prate/in-memory-paper';
import { ManualClock } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import { StoreMarket } from '@prate/simulated-market';
import { STRATEGY_RUNNER } from '@prate/strategy-runner';
import { readSettings } from '../config.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { makeLogger } from '../logger.ts';
import type { SeriesOptions } from '../options.ts';
import { startProgress } from '../progress.ts';
import { keepRunReport } from '../report/keep-run-report.ts';
import { type ReportFiles, reportFilesOf } from '../report/write-report.ts';
import { labelled, reportFileLines, reportLines } from '../report-text.ts';
import { secretsOf } from '../secrets.ts';
import { runSession } from '../session/session.ts';
import { buildSession } from '../session/wiring.ts';
import type { PlayedSource } from '../sources.ts';
import { findSeries, storedRange } from '../stored-series.ts';
import { openStoredData } from '../stores.ts';
import { loadStrategy } from '../strategies.ts';
import { formatTime } from '../times.ts';
import { UsageError } from '../usage-error.ts';

export interface ReplayOptions extends SeriesOptions {
  readonly db?: string;
  readonly json?: true;
  readonly strategy: string;
  readonly interval: Interval;
  /** Default: all that is stored. */
  readonly from?: number;
  readonly to?: number;
  readonly balance: string;
  readonly allowInterpolated?: true;
  /** A page to write; false for none. Default: one in the folder `reports` beside the database. */
  readonly report?: string | false;
}

/** Plays stored candles to a strategy on paper, and reports. Orders act at a candle's close and fill from the next open. */
export async function replay(io: Io, options: ReplayOptions): Promise<ExitCode> {
  if (options.from !== undefined && options.to !== undefined && options.from >= options.to)
    throw new UsageError('--from lies not before --to; the earlier time first would be right');
  if (typeof options.report === 'string') reportFilesOf(io, options.report);
  const settings = readSettings(io, options);
  const strategy = await loadStrategy(io.cwd, options.strategy);
  const store = openStoredData(io, options);
  const progress = startProgress(io, 'replaying');
  try {
    const { interval } = options;
    const series = await findSeries(io, store, options);
    const stored = await storedRange(store, series);
    const [from, to] = [options.from ?? stored.from, options.to ?? stored.to];
    const clock = new ManualClock();
    const market = await StoreMarket.open({
      store,
      series,
      interval,
      from,
      to,
      clock,
      allowInterpolated: options.allowInterpolated,
    });
    const source: PlayedSource = {
      pace: 'played',
      isSynthetic: false,
      kind: 'candles',
      market,
      clock,
      symbols: [options.symbol],
      description: `stored ${interval.text} candles of ${series.symbol} (venue ${series.venue})`,
      interval,
      stored: null,
      liveFrom: null,
    };
    const container = buildSession({
      store,
      pace: 'played',
      log: makeLogger(io, settings.logLevel),
      market,
      clock,
      seed: 1,
      paper: { balance: options.balance, feed: { kind: 'candles', interval } },
      run: { strategy, symbols: source.symbols, interval },
      candlesFrom: 'candles',
    });
    try {
      const onTime = (timeMs: number): void => progress.update(Math.max(0, timeMs - from), to - from);
      const log = new LogHash();
      const hashed = options.json
        ? { onExecution: (event: ExecutionEvent): void => log.add(JSON.stringify(event)) }
        : {};
      const { signal } = io;
      const secrets = secretsOf(io);
      const runner = await resolveAsync(container, STRATEGY_RUNNER);
      const write = (): Promise<ReportFiles | null> => {
        const report = runner.report();
        const told = report === null ? null : secrets.hideInErrors(report);
        const run = { report: told, history: runner.history(), db: settings.db };
        return keepRunReport(io, options.report, { kind: 'replay', source, ...run });
      };
      const { report } = await runSession(container, source, {
        ...{ interval, signal, secrets, speed: null, onTime, ...hashed },
      }).catch(async (error: unknown) => {
        progress.stop();
        const written = await write(); // what it came to until it failed
        for (const [label, path] of reportFileLines(io, written)) io.warn(`${label}: ${path}\n`);
        throw error;
      });
      progress.stop();
      const files = await write();
      const { description } = source;
      if (options.json) {
        const document = { description, logHash: log.digest(), reportFiles: files, ...report };
        await io.write(`${JSON.stringify(document, null, 2)}\n`);
      } else if (report !== null) {
        const time =
          report.from === null || report.to === null
            ? 'no candles'
            : `${formatTime(report.from)} to ${formatTime(report.to)} UTC`;
        const lines: [string, string][] = [['time', time], ...reportLines(report), ...reportFileLines(io, files)];
        await io.write(`Replay of ${source.description}\n${labelled(lines)}`);
      }
      if (io.signal.aborted) return ExitCode.INTERRUPTED;
      return (report?.errors.length ?? 0) > 0 ? ExitCode.FAILED : ExitCode.OK;
    } finally {
      await container.unbindAllAsync();
    }
  } finally {
    progress.stop();
    await store.close();
  }
}
