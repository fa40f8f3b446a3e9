import { toInterval } from '@prate/domain';
import { rowsOf } from '@prate/domain/candles';
import type { ExecutionEvent } from '@prate/execution-port';
import type { CandlesItem } from '@prate/market-data-port';
import type { RunHistory, RunReport, StrategyContext, StrategyRunnerOptions } from '@prate/strategy-runner';
import { applyEndPolicy } from '../../../packages/application/strategy-runner/src/end-policy.ts';
import { fundingOf } from '../../../packages/application/strategy-runner/src/funding-of.ts';
import { RunRecord } from '../../../packages/application/strategy-runner/src/report/run-record.ts';
import { makeContext } from '../../../packages/application/strategy-runner/src/run-context.ts';
import { watchedExecution } from '../../../packages/application/strategy-runner/src/watched-execution.ts';

/** As in any run that cannot know whether something is under way. */
const QUIET_TURNS = 16;

/**
 * The plain way to run a strategy over candles, as slow as it is simple: everything is awaited, the account's events come by a
 * loop, and equity is read at every close. Of the feed's items it knows candles, and no error.
 */
export class SlowRunner {
  readonly #options: StrategyRunnerOptions;
  readonly #market: CandlesItem[] = [];
  readonly #told: ExecutionEvent[] = [];
  #arrivals = 0;
  #context: StrategyContext | undefined;
  #record: RunRecord | undefined;

  constructor(options: StrategyRunnerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { execution, market, candleFeed, strategy, symbols, candles, clock, log } = this.#options;
    const interval = toInterval(this.#options.interval);
    const events = execution.events();
    const watched = watchedExecution(execution, {
      onCall: () => {},
      onOutcome: (outcome) => void (outcome.kind === 'rejected' && this.#record?.rejected(outcome.reason)),
    });
    const parts = { execution: watched, candles, symbols, interval, clock, log, feed: { lastGap: null } };
    this.#context = makeContext(parts, await market.getInstruments());
    const [balance, positions] = [await execution.getBalance(), await execution.getPositions()];
    this.#record = new RunRecord({ strategy: strategy.name, symbols, interval, balance, positions });
    void this.#follow(events);
    await candleFeed.candles(symbols, interval, (item) => void this.#market.push(item)).ready;
    await strategy.onStart?.(this.#context);
  }

  async idle(): Promise<void> {
    const { strategy, execution } = this.#options;
    const [context, record] = [this.#context as StrategyContext, this.#record as RunRecord];
    for (;;) {
      await this.#settle();
      const event = this.#told.shift();
      if (event !== undefined) {
        await strategy.onExecution?.(event, context);
        continue;
      }
      const item = this.#market.shift();
      if (item === undefined) return;
      if (item.kind !== 'candles') continue;
      for (const row of rowsOf(item.candles)) {
        const closeTime = row.openTime + (context.interval.seconds as number) * 1000;
        const candle = { ...row, symbol: item.symbol, closeTime };
        record.candle(candle);
        await strategy.onCandle?.(candle, context);
        record.balance(closeTime, await execution.getBalance(), await execution.getPositions());
      }
    }
  }

  async finish(): Promise<RunReport> {
    const { strategy, execution, onEnd = 'cancel-orders', symbols, clock } = this.#options;
    const [context, record] = [this.#context as StrategyContext, this.#record as RunRecord];
    const reason = 'the candle feed ended';
    await this.idle();
    await strategy.onStop?.(reason, context);
    await applyEndPolicy(onEnd, execution, symbols);
    await this.#settle();
    record.balance(clock.nowMs(), await execution.getBalance(), await execution.getPositions());
    record.funding((await fundingOf(execution, symbols, 0)) ?? []);
    return record.report(reason);
  }

  history(): RunHistory {
    return (this.#record as RunRecord).history();
  }

  async #follow(events: AsyncIterable<ExecutionEvent>): Promise<void> {
    for await (const event of events) {
      this.#arrivals += 1;
      if (event.kind === 'order') this.#record?.order(event.order);
      else if (event.kind === 'fill') this.#record?.fill(event.trade);
      if (this.#options.strategy.onExecution !== undefined) this.#told.push(event);
    }
  }

  async #settle(): Promise<void> {
    let seen = this.#arrivals;
    for (let turn = 0; turn < QUIET_TURNS; turn += 1) {
      await Promise.resolve();
      if (this.#arrivals === seen) continue;
      seen = this.#arrivals;
      turn = 0;
    }
  }
}
