import { PrateError } from '@prate/domain';

/** The store was closed. */
export class StoreClosedError extends PrateError {
  readonly code = 'STORE_CLOSED';
}

/** Another process holds the store's lock for longer than the store waits. */
export class StoreBusyError extends PrateError {
  readonly code = 'STORE_BUSY';
  override readonly retryable = true;
}

/** No room on the disk: nothing of the write was kept. */
export class StoreFullError extends PrateError {
  readonly code = 'STORE_FULL';
  override readonly retryable = true;
}

/** Stored data fails its checksum. The message names series and time; everything else stays readable. */
export class StoreCorruptError extends PrateError {
  readonly code = 'STORE_CORRUPT';
}

/** The file or folder cannot be opened, is no Prate store, or was made by a newer Prate. */
export class StoreUnusableError extends PrateError {
  readonly code = 'STORE_UNUSABLE';
}
