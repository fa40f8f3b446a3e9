import { PrateError } from '@prate/domain';
import type { CallOptions } from '@prate/runtime';
import { isMaintenance, isPassing, meaningOf } from '../wire/error-codes.ts';
import { MexcApiError } from '../wire/errors.ts';

/** What became of a write. */
export type WriteResult<T> =
  | { readonly kind: 'ok'; readonly data: T }
  /** MEXC said no: it did not take effect. `code` is of MEXC's table; `message` is MEXC's own. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  /** Sent, or perhaps sent, and not answered in a way that proves anything: look it up, never send it again. */
  | { readonly kind: 'unknown'; readonly cause: PrateError };

export interface RestCallOptions extends CallOptions {
  /** Overtakes what waits for the same rate limit: for orders that close, and for looking up a lost one. */
  readonly urgent?: boolean | undefined;
  /** Told what became of each sending that failed, before the next: for who stops waiting and wants to say why. Reads only. */
  readonly onFailure?: ((error: PrateError) => void) | undefined;
}

/** The reply did not come within the time for a request; the request may have been carried out. */
export class RequestTimeoutError extends PrateError {
  readonly code = 'TIMEOUT';
  override readonly retryable = true;
}

/** A call that must be signed, of a client without keys. */
export class NoCredentialsError extends PrateError {
  readonly code = 'NO_CREDENTIALS';
}

export interface Refusal {
  readonly kind: 'refusal';
  /** Of MEXC's table. */
  readonly code: number;
  readonly message: string;
  readonly httpStatus: number;
}

/** How one sending of a request ended. */
export type Answer<T> =
  | { readonly kind: 'data'; readonly data: T }
  | Refusal
  | {
      readonly kind: 'nothing';
      readonly error: PrateError;
      /** False: certainly not sent. */
      readonly maybeSent: boolean;
    };

/** Whether the same request may succeed some seconds later. */
export const isWorthRepeating = (answer: Exclude<Answer<never>, { readonly kind: 'data' }>): boolean =>
  answer.kind === 'refusal' ? isPassing(answer.code) : answer.error.retryable;

export function refusalError(path: string, refusal: Refusal): MexcApiError {
  const { code, message, httpStatus } = refusal;
  const meaning = meaningOf(code);
  return new MexcApiError(
    `${path}: MEXC refused with code ${code}${meaning === undefined ? '' : ` (${meaning})`}${message === '' ? '' : `: ${message}`}`,
    { mexcCode: code, path, httpStatus, retryable: isWorthRepeating(refusal) || isMaintenance(code) },
  );
}
