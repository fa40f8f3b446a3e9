import { PrateError } from '@prate/domain';

/**
 * A reply that says nothing: truncated, empty, no JSON, or without a field that matters. Never a success. The message names
 * the field but repeats nothing of the reply, which may hold what no log should.
 */
export class BadReplyError extends PrateError {
  readonly code = 'BAD_REPLY';
  override readonly retryable = true;
}

/** MEXC refused: a definite answer with a code of its own table. */
export class MexcApiError extends PrateError {
  readonly code = 'MEXC_API';
  override readonly retryable: boolean;
  /** MEXC's code, e.g. 2005; see error-codes.ts. */
  readonly mexcCode: number;
  /** Of the endpoint, without query. */
  readonly path: string;
  readonly httpStatus: number;

  constructor(
    message: string,
    facts: {
      readonly mexcCode: number;
      readonly path: string;
      readonly httpStatus: number;
      readonly retryable: boolean;
    },
  ) {
    super(message);
    this.mexcCode = facts.mexcCode;
    this.path = facts.path;
    this.httpStatus = facts.httpStatus;
    this.retryable = facts.retryable;
  }
}

/**
 * An HTTP status that leaves open what happened, such as 502, or a refusal of MEXC's edge: its limit (429), or its firewall
 * (403), which does not pass by itself.
 */
export class HttpStatusError extends PrateError {
  readonly code = 'HTTP_STATUS';
  override readonly retryable: boolean;
  readonly httpStatus: number;
  /** From `Retry-After`, where it came. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, httpStatus: number, retryAfterMs?: number) {
    super(message);
    this.retryable = httpStatus !== 403;
    this.httpStatus = httpStatus;
    this.retryAfterMs = retryAfterMs;
  }
}
