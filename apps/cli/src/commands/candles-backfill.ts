import { type BackfilledSeries, type BackfillReport, backfill, CandleAggregator } from '@prate/candle-aggregator';
import { type Interval, type TimeRange, totalMs } from '@prate/domain';
import { systemClock } from '@prate/runtime';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import { type HistoryOptions, openHistory } from '../history.ts';
import type { Io } from '../io.ts';
import { dbFlag, prateCommand, quoted } from '../next-steps.ts';
import { startProgress } from '../progress.ts';
import { sourceOf } from '../sources.ts';
import { openStore } from '../stores.ts';
import { ensureOrder, formatTime } from '../times.ts';

export interface BackfillCommandOptions extends HistoryOptions {
  readonly db?: string;
  readonly json?: true;
  readonly interval: readonly Interval[];
  readonly from: number;
  readonly to?: number;
  readonly missing: 'unobserved' | 'quiet';
  readonly parallel: number;
  readonly requestsPerSecond?: number;
}

/** Gaps that are shown one by one, of each symbol at each interval. */
const SHOWN_GAPS = 5;

/** Fetches what the store lacks; exits with 3 while gaps remain. */
export async function backfillCandles(io: Io, options: BackfillCommandOptions): Promise<ExitCode> {
  ensureOrder(options);
  const { market, close } = await openHistory(io, options, systemClock.nowMs());
  const store = openStore(io, options);
  const progress = startProgress(io, 'fetching');
  try {
    const report = await backfill({
      market,
      aggregator: new CandleAggregator({ store, cachedCandles: 0 }),
      symbols: options.symbol,
      intervals: options.interval,
      from: options.from,
      to: options.to,
      clock: systemClock,
      parallel: options.parallel,
      requestsPerSecond: options.requestsPerSecond,
      missing: options.missing,
      idGaps: options.idGaps,
      onProgress: ({ done, total }) => progress.update(done, total),
      signal: io.signal,
    });
    progress.stop();
    await (options.json
      ? printJson(io, options, market.venue, report, store.file)
      : printText(io, options, market.venue, report, store.file));
    if (report.complete) return ExitCode.OK;
    return report.symbols.every(({ failure }) => failure !== null) ? ExitCode.FAILED : ExitCode.PARTIAL;
  } catch (error) {
    progress.stop();
    if (io.signal.aborted) io.warn('what was fetched is stored; the same command goes on from there\n');
    throw error;
  } finally {
    progress.stop();
    await store.close();
    await close();
  }
}

async function printJson(
  io: Io,
  options: BackfillCommandOptions,
  venue: string,
  { symbols, complete }: BackfillReport,
  db: string,
): Promise<void> {
  const entries = symbols.map(({ failure, ...entry }) => ({
    ...entry,
    error: failure === null ? null : { code: failure.code, message: failure.message },
  }));
  await io.write(`${JSON.stringify({ source: sourceOf(options), venue, complete, symbols: entries, db }, null, 2)}\n`);
}

async function printText(
  io: Io,
  options: BackfillCommandOptions,
  venue: string,
  { symbols }: BackfillReport,
  db: string,
): Promise<void> {
  for (const entry of symbols) {
    if (entry.failure !== null) io.warn(`prate: ${entry.symbol} ${entry.interval}: ${entry.failure.message}\n`);
    await io.write(linesOf(entry).join(''));
  }
  await io.write(`stored under venue ${venue} in ${db}\n`);
  if (options.missing === 'unobserved' && symbols.some(({ gaps, failure }) => gaps.length > 0 && failure === null)) {
    await io.write(
      'where the market leaves out candles without a trade, --missing quiet says so, and such gaps close\n',
    );
  }
  const [first] = symbols;
  if (first === undefined || symbols.every(({ failure }) => failure !== null)) return;
  const range = `--from ${new Date(options.from).toISOString()}${options.to === undefined ? '' : ` --to ${new Date(options.to).toISOString()}`}`;
  await io.write(
    `next: ${prateCommand(io)} candles query --symbol ${quoted(first.symbol)} --venue ${quoted(venue)} --interval ${first.interval} ${range}${dbFlag(options)}\n`,
  );
}

function linesOf({ symbol, interval, asked, added, replaced, unchanged, gaps }: BackfilledSeries): string[] {
  const missing =
    gaps.length === 0 ? 'no gap' : `${counted(gaps.length, 'gap')}, ${number(totalMs(gaps) / 1000)} s in all`;
  const rest = gaps.length - SHOWN_GAPS;
  return [
    `${symbol} ${interval}: ${number(asked)} asked for, ${number(added)} added, ${number(replaced)} replaced, ${number(unchanged)} unchanged; ${missing}\n`,
    ...gaps.slice(0, SHOWN_GAPS).map(gapLine),
    ...(rest > 0 ? [`  … and ${counted(rest, 'gap')} more; --json names them all\n`] : []),
  ];
}

const gapLine = ({ from, to }: TimeRange): string => `  gap ${formatTime(from)} to ${formatTime(to)} UTC\n`;
const number = (value: number): string => value.toLocaleString('en');
