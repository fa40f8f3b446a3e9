import { CANDLE_AGGREGATOR } from '@prate/candle-aggregator/inversify';
import { bucketOpen, type Interval, toInterval } from '@prate/domain';
import type { CandleColumns } from '@prate/domain/candles';
import { EXECUTION_PORT, type ExecutionEvent } from '@prate/execution-port';
import { systemClock } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import { CANDLE_FEED, type RunReport, STRATEGY_RUNNER } from '@prate/strategy-runner';
import type { Container } from 'inversify';
import type { Source } from './sources.ts';
import { LIVE_CANDLES } from './wiring.ts';

/** Candles that the session is counted in, besides its own. */
const COUNTED = [toInterval('1s'), toInterval('5s')];

export interface SessionOptions {
  readonly interval: Interval;
  /** Aborted when the session has to end. */
  readonly signal: AbortSignal;
  /** Market time per real time where the session is paced; null for as fast as it goes. */
  readonly speed: number | null;
  readonly onCandles?: (symbol: string, candles: CandleColumns) => void;
  readonly onExecution?: (event: ExecutionEvent) => void;
  /** Market time as it passes, epoch ms. */
  readonly onTime?: (timeMs: number) => void;
}

export interface SessionResult {
  readonly report: RunReport | null;
  /** Trades or candles that the market told. */
  readonly rows: number;
  readonly from: number | null;
  readonly to: number | null;
  /** How many candles of a width there are now over the time of the session, all symbols together. */
  readonly candles: Readonly<Record<string, number>>;
  readonly gaps: number;
}

/** Plays the source through candles, strategy and account, until it ends or the signal aborts; then ends everything in order. */
export async function runSession(
  container: Container,
  source: Source,
  options: SessionOptions,
): Promise<SessionResult> {
  const execution = await resolveAsync(container, EXECUTION_PORT);
  const live = await resolveAsync(container, LIVE_CANDLES);
  const runner = await resolveAsync(container, STRATEGY_RUNNER);
  const feed = await resolveAsync(container, CANDLE_FEED);
  await execution.connect();
  // in this order the account sees each trade before the candles, and the candles are closed before the strategy acts
  const watching = options.onExecution === undefined ? null : watch(execution.events(), options.onExecution);
  const liveFeed = source.kind === 'candles' ? null : live.start();
  let candles = 0;
  feed.candles(source.symbols, options.interval, (item) => {
    if (item.kind !== 'candles') return;
    candles += item.candles.length;
    options.onCandles?.(item.symbol, item.candles);
    options.onTime?.(source.clock.nowMs());
  });
  await runner.start();
  // a run that ends, by a strategy that throws say, ends the session
  const runEnded = new AbortController();
  const outcome = runner.done.finally(() => runEnded.abort());
  outcome.catch(() => {});
  const signal = AbortSignal.any([options.signal, runEnded.signal]);
  let reason = 'the data is at its end';
  try {
    await play(source, { ...options, signal }, async () => {
      await live.idle();
      await runner.idle();
    });
    await liveFeed?.done; // the last seconds are stored, and the candles that the strategy runs on have ended
    await outcome;
  } catch (error) {
    if (runEnded.signal.aborted && !options.signal.aborted) await outcome;
    else if (!options.signal.aborted) throw error;
    reason = 'the session was ended';
  } finally {
    await runner.stop(reason);
    await live.stop();
  }
  const report = runner.report();
  await execution.disconnect();
  await watching;
  const time = source.kind === 'candles' ? { from: report?.from ?? null, to: report?.to ?? null } : live.stats;
  return {
    report,
    rows: source.kind === 'candles' ? candles : live.stats.trades,
    from: time.from,
    to: time.to,
    candles: await count(container, source, time),
    gaps: live.stats.gaps,
  };
}

/** What has happened as fast as it goes, what is live at the machine's pace. */
async function play(source: Source, { signal, speed }: SessionOptions, settled: () => Promise<void>): Promise<void> {
  const { market, liveFrom } = source;
  if (liveFrom !== null) await market.play({ signal, settled, until: liveFrom });
  const pace = speed === null ? undefined : { clock: systemClock, speed };
  await market.play({ signal, settled, pace });
}

async function watch(events: AsyncIterable<ExecutionEvent>, listener: (event: ExecutionEvent) => void): Promise<void> {
  for await (const event of events) listener(event);
}

async function count(
  container: Container,
  { market, symbols }: Source,
  { from, to }: { readonly from: number | null; readonly to: number | null },
): Promise<Record<string, number>> {
  const aggregator = await resolveAsync(container, CANDLE_AGGREGATOR);
  const counts: Record<string, number> = {};
  for (const interval of COUNTED) {
    let rows = 0;
    for (const symbol of from === null || to === null ? [] : symbols) {
      const series = { venue: market.venue, symbol };
      const first = bucketOpen(interval, from as number);
      for await (const batch of aggregator.read(series, first, to as number, interval)) rows += batch.length;
    }
    counts[interval.text] = rows;
  }
  return counts;
}
