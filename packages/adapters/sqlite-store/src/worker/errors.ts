import {
  StoreBusyError,
  StoreClosedError,
  StoreCorruptError,
  StoreFullError,
  StoreUnusableError,
} from '@prate/candle-store-port';
import { InvalidInputError, InvalidRowError, PrateError } from '@prate/domain';

/**
 * The worker ended before it answered: it was terminated, ran out of memory, or failed in a way that nobody foresaw. What
 * was acknowledged is kept. Of a write that was under way it is not known whether it was: the same write again does no
 * harm. The next call opens a new worker.
 */
export class StoreWorkerLostError extends PrateError {
  readonly code = 'STORE_WORKER_LOST';
  override readonly retryable = true;
}

/** An error as it crosses between threads: structured clone keeps neither classes nor codes. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly row: { readonly index: number; readonly problem: string } | null;
  readonly cause: WireError | null;
}

const BY_CODE: Readonly<Record<string, new (message: string, options?: ErrorOptions) => Error>> = {
  STORE_CLOSED: StoreClosedError,
  STORE_BUSY: StoreBusyError,
  STORE_FULL: StoreFullError,
  STORE_CORRUPT: StoreCorruptError,
  STORE_UNUSABLE: StoreUnusableError,
  INVALID_INPUT: InvalidInputError,
};

const BY_NAME: Readonly<Record<string, ErrorConstructor>> = { TypeError, RangeError, SyntaxError };

export function packError(error: unknown): WireError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: undefined, code: undefined, row: null, cause: null };
  }
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const row = error instanceof InvalidRowError ? { index: error.index, problem: error.problem } : null;
  return { name, message, stack, code, row, cause: cause === undefined ? null : packError(cause) };
}

/** The error again, in its class, with the stack of the thread in which it was thrown. */
export function unpackError(wire: WireError): Error {
  const error = rebuilt(wire, wire.cause === null ? {} : { cause: unpackError(wire.cause) });
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

function rebuilt({ name, message, code, row }: WireError, options: ErrorOptions): Error {
  if (row !== null) return new InvalidRowError(row.index, row.problem, options);
  const Known = code === undefined ? BY_NAME[name] : BY_CODE[code];
  if (Known !== undefined) return new Known(message, options);
  return Object.assign(new Error(message, options), { name }, code === undefined ? {} : { code });
}
