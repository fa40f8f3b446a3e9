import type { ExecutionPort, FundingPayment } from '@prate/execution-port';

/** More payments than these are not asked for: the end of a run must come. */
const MOST_PAYMENTS = 10_000;

/**
 * The funding of these symbols since a moment, oldest first; null where the venue tells none, or more than can be asked for.
 *
 * @param from epoch ms
 */
export async function fundingOf(
  { history }: Pick<ExecutionPort, 'history'>,
  symbols: readonly string[],
  from: number,
): Promise<readonly FundingPayment[] | null> {
  if (history === null) return null;
  const payments = await history.getFundingPayments({ from, limit: MOST_PAYMENTS });
  if (payments.length === MOST_PAYMENTS) return null;
  return payments.filter(({ symbol }) => symbols.includes(symbol)).reverse();
}
