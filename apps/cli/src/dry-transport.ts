import type { Socket, SocketEvents, SocketTransport } from '@prate/mexc-futures';
import { type HttpReply, type HttpRequest, type HttpTransport, TransportError } from '@prate/mexc-futures/rest';
import type { Clock } from '@prate/runtime';
import { type Assumed, assumedReply, isChange, isLookUp, offlineReply } from './assumed-replies.ts';
import { CommandFailedError } from './command-failed-error.ts';

/** How long a public question may take before it is answered from what was published. */
const PUBLIC_TIMEOUT_MS = 3_000;

/** A signed request that was not sent. */
export interface DryRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Key and signature hidden. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** What the signature is made of: key (hidden), time, and the query or the body to the letter. */
  readonly toSign: string;
  /** Whether it would change something. */
  readonly changes: boolean;
  /** `data` of the answer that was assumed; absent where there is none. */
  readonly assumed?: unknown;
}

interface DryTransportParts {
  /** Carries public questions. */
  readonly public: HttpTransport;
  readonly clock: Clock;
  /** The account is assumed to be in hedge mode. */
  readonly hedge: boolean;
  /** What it is assumed to have. */
  readonly assume: Assumed;
  /** Ends the run, for this reason. */
  readonly end: (reason: Error) => void;
}

/**
 * Records what is signed instead of sending it, and answers it by assumptions. Public questions go out, and are answered from
 * published values where nobody answers. Looking up what became of a change ends the run.
 */
export class DryTransport implements HttpTransport {
  readonly requests: DryRequest[] = [];
  /** Where nobody answered. */
  readonly offline: Set<string> = new Set();
  readonly #public: HttpTransport;
  readonly #clock: Clock;
  readonly #hedge: boolean;
  readonly #assume: Assumed;
  readonly #end: (reason: Error) => void;

  constructor({ public: open, clock, hedge, assume, end }: DryTransportParts) {
    this.#public = open;
    this.#clock = clock;
    this.#hedge = hedge;
    this.#assume = assume;
    this.#end = end;
  }

  /** Whether something would have been changed. */
  get hasChanged(): boolean {
    return this.requests.some(({ changes }) => changes);
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    if (request.headers['Signature'] === undefined) return await this.#ask(request, signal);
    const { pathname } = new URL(request.url);
    const changes = isChange(request.method, pathname);
    if (this.hasChanged && isLookUp(pathname)) {
      throw this.#over('the dry run is over'); // what became of the change is no question of it
    }
    const nowMs = this.#clock.nowMs();
    const assumed = assumedReply(request, pathname, { nowMs, hedge: this.#hedge, ...this.#assume });
    this.requests.push({ ...masked(request), changes, ...(assumed === undefined ? {} : { assumed }) });
    return replyOf(assumed);
  }

  close(): Promise<void> {
    return this.#public.close();
  }

  async #ask(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const { origin, pathname, searchParams } = new URL(request.url);
    // once nobody has answered, nobody is asked again
    const reply = this.offline.has(origin) ? null : await this.#answerOf(request, signal);
    if (reply !== null) return reply;
    const published = offlineReply(pathname, searchParams.get('symbol'), this.#clock.nowMs());
    if (published === undefined) {
      const symbol = searchParams.get('symbol');
      const what = symbol === null ? pathname : `${pathname} of ${symbol}`;
      throw this.#over(`${origin} does not answer, and nothing was published for ${what}`);
    }
    this.offline.add(origin);
    return replyOf(published);
  }

  /** Asking again would change nothing. */
  #over(message: string): TransportError {
    this.#end(new CommandFailedError(message));
    return new TransportError(message, false);
  }

  /** Null where there is none in time. */
  async #answerOf(request: HttpRequest, signal: AbortSignal): Promise<HttpReply | null> {
    const late = new AbortController();
    const over = new AbortController();
    this.#clock.sleep(PUBLIC_TIMEOUT_MS, over.signal).then(
      () => late.abort(),
      () => {},
    );
    try {
      const reply = await this.#public.send(request, AbortSignal.any([signal, late.signal]));
      return reply.status === 200 ? reply : null;
    } catch (error) {
      if (signal.aborted) throw error;
      return null;
    } finally {
      over.abort();
    }
  }
}

const replyOf = (data: unknown): HttpReply => ({
  status: 200,
  contentType: 'application/json',
  retryAfter: undefined,
  body: JSON.stringify({ success: true, code: 0, data }),
});

const HIDDEN_KEY = '<ApiKey>';

function masked({ method, url, headers, body }: HttpRequest): Omit<DryRequest, 'changes'> {
  const parameters = body ?? new URL(url).search.slice(1);
  return {
    method,
    url,
    headers: { ...headers, ApiKey: HIDDEN_KEY, Signature: '<Signature>' },
    body: body ?? null,
    toSign: `${HIDDEN_KEY}${headers['Request-Time']}${parameters}`,
  };
}

/** A private stream that takes any login, and on which nothing ever happens. */
export class DrySocketTransport implements SocketTransport {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connect(_url: string, events: SocketEvents): Socket {
    let isOpen = true;
    const tell = (act: () => void): void => queueMicrotask(() => isOpen && act());
    tell(() => events.onOpen());
    return {
      send: (text) => {
        const { method } = JSON.parse(text) as { readonly method: string };
        const answer = method === 'login' ? { channel: 'rs.login', data: 'success' } : { channel: 'pong' };
        tell(() => events.onText(JSON.stringify({ data: this.#clock.nowMs(), ...answer, ts: this.#clock.nowMs() })));
      },
      close: () => {
        isOpen = false;
      },
    };
  }
}
