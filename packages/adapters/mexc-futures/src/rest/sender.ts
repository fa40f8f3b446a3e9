import { NotConnectedError, type PrateError } from '@prate/domain';
import type { Clock, Logger } from '@prate/runtime';
import type { Credentials, Signer } from '../auth/auth.ts';
import { Priority, type RateLimiter } from '../limits/rate-limiter.ts';
import { type HttpReply, type HttpTransport, TransportError } from '../transport/http-transport.ts';
import { TOO_FREQUENT } from '../wire/error-codes.ts';
import { BadReplyError, HttpStatusError } from '../wire/errors.ts';
import { safeInteger } from '../wire/fields.ts';
import type { Endpoint, LimitClass } from './endpoints.ts';
import { type Decode, decodeData, judgeReply } from './judge-reply.ts';
import { type Answer, NoCredentialsError, RequestTimeoutError, type RestCallOptions, refusalError } from './outcome.ts';
import { type CallInput, type PreparedRequest, prepareRequest } from './prepare-request.ts';
import { ServerClock } from './server-clock.ts';
import { withAbort } from './with-abort.ts';

export interface SenderParts {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly credentials: Credentials | undefined;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limiter: RateLimiter<LimitClass>;
  /** Of all requests. */
  readonly headers: Readonly<Record<string, string>>;
  readonly requestTimeoutMs: number;
  readonly ping: Endpoint;
}

/** Made once: without a reason, abort() makes an error with a stack each time. */
const OVER = new Error('the exchange is over');

const PRIORITY = {
  read: Priority.READ,
  fleeting: Priority.FLEETING,
  write: Priority.WRITE,
  cancel: Priority.URGENT,
} as const;

/** Sends a request once: waits for its turn, signs it, and says what came back. */
export class Sender {
  readonly #parts: SenderParts;
  readonly #signer: Signer | undefined;
  readonly serverClock: ServerClock;
  #isClosed: boolean = false;

  /** @throws HostNotAllowedError when there are keys and `baseUrl` is not to be signed for */
  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#signer = parts.credentials?.signerFor(parts.baseUrl);
    const { clock, logger } = parts;
    this.serverClock = new ServerClock({ clock, logger, ping: () => this.#ping() });
  }

  /** @throws before the request is sent only: `signal.reason`, RateLimitedError, NoCredentialsError, InvalidInputError, NotConnectedError */
  async send<T>(endpoint: Endpoint, input: CallInput, decode: Decode<T>, options: RestCallOptions): Promise<Answer<T>> {
    const { signal, urgent } = options;
    if (this.#isClosed) throw new NotConnectedError('this client of MEXC was closed: make a new one');
    const prepared = prepareRequest(endpoint, input);
    const signer = endpoint.signed ? this.#signerFor(endpoint) : undefined;
    signal?.throwIfAborted();
    if (signer !== undefined && this.serverClock.isDue) await withAbort(this.serverClock.ready(), signal);
    const turn = this.#parts.limiter.acquire(
      endpoint.limit,
      urgent ? Priority.URGENT : PRIORITY[endpoint.kind],
      signal,
    );
    if (turn !== undefined) await turn;
    signal?.throwIfAborted();
    const signed = signer?.headers(this.serverClock.nowMs(), prepared.parameters);
    const reply = await this.#exchange(prepared, { ...this.#parts.headers, ...signed }, endpoint, signal);
    if ('kind' in reply) return reply;
    const answer = judgeReply(reply, endpoint.path, decode, this.#parts.clock.nowMs());
    this.#heed(answer, endpoint);
    return answer.kind === 'refusal' ? { ...answer, message: this.#tidy(answer.message) } : answer;
  }

  /** No request is begun after it. */
  close(): void {
    this.#isClosed = true;
  }

  #signerFor(endpoint: Endpoint): Signer {
    if (this.#signer === undefined) {
      throw new NoCredentialsError(`${endpoint.path} needs an API key and its secret: give them as credentials`);
    }
    return this.#signer;
  }

  /** The reply; or, where none comes in time or the caller ends it, that there is none. */
  #exchange(
    prepared: PreparedRequest,
    headers: Record<string, string>,
    endpoint: Endpoint,
    signal: AbortSignal | undefined,
  ): Promise<HttpReply | Answer<never>> {
    const { baseUrl, transport, clock, requestTimeoutMs } = this.#parts;
    const { path } = endpoint;
    const { method, target, body } = prepared;
    // ends an exchange that is still under way
    const over = new AbortController();
    return new Promise<HttpReply | Answer<never>>((resolve) => {
      const settle = (reply: HttpReply | Answer<never>): void => {
        cancel();
        signal?.removeEventListener('abort', onAbort);
        resolve(reply);
      };
      const giveUp = (error: PrateError): void => {
        settle(lost(error));
        over.abort(OVER);
      };
      const onAbort = (): void => giveUp(new TransportError(`${path}: the caller ended the call`, true));
      const onTime = (): void => giveUp(new RequestTimeoutError(`${path}: no reply within ${requestTimeoutMs} ms`));
      signal?.addEventListener('abort', onAbort, { once: true });
      const cancel = clock.callAfter(requestTimeoutMs, onTime);
      const failed = (error: unknown): void => settle(notSent(error, path));
      try {
        transport.send({ method, url: baseUrl + target, headers, body }, over.signal).then(settle, failed);
      } catch (error) {
        failed(error); // a transport may throw at once, too
      }
    });
  }

  /** What the limiter and the log learn from an answer. */
  #heed(answer: Answer<unknown>, endpoint: Endpoint): void {
    const { limiter, logger } = this.#parts;
    if (answer.kind === 'data') return;
    const error = answer.kind === 'nothing' ? answer.error : undefined;
    if (error instanceof HttpStatusError && (error.httpStatus === 429 || error.retryAfterMs !== undefined)) {
      limiter.refused(endpoint.limit, error.retryAfterMs);
    }
    if (answer.kind === 'refusal' && answer.code === TOO_FREQUENT) limiter.refused(endpoint.limit);
    const what = answer.kind === 'refusal' ? { mexcCode: answer.code } : { error: error?.code };
    logger.debug({ path: endpoint.path, ...what }, 'a request to MEXC did not succeed');
  }

  /** MEXC's message, short, and without keys should it repeat them. */
  #tidy(message: string): string {
    const text = message.slice(0, 500);
    return this.#parts.credentials?.redact(text) ?? text;
  }

  async #ping(): Promise<number> {
    const { ping } = this.#parts;
    const answer = await this.send(ping, {}, decodePing, { urgent: true });
    if (answer.kind === 'data') return answer.data;
    throw answer.kind === 'nothing' ? answer.error : refusalError(ping.path, answer);
  }
}

export const decodePing: Decode<number> = decodeData((data, place) => {
  const timeMs = safeInteger(data);
  if (timeMs === undefined || timeMs <= 0) throw new BadReplyError(`${place} should be a time in epoch ms`);
  return timeMs;
});

const lost = (error: PrateError): Answer<never> => ({ kind: 'nothing', error, maybeSent: true });

/** Of errors that are not ours only the name is told: a transport's error may hold the request, and with it the key. */
function notSent(error: unknown, path: string): Answer<never> {
  if (error instanceof TransportError) {
    return {
      kind: 'nothing',
      error: new TransportError(`${path}: ${error.message}`, error.maybeSent),
      maybeSent: error.maybeSent,
    };
  }
  const name = error instanceof Error ? error.name : typeof error;
  return lost(new TransportError(`${path}: the transport failed with ${name}`, true));
}
