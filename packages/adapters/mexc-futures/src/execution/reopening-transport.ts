import { type HttpReply, type HttpRequest, type HttpTransport, TransportError } from '../transport/http-transport.ts';
import { UndiciTransport } from '../transport/undici-transport.ts';

/** Connections that are made with the first request after `open()`, until `close()`. */
export class ReopeningTransport implements HttpTransport {
  #inner: UndiciTransport | null = null;

  open(): void {
    this.#inner ??= new UndiciTransport();
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    if (this.#inner === null) throw new TransportError('the transport is closed', false);
    return await this.#inner.send(request, signal);
  }

  async close(): Promise<void> {
    const inner = this.#inner;
    this.#inner = null;
    await inner?.close();
  }
}
