import { PositionMode } from '@prate/domain';
import type {
  CancelOutcome,
  CancelResult,
  CloseOutcome,
  ExecutionPort,
  TriggerCancelOutcome,
} from '@prate/execution-port';
import { EndPolicyError, textOf } from './errors.ts';

/**
 * What becomes of the run's symbols when it ends:
 * - `keep-orders`: nothing is touched
 * - `cancel-orders`: open orders are cancelled; positions stay, and so do the trigger orders that protect them
 * - `close-positions`: open orders are cancelled, positions closed at the market, then trigger orders cancelled
 */
export type EndPolicy = 'keep-orders' | 'cancel-orders' | 'close-positions';

/** Goes on after a failure, so that one symbol does not keep the others. Returns what went wrong. */
export async function applyEndPolicy(
  policy: EndPolicy,
  execution: ExecutionPort,
  symbols: readonly string[],
): Promise<readonly EndPolicyError[]> {
  const problems: EndPolicyError[] = [];
  const attempt = async (what: string, step: () => Promise<readonly string[]>): Promise<void> => {
    try {
      problems.push(...(await step()).map((problem) => new EndPolicyError(`${what}: ${problem}`)));
    } catch (cause) {
      problems.push(new EndPolicyError(`${what}: ${textOf(cause)}`, { cause }));
    }
  };
  if (policy === 'keep-orders') return problems;
  for (const symbol of symbols) {
    await attempt(`cancelling the orders of ${symbol}`, async () =>
      notCancelled(await execution.cancelAllOrders(symbol)),
    );
  }
  if (policy === 'cancel-orders') return problems;
  await attempt('closing positions', () => closePositions(execution, symbols));
  const { triggers } = execution;
  if (triggers === null) return problems;
  for (const symbol of symbols) {
    await attempt(`cancelling the trigger orders of ${symbol}`, async () =>
      (await triggers.cancelAll(symbol)).flatMap(({ id, outcome }) => mayBeOpen(`trigger ${id}`, outcome)),
    );
  }
  return problems;
}

async function closePositions(execution: ExecutionPort, symbols: readonly string[]): Promise<readonly string[]> {
  const hedged = (await execution.settings?.getPositionMode()) === PositionMode.HEDGE;
  const problems: string[] = [];
  for (const { symbol, positionSide } of await execution.getPositions()) {
    if (!symbols.includes(symbol)) continue;
    let problem: string | null;
    try {
      problem = notClosed(await execution.closePosition(hedged ? { symbol, positionSide } : { symbol }));
    } catch (error) {
      problem = textOf(error);
    }
    if (problem !== null) problems.push(`${symbol} ${positionSide}: ${problem}`);
  }
  return problems;
}

/** `notFound` is no problem: what is not on the book need not be cancelled. */
const notCancelled = (results: readonly CancelResult[]): readonly string[] =>
  results.flatMap(({ ref, outcome }) =>
    mayBeOpen(`order ${'orderId' in ref ? ref.orderId : ref.clientOrderId}`, outcome),
  );

const mayBeOpen = (what: string, outcome: CancelOutcome | TriggerCancelOutcome): readonly string[] =>
  outcome.kind === 'unknown' ? [`${what} may still be open (${outcome.cause.message})`] : [];

function notClosed(outcome: CloseOutcome): string | null {
  if (outcome.kind === 'rejected') return `rejected (${outcome.reason}: ${outcome.message})`;
  if (outcome.kind === 'unknown') return `not known whether it was closed (${outcome.cause.message})`;
  return null;
}
