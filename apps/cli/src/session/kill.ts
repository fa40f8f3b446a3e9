import type { CancelOutcome, ExecutionPort, TriggerCancelOutcome } from '@prate/execution-port';
import type { KillResult } from '@prate/http-api';

/** An order that was on its way to the venue while the others were cancelled is there a moment later. */
const TRIES = 3;

/**
 * Cancels every open order and trigger order, and asks the venue whether one remains. It goes on after a failure and says
 * what went wrong; it never rejects.
 */
export async function cancelEverything(execution: ExecutionPort): Promise<Omit<KillResult, 'strategyStopped'>> {
  const problems = new Set<string>();
  let cancelled = 0;
  const count = (what: string, outcome: CancelOutcome | TriggerCancelOutcome): void => {
    if (outcome.kind === 'cancelled') cancelled += 1;
    else if (outcome.kind === 'unknown') problems.add(`${what} may still be open (${outcome.cause.message})`);
  };
  const attempt = async (what: string, step: () => Promise<void>): Promise<boolean> => {
    try {
      await step();
      return true;
    } catch (error) {
      problems.add(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  };
  let remaining: KillResult['remaining'] = [];
  let verified = false;
  for (let tries = 0; tries < TRIES && !verified; tries += 1) {
    await attempt('cancelling orders', async () => {
      for (const { ref, outcome } of await execution.cancelAllOrders())
        count(`order ${'orderId' in ref ? ref.orderId : ref.clientOrderId}`, outcome);
    });
    const asked = await attempt('asking for open orders', async () => {
      remaining = await execution.getOpenOrders();
    });
    verified = asked && remaining.length === 0;
  }
  const { triggers } = execution;
  if (triggers !== null) {
    const asked = await attempt('cancelling trigger orders', async () => {
      for (const { id, outcome } of await triggers.cancelAll()) count(`trigger order ${id}`, outcome);
      const left = await triggers.list();
      if (left.length > 0) problems.add(`${left.length} trigger orders remain`);
      verified &&= left.length === 0;
    });
    verified &&= asked;
  }
  return { cancelled, verified, remaining, problems: [...problems] };
}
