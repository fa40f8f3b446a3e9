import type { PrateError } from '@prate/domain';
import type { Clock } from '@prate/runtime';
import { type HttpReply, type HttpRequest, type HttpTransport, TransportError } from '../transport/http-transport.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { type Answer, RequestTimeoutError } from './outcome.ts';

export interface ExchangeParts {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  /** Of exchanges alone, all of this length. */
  readonly deadlines: Deadlines;
}

/** The reply; or, where none comes in time or the caller ends it, that there is none. */
export type ExchangeEnd = HttpReply | Answer<never>;

/** Made once: without a reason, abort() makes an error with a stack each time. */
const OVER = new Error('the exchange is over');

/** One request at the transport, until the first of: its end there, its time-out, its caller's abort. */
export class Exchange implements Timed {
  readonly dueMs: number;
  isOver = false;
  readonly #parts: ExchangeParts;
  readonly #path: string;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (end: ExchangeEnd) => void;
  /** Ends what is still under way. */
  readonly #over: AbortController = new AbortController();

  constructor(
    parts: ExchangeParts,
    path: string,
    signal: AbortSignal | undefined,
    resolve: (end: ExchangeEnd) => void,
  ) {
    this.dueMs = parts.clock.monotonicMs() + parts.requestTimeoutMs;
    this.#parts = parts;
    this.#path = path;
    this.#signal = signal;
    this.#resolve = resolve;
  }

  /** Once. */
  send(request: HttpRequest): void {
    const { transport, deadlines } = this.#parts;
    this.#signal?.addEventListener('abort', this, { once: true });
    deadlines.begin(this);
    const failed = (error: unknown): void => this.#end(notSent(error, this.#path));
    try {
      transport.send(request, this.#over.signal).then((reply) => this.#end(reply), failed);
    } catch (error) {
      failed(error); // a transport may throw at once, too
    }
  }

  timeOut(): void {
    this.#giveUp(new RequestTimeoutError(`${this.#path}: no reply within ${this.#parts.requestTimeoutMs} ms`));
  }

  /** The caller's abort. */
  handleEvent(): void {
    this.#giveUp(new TransportError(`${this.#path}: the caller ended the call`, true));
  }

  #giveUp(error: PrateError): void {
    this.#end(lost(error));
    this.#over.abort(OVER);
  }

  #end(end: ExchangeEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#parts.deadlines.ended();
    this.#signal?.removeEventListener('abort', this);
    this.#resolve(end);
  }
}

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
