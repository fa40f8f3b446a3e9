import type { Interval } from '@prate/domain';
import type { CandleColumns } from '@prate/domain/candles';
import { EXECUTION_PORT, type ExecutionEvent } from '@prate/execution-port';
import { AsyncQueue, systemClock } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import { CANDLE_FEED, type RunReport, STRATEGY_RUNNER } from '@prate/strategy-runner';
import type { Container } from 'inversify';
import type { Source } from './sources.ts';
import { LIVE_CANDLES } from './wiring.ts';

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
  /** Candles that were made of trades, of all symbols together; null where the market tells candles. */
  readonly seconds: number | null;
  readonly fiveSeconds: number | null;
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
  // whatever ends on its own, a strategy that throws or an account that breaks, ends the session
  const broken = new AbortController();
  const signal = AbortSignal.any([options.signal, broken.signal]);
  const endsSession = (work: Promise<unknown>): Promise<unknown> => {
    const ended = work.then(
      () => broken.abort(),
      (error: unknown) => {
        broken.abort();
        throw error;
      },
    );
    ended.catch(() => {}); // told below, in order
    return ended;
  };
  let rows = 0;
  let fiveSeconds = 0;
  let reason = 'the data is at its end';
  const ends: Promise<unknown>[] = [];
  try {
    // in this order the account sees each trade before the candles, and the candles are closed before the strategy acts
    await execution.connect();
    const told = new ToldInTurn(options.onExecution ?? (() => {}));
    if (options.onExecution !== undefined) ends.push(endsSession(told.follow(execution.events())));
    const liveFeed = source.kind === 'candles' ? null : live.start();
    feed.candles(source.symbols, options.interval, (item) => {
      if (item.kind !== 'candles') return;
      rows += item.candles.length;
      options.onCandles?.(item.symbol, item.candles);
      options.onTime?.(source.clock.nowMs());
    });
    if (liveFeed !== null) {
      live.candles(source.symbols, '5s', (item) => {
        if (item.kind === 'candles') fiveSeconds += item.candles.length;
      });
    }
    await runner.start();
    ends.push(endsSession(runner.done));
    await play(source, { ...options, signal }, () => {
      told.flush();
      const storing = live.idle();
      const working = storing === undefined ? runner.idle() : storing.then(() => runner.idle());
      if (working === undefined) told.flush();
      return working?.then(() => told.flush());
    });
    await liveFeed?.done; // the last seconds are stored, and the candles that the strategy runs on have ended
    await runner.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    reason = 'the session was ended';
  } finally {
    await runner.stop(reason);
    await live.stop();
    await execution.disconnect();
  }
  if (!options.signal.aborted) await Promise.all(ends);
  const report = runner.report();
  const { stored, trades, gaps, from, to } = live.stats;
  if (source.kind === 'candles')
    return {
      report,
      rows,
      from: report?.from ?? null,
      to: report?.to ?? null,
      seconds: null,
      fiveSeconds: null,
      gaps: report?.gaps ?? 0,
    };
  return { report, rows: trades, from, to, seconds: stored, fiveSeconds, gaps };
}

/** What has happened as fast as it goes, what is live at the machine's pace. */
async function play(
  source: Source,
  { signal, speed }: SessionOptions,
  settled: () => Promise<void> | undefined,
): Promise<void> {
  const { market, liveFrom } = source;
  if (liveFrom !== null) await market.play({ signal, settled, until: liveFrom });
  const pace = speed === null ? undefined : { clock: systemClock, speed };
  await market.play({ signal, settled, pace });
}

/**
 * Tells the account's events between the events of the market: what a candle caused after the candle, what the strategy did
 * after that. Where they come by a loop instead of a queue, they are told as they come.
 */
class ToldInTurn {
  readonly #listener: (event: ExecutionEvent) => void;
  #waiting: ExecutionEvent[] = [];

  constructor(listener: (event: ExecutionEvent) => void) {
    this.#listener = listener;
  }

  async follow(events: AsyncIterable<ExecutionEvent>): Promise<void> {
    if (events instanceof AsyncQueue) {
      await events.listen((event) => this.#waiting.push(event));
      this.flush();
    } else for await (const event of events) this.#listener(event);
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    for (const event of this.#waiting.splice(0)) this.#listener(event);
  }
}
