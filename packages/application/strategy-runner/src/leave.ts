import { applyEndPolicy } from './end-policy.ts';
import { StrategyError, textOf } from './errors.ts';
import { fundingOf } from './funding-of.ts';
import type { Quiet } from './quiet.ts';
import type { RunRecord } from './report/run-record.ts';
import type { StrategyRunnerOptions } from './runner-options.ts';
import type { Strategy, StrategyContext } from './strategy.ts';

export interface LeaveParts {
  readonly options: StrategyRunnerOptions;
  readonly strategy: Strategy;
  readonly context: StrategyContext;
  readonly record: RunRecord;
  readonly quiet: Quiet;
  /** Epoch ms by the run's clock. */
  readonly startedAt: number;
}

/**
 * Lets the strategy say goodbye, leaves the account as the end policy says, and reads it a last time. Returns what went wrong.
 *
 * @param error that ended the run, if one did
 */
export async function leave(parts: LeaveParts, reason: string, error: unknown): Promise<unknown[]> {
  const { strategy, context, record, quiet } = parts;
  const { execution, onEnd = 'cancel-orders', symbols, clock } = parts.options;
  const errors: unknown[] = [];
  if (!(error instanceof StrategyError)) {
    try {
      await strategy.onStop?.(reason, context);
    } catch (cause) {
      errors.push(new StrategyError(strategy.name, 'onStop', cause));
    }
  }
  errors.push(...(await applyEndPolicy(onEnd, execution, symbols)));
  await quiet.settle(); // what the policy did belongs in the report
  try {
    const balance = await execution.getBalance();
    const positions = await execution.getPositions();
    record.balance(Math.max(clock.nowMs(), record.to ?? 0), balance, positions);
  } catch (cause) {
    errors.push(cause);
  }
  await readFunding(parts);
  return errors;
}

/** A report without its funding is better than a run that failed. */
async function readFunding({ options, record, startedAt }: LeaveParts): Promise<void> {
  const { execution, symbols, log } = options;
  try {
    const payments = await fundingOf(execution, symbols, startedAt);
    if (payments !== null) record.funding(payments);
  } catch (error) {
    log.warn({ error }, `the funding of the run was not read: ${textOf(error)}`);
  }
}
