import { PrateError } from '@prate/domain';
import type { StrategyCallback } from './strategy.ts';

/** A strategy's callback threw; what it threw is the `cause`. */
export class StrategyError extends PrateError {
  readonly code = 'STRATEGY_FAILED';
  readonly strategy: string;
  readonly callback: StrategyCallback;

  constructor(strategy: string, callback: StrategyCallback, cause: unknown) {
    super(`strategy '${strategy}' threw in ${callback}: ${textOf(cause)}`, { cause });
    this.strategy = strategy;
    this.callback = callback;
  }
}

/** Events came faster than the strategy handled them, and none may be dropped. */
export class StrategyTooSlowError extends PrateError {
  readonly code = 'STRATEGY_TOO_SLOW';
}

/** The run was stopped: before the strategy had started, or while it was still about to order something. */
export class RunStoppedError extends PrateError {
  readonly code = 'RUN_STOPPED';
}

/** At the end of a run an order could not be cancelled or a position not closed: look at the account. */
export class EndPolicyError extends PrateError {
  readonly code = 'END_POLICY_FAILED';
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
