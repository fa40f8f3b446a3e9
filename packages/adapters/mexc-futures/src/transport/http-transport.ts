import { PrateError } from '@prate/domain';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** With the query, to be sent as it is. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface HttpReply {
  readonly status: number;
  /** As sent, e.g. `application/json; charset=utf-8`. */
  readonly contentType: string | undefined;
  /** As sent: seconds or an HTTP date. */
  readonly retryAfter: string | undefined;
  /** Whole. */
  readonly body: string;
}

/**
 * Carries one request and its reply. It never sends a request a second time and follows no redirect, for an order sent
 * twice is two orders.
 */
export interface HttpTransport {
  /**
   * @param signal ends the call with a TransportError, and the exchange with it; after the reply it means nothing
   * @throws TransportError (`TRANSPORT`) without a whole reply
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
  /** Ends all connections; requests under way end with a TransportError. */
  close(): Promise<void>;
}

/**
 * No whole reply came. It keeps no error of the HTTP client as its cause: those may hold the request with its keys.
 */
export class TransportError extends PrateError {
  readonly code = 'TRANSPORT';
  override readonly retryable = true;
  /** False where it is certain that no byte of the request left this machine. */
  readonly maybeSent: boolean;

  constructor(message: string, maybeSent: boolean) {
    super(message);
    this.maybeSent = maybeSent;
  }
}
