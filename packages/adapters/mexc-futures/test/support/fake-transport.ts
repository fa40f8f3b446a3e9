import type { Socket, SocketEvents, SocketTransport } from '../../src/ws/socket-transport.ts';

/** A socket in memory; the test plays the server. */
export class FakeSocket implements Socket {
  readonly url: string;
  readonly sent: string[] = [];
  isClosed: boolean = false;
  readonly #events: SocketEvents;
  readonly #onSent: (text: string, socket: FakeSocket) => void;

  constructor(url: string, events: SocketEvents, onSent: (text: string, socket: FakeSocket) => void) {
    this.url = url;
    this.#events = events;
    this.#onSent = onSent;
  }

  send(text: string): void {
    if (this.isClosed) return;
    this.sent.push(text);
    this.#onSent(text, this);
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    if (!this.isClosed) this.#events.onOpen();
  }

  text(text: string): void {
    if (!this.isClosed) this.#events.onText(text);
  }

  tell(frame: object): void {
    this.text(JSON.stringify(frame));
  }

  drop(code = 1006): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#events.onClose(code, 'dropped');
  }

  fail(cause: unknown): void {
    if (!this.isClosed) this.#events.onError(cause);
  }

  /** The messages sent, pings aside. */
  get questions(): readonly Record<string, unknown>[] {
    return this.sent
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .filter(({ method }) => method !== 'ping');
  }
}

export class FakeTransport implements SocketTransport {
  readonly sockets: FakeSocket[] = [];
  readonly #onSent: (text: string, socket: FakeSocket) => void;

  constructor(onSent: (text: string, socket: FakeSocket) => void = () => {}) {
    this.#onSent = onSent;
  }

  connect(url: string, events: SocketEvents): Socket {
    const socket = new FakeSocket(url, events, this.#onSent);
    this.sockets.push(socket);
    return socket;
  }

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was asked for');
    return socket;
  }

  get open(): readonly FakeSocket[] {
    return this.sockets.filter(({ isClosed }) => !isClosed);
  }
}

/** Lets what is due run: promises, and what they start. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
