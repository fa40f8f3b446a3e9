import { NotConnectedError } from '@prate/domain';
import type { Clock, Logger } from '@prate/runtime';
import type { Credentials, Signer } from '../auth/auth.ts';
import { Priority, type RateLimiter } from '../limits/rate-limiter.ts';
import type { HttpTransport } from '../transport/http-transport.ts';
import { TOO_FREQUENT } from '../wire/error-codes.ts';
import { BadReplyError, HttpStatusError } from '../wire/errors.ts';
import { safeInteger } from '../wire/fields.ts';
import { Deadlines } from './deadlines.ts';
import type { Endpoint, LimitClass } from './endpoints.ts';
import { Exchange, type ExchangeEnd, type ExchangeParts } from './exchange.ts';
import { type Decode, decodeData, judgeReply } from './judge-reply.ts';
import { type Answer, NoCredentialsError, type RestCallOptions, refusalError } from './outcome.ts';
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
  readonly #exchanges: ExchangeParts;
  readonly serverClock: ServerClock;
  #isClosed: boolean = false;

  /** @throws HostNotAllowedError when there are keys and `baseUrl` is not to be signed for */
  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#signer = parts.credentials?.signerFor(parts.baseUrl);
    const { clock, logger } = parts;
    this.#exchanges = { ...parts, deadlines: new Deadlines(clock) };
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
    const reply = await this.#exchange(prepared, { ...this.#parts.headers, ...signed }, endpoint.path, signal);
    if ('kind' in reply) return reply;
    const answer = judgeReply(reply, endpoint.path, decode, this.#parts.clock);
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

  #exchange(
    { method, target, body }: PreparedRequest,
    headers: Record<string, string>,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<ExchangeEnd> {
    const url = this.#parts.baseUrl + target;
    return new Promise((resolve) => {
      new Exchange(this.#exchanges, path, signal, resolve).send({ method, url, headers, body });
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
