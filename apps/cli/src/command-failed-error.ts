import { PrateError } from '@prate/domain';

/** A command could not do what it was asked to, though it was asked rightly. */
export class CommandFailedError extends PrateError {
  readonly code = 'COMMAND_FAILED';
}
