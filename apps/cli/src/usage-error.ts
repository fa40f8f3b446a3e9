import { PrateError } from '@prate/domain';

/** A flag, a combination of flags or a setting that cannot be meant: exit code 2. */
export class UsageError extends PrateError {
  readonly code = 'USAGE';
}
