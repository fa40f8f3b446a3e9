import { InvalidInputError, NotConnectedError, NotSupportedError, PrateError } from '@prate/domain';
import type { ErrorJson } from '../wire/actions.ts';

/** A refusal with its status; `code` and `message` are what the caller sees. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Sent along with it. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/**
 * What a caller is told of an error. A PrateError was made to be read; anything else may hold what is none of the caller's
 * business, and goes into the log alone.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const known = ofFramework(error);
  if (known !== null) return known;
  if (!PrateError.is(error)) return new ApiError(500, 'INTERNAL', 'something broke: the log says what');
  return new ApiError(statusOf(error), error.code, error.message);
}

export const errorJson = ({ code, message }: ApiError): ErrorJson => ({ code, message });

function statusOf(error: PrateError): number {
  if (error instanceof InvalidInputError) return 400;
  if (error instanceof NotSupportedError) return 501;
  if (error instanceof NotConnectedError) return 503;
  return error.retryable ? 503 : 500;
}

/** Refusals of Fastify, by its codes. */
function ofFramework(error: unknown): ApiError | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError(413, 'BODY_TOO_LARGE', 'the body is too large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'a body must be application/json');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ApiError(400, 'BAD_REQUEST', 'the body is not JSON');
    case 'FST_ERR_BAD_URL':
      return new ApiError(400, 'BAD_REQUEST', 'the address cannot be read');
    default:
      return byStatus(error);
  }
}

/** What a plugin refuses with a status of its own, in words that are ours. */
function byStatus(error: unknown): ApiError | null {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  if (status === 404) return new ApiError(404, 'NOT_FOUND', 'there is nothing here');
  return typeof status === 'number' && status >= 400 && status < 500
    ? new ApiError(status, 'BAD_REQUEST', 'the request is refused')
    : null;
}
