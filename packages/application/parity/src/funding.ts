import type { Decimal, Position } from '@prate/domain';
import type { FundingPayment } from '@prate/execution-port';
import type { SessionFill } from './recording.ts';
import { heldAt } from './start.ts';

/** A funding payment of the recorded session, and what paper's position would have paid or received. */
export interface FundingComparison {
  readonly symbol: string;
  readonly time: number;
  readonly asset: string;
  readonly rate: Decimal;
  /** Received above 0. */
  readonly live: Decimal;
  readonly paper: Decimal;
  /** Upwards above 0. */
  readonly livePosition: Decimal;
  readonly paperPosition: Decimal;
}

export interface ComparedFunding {
  readonly payments: readonly FundingComparison[];
  /** Payments for a position that the recording does not explain. */
  readonly notCompared: readonly FundingPayment[];
}

/** The venue's rate and mark price for both, so paper's payment is the recorded one in proportion to its position. */
export function compareFunding(
  payments: readonly FundingPayment[],
  fills: { readonly live: readonly SessionFill[]; readonly paper: readonly SessionFill[] },
  before: readonly Position[],
  symbols: ReadonlySet<string>,
): ComparedFunding {
  const compared: FundingComparison[] = [];
  const notCompared: FundingPayment[] = [];
  for (const payment of payments.toSorted((a, b) => a.time - b.time)) {
    const { symbol, time, asset, rate, amount: live } = payment;
    const livePosition = heldAt(time, symbol, fills.live, before);
    if (!symbols.has(symbol) || livePosition.isZero()) {
      notCompared.push(payment);
      continue;
    }
    const paperPosition = heldAt(time, symbol, fills.paper, before);
    const paper = paperPosition.eq(livePosition) ? live : live.mul(paperPosition).div(livePosition).toDecimalPlaces(18);
    compared.push({ symbol, time, asset, rate, live, paper, livePosition, paperPosition });
  }
  return { payments: compared, notCompared };
}
