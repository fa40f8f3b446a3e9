import {
  type HttpReply,
  type HttpRequest,
  type HttpTransport,
  type Socket,
  type SocketEvents,
  type SocketTransport,
  UndiciSocketTransport,
  UndiciTransport,
} from '@prate/mexc-futures';

/** What was asked and not answered yet on one socket. */
interface Line {
  isOpening: boolean;
  asked: number;
}

/**
 * Real connections to a server on loopback, which knows when they are quiet: every request, ping and subscription answered.
 * The server answers a ping after what it pushed before, so then everything has arrived. Nobody has to wait for time to pass.
 */
export class QuietNetwork {
  readonly http: HttpTransport;
  readonly sockets: SocketTransport;
  readonly #real = new UndiciTransport();
  readonly #lines = new Set<Line>();
  #requests = 0;
  /** How many sockets were opened. */
  connections = 0;

  constructor() {
    this.http = { send: (request, signal) => this.#send(request, signal), close: () => this.#real.close() };
    const real = new UndiciSocketTransport();
    this.sockets = { connect: (url, events) => this.#connect(real, url, events) };
  }

  /** The sockets that there are now will not be answered any more. */
  forgetSockets(): void {
    this.#lines.clear();
  }

  /** Resolves when nothing is under way, for some turns of the event loop. */
  async settle(): Promise<void> {
    for (let quiet = 0, turns = 0; quiet < 4; turns += 1) {
      if (turns > 200_000)
        throw new Error(`${this.#requests} requests and ${this.#lines.size} sockets do not come to rest`);
      await new Promise((resolve) => setImmediate(resolve));
      quiet = this.#isBusy() ? 0 : quiet + 1;
    }
  }

  close(): Promise<void> {
    return this.#real.close();
  }

  #isBusy(): boolean {
    return this.#requests > 0 || [...this.#lines].some(({ isOpening, asked }) => isOpening || asked > 0);
  }

  async #send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    this.#requests += 1;
    try {
      return await this.#real.send(request, signal);
    } finally {
      this.#requests -= 1;
    }
  }

  #connect(real: SocketTransport, url: string, events: SocketEvents): Socket {
    const line: Line = { isOpening: true, asked: 0 };
    this.#lines.add(line);
    this.connections += 1;
    const socket = real.connect(url, {
      onOpen: () => {
        line.isOpening = false;
        events.onOpen();
      },
      onText: (text) => {
        if (/"channel":"(pong|rs\.)/.test(text)) line.asked -= 1;
        events.onText(text);
      },
      onError: (cause) => {
        this.#lines.delete(line);
        events.onError(cause);
      },
      onClose: (code, reason) => {
        this.#lines.delete(line);
        events.onClose(code, reason);
      },
    });
    return {
      send: (text) => {
        line.asked += 1;
        socket.send(text);
      },
      close: () => {
        this.#lines.delete(line);
        socket.close();
      },
    };
  }
}
