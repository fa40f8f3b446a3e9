import { PrateError } from '@prate/domain';

/** What a store says while another process holds its lock. */
export class Busy extends PrateError {
  readonly code = 'STORE_BUSY';
  override readonly retryable = true;
}
