import type { HttpReply, HttpRequest, HttpTransport } from '../transport/http-transport.ts';
import { UndiciTransport } from '../transport/undici-transport.ts';

/** Connections that are made with the first request, and again with the first one after `close()`. */
export class ReopeningTransport implements HttpTransport {
  #inner: UndiciTransport | null = null;

  send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    this.#inner ??= new UndiciTransport();
    return this.#inner.send(request, signal);
  }

  async close(): Promise<void> {
    const inner = this.#inner;
    this.#inner = null;
    await inner?.close();
  }
}
