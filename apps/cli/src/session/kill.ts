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
  const { triggers } = execution;
  let remaining: KillResult['remaining'] = [];
  let waiting = 0;
  let verified = false;
  for (let tries = 0; tries < TRIES && !verified; tries += 1) {
    // these first, and the orders asked for last: a trigger that fires meanwhile is an order then
    if (triggers !== null) {
      await attempt('cancelling trigger orders', async () => {
        for (const { id, outcome } of await triggers.cancelAll()) count(`trigger order ${id}`, outcome);
      });
    }
    await attempt('cancelling orders', async () => {
      for (const { ref, outcome } of await execution.cancelAllOrders())
        count(`order ${'orderId' in ref ? ref.orderId : ref.clientOrderId}`, outcome);
    });
    const askedTriggers = await attempt('asking for trigger orders', async () => {
      waiting = (await triggers?.list())?.length ?? 0;
    });
    const askedOrders = await attempt('asking for open orders', async () => {
      remaining = await execution.getOpenOrders();
    });
    verified = askedTriggers && askedOrders && waiting === 0 && remaining.length === 0;
  }
  if (waiting > 0) problems.add(waiting === 1 ? '1 trigger order remains' : `${waiting} trigger orders remain`);
  return { cancelled, verified, remaining, problems: [...problems] };
}
