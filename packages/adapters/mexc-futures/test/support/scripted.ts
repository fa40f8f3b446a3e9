import type { HttpReply, HttpRequest, HttpTransport } from '../../src/transport/http-transport.ts';
import { envelope } from './private-calls.ts';
import { START_MS } from './rig.ts';

export const reply = (body: string, more: Partial<HttpReply> = {}): HttpReply => ({
  status: 200,
  contentType: 'application/json',
  retryAfter: undefined,
  body,
  ...more,
});

/** A transport that answers by a function; pings always succeed. */
export class Scripted implements HttpTransport {
  readonly requests: HttpRequest[] = [];
  readonly #answer: (request: HttpRequest, signal: AbortSignal) => HttpReply | Promise<HttpReply>;

  constructor(answer: (request: HttpRequest, signal: AbortSignal) => HttpReply | Promise<HttpReply>) {
    this.#answer = answer;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    if (request.url.endsWith('/ping')) return reply(envelope(String(START_MS)));
    this.requests.push(request);
    return await this.#answer(request, signal);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
