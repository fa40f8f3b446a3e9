import type { StepProblem } from '@prate/domain';
import type { Rejected, RejectReason } from '@prate/execution-port';

/** Carries a rejection out of the checks; the port turns it into an outcome. Never leaves this package. */
export class Refusal extends Error {
  readonly rejected: Rejected;

  constructor(rejected: Rejected) {
    super(rejected.message);
    this.rejected = rejected;
  }
}

/** @throws Refusal */
export function refuse(reason: RejectReason, message: string): never {
  throw new Refusal({ kind: 'rejected', reason, message });
}

/** @throws Refusal with the legal neighbours */
export function refuseStep(reason: RejectReason, { message, below, above }: StepProblem): never {
  throw new Refusal({ kind: 'rejected', reason, message, below, above });
}
