import type { Duplex } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { WebSocket as UndiciWebSocket } from 'undici';
import type { Socket, SocketEvents, SocketTransport } from './socket-transport.ts';

/** No message of MEXC is near this; what unpacks to more is refused rather than kept in memory. */
const LONGEST_MESSAGE_BYTES = 64 * 2 ** 20;

/** Sockets of undici, which is loaded with the first of them. */
export class UndiciSocketTransport implements SocketTransport {
  connect(url: string, events: SocketEvents): Socket {
    return new UndiciSocket(url, events);
  }
}

class UndiciSocket implements Socket {
  readonly #events: SocketEvents;
  #socket: UndiciWebSocket | null = null;
  #raw: Duplex | null = null;
  #closed: boolean = false;

  constructor(url: string, events: SocketEvents) {
    this.#events = events;
    this.#open(url).catch((cause: unknown) => this.#fail(cause));
  }

  send(text: string): void {
    if (!this.#closed && this.#socket?.readyState === 1) this.#socket.send(text);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }

  async #open(url: string): Promise<void> {
    const { Agent, buildConnector, WebSocket } = await import('undici');
    if (this.#closed) return;
    const connector = buildConnector({ allowH2: false });
    // the connector is ours to learn the raw socket: a peer that answers nothing never answers a close frame either
    const dispatcher = new Agent({
      connect: (options, done) =>
        connector(options, (...result) => {
          this.#raw = result[1] ?? null; // absent beside an error
          if (this.#closed) result[1]?.destroy();
          done(...result);
        }),
    });
    const socket = new WebSocket(url, { dispatcher });
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      if (!this.#closed) this.#events.onOpen();
    });
    socket.addEventListener('message', ({ data }) => {
      if (!this.#closed) this.#deliver(data);
    });
    socket.addEventListener('error', ({ error }) => {
      if (!this.#closed) this.#events.onError(error);
    });
    socket.addEventListener('close', ({ code, reason }) => this.#ended(code, reason));
  }

  #deliver(data: unknown): void {
    if (typeof data === 'string') {
      this.#events.onText(data);
      return;
    }
    let text: string;
    try {
      // plain text is the rule; a binary message is the same text, gzipped
      text = gunzipSync(data as ArrayBuffer, { maxOutputLength: LONGEST_MESSAGE_BYTES }).toString('utf8');
    } catch (cause) {
      this.#fail(cause);
      return;
    }
    this.#events.onText(text);
  }

  #fail(cause: unknown): void {
    if (this.#closed) return;
    this.#events.onError(cause);
    this.#ended(1006, 'failed');
  }

  #ended(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.onClose(code, reason);
    this.#release();
  }

  #release(): void {
    this.#socket?.close();
    const raw = this.#raw;
    if (raw === null) return;
    // what is written goes out where the peer still reads; nothing waits for its answer
    raw.end(() => raw.destroy());
    if ('unref' in raw && typeof raw.unref === 'function') raw.unref();
  }
}
