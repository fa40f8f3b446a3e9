import { type HttpReply, type HttpRequest, type HttpTransport, UndiciTransport } from '@prate/mexc-futures';

/** HTTP of undici whose replies a test may change, or hold back, on their way. */
export class EditedReplies implements HttpTransport {
  readonly #inner = new UndiciTransport();
  readonly #edit: (path: string, reply: HttpReply) => HttpReply | Promise<HttpReply>;

  constructor(edit: (path: string, reply: HttpReply) => HttpReply | Promise<HttpReply>) {
    this.#edit = edit;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    return await this.#edit(new URL(request.url).pathname, await this.#inner.send(request, signal));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
