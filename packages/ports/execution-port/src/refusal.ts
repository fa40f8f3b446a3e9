import { type Decimal, type DecimalInput, decimal, InvalidInputError, type StepProblem } from '@prate/domain';
import type { Rejected, RejectReason } from './outcomes.ts';

/** Carries a rejection out of the checks; the port turns it into an outcome. For adapters: it never leaves one. */
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

/** @throws Refusal when it is no decimal number or `check` objects */
export function readStep(
  reason: RejectReason,
  what: string,
  input: DecimalInput,
  check: (value: Decimal) => StepProblem | null,
): Decimal {
  let value: Decimal;
  try {
    value = decimal(input, what);
  } catch (error) {
    if (error instanceof InvalidInputError) refuse(reason, error.message);
    throw error;
  }
  const problem = check(value);
  if (problem !== null) refuseStep(reason, problem);
  return value;
}
