import type { Agent, Dispatcher } from 'undici';
import { type HttpReply, type HttpRequest, type HttpTransport, TransportError } from './http-transport.ts';

export interface UndiciTransportOptions {
  /** How many connections to one host; requests beyond wait. Default 16. */
  readonly connections?: number | undefined;
  /** For TCP and TLS together. Default 5 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** From the request to the head of the reply, and between two pieces of its body. Default 15 s. */
  readonly replyTimeoutMs?: number | undefined;
  /** How long an idle connection is kept. Default 30 s. */
  readonly keepAliveMs?: number | undefined;
  /** A longer body ends the request. Default 32 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Used in place of an agent of its own, e.g. a ProxyAgent; `close()` leaves it open. */
  readonly dispatcher?: Dispatcher | undefined;
}

/**
 * HTTP over undici, with kept connections. undici itself is loaded with the first request: its 30 MB and 90 ms are not
 * for those who only read types or fill orders on paper.
 */
export class UndiciTransport implements HttpTransport {
  readonly #options: UndiciTransportOptions;
  #agent: Promise<Agent> | Dispatcher | undefined;
  #closed = false;

  constructor(options: UndiciTransportOptions = {}) {
    this.#options = options;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    if (this.#closed) throw new TransportError('the transport is closed', false);
    this.#agent ??= this.#options.dispatcher ?? openAgent(this.#options);
    const dispatcher = await this.#agent;
    const url = new URL(request.url);
    return await new Promise<HttpReply>((resolve, reject) => {
      const exchange = new Exchange(resolve, reject, signal, this.#options.maxBodyBytes ?? 2 ** 25);
      if (exchange.ended) return;
      dispatcher.dispatch(
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: { ...request.headers },
          body: request.body ?? null,
        },
        exchange,
      );
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#options.dispatcher === undefined) await (await this.#agent)?.destroy();
  }
}

async function openAgent(options: UndiciTransportOptions): Promise<Agent> {
  const { Agent } = await import('undici');
  const replyTimeoutMs = options.replyTimeoutMs ?? 15_000;
  return new Agent({
    connections: options.connections ?? 16,
    pipelining: 1,
    allowH2: false, // one request a connection: what ends it concerns that request alone
    keepAliveTimeout: options.keepAliveMs ?? 30_000,
    headersTimeout: replyTimeoutMs,
    bodyTimeout: replyTimeoutMs,
    connect: { timeout: options.connectTimeoutMs ?? 5_000 },
  });
}

/** One request at undici's dispatcher: the only place where it shows whether a request was begun. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (reply: HttpReply) => void;
  readonly #reject: (error: TransportError) => void;
  readonly #signal: AbortSignal;
  readonly #maxBodyBytes: number;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #begun = false;
  #bytes = 0;
  #head: Omit<HttpReply, 'body'> = { status: 0, contentType: undefined, retryAfter: undefined };
  ended = false;

  constructor(
    resolve: (reply: HttpReply) => void,
    reject: (error: TransportError) => void,
    signal: AbortSignal,
    maxBodyBytes: number,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    this.#maxBodyBytes = maxBodyBytes;
    signal.addEventListener('abort', this.#abort, { once: true });
    if (signal.aborted) this.#abort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.ended) controller.abort(new Error('ended before it was sent'));
    // undici takes some requests up again whose connection it closed itself; an order must not go out twice
    else if (this.#begun) this.#fail('the connection was closed under the request');
    else this.#begun = true; // undici writes next
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    const first = (name: string): string | undefined => [headers[name]].flat()[0];
    this.#head = { status, contentType: first('content-type'), retryAfter: first('retry-after') };
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBodyBytes) this.#fail(`the reply is longer than ${this.#maxBodyBytes} bytes`);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end(() => this.#resolve({ ...this.#head, body: Buffer.concat(this.#chunks).toString('utf8') }));
  }

  onResponseError(_: unknown, error: Error & { readonly code?: string }): void {
    this.#fail(error.code === undefined ? error.message : `${error.code}: ${error.message}`);
  }

  readonly #abort = (): void => this.#fail('the call was ended');

  #fail(what: string): void {
    this.#end(() => {
      this.#reject(new TransportError(what, this.#begun));
      this.#controller?.abort(new Error(what));
    });
  }

  #end(settle: () => void): void {
    if (this.ended) return;
    this.ended = true;
    this.#signal.removeEventListener('abort', this.#abort);
    settle();
  }
}
