import type { LiveCandles } from '@prate/candle-aggregator';
import type { Interval } from '@prate/domain';
import type { CandleColumns } from '@prate/domain/candles';
import { EXECUTION_PORT, type ExecutionEvent, type ExecutionPort } from '@prate/execution-port';
import type { KillResult } from '@prate/http-api';
import type { StrategyJson, StrategyState } from '@prate/http-api/wire';
import type { Subscription } from '@prate/market-data-port';
import { systemClock, untilAborted } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import {
  applyEndPolicy,
  CANDLE_FEED,
  type EndPolicy,
  type RunHistory,
  type RunReport,
  STRATEGY_RUNNER,
  type StrategyRunner,
} from '@prate/strategy-runner';
import type { Container } from 'inversify';
import type { Secrets } from '../secrets.ts';
import type { Source } from '../sources.ts';
import { cancelEverything } from './kill.ts';
import { ToldInTurn } from './told-in-turn.ts';
import { LIVE_CANDLES } from './wiring.ts';

export interface SessionOptions {
  readonly interval: Interval;
  /** Aborted when the session has to end. */
  readonly signal: AbortSignal;
  /** Market time per real time where a played session is paced; null for as fast as it goes. */
  readonly speed: number | null;
  readonly onCandles?: (symbol: string, candles: CandleColumns) => void;
  readonly onExecution?: (event: ExecutionEvent) => void;
  /** Market time as it passes, epoch ms. */
  readonly onTime?: (timeMs: number) => void;
  /** The session goes on when its strategy has ended, so that somebody can look and act. Default false. */
  readonly outlivesStrategy?: boolean;
  readonly onStrategyEnd?: (strategy: StrategyJson) => void;
  /** What becomes of orders and positions at the end. Default `cancel-orders`. */
  readonly onEnd?: EndPolicy;
  /** What no word of an error may hold: it goes to the page, documents and reports, and may be a strategy's own. */
  readonly secrets: Secrets;
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
  /** What went wrong, where it is not in the report. */
  readonly problems: readonly string[];
}

/** So long a strategy's callback may go on when it was stopped, the kill switch pressed, or the session has to end. */
const CALLBACK_MS = 1000;

/** Plays a source from its beginning to its end. */
export async function runSession(
  container: Container,
  source: Source,
  options: SessionOptions,
): Promise<SessionResult> {
  return (await Session.open(container, source, options)).run();
}

interface Parts {
  readonly execution: ExecutionPort;
  readonly live: LiveCandles;
  readonly runner: StrategyRunner;
  readonly feed: { candles: LiveCandles['candles'] };
}

/** A market that goes through candles, a strategy and an account; watched, and stopped, from outside. */
export class Session {
  readonly execution: ExecutionPort;
  readonly live: LiveCandles;
  readonly #runner: StrategyRunner;
  readonly #feed: Parts['feed'];
  readonly #source: Source;
  readonly #options: SessionOptions;
  /** Whatever ends on its own, a strategy that throws or an account that breaks, ends the session. */
  readonly #broken = new AbortController();
  readonly #signal: AbortSignal;
  readonly #ends: Promise<unknown>[] = [];
  readonly #told: ToldInTurn;
  #liveFeed: Subscription | null = null;
  #state: StrategyState = 'starting';
  #reason: string | null = null;
  readonly #problems: string[] = [];
  #rows = 0;
  #fiveSeconds = 0;

  static async open(container: Container, source: Source, options: SessionOptions): Promise<Session> {
    const parts = {
      execution: await resolveAsync(container, EXECUTION_PORT),
      live: await resolveAsync(container, LIVE_CANDLES),
      runner: await resolveAsync(container, STRATEGY_RUNNER),
      feed: await resolveAsync(container, CANDLE_FEED),
    };
    return new Session(parts, source, options);
  }

  private constructor({ execution, live, runner, feed }: Parts, source: Source, options: SessionOptions) {
    this.execution = execution;
    this.live = live;
    this.#runner = runner;
    this.#feed = feed;
    this.#source = source;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#broken.signal]);
    this.#told = new ToldInTurn(options.onExecution ?? (() => {}), source.pace === 'played');
  }

  /** The account is connected, and candles are made. In this order: it sees each trade before the candles. */
  async begin(): Promise<void> {
    const [source, options] = [this.#source, this.#options];
    await this.execution.connect({ signal: options.signal });
    if (options.onExecution !== undefined) this.#endsSession(this.#told.follow(this.execution.events()));
    this.#liveFeed = source.kind === 'candles' ? null : this.live.start();
    this.#feed.candles(source.symbols, options.interval, (item) => {
      if (item.kind !== 'candles') return;
      this.#rows += item.candles.length;
      options.onCandles?.(item.symbol, item.candles);
      options.onTime?.(source.clock.nowMs());
    });
    if (this.#liveFeed === null) return;
    this.live.candles(source.symbols, '5s', (item) => {
      if (item.kind === 'candles') this.#fiveSeconds += item.candles.length;
    });
    if (source.pace === 'live') await untilAborted(this.#liveFeed.ready, this.#signal);
  }

  /** The candles are closed before the strategy acts. */
  async startStrategy(): Promise<void> {
    const done = this.#runner.done.then(
      ({ reason }) => this.#strategyEnded('stopped', reason),
      (error: unknown) => {
        this.#strategyEnded('failed', error instanceof Error ? error.message : String(error));
        throw error;
      },
    );
    done.catch(() => {}); // told below, in order
    try {
      await untilAborted(this.#runner.start(), this.#signal);
      this.#state = 'running';
    } catch (error) {
      if (!this.#options.outlivesStrategy || this.#signal.aborted) throw error;
    }
    if (!this.#options.outlivesStrategy) this.#endsSession(done);
  }

  /** Until the market or the strategy is at its end, or the signal aborts. */
  async play(): Promise<void> {
    if (this.#source.pace === 'live') return untilAborted((this.#liveFeed as Subscription).done, this.#signal);
    const { market, liveFrom } = this.#source;
    const { speed } = this.#options;
    const [signal, settled] = [this.#signal, () => this.#settled()];
    // what has happened goes as fast as it can, what is live at the machine's pace
    if (liveFrom !== null) await market.play({ signal, settled, until: liveFrom });
    await market.play({ signal, settled, pace: speed === null ? undefined : { clock: systemClock, speed } });
    await this.#liveFeed?.done; // the last seconds are stored, and the candles that the strategy runs on have ended
    if (this.#state === 'running') await this.#runner.done;
  }

  /** Begins, plays and ends. @throws what broke the market, the account or (unless it is outlived) the strategy */
  async run(started: () => Promise<void> = async () => {}): Promise<SessionResult> {
    let reason = 'the data is at its end';
    try {
      await this.begin();
      await started();
      await this.startStrategy();
      await this.play();
    } catch (error) {
      if (!this.#signal.aborted) throw error;
      reason = 'the session was ended';
    } finally {
      await this.#end(reason);
    }
    if (!this.#options.signal.aborted) await Promise.all(this.#ends);
    return this.#result();
  }

  strategy(): StrategyJson {
    return { name: this.#runner.strategyName, state: this.#state, reason: this.#reason };
  }

  report(): RunReport | null {
    const report = this.#runner.report();
    return report === null ? null : this.#options.secrets.hideInErrors(report);
  }

  /** The curves and lists behind the report. */
  history(): RunHistory | null {
    return this.#runner.history();
  }

  /** Ends the strategy, which has failed where its callback does not come back; orders and positions stay. */
  async stopStrategy(): Promise<StrategyJson> {
    await this.#stopSoon('stopped from the page', 'keep-orders');
    return this.strategy();
  }

  /** Stops the strategy, cancels every open order, and asks whether one remains. */
  async kill(): Promise<KillResult> {
    const hasEnded = await this.#stopSoon('the kill switch', 'keep-orders');
    const result = await cancelEverything(this.execution);
    const problems = hasEnded ? result.problems : [CUT_OFF, ...result.problems];
    return { strategyStopped: true, ...result, problems: this.#withoutSecrets(problems) };
  }

  async #end(reason: string): Promise<void> {
    const { onEnd = 'cancel-orders' } = this.#options;
    const isOver = this.#state === 'stopped' || this.#state === 'failed';
    const hasLeft = await this.#leave(reason);
    // stopped before, it left everything as it was
    if ((isOver || !hasLeft) && this.execution.isConnected()) {
      const problems = await applyEndPolicy(onEnd, this.execution, this.#source.symbols);
      this.#problems.push(...problems.map(({ message }) => message));
    }
    await this.live.stop();
    await this.execution.disconnect();
  }

  /** At the end of the data the strategy has the time that it needs; a session that has to end does not wait for long. */
  async #leave(reason: string): Promise<boolean> {
    if (this.#signal.aborted) return this.#stopSoon(reason);
    await this.#runner.stop(reason);
    return true;
  }

  /** A callback that does not come back is cut off. @returns whether it came back */
  async #stopSoon(reason: string, onEnd?: EndPolicy): Promise<boolean> {
    const stopped = new AbortController();
    const ended = this.#runner.stop(reason, onEnd).then(() => stopped.abort());
    await Promise.race([ended, systemClock.sleep(CALLBACK_MS, stopped.signal).catch(() => {})]);
    if (stopped.signal.aborted) return true;
    this.#runner.abandon(reason);
    if (!this.#problems.includes(CUT_OFF)) this.#problems.push(CUT_OFF); // the page and the kill switch at once
    return false;
  }

  #result(): SessionResult {
    const report = this.report();
    const { stored, trades, gaps, from, to } = this.live.stats;
    const problems = this.#withoutSecrets(this.#problems);
    if (this.#source.kind === 'candles') {
      const span = { from: report?.from ?? null, to: report?.to ?? null };
      return { report, rows: this.#rows, ...span, seconds: null, fiveSeconds: null, gaps: report?.gaps ?? 0, problems };
    }
    return { report, rows: trades, from, to, seconds: stored, fiveSeconds: this.#fiveSeconds, gaps, problems };
  }

  #withoutSecrets(problems: readonly string[]): readonly string[] {
    return problems.map((problem) => this.#options.secrets.hide(problem));
  }

  #strategyEnded(state: StrategyState, reason: string | null): void {
    this.#state = state;
    this.#reason = reason === null ? null : this.#options.secrets.hide(reason);
    this.#options.onStrategyEnd?.(this.strategy());
  }

  #endsSession(work: Promise<unknown>): void {
    const ended = work.then(
      () => this.#broken.abort(),
      (error: unknown) => {
        this.#broken.abort();
        throw error;
      },
    );
    ended.catch(() => {}); // told at the end, in order
    this.#ends.push(ended);
  }

  #settled(): Promise<void> | undefined {
    this.#told.flush();
    const storing = this.live.idle();
    const working = storing === undefined ? this.#runner.idle() : storing.then(() => this.#runner.idle());
    if (working === undefined) this.#told.flush();
    return working?.then(() => this.#told.flush());
  }
}

const CUT_OFF = 'a callback of the strategy did not come back: it was cut off, and can order nothing more';
