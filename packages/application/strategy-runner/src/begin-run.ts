import type { Interval } from '@prate/domain';
import type { CloseOutcome, ExecutionEvent } from '@prate/execution-port';
import type { Gap } from '@prate/market-data-port';
import { EquitySampler } from './report/equity-sampler.ts';
import { RunRecord } from './report/run-record.ts';
import { makeContext } from './run-context.ts';
import type { StrategyRunnerOptions } from './runner-options.ts';
import type { CandleHistory, StrategyContext } from './strategy.ts';
import { watchedExecution } from './watched-execution.ts';

/** What there is of a run from the first reading of the account on. */
export interface Begun {
  readonly context: StrategyContext;
  readonly record: RunRecord;
  readonly equity: EquitySampler;
  /** Epoch ms by the run's clock. */
  readonly startedAt: number;
  readonly events: AsyncIterable<ExecutionEvent>;
}

export interface BeginParts {
  readonly options: StrategyRunnerOptions;
  readonly strategy: string;
  readonly interval: Interval;
  readonly feed: { readonly lastGap: Gap | null };
  readonly signal: AbortSignal;
  /** The strategy calls a method of its account, or asks for candles. */
  onUse(method: PropertyKey | null): void;
  onOutcome(outcome: CloseOutcome): void;
  /** What a call of the account's method is refused with; null: it is not. */
  refusal(method: PropertyKey): Error | null;
}

/** Reads instruments and the account. @throws InvalidInputError for a symbol that the market does not have; what a read threw */
export async function beginRun(parts: BeginParts): Promise<Begun> {
  const { strategy, interval, feed, signal } = parts;
  const { execution, market, candles, clock, log, symbols, marksAtClose = false } = parts.options;
  const events = execution.events({ signal }); // hot from here, so that nothing is lost between the reads and the loop
  const instruments = await market.getInstruments({ signal });
  const watched = watchedExecution(execution, {
    onCall: (method) => parts.onUse(method),
    onOutcome: (outcome) => parts.onOutcome(outcome),
    refusal: (method) => parts.refusal(method),
  });
  const history: CandleHistory = {
    getAggregatedCandles: (...query) => {
      parts.onUse(null);
      return candles.getAggregatedCandles(...query);
    },
  };
  const context = makeContext(
    { execution: watched, candles: history, symbols, interval, clock, log, feed },
    instruments,
  );
  const balance = await execution.getBalance(undefined, { signal });
  const positions = (await execution.getPositions({ signal })).filter(({ symbol }) => symbols.includes(symbol));
  const record = new RunRecord({ strategy, symbols, interval, balance, positions });
  const { instrument } = context;
  const equity = new EquitySampler({ execution, record, log, symbols, instrument, marksAtClose });
  return { context, record, equity, startedAt: clock.nowMs(), events };
}
